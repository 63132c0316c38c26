//! Secrets that come on standard input: piped, or typed without being shown.

use std::io::{self, BufRead as _, IsTerminal as _, Write as _};

use contract::SecretText;

/// The longest line that is read, in bytes.
const LONGEST: u64 = 16 * 1024;

/// Where a secret is read from.
pub(crate) trait Input {
    /// Whether a person types it.
    fn is_terminal(&self) -> bool;

    /// Reads one line; at a terminal the prompt, if there is one, is shown first.
    ///
    /// # Errors
    /// It cannot be read, or the terminal would show it.
    fn read(&mut self, prompt: Option<&str>) -> io::Result<SecretText>;
}

/// Standard input.
#[derive(Debug)]
pub(crate) struct Stdin;

impl Input for Stdin {
    fn is_terminal(&self) -> bool {
        io::stdin().is_terminal()
    }

    fn read(&mut self, prompt: Option<&str>) -> io::Result<SecretText> {
        let stdin = io::stdin();
        if !stdin.is_terminal() {
            return line(stdin.lock());
        }
        let hidden = hide()?;
        if let Some(prompt) = prompt {
            write!(io::stderr(), "{prompt} ")?;
        }
        let read = line(stdin.lock());
        drop(hidden);
        writeln!(io::stderr())?;
        read
    }
}

fn line(from: impl io::BufRead) -> io::Result<SecretText> {
    let mut text = zeroize::Zeroizing::new(String::new());
    io::Read::take(from, LONGEST).read_line(&mut text)?;
    Ok(SecretText::new(
        text.trim_end_matches(['\r', '\n']).to_owned(),
    ))
}

/// Shows again what is typed, when dropped.
#[cfg(unix)]
struct Hidden(rustix::termios::Termios);

#[cfg(unix)]
fn hide() -> io::Result<Hidden> {
    use rustix::termios::{LocalModes, OptionalActions, tcgetattr, tcsetattr};
    let before = tcgetattr(io::stdin())?;
    let mut without = before.clone();
    without.local_modes.remove(LocalModes::ECHO);
    tcsetattr(io::stdin(), OptionalActions::Flush, &without)?;
    Ok(Hidden(before))
}

#[cfg(unix)]
impl Drop for Hidden {
    fn drop(&mut self) {
        use rustix::termios::{OptionalActions, tcsetattr};
        // A terminal that is gone needs no mending.
        let _gone = tcsetattr(io::stdin(), OptionalActions::Now, &self.0);
    }
}

/// Windows has this only as an `unsafe` call, so a key is piped in there.
#[cfg(not(unix))]
fn hide() -> io::Result<Box<dyn Send>> {
    Err(io::Error::new(
        io::ErrorKind::Unsupported,
        "this terminal would show it; pipe it in",
    ))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]
    use super::line;

    #[test]
    fn one_line_without_its_end() {
        for (given, expected) in [
            ("sk-1\n", "sk-1"),
            ("sk-1\r\nrest\n", "sk-1"),
            ("sk 1 ", "sk 1 "),
            ("", ""),
        ] {
            assert_eq!(
                line(given.as_bytes()).unwrap().expose(),
                expected,
                "{given:?}"
            );
        }
    }
}
