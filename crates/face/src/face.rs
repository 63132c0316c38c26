//! What the tray shows: worked out from the daemon's state, without a tray.

use contract::{Account, ApiError, Instance, InstanceState, Listener, Standing};

/// The state, told by the icon's shape as well as its colour.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shape {
    /// Serving, and nothing wants attention.
    Running,
    /// Not serving, as was asked.
    Stopped,
    /// Serving, but something wants attention soon.
    Warning,
    /// It cannot serve.
    Error,
}

/// What the state line says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Line {
    /// The files are being opened.
    Opening,
    /// Serving at this address.
    Running(String),
    /// Stopped.
    Stopped,
    /// Another process serves this home, at this address where it is known.
    Elsewhere(String),
    /// Not serving, for the reason that [`Face::fault`] tells.
    Cannot,
}

/// What may want attention.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Fault {
    /// A failure of the contract.
    Error(ApiError),
    /// An account that has to be signed in to again: its name.
    SignIn(String),
}

/// Everything that the tray shows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Face {
    /// The state.
    pub shape: Shape,
    /// What the state line says.
    pub line: Line,
    /// The most important thing that is wrong.
    pub fault: Option<Fault>,
    /// Whether Start is offered.
    pub start: bool,
    /// Whether Stop is offered.
    pub stop: bool,
    /// The address to copy.
    pub address: Option<String>,
    /// Whether the key can be copied.
    pub key: bool,
    /// A port to use in place of the one that cannot be had.
    pub other_port: Option<u16>,
    /// The instances that can be started and stopped alone.
    pub instances: Vec<Toggle>,
}

/// An instance that can be started and stopped alone.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Toggle {
    /// Its name.
    pub name: String,
    /// Where it is to be reached, without the scheme.
    pub address: String,
    /// Whether it is started.
    pub on: bool,
}

impl Toggle {
    /// What is shown of them; the first one is started and stopped with the whole.
    #[must_use]
    pub fn of(all: &[Instance]) -> Vec<Self> {
        let others = all.iter().filter(|one| !one.first);
        let toggle = |one: &Instance| {
            // A port that was left open is known once it listens.
            let bound = one
                .addresses
                .first()
                .and_then(|bound| bound.rsplit_once(':'));
            let port = bound.map_or_else(|| one.port.to_string(), |(_, port)| port.to_owned());
            let host = if one.host.contains(':') {
                format!("[{}]", one.host)
            } else {
                one.host.clone()
            };
            Self {
                name: one.name.clone(),
                address: format!("{host}:{port}"),
                on: one.state != InstanceState::Stopped,
            }
        };
        others.map(toggle).collect()
    }
}

/// What is known of a daemon in this process.
#[derive(Clone, Debug, Default)]
pub struct Facts {
    /// Whether it was started.
    pub started: bool,
    /// Why it could not be started.
    pub refused: Option<ApiError>,
    /// Its listeners, that of `[listen]` first.
    pub listeners: Vec<Listener>,
    /// What is wrong with the settings' file.
    pub settings: Option<ApiError>,
    /// The accounts that want to be signed in to again, by what people call them.
    pub sign_in: Vec<String>,
    /// The instances that can be started and stopped alone.
    pub instances: Vec<Toggle>,
}

/// The address that people and programs use.
fn address(listener: &Listener) -> Option<String> {
    let bound = listener.addresses.first()?;
    let (_, port) = bound.rsplit_once(':')?;
    if listener.host == "localhost" {
        return Some(format!("http://localhost:{port}"));
    }
    Some(format!("http://{bound}"))
}

/// What people call an account: the provider, unless they gave a name of their own.
#[must_use]
pub fn called(account: Account) -> String {
    if account.name == account.provider {
        account.provider_name
    } else {
        account.name
    }
}

