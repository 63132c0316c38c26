//! The person at the terminal during a sign-in: their browser, what they type, Ctrl-C.

use std::io::{self, IsTerminal as _, stderr, stdin, stdout};

use contract::SecretText;
use tokio::sync::{mpsc, oneshot};
use webbrowser::{Browser, BrowserOptions};
use zeroize::Zeroizing;

use super::login::Surroundings;
use super::print;
use crate::signals::Signals;

/// The person at the terminal.
#[derive(Debug)]
pub(crate) struct Person {
    signals: Option<Signals>,
}

impl Person {
    /// Heeds Ctrl-C from now on, within a runtime.
    pub(crate) fn new() -> Self {
        Self {
            signals: Signals::new().ok(),
        }
    }
}

impl Surroundings for Person {
    async fn open(&mut self, address: &str) -> io::Result<()> {
        let (told, telling) = oneshot::channel();
        let address = address.to_owned();
        // A browser in the terminal runs until it is left; the sign-in goes on meanwhile.
        std::thread::Builder::new()
            .name("browser".to_owned())
            .spawn(move || {
                let options = BrowserOptions::new();
                let opened =
                    webbrowser::open_browser_with_options(Browser::Default, &address, &options);
                // Nobody asks where the sign-in is over by then.
                let _gone = told.send(opened);
            })?;
        match tokio::time::timeout(super::BROWSER, telling).await {
            Ok(Ok(opened)) => opened,
            Ok(Err(_)) => Err(io::ErrorKind::Other.into()),
            // It runs.
            Err(_) => Ok(()),
        }
    }

    fn say(&mut self, words: &str, answer: &str) {
        print(stderr(), words);
        print(stdout(), answer);
    }

    fn lines(&mut self) -> Option<mpsc::Receiver<SecretText>> {
        if !stdin().is_terminal() {
            return None;
        }
        let (typed, lines) = mpsc::channel(1);
        // A read from a terminal cannot be called off: the thread ends with the process.
        let reader = std::thread::Builder::new().name("terminal".to_owned());
        let reading = reader.spawn(move || {
            loop {
                let mut line = Zeroizing::new(String::new());
                let read = stdin().read_line(&mut line);
                let text = SecretText::new(line.trim().to_owned());
                if !matches!(read, Ok(1..)) || typed.blocking_send(text).is_err() {
                    return;
                }
            }
        });
        reading.is_ok().then_some(lines)
    }

    async fn given_up(&mut self) {
        match &mut self.signals {
            Some(signals) => signals.next().await,
            // What cannot be heard never comes.
            None => std::future::pending().await,
        }
    }
}
