//! The commands that list, make, change, start and stop named listeners.

use contract::{
    Api, ApiError, Instance, InstanceAdd, InstanceChange, InstanceChoice, InstanceState,
};

use super::answer::{Speaker, Spoken};
use super::message::Complaint;
use super::written::InstanceRemoved;

/// What is asked of named listeners.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum InstanceQuestion {
    List,
    /// Without a port it gets the next one behind those that the others have.
    Add {
        name: String,
        port: Option<u16>,
        keys: Vec<String>,
        default_model: Option<String>,
    },
    Change(InstanceChange),
    Remove {
        name: String,
    },
    Start {
        name: String,
    },
    Stop {
        name: String,
    },
}

impl Speaker<'_> {
    pub(super) async fn instances(
        &self,
        api: &impl Api,
        question: InstanceQuestion,
    ) -> Result<Spoken, ApiError> {
        match question {
            InstanceQuestion::List => {
                let all = api.instances_list().await?;
                self.tell(&all, || self.instance_table(&all))
            }
            InstanceQuestion::Add {
                name,
                port,
                keys,
                default_model,
            } => {
                let port = match port {
                    Some(port) => port,
                    None => next_port(&api.instances_list().await?),
                };
                let add = InstanceAdd {
                    name,
                    port,
                    keys,
                    default_model: default_model.unwrap_or_default(),
                };
                let made = api.instances_add(add).await?;
                self.instance(&made, "instances-added")
            }
            InstanceQuestion::Change(change) => {
                let changed = api.instances_change(change).await?;
                self.instance(&changed, "instances-changed")
            }
            InstanceQuestion::Remove { name } => {
                let choice = InstanceChoice { name: name.clone() };
                api.instances_remove(choice).await?;
                let written = InstanceRemoved {
                    removed_instance: &name,
                };
                self.tell(&written, || {
                    self.line("instances-removed", &[("instance", &name)])
                })
            }
            InstanceQuestion::Start { name } => {
                let started = api.instances_start(InstanceChoice { name }).await?;
                self.instance(&started, "instances-started")
            }
            InstanceQuestion::Stop { name } => {
                let stopped = api.instances_stop(InstanceChoice { name }).await?;
                self.instance(&stopped, "instances-stopped")
            }
        }
    }

    /// Tells what was done and where it listens now; it fails with one that should and cannot.
    fn instance(&self, instance: &Instance, done: &str) -> Result<Spoken, ApiError> {
        let mut spoken = self.tell(instance, || {
            let mut spoken = self.line(done, &[("instance", &instance.name)]);
            match (&instance.state, &instance.fault) {
                (InstanceState::Listening, _) => {
                    for address in &instance.addresses {
                        spoken.out.push_str(&format!("http://{address}\n"));
                    }
                }
                (InstanceState::Waiting, _) => {
                    spoken.note = self.text("instances-waits", &[]) + "\n";
                }
                (InstanceState::Failed, Some(fault)) => {
                    spoken.note = Complaint::of_error(self.messages, fault).lines(self.messages);
                }
                (InstanceState::Failed, None) | (InstanceState::Stopped, _) => {}
            }
            spoken
        })?;
        spoken.failed = instance.state == InstanceState::Failed;
        Ok(spoken)
    }

    fn instance_table(&self, all: &[Instance]) -> Spoken {
        let mut table = self.table(&[
            "instances-column-name",
            "instances-column-state",
            "instances-column-address",
            "instances-column-keys",
            "instances-column-default",
        ]);
        let or_dash = |text: String| {
            if text.is_empty() {
                "-".to_owned()
            } else {
                text
            }
        };
        for one in all {
            let state = match (&one.state, &one.fault) {
                (InstanceState::Listening, _) => self.text("instances-state-listening", &[]),
                (InstanceState::Waiting, _) => self.text("instances-state-waiting", &[]),
                (InstanceState::Stopped, _) => self.text("instances-state-stopped", &[]),
                (InstanceState::Failed, fault) => {
                    let fault = fault.as_ref().map(|fault| {
                        let why = Complaint::of_error(self.messages, fault).message;
                        self.text("status-not-listening", &[("reason", &why)])
                    });
                    fault.unwrap_or_default()
                }
            };
            let place = if one.addresses.is_empty() {
                let host = match one.host.contains(':') {
                    true => format!("[{}]", one.host),
                    false => one.host.clone(),
                };
                format!("{host}:{}", one.port)
            } else {
                one.addresses.join(" ")
            };
            let keys = if one.keys.is_empty() {
                self.text("instances-keys-all", &[])
            } else {
                one.keys.join(" ")
            };
            table.row([
                one.name.clone(),
                state,
                place,
                keys,
                or_dash(one.default_model.clone()),
            ]);
        }
        let note = if all.len() < 2 {
            let hint = self.text("instances-hint-add", &[]);
            self.text("cli-hint", &[("hint", &hint)]) + "\n"
        } else {
            String::new()
        };
        Spoken {
            out: table.render(),
            note,
            failed: false,
        }
    }
}

/// The port behind all that are given.
fn next_port(all: &[Instance]) -> u16 {
    let highest = all.iter().map(|one| one.port).max().unwrap_or_default();
    // A free one, where there is no next or the others take free ones too.
    if highest == 0 {
        return 0;
    }
    highest.checked_add(1).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_new_one_gets_the_next_port() {
        let of = |port| Instance {
            name: "x".to_owned(),
            first: false,
            host: "localhost".to_owned(),
            port,
            keys: Vec::new(),
            default_model: String::new(),
            state: InstanceState::Stopped,
            addresses: Vec::new(),
            fault: None,
        };
        assert_eq!(next_port(&[of(28000), of(28007), of(28003)]), 28008);
        assert_eq!(next_port(&[of(u16::MAX)]), 0);
        assert_eq!(next_port(&[of(0)]), 0);
    }
}