/// Whether somebody has to sign in, or give a key, before an account answers again.
#[must_use]
pub fn wants_sign_in(standing: &Standing) -> bool {
    match standing {
        Standing::Rejected | Standing::NoKey { .. } | Standing::SignedOut { .. } => true,
        Standing::Ready
        | Standing::Cooling { .. }
        | Standing::RenewalFails { .. }
        | Standing::UnknownProvider => false,
    }
}

impl Face {
    fn bare(shape: Shape, line: Line) -> Self {
        Self {
            shape,
            line,
            fault: None,
            start: false,
            stop: false,
            address: None,
            key: false,
            other_port: None,
            instances: Vec::new(),
        }
    }

    /// While the files are being opened, and after the end.
    #[must_use]
    pub fn opening() -> Self {
        Self::bare(Shape::Stopped, Line::Opening)
    }

    /// Nothing could be opened.
    #[must_use]
    pub fn failed(fault: &ApiError) -> Self {
        Self {
            fault: Some(Fault::Error(fault.clone())),
            start: true,
            ..Self::bare(Shape::Error, Line::Cannot)
        }
    }

    /// Another process has the home.
    #[must_use]
    pub fn elsewhere(fault: &ApiError) -> Self {
        let urls = fault.argument("address").split(' ');
        let url = urls.into_iter().next().filter(|url| !url.is_empty());
        Self {
            fault: Some(Fault::Error(fault.clone())),
            address: url.map(str::to_owned),
            ..Self::bare(
                Shape::Warning,
                Line::Elsewhere(url.unwrap_or_default().to_owned()),
            )
        }
    }

    /// A daemon of our own.
    #[must_use]
    pub fn of(facts: &Facts) -> Self {
        Self {
            instances: facts.instances.clone(),
            ..Self::without_instances(facts)
        }
    }

    fn without_instances(facts: &Facts) -> Self {
        if let Some(fault) = facts.refused.as_ref().filter(|_| !facts.started) {
            return Self::failed(fault);
        }
        if !facts.started {
            return Self {
                start: true,
                key: true,
                ..Self::bare(Shape::Stopped, Line::Stopped)
            };
        }
        let first = facts.listeners.first();
        if let Some(fault) = first.and_then(|first| first.fault.clone()) {
            return Self {
                other_port: first.and_then(|first| next_port(first, &fault)),
                fault: Some(Fault::Error(fault)),
                stop: true,
                key: true,
                ..Self::bare(Shape::Error, Line::Cannot)
            };
        }
        let address = first.and_then(address);
        let listeners = facts.listeners.iter().filter_map(|each| each.fault.clone());
        let faults = facts.settings.iter().cloned().chain(listeners);
        let fault = faults
            .map(Fault::Error)
            .chain(facts.sign_in.iter().cloned().map(Fault::SignIn))
            .next();
        let shape = match &fault {
            Some(_) => Shape::Warning,
            None => Shape::Running,
        };
        Self {
            fault,
            stop: true,
            key: true,
            address: address.clone(),
            ..Self::bare(shape, Line::Running(address.unwrap_or_default()))
        }
    }
}

