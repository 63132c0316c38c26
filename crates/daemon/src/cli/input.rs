//! Secrets that come on standard input: piped, or typed without being shown.

use std::io::{self, BufRead as _, IsTerminal as _, Read as _, Write as _};

use contract::SecretText;

/// The longest secret that is read, in bytes.
const LONGEST: u64 = 16 * 1024;

/// Where a secret is read from.
pub(crate) trait Input {
    /// Whether a person types it.
    fn is_terminal(&self) -> bool;

    /// Reads one line, of a terminal after the prompt, if there is one; otherwise all that comes, which
    /// with more lines than one is no secret.
    ///
    /// # Errors
    /// It cannot be read, it is too long, or the terminal would show it.
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
            return all(stdin.lock());
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
    io::Read::take(from, LONGEST + 1).read_line(&mut text)?;
    without_end(&text)
}

fn all(from: impl io::BufRead) -> io::Result<SecretText> {
    let mut text = zeroize::Zeroizing::new(String::new());
    io::Read::take(from, LONGEST + 1).read_to_string(&mut text)?;
    without_end(&text)
}

fn without_end(text: &str) -> io::Result<SecretText> {
    if u64::try_from(text.len()).is_ok_and(|length| length <= LONGEST) {
        let secret = text.trim_end_matches(['\r', '\n']);
        return Ok(SecretText::new(secret.to_owned()));
    }
    let message = format!("it is longer than {LONGEST} bytes");
    Err(io::Error::new(io::ErrorKind::InvalidData, message))
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
    use super::{LONGEST, all, line};

    #[test]
    fn one_line_without_its_end() {
        for (given, expected) in [
            ("sk-1\n", "sk-1"),
            ("sk-1\r\nrest\n", "sk-1"),
            ("sk 1 ", "sk 1 "),
            ("", ""),
        ] {
            let read = line(given.as_bytes()).unwrap();
            assert_eq!(read.expose(), expected, "{given:?}");
        }
    }

    #[test]
    fn what_is_piped_in_is_never_cut() {
        for (given, expected) in [
            ("sk-1\n\n", "sk-1"),
            ("sk-1", "sk-1"),
            ("{\n\"a\": 1\n}\n", "{\n\"a\": 1\n}"),
        ] {
            let read = all(given.as_bytes()).unwrap();
            assert_eq!(read.expose(), expected, "{given:?}");
        }
        let longest = usize::try_from(LONGEST).unwrap();
        assert!(all("k".repeat(longest).as_bytes()).is_ok());
        let error = all("k".repeat(longest + 1).as_bytes()).unwrap_err();
        assert!(error.to_string().contains("longer"), "{error}");
    }
}
