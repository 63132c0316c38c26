//! What the desktop's state asks of its surroundings: a window, notifications, the end.

use contract::Topic;
use face::Page;

/// Carries out what the desktop's state decides. Nothing here waits.
pub trait Shell: Send + Sync {
    /// Opens the window, or brings it to the front; at a page, where one is named.
    fn open(&self, page: Option<Page>);

    /// Tells the window that these changed, where there is one.
    fn changed(&self, topics: &[Topic]);

    /// Closes the window, where there is one.
    fn close(&self);

    /// Does that on the thread that the tray's item belongs to.
    fn on_main(&self, work: Box<dyn FnOnce() + Send>);

    /// Shows a notification. Where the desktop shows none, nothing is lost: the tray and the window
    /// tell the same.
    fn notify(&self, title: String, body: String);

    /// Whether the program starts with the session, where that can be told.
    fn autostart(&self) -> Option<bool>;

    /// Has it start with the session, or not any more.
    ///
    /// # Errors
    /// The system's own words.
    fn set_autostart(&self, on: bool) -> Result<(), String>;

    /// Ends the program with that code.
    fn exit(&self, code: i32);
}
