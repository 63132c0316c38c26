//! The tray's menu as a list of entries in the person's language, without a tray.

use contract::{ApiError, Code};
use l10n::Messages;

use crate::bar::Bar;
use crate::face::{Face, Fault, Line, Shape, Toggle};

/// What an entry does.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Action {
    /// Serve.
    Start,
    /// Serve no more.
    Stop,
    /// Serve on this port from now on.
    OtherPort(u16),
    /// Open the instance of that name, now and after every restart.
    StartInstance(String),
    /// Close the instance of that name, now and after every restart.
    StopInstance(String),
    /// Copy the address.
    CopyAddress,
    /// Copy the key.
    CopyKey,
    /// Open the window.
    Open,
    /// Start with the session, or not any more.
    Autostart,
    /// Ask for a newer version.
    CheckUpdates,
    /// End the program.
    Quit,
}

impl Action {
    /// Its name in the events of the menu.
    #[must_use]
    pub fn id(&self) -> String {
        match self {
            Self::Start => "start".to_owned(),
            Self::Stop => "stop".to_owned(),
            Self::OtherPort(port) => format!("port-{port}"),
            Self::StartInstance(name) => format!("{START_INSTANCE}{name}"),
            Self::StopInstance(name) => format!("{STOP_INSTANCE}{name}"),
            Self::CopyAddress => "copy-address".to_owned(),
            Self::CopyKey => "copy-key".to_owned(),
            Self::Open => "open".to_owned(),
            Self::Autostart => "autostart".to_owned(),
            Self::CheckUpdates => "check-updates".to_owned(),
            Self::Quit => "quit".to_owned(),
        }
    }

    /// The action of that name.
    #[must_use]
    pub fn of(id: &str) -> Option<Self> {
        if let Some(port) = id.strip_prefix("port-") {
            return port.parse().ok().map(Self::OtherPort);
        }
        if let Some(name) = id.strip_prefix(START_INSTANCE) {
            return Some(Self::StartInstance(name.to_owned()));
        }
        if let Some(name) = id.strip_prefix(STOP_INSTANCE) {
            return Some(Self::StopInstance(name.to_owned()));
        }
        let all = [
            Self::Start,
            Self::Stop,
            Self::CopyAddress,
            Self::CopyKey,
            Self::Open,
            Self::Autostart,
            Self::CheckUpdates,
            Self::Quit,
        ];
        all.into_iter().find(|action| action.id() == id)
    }
}

/// What the names of the actions on instances begin with.
const START_INSTANCE: &str = "start-instance-";
const STOP_INSTANCE: &str = "stop-instance-";

/// One entry.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Entry {
    /// Words to read.
    Words(String),
    /// Something to do.
    Act(Action, String),
    /// Something that is on or off.
    Check(Action, String, bool),
    /// A menu of its own.
    Menu(String, Vec<Entry>),
    /// A line between groups.
    Separator,
}

/// What is shown.
#[derive(Clone, Copy, Debug)]
pub struct View<'a> {
    /// The state and what goes with it.
    pub face: &'a Face,
    /// Whether it starts with the session, where the system tells.
    pub autostart: Option<bool>,
    /// Whether this build can be updated.
    pub updates: bool,
    /// The bar that the icon stands in.
    pub bar: Bar,
    /// The words of the person's language.
    pub messages: &'a Messages,
    /// What a failure is called in these words.
    pub told: fn(&Messages, &ApiError) -> String,
}

/// How long the words of a fault may be: menus grow as wide as their longest line.
const WIDEST: usize = 72;

