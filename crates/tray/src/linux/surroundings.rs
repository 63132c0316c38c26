//! What the desktop's state asks for, on Linux: of the window's process, the bus and the main thread.

use std::sync::mpsc;

use auto_launch::AutoLaunch;
use contract::Topic;
use face::Page;
use tokio::sync::mpsc::UnboundedSender;
use zbus::blocking::Connection;

use super::notify;
use super::window::Wish;
use crate::shell::Shell;

/// What the main thread does.
pub(super) enum Work {
    Do(Box<dyn FnOnce() + Send>),
    /// Ends the program with that code.
    End(i32),
    /// Starts the program anew, for its file is another one.
    Replace,
}

pub(super) struct Surroundings {
    pub(super) wish: UnboundedSender<Wish>,
    pub(super) work: mpsc::Sender<Work>,
    /// The session's, where it has one.
    pub(super) bus: Option<Connection>,
    pub(super) launch: AutoLaunch,
}

impl Shell for Surroundings {
    fn open(&self, page: Option<Page>) {
        drop(self.wish.send(Wish::Open(page)));
    }

    fn changed(&self, topics: &[Topic]) {
        drop(self.wish.send(Wish::Changed(topics.to_vec())));
    }

    fn close(&self) {
        drop(self.wish.send(Wish::Close));
    }

    fn on_main(&self, work: Box<dyn FnOnce() + Send>) {
        drop(self.work.send(Work::Do(work)));
    }

    fn notify(&self, title: String, body: String) {
        let Some(bus) = self.bus.clone() else {
            return;
        };
        // Whoever shows them may take its time; nothing else waits for that.
        let said = std::thread::Builder::new()
            .name("notification".to_owned())
            .spawn(move || {
                if let Err(error) = notify::show(&bus, &title, &body) {
                    tracing::debug!(%error, "show a notification");
                }
            });
        drop(said);
    }

    fn autostart(&self) -> Option<bool> {
        self.launch.is_enabled().ok()
    }

    fn set_autostart(&self, on: bool) -> Result<(), String> {
        let done = if on {
            self.launch.enable()
        } else {
            self.launch.disable()
        };
        done.map_err(|error| error.to_string())
    }

    fn exit(&self, code: i32) {
        drop(self.work.send(Work::End(code)));
    }
}
