//! The person at the terminal during a sign-in: their browser, what they type, Ctrl-C.

use std::io::{self, BufRead, IsTerminal as _, stderr, stdin, stdout};

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
            while let Some(text) = line(&mut stdin().lock()) {
                if typed.blocking_send(text).is_err() {
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

/// The next line; `None` where there are no more. One that is not in UTF-8, as a terminal of another
/// encoding sends it, is a line all the same, and can be told to be wrong.
fn line(terminal: &mut impl BufRead) -> Option<SecretText> {
    let mut bytes = Zeroizing::new(Vec::new());
    match terminal.read_until(b'\n', &mut bytes) {
        Ok(1..) => {
            let text = Zeroizing::new(String::from_utf8_lossy(&bytes).into_owned());
            Some(SecretText::new(text.trim().to_owned()))
        }
        Ok(0) | Err(_) => None,
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]
    use super::*;

    #[test]
    fn a_line_of_another_encoding_is_not_the_end() {
        let mut typed: &[u8] = b" one \r\n\xc4\xe3\xba\xc3\n\ntwo";
        let mut next = || line(&mut typed).map(|text| text.expose().to_owned());
        assert_eq!(next().unwrap(), "one");
        assert!(next().unwrap().contains('\u{fffd}'));
        assert_eq!(next().unwrap(), "");
        assert_eq!(next().unwrap(), "two");
        assert_eq!(next(), None);
    }
}