/// The menu. What has nothing behind it is absent.
#[must_use]
pub fn entries(view: &View<'_>) -> Vec<Entry> {
    let View { face, messages, .. } = *view;
    let act = |action, id| Entry::Act(action, messages.get(id, &[]));
    let mut entries = vec![Entry::Words(state(face, messages))];
    entries.extend(face.start.then(|| act(Action::Start, "tray-start")));
    entries.extend(face.stop.then(|| act(Action::Stop, "tray-stop")));
    entries.extend(face.other_port.map(|port| {
        let words = messages.get("tray-other-port", &[("port", port.to_string().into())]);
        Entry::Act(Action::OtherPort(port), words)
    }));
    if !face.instances.is_empty() {
        let checks = face.instances.iter().map(instance).collect();
        entries.push(Entry::Menu(messages.get("tray-instances", &[]), checks));
    }
    let copies = [
        face.address
            .as_ref()
            .map(|_| act(Action::CopyAddress, "tray-copy-address")),
        face.key.then(|| act(Action::CopyKey, "tray-copy-key")),
    ];
    if copies.iter().any(Option::is_some) {
        entries.push(Entry::Separator);
        entries.extend(copies.into_iter().flatten());
    }
    if let Some(fault) = &face.fault {
        let (message, hint) = told(fault, view);
        entries.push(Entry::Separator);
        entries.push(Entry::Words(format!(
            "{} {}",
            sign(face.shape),
            short(&message)
        )));
        entries.extend(hint.map(|hint| Entry::Words(short(&hint))));
    }
    entries.push(Entry::Separator);
    entries.push(act(Action::Open, "tray-open"));
    entries.extend(
        view.autostart
            .map(|on| Entry::Check(Action::Autostart, messages.get("tray-autostart", &[]), on)),
    );
    entries.extend(
        view.updates
            .then(|| act(Action::CheckUpdates, "tray-check-updates")),
    );
    entries.push(Entry::Separator);
    entries.push(act(Action::Quit, "tray-quit"));
    entries
}

/// A check that opens and closes it alone.
fn instance(toggle: &Toggle) -> Entry {
    let Toggle { name, address, on } = toggle;
    let action = if *on {
        Action::StopInstance(name.clone())
    } else {
        Action::StartInstance(name.clone())
    };
    Entry::Check(action, short(&format!("{name} · {address}")), *on)
}

/// The words of the state, behind a sign of the icon's shape.
#[must_use]
pub fn state(face: &Face, messages: &Messages) -> String {
    let words = match &face.line {
        Line::Opening => messages.get("tray-opening", &[]),
        Line::Stopped => messages.get("tray-stopped", &[]),
        Line::Cannot => messages.get("tray-cannot", &[]),
        Line::Running(address) => messages.get("tray-running", &[("address", bare(address))]),
        Line::Elsewhere(address) => messages.get("tray-elsewhere", &[("address", bare(address))]),
    };
    format!("{} {words}", sign(face.shape))
}

fn bare(address: &str) -> l10n::Value<'_> {
    address.strip_prefix("http://").unwrap_or(address).into()
}

/// The shapes as characters, for native menus draw words alone.
fn sign(shape: Shape) -> char {
    match shape {
        Shape::Running => '●',
        Shape::Stopped => '○',
        Shape::Warning => '▲',
        Shape::Error => '✕',
    }
}

/// What is wrong, and what to do about it where the words for the command line fit a window too.
fn told(fault: &Fault, view: &View<'_>) -> (String, Option<String>) {
    let messages = view.messages;
    match fault {
        Fault::SignIn(account) => {
            let words = messages.get("tray-sign-in", &[("account", account.as_str().into())]);
            (words, None)
        }
        Fault::Error(error) => {
            let hint = match error.code {
                // Its hint is for the command line.
                Code::PortTaken => None,
                Code::PortForbidden => Some(messages.get("tray-port-forbidden", &[])),
                Code::AlreadyRunning => Some(messages.get("tray-elsewhere-hint", &[])),
                _ => None,
            };
            ((view.told)(messages, error), hint)
        }
    }
}