/// The port after one that cannot be had, where another one would help.
fn next_port(listener: &Listener, fault: &ApiError) -> Option<u16> {
    use contract::Code;
    match fault.code {
        // A port below 1024 is refused as those after it are.
        Code::PortForbidden if listener.port < 1024 => Some(28000),
        Code::PortTaken | Code::PortForbidden => listener.port.checked_add(1),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use contract::{Code, Reason};

    use super::*;

    fn listener(port: u16, fault: Option<ApiError>) -> Listener {
        let bound = [format!("127.0.0.1:{port}"), format!("[::1]:{port}")];
        Listener {
            instance: "default".to_owned(),
            host: "localhost".to_owned(),
            port,
            addresses: match fault {
                Some(_) => Vec::new(),
                None => bound.to_vec(),
            },
            fault,
        }
    }

    fn serving(listeners: Vec<Listener>) -> Facts {
        Facts {
            started: true,
            listeners,
            ..Facts::default()
        }
    }

    #[test]
    fn an_instance_is_where_it_listens_and_the_first_one_is_none_of_them() {
        let one = |name: &str, port, addresses: &[&str], state| Instance {
            name: name.to_owned(),
            first: name == "default",
            host: "localhost".to_owned(),
            port,
            keys: Vec::new(),
            default_model: String::new(),
            state,
            addresses: addresses.iter().map(|text| (*text).to_owned()).collect(),
            fault: None,
        };
        let all = [
            one(
                "default",
                28000,
                &["127.0.0.1:28000"],
                InstanceState::Listening,
            ),
            one("work", 0, &["[::1]:40001"], InstanceState::Listening),
            one("guest", 28002, &[], InstanceState::Stopped),
            one("busy", 28003, &[], InstanceState::Failed),
        ];
        let shown: Vec<(String, String, bool)> = Toggle::of(&all)
            .into_iter()
            .map(|one| (one.name, one.address, one.on))
            .collect();
        let row = |name: &str, port: u16, on| (name.to_owned(), format!("localhost:{port}"), on);
        let expected = [
            row("work", 40001, true),
            row("guest", 28002, false),
            row("busy", 28003, true),
        ];
        assert_eq!(shown, expected);
    }

    #[test]
    fn running_and_stopped() {
        let face = Face::of(&serving(vec![listener(28000, None)]));
        assert_eq!(face.shape, Shape::Running);
        assert_eq!(face.address.as_deref(), Some("http://localhost:28000"));
        assert!(face.stop && !face.start && face.fault.is_none());
        let face = Face::of(&Facts::default());
        assert_eq!((face.shape, face.line), (Shape::Stopped, Line::Stopped));
        assert!(face.start && !face.stop && face.address.is_none());
    }

    #[test]
    fn a_busy_port_names_its_holder_and_offers_another() {
        let taken = ApiError::new(Code::PortTaken, [&"localhost:28000", &"nginx (7)"]);
        let face = Face::of(&serving(vec![listener(28000, Some(taken.clone()))]));
        assert_eq!(face.shape, Shape::Error);
        assert_eq!(face.fault, Some(Fault::Error(taken)));
        assert_eq!(face.other_port, Some(28001));
        assert!(face.stop && face.address.is_none());
    }

    #[test]
    fn a_forbidden_port_offers_one_that_is_allowed() {
        let forbidden = ApiError::new(Code::PortForbidden, [&"localhost:80"]);
        let face = Face::of(&serving(vec![listener(80, Some(forbidden.clone()))]));
        assert_eq!(face.other_port, Some(28000));
        let face = Face::of(&serving(vec![listener(65535, Some(forbidden))]));
        assert_eq!(face.other_port, None);
    }

    #[test]
    fn what_wants_attention_is_a_warning() {
        let fault = ApiError::new(Code::PortTaken, [&"localhost:28001", &""]);
        let two = vec![listener(28000, None), listener(28001, Some(fault))];
        assert_eq!(Face::of(&serving(two)).shape, Shape::Warning);
        let mut facts = serving(vec![listener(28000, None)]);
        facts.sign_in = vec!["mock".to_owned()];
        let face = Face::of(&facts);
        assert_eq!(face.fault, Some(Fault::SignIn("mock".to_owned())));
        assert_eq!(face.shape, Shape::Warning);
        let missing = Standing::NoKey {
            reason: Reason::UnknownKey {},
        };
        assert!(wants_sign_in(&missing) && wants_sign_in(&Standing::Rejected));
        assert!(!wants_sign_in(&Standing::Cooling { seconds: 3 }));
    }

    #[test]
    fn another_process_is_named_and_nothing_that_breaks_is_offered() {
        let fault = ApiError::new(
            Code::AlreadyRunning,
            [&"http://127.0.0.1:28000 http://[::1]:28000"],
        );
        let face = Face::elsewhere(&fault);
        assert_eq!(face.address.as_deref(), Some("http://127.0.0.1:28000"));
        assert!(!face.start && !face.stop && !face.key && face.other_port.is_none());
    }
}
