//! One tray for a session: the first start takes a name on its bus, and a later one goes there.

use face::{Arguments, Page};
use zbus::blocking::{Connection, connection};
use zbus::interface;

/// The name, and what stands under it, are those that Tauri's plugin uses on Linux, so that a
/// start of another version is understood.
const NAME: &str = "dev.portolan.desktop.SingleInstance";
const PATH: &str = "/dev/portolan/desktop/SingleInstance";
const INTERFACE: &str = "org.SingleInstance.DBus";

/// What a start found.
pub(super) enum Start {
    /// It is the first; with the bus, where there is one.
    First(Option<Connection>),
    /// There is one already, and it knows of this start.
    Second,
}

struct First<F>(F);

#[interface(name = "org.SingleInstance.DBus")]
impl<F: Fn(Option<Page>) + Send + Sync + 'static> First<F> {
    fn execute_callback(&mut self, arguments: Vec<String>, _folder: String) {
        (self.0)(Arguments::read(arguments).page);
    }
}

/// Takes the name, and opens pages for later starts; or tells the one that has it of this start.
///
/// # Errors
/// There is another one which does not answer.
pub(super) fn start(
    arguments: &[String],
    open: impl Fn(Option<Page>) + Send + Sync + 'static,
) -> zbus::Result<Start> {
    let taken = connection::Builder::session().and_then(|builder| {
        builder
            .name(NAME)?
            .replace_existing_names(false)
            .allow_name_replacements(false)
            .serve_at(PATH, First(open))?
            .build()
    });
    match taken {
        Ok(connection) => Ok(Start::First(Some(connection))),
        Err(zbus::Error::NameTaken) => {
            let folder = std::env::current_dir().unwrap_or_default();
            let said = (arguments, folder.to_string_lossy());
            let bus = Connection::session()?;
            bus.call_method(Some(NAME), PATH, Some(INTERFACE), "ExecuteCallback", &said)?;
            Ok(Start::Second)
        }
        Err(error) => {
            // Without a bus there is no way to find another one, and no tray either.
            tracing::warn!(%error, "reach the session's bus");
            Ok(Start::First(None))
        }
    }
}

/// Gives the name back, for whoever comes next.
pub(super) fn leave(bus: &Connection) {
    if let Err(error) = bus.release_name(NAME) {
        tracing::debug!(%error, "give the name on the bus back");
    }
}