fn short(words: &str) -> String {
    let words = words.lines().next().unwrap_or_default();
    if words.chars().count() <= WIDEST {
        return words.to_owned();
    }
    let mut short: String = words.chars().take(WIDEST - 1).collect();
    short.push('…');
    short
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::face::Facts;

    fn view<'a>(face: &'a Face, messages: &'a Messages) -> View<'a> {
        View {
            face,
            autostart: Some(false),
            updates: false,
            bar: Bar::Dark,
            messages,
            told: |_, error| {
                let arguments: Vec<&str> = error.arguments.values().map(String::as_str).collect();
                format!("port {}", arguments.join(" "))
            },
        }
    }

    fn words(face: &Face, language: &str) -> Vec<String> {
        let entries = entries(&view(face, &Messages::for_language(language)));
        let word = |entry: Entry| match entry {
            Entry::Words(words)
            | Entry::Act(_, words)
            | Entry::Check(_, words, _)
            | Entry::Menu(words, _) => Some(words),
            Entry::Separator => None,
        };
        entries.into_iter().filter_map(word).collect()
    }

    #[test]
    fn names_come_back() {
        for action in [
            Action::Start,
            Action::Stop,
            Action::OtherPort(28001),
            Action::StartInstance("my-work".to_owned()),
            Action::StopInstance("start".to_owned()),
            Action::CopyAddress,
            Action::CopyKey,
            Action::Open,
            Action::Autostart,
            Action::Quit,
        ] {
            assert_eq!(Action::of(&action.id()), Some(action));
        }
        assert_eq!(Action::of("port-70000"), None);
        assert_eq!(Action::of("shell"), None);
    }

    #[test]
    fn instances_are_a_menu_of_checks_and_absent_where_there_are_none() {
        let toggle = |name: &str, port: u16, on| Toggle {
            name: name.to_owned(),
            address: format!("localhost:{port}"),
            on,
        };
        let none = Face::of(&Facts::default());
        assert!(!words(&none, "en").contains(&"Instances".to_owned()));
        let face = Face::of(&Facts {
            instances: vec![toggle("work", 28001, true), toggle("guest", 28002, false)],
            ..Facts::default()
        });
        let entries = entries(&view(&face, &Messages::for_language("en")));
        let menu = entries.into_iter().find_map(|entry| match entry {
            Entry::Menu(words, inner) => Some((words, inner)),
            Entry::Words(_) | Entry::Act(..) | Entry::Check(..) | Entry::Separator => None,
        });
        let check = |action, words: &str, on| Entry::Check(action, words.to_owned(), on);
        let stop = Action::StopInstance("work".to_owned());
        let start = Action::StartInstance("guest".to_owned());
        let expected = vec![
            check(stop, "work · localhost:28001", true),
            check(start, "guest · localhost:28002", false),
        ];
        assert_eq!(menu, Some(("Instances".to_owned(), expected)));
        assert!(words(&face, "zh-CN").contains(&"实例".to_owned()));
    }

    #[test]
    fn a_stopped_daemon_offers_to_start_and_has_no_address() {
        let face = Face::of(&Facts::default());
        assert_eq!(
            words(&face, "en"),
            [
                "○ Stopped",
                "Start",
                "Copy key",
                "Open Portolan",
                "Launch at login",
                "Quit"
            ]
        );
        assert_eq!(
            words(&face, "zh-CN"),
            [
                "○ 已停止",
                "启动",
                "复制密钥",
                "打开 Portolan",
                "登录时启动",
                "退出"
            ]
        );
    }

    #[test]
    fn a_fault_is_told_in_words_of_bounded_width() {
        let fault = ApiError::new(Code::PortTaken, [&"localhost:28000", &"x".repeat(200)]);
        let menu = words(&Face::failed(&fault), "en");
        let told = menu.iter().find(|line| line.contains("28000"));
        assert!(told.is_some_and(|line| line.ends_with('…')), "{menu:?}");
        assert!(menu.iter().all(|line| line.chars().count() <= WIDEST + 2));
    }

    #[test]
    fn a_port_that_windows_keeps_for_itself_is_explained() {
        let fault = ApiError::new(Code::PortForbidden, [&"localhost:28000"]);
        for language in l10n::languages() {
            let messages = Messages::for_language(&language);
            let face = Face::failed(&fault);
            let (_, hint) = told(&Fault::Error(fault.clone()), &view(&face, &messages));
            assert!(
                hint.is_some_and(|hint| hint.contains("Windows")),
                "{language}"
            );
        }
    }
}
