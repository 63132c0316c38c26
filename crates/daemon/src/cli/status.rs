//! The state of the whole in words: first whether it runs, then where, then what needs a person.

use std::path::Path;

use contract::{Account, ProxyInForce, ProxySource, Standing, Status, VaultState, Warning};
use l10n::{Messages, Value};
use time::OffsetDateTime;

use super::answer::Spoken;
use super::message::{Complaint, told};
use super::table::{Table, visible};
use super::words::standing;

/// `portolan status`.
pub(crate) fn spoken(messages: &Messages, status: &Status) -> Spoken {
    let say = |id: &str| messages.get(id, &[]);
    let first = if status.serving {
        say("status-running")
    } else if status.stopping {
        messages.get("status-stopping", &[("busy", status.load.under_way.into())])
    } else if answers_admin(status) {
        say("status-admin-alone")
    } else {
        say("status-stopped")
    };
    let mut spoken = Spoken {
        out: first + "\n\n",
        ..Spoken::default()
    };
    if !runs(status) && !answers_admin(status) {
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

/// Whether there is a server, though it may be about to end.
fn runs(status: &Status) -> bool {
    status.serving || status.stopping
}

/// Whether the web admin, and nothing else, is to be reached.
fn answers_admin(status: &Status) -> bool {
    let open = |each: &contract::Listener| !each.addresses.is_empty();
    !runs(status) && status.listeners.iter().any(open)
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
    if runs(status) {
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
    if let Some(way) = way_out(messages, &status.proxy) {
        fact(say("status-proxy", &[]), way);
    }
    fact(say("status-accounts", &[]), status.accounts.to_string());
    fact(say("status-keys", &[]), status.keys.to_string());
    if runs(status) {
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

/// The proxy on the way to providers and who named it, if there is one or was to be one.
fn way_out(messages: &Messages, proxy: &ProxyInForce) -> Option<String> {
    if proxy.script {
        return Some(messages.get("status-proxy-script", &[]));
    }
    let address = [("address", proxy.address.as_deref()?.into())];
    match proxy.source {
        ProxySource::System => Some(messages.get("status-proxy-system", &address)),
        ProxySource::Environment => Some(messages.get("status-proxy-environment", &address)),
        ProxySource::Manual => Some(messages.get("status-proxy-manual", &address)),
        ProxySource::Direct => None,
    }
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
    needs.extend(
        status
            .unready
            .iter()
            .filter_map(|account| unready(messages, account)),
    );
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

/// What a person has to do about an account, in one line; nothing where time will, or where a
/// warning of the settings tells it already.
fn unready(messages: &Messages, account: &Account) -> Option<String> {
    match account.standing {
        Standing::Ready | Standing::Cooling { .. } | Standing::UnknownProvider => None,
        Standing::RenewalFails { .. }
        | Standing::Rejected
        | Standing::NoKey { .. }
        | Standing::SignedOut { .. } => {
            let arguments = [
                ("account", account.id.as_str().into()),
                ("state", standing(messages, &account.standing).into()),
            ];
            Some(messages.get("status-account", &arguments))
        }
    }
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
        Account, ApiError, Code, Listener, Load, Offered, Outcomes, ProxyInForce, ProxyMode,
        ProxySource, Reason, Refused, SettingsStatus, Source, Standing, Status, VaultState,
        VaultStatus, Warning,
    };
    use l10n::Messages;

    use super::{moment, spoken};

    fn account(id: &str, standing: Standing) -> Account {
        Account {
            id: id.to_owned(),
            name: id.to_owned(),
            provider: id.to_owned(),
            provider_name: id.to_owned(),
            source: Source::Vault,
            standing,
            in_use: 0,
        }
    }

    fn status() -> Status {
        Status {
            version: "0.1.0".to_owned(),
            serving: true,
            stopping: false,
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
                    reason: Reason::UnknownKey {},
                }],
            },
            vault: VaultStatus {
                state: VaultState::Locked,
                reason: Some(Reason::KeyringLocked {}),
            },
            proxy: ProxyInForce {
                mode: ProxyMode::System,
                source: ProxySource::Direct,
                address: None,
                script: false,
            },
            accounts: 2,
            unready: vec![
                account(
                    "openai",
                    Standing::NoKey {
                        reason: Reason::EnvironmentUnset {
                            variable: "K".to_owned(),
                        },
                    },
                ),
                account("own", Standing::Rejected),
                account("tired", Standing::Cooling { seconds: 3 }),
            ],
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
    fn a_proxy_is_told_with_who_named_it() {
        let messages = Messages::detect("en");
        let told = |source, address: Option<&str>, script| {
            let proxy = ProxyInForce {
                mode: ProxyMode::System,
                source,
                address: address.map(str::to_owned),
                script,
            };
            spoken(&messages, &Status { proxy, ..status() }).out
        };
        let plain = told(ProxySource::Direct, None, false);
        assert!(!plain.contains("Proxy"), "{plain}");
        let system = told(ProxySource::System, Some("http://p:1"), false);
        assert!(
            system.contains("http://p:1, as the system has it"),
            "{system}"
        );
        let script = told(ProxySource::System, None, true);
        assert!(script.contains("script"), "{script}");
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
            "\n  account openai: no key: the environment variable K is not set\n",
            "\n  account own: its key was refused\n",
            "  Ollama runs at http://127.0.0.1:11434.",
            "  a program that gives no name was refused (4×).",
        ] {
            assert!(text.contains(expected), "{expected}\n{text}");
        }
        assert!(!text.contains("tired"), "{text}");
        let text = spoken(&Messages::for_language("zh-CN"), &status()).out;
        let expected = "  账号 openai：没有密钥：没有设置环境变量 K\n  账号 own：密钥被拒绝\n";
        assert!(text.contains(expected), "{text}");
    }

    #[test]
    fn one_that_stops_is_not_one_that_is_stopped() {
        for (language, under_way, expected) in [
            ("en", 0, "Everything that was under way has ended."),
            ("en", 1, "Portolan is stopping. One request is still"),
            ("en", 2, "Portolan is stopping. 2 requests are still"),
            ("zh-CN", 0, "Portolan 正在停止。进行中的请求都已结束。"),
            ("zh-CN", 2, "Portolan 正在停止。还有 2 个请求没有答完。"),
        ] {
            let load = Load {
                under_way,
                ..Load::default()
            };
            let status = Status {
                serving: false,
                stopping: true,
                listeners: Vec::new(),
                load,
                ..status()
            };
            let spoken = spoken(&Messages::for_language(language), &status);
            assert!(spoken.out.contains(expected), "{}", spoken.out);
            assert!(spoken.out.contains("2023-11-14 22:13"), "{}", spoken.out);
            assert_eq!(spoken.note, "", "nothing is to be started");
        }
    }

    #[test]
    fn a_stopped_one_says_how_to_start_it_and_has_no_address() {
        let status = Status {
            serving: false,
            listeners: Vec::new(),
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
    fn one_whose_web_admin_answers_is_not_to_be_started() {
        let status = Status {
            serving: false,
            ..status()
        };
        let spoken = spoken(&Messages::for_language("en"), &status);
        let start = "Portolan answers in its web admin alone";
        assert!(spoken.out.starts_with(start), "{}", spoken.out);
        assert_eq!(spoken.note, "");
    }

    #[test]
    fn moments() {
        assert_eq!(moment(1_700_000_000), "2023-11-14 22:13 UTC");
        assert_eq!(moment(u64::MAX), u64::MAX.to_string());
    }
}
