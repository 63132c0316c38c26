//! The state of the whole in words: first whether it runs, then where, then what needs a person.

use std::path::Path;

use contract::{Status, VaultState, Warning};
use l10n::{Messages, Value};
use time::OffsetDateTime;

use super::answer::Spoken;
use super::message::{Complaint, told};
use super::table::{Table, visible};

/// `portolan status`.
pub(crate) fn spoken(messages: &Messages, status: &Status) -> Spoken {
    let say = |id: &str| messages.get(id, &[]);
    let first = if status.serving {
        "status-running"
    } else {
        "status-stopped"
    };
    let mut spoken = Spoken {
        out: say(first) + "\n\n",
        ..Spoken::default()
    };
    if !status.serving {
        let hint = say("status-stopped.hint");
        spoken.note = messages.get("cli-hint", &[("hint", hint.into())]) + "\n";
    }
    spoken.out.push_str(&facts(messages, status).render());
    let needs = attention(messages, status);
    if !needs.is_empty() {
        spoken
            .out
            .push_str(&format!("\n{}\n", say("status-attention")));
        for need in needs {
            spoken.out.push_str(&format!("  {}\n", visible(&need)));
        }
    }
    spoken
}

fn facts(messages: &Messages, status: &Status) -> Table {
    let say = |id: &str, arguments: &[(&str, Value<'_>)]| messages.get(id, arguments);
    let mut table = Table::plain();
    let mut fact = |label: String, value: String| table.row([label, value]);
    for listener in status.listeners.iter().filter(|_| status.serving) {
        let label = match listener.instance.as_str() {
            "default" => say("status-address", &[]),
            name => say("status-instance", &[("instance", name.into())]),
        };
        let urls = listener.addresses.iter();
        let mut where_it_is: Vec<String> =
            urls.map(|address| format!("http://{address}")).collect();
        where_it_is.extend(listener.fault.as_ref().map(|fault| {
            let reason = Complaint::of_error(messages, fault).message;
            say("status-not-listening", &[("reason", reason.into())])
        }));
        let where_it_is = where_it_is.join("  ");
        fact(label, where_it_is);
    }
    fact(say("status-version", &[]), status.version.clone());
    if status.serving {
        fact(say("status-since", &[]), moment(status.since));
    }
    fact(say("status-settings", &[]), status.settings.file.clone());
    let reason = || {
        let reason = status.vault.reason.as_ref();
        let text = reason.map(|reason| told(messages, reason));
        ("reason", Value::from(text.unwrap_or_default()))
    };
    let vault = match status.vault.state {
        VaultState::Ready => say("status-vault-ready", &[]),
        VaultState::Older => say("status-vault-older", &[]),
        VaultState::Damaged => say("status-vault-damaged", &[]),
        VaultState::Locked => say("status-vault-locked", &[reason()]),
        VaultState::Unavailable => say("status-vault-unavailable", &[reason()]),
    };
    fact(say("status-vault", &[]), vault);
    fact(say("status-accounts", &[]), status.accounts.to_string());
    fact(say("status-keys", &[]), status.keys.to_string());
    if status.serving {
        let outcomes = &status.outcomes;
        let counts = [
            ("completed", outcomes.completed.into()),
            ("failed", outcomes.failed.into()),
            ("truncated", outcomes.truncated.into()),
            ("cancelled", outcomes.cancelled.into()),
            ("busy", status.load.under_way.into()),
        ];
        fact(
            say("status-requests", &[]),
            say("status-requests-text", &counts),
        );
    }
    table
}

/// What a person should look at.
fn attention(messages: &Messages, status: &Status) -> Vec<String> {
    let mut needs = Vec::new();
    if let Some(fault) = &status.settings.fault {
        let reason = Complaint::of_error(messages, fault).message;
        needs.push(messages.get("status-settings-fault", &[("reason", reason.into())]));
    }
    let file = &status.settings.file;
    let warnings = status.settings.warnings.iter();
    needs.extend(warnings.map(|each| warning(messages, file, each)));
    for offered in &status.offered {
        needs.push(messages.get(
            "status-offered",
            &[
                ("name", offered.name.as_str().into()),
                ("address", offered.address.as_str().into()),
                ("provider", offered.provider.as_str().into()),
            ],
        ));
    }
    for refused in &status.refused {
        let unnamed = || messages.get("status-refused-unnamed", &[]);
        let who = refused
            .origin
            .clone()
            .or_else(|| refused.agent.clone())
            .unwrap_or_else(unnamed);
        let arguments = [("who", who.into()), ("count", refused.count.into())];
        let id = if refused.origin.is_some() {
            "status-refused-page"
        } else {
            "status-refused"
        };
        needs.push(messages.get(id, &arguments));
    }
    needs
}

/// Something in the settings that was passed over, in one line.
pub(crate) fn warning(messages: &Messages, file: &str, warning: &Warning) -> String {
    let name = Path::new(file).file_name().unwrap_or_default();
    let arguments = [
        ("file", name.to_string_lossy().into()),
        ("line", warning.line.into()),
        ("key", warning.key.as_str().into()),
        ("message", told(messages, &warning.reason).into()),
    ];
    let id = if warning.key.is_empty() {
        "status-warning-whole"
    } else {
        "status-warning"
    };
    messages.get(id, &arguments)
}

/// A moment for people, from seconds since 1970.
pub(crate) fn moment(seconds: u64) -> String {
    let moment = i64::try_from(seconds)
        .ok()
        .map(OffsetDateTime::from_unix_timestamp);
    match moment {
        Some(Ok(moment)) => {
            let (hour, minute) = (moment.hour(), moment.minute());
            format!("{} {hour:02}:{minute:02} UTC", moment.date())
        }
        _ => seconds.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use contract::{
        ApiError, Code, Listener, Load, Offered, Outcomes, Refused, SettingsStatus, Status,
        VaultState, VaultStatus, Warning,
    };
    use l10n::Messages;

    use super::{moment, spoken};

    fn status() -> Status {
        Status {
            version: "0.1.0".to_owned(),
            serving: true,
            since: 1_700_000_000,
            listeners: vec![
                Listener {
                    instance: "default".to_owned(),
                    host: "localhost".to_owned(),
                    port: 28000,
                    addresses: vec!["127.0.0.1:28000".to_owned(), "[::1]:28000".to_owned()],
                    fault: None,
                },
                Listener {
                    instance: "work".to_owned(),
                    host: "localhost".to_owned(),
                    port: 80,
                    addresses: Vec::new(),
                    fault: Some(ApiError::new(Code::PortForbidden, [&"127.0.0.1:80"])),
                },
            ],
            settings: SettingsStatus {
                file: "/h/config.toml".to_owned(),
                fault: None,
                warnings: vec![Warning {
                    line: 3,
                    key: "account[0].provider".to_owned(),
                    reason: contract::Reason::UnknownKey {},
                }],
            },
            vault: VaultStatus {
                state: VaultState::Locked,
                reason: Some(contract::Reason::KeyringLocked {}),
            },
            accounts: 2,
            keys: 1,
            offered: vec![Offered {
                provider: "ollama".to_owned(),
                name: "Ollama".to_owned(),
                address: "http://127.0.0.1:11434".to_owned(),
            }],
            refused: vec![Refused {
                origin: None,
                agent: None,
                count: 4,
                last: 0,
            }],
            load: Load::default(),
            outcomes: Outcomes {
                completed: 7,
                ..Outcomes::default()
            },
            recent: Vec::new(),
        }
    }

    #[test]
    fn what_runs_where_and_what_needs_a_person() {
        let text = spoken(&Messages::for_language("en"), &status()).out;
        for expected in [
            "Portolan is running.\n\n",
            "Address         http://127.0.0.1:28000  http://[::1]:28000\n",
            "Address (work)  cannot listen on 127.0.0.1:80: the system does not allow",
            "Vault           locked: the keyring is locked or refused access\n",
            "7 answered, 0 failed",
            "Needs you\n  config.toml:3: account[0].provider: this key is not known\n",
            "  Ollama runs at http://127.0.0.1:11434.",
            "  a program that gives no name was refused (4×).",
        ] {
            assert!(text.contains(expected), "{expected}\n{text}");
        }
    }

    #[test]
    fn a_stopped_one_says_how_to_start_it_and_has_no_address() {
        let status = Status {
            serving: false,
            ..status()
        };
        let spoken = spoken(&Messages::for_language("zh-CN"), &status);
        assert!(
            spoken.out.starts_with("Portolan 没有运行。\n"),
            "{}",
            spoken.out
        );
        assert!(
            !spoken.out.contains("http://127.0.0.1:28000"),
            "{}",
            spoken.out
        );
        assert_eq!(spoken.note, "提示：用“portolan serve”启动。\n");
    }

    #[test]
    fn moments() {
        assert_eq!(moment(1_700_000_000), "2023-11-14 22:13 UTC");
        assert_eq!(moment(u64::MAX), u64::MAX.to_string());
    }
}
