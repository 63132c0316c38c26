//! How bright the desktop's bar is where the desktop tells it on the session's bus, followed live.

use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use face::Bar;
use zbus::blocking::{Connection, Proxy};
use zbus::zvariant::{OwnedValue, Value};

use super::plasma;

/// A theme is applied part by part; what is told with the first of them is looked at once more.
const SETTLED: Duration = Duration::from_secs(2);

/// What was told last.
static TOLD: Mutex<Option<Bar>> = Mutex::new(None);

/// Who tells.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Teller {
    /// The desktop's portal, on Plasma:
    /// <https://flatpak.github.io/xdg-desktop-portal/docs/doc-org.freedesktop.portal.Settings.html>.
    Portal,
    /// Xfce's own settings: <https://docs.xfce.org/xfce/xfconf/start>.
    Xfconf,
}

impl Teller {
    /// The one of that desktop; `names` is `XDG_CURRENT_DESKTOP`.
    fn of_desktop(names: &str) -> Option<Self> {
        names.split(':').find_map(|name| match name {
            "KDE" => Some(Self::Portal),
            "XFCE" => Some(Self::Xfconf),
            _ => None,
        })
    }

    fn proxy(self, bus: &Connection) -> zbus::Result<Proxy<'static>> {
        match self {
            Self::Portal => Proxy::new(
                bus,
                "org.freedesktop.portal.Desktop",
                "/org/freedesktop/portal/desktop",
                "org.freedesktop.portal.Settings",
            ),
            Self::Xfconf => Proxy::new(
                bus,
                "org.xfce.Xfconf",
                "/org/xfce/Xfconf",
                "org.xfce.Xfconf",
            ),
        }
    }

    /// The signal after which it is asked again.
    fn changed(self) -> &'static str {
        match self {
            Self::Portal => "SettingChanged",
            Self::Xfconf => "PropertyChanged",
        }
    }

    fn ask(self, proxy: &Proxy<'_>) -> Option<Bar> {
        match self {
            Self::Portal => {
                let asked = ("org.freedesktop.appearance", "color-scheme");
                let scheme: Option<OwnedValue> = proxy
                    .call("ReadOne", &asked)
                    // A portal of before 2023.
                    .or_else(|_| proxy.call("Read", &asked))
                    .ok();
                let style = plasma::style(|name| std::env::var(name).ok());
                Bar::of_plasma(style.as_deref(), scheme.as_deref().and_then(number))
            }
            Self::Xfconf => {
                let ask = |channel: &str, name: &str| -> Option<OwnedValue> {
                    proxy.call("GetProperty", &(channel, name)).ok()
                };
                let dark = ask("xfce4-panel", "/panels/dark-mode");
                let dark = dark.and_then(|dark| bool::try_from(dark).ok());
                let theme = ask("xsettings", "/Net/ThemeName");
                let theme = theme.and_then(|theme| String::try_from(theme).ok());
                Bar::of_xfce(dark, theme.as_deref())
            }
        }
    }
}

/// A number that may be wrapped once more, as the older method has it.
fn number(value: &Value<'_>) -> Option<u32> {
    match value {
        Value::U32(number) => Some(*number),
        Value::Value(inner) => number(inner),
        _ => None,
    }
}

/// The bar that the desktop told of last.
pub(crate) fn told_bar() -> Option<Bar> {
    *TOLD.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Listens to the desktop until the program ends, where it is one that tells.
pub(super) fn follow(bus: &Connection, names: &str) {
    let Some(teller) = Teller::of_desktop(names) else {
        return;
    };
    let bus = bus.clone();
    let listening = std::thread::Builder::new()
        .name("theme".to_owned())
        .spawn(move || {
            if let Err(error) = listen(teller, &bus) {
                tracing::debug!(%error, "ask the desktop for its theme");
            }
        });
    drop(listening);
}

fn listen(teller: Teller, bus: &Connection) -> zbus::Result<()> {
    let proxy = teller.proxy(bus)?;
    let mut changes = proxy.receive_signal(teller.changed())?;
    let ask = || {
        let bar = teller.ask(&proxy);
        *TOLD.lock().unwrap_or_else(PoisonError::into_inner) = bar;
    };
    ask();
    while changes.next().is_some() {
        ask();
        std::thread::sleep(SETTLED);
        ask();
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn plasma_and_xfce_are_asked_and_nobody_else() {
        assert_eq!(Teller::of_desktop("KDE"), Some(Teller::Portal));
        assert_eq!(Teller::of_desktop("X-Other:XFCE"), Some(Teller::Xfconf));
        for names in ["", "GNOME", "xfce", "KDEish"] {
            assert_eq!(Teller::of_desktop(names), None, "{names}");
        }
    }

    #[test]
    fn a_number_may_be_wrapped() {
        assert_eq!(number(&Value::U32(2)), Some(2));
        assert_eq!(number(&Value::Value(Box::new(Value::U32(1)))), Some(1));
        assert_eq!(number(&Value::Bool(true)), None);
    }
}
