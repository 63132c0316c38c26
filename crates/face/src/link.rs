//! What the tray and the window say to each other where they are two processes: JSON, a line each.

use contract::{ApiError, Topic};
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// The argument that a window's process is started with; the tray's own file follows.
pub const OF_TRAY: &str = "--of-tray";

/// What the tray says. Answers may hold a key, so that none of this is printed.
#[derive(Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ToWindow {
    /// Open the window, or bring it to the front; at this place of its pages.
    Open(Option<String>),
    /// These changed.
    Changed(Vec<Topic>),
    /// The answer to the question of that number.
    Answer(u64, Result<Value, ApiError>),
}

/// What the window says.
#[derive(Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ToTray {
    /// The window is there, as it was asked to be.
    Shown,
    /// A question, and its number.
    Ask(u64, Question),
    /// Another program was installed in this one's place: start that.
    Replaced,
}

/// What the window asks.
#[derive(Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Question {
    /// A method of the contract or of the desktop, with its parameters.
    Call(String, Value),
    /// Whether a sign-in waits for somebody to go to that address.
    Waits(String),
    /// The [`crate::Offer`] of a newer release that is known of, or null.
    Offer,
}

/// One line.
///
/// # Errors
/// None, as long as these types have no keys but text.
pub fn write(said: &impl Serialize) -> Result<Vec<u8>, serde_json::Error> {
    let mut line = serde_json::to_vec(said)?;
    line.push(b'\n');
    Ok(line)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]
    use contract::Code;
    use serde_json::json;

    use super::*;

    #[test]
    fn what_is_said_fits_one_line_and_comes_back() {
        let answer = Err(ApiError::new(Code::NoUpdate, []));
        for said in [
            ToWindow::Open(Some("/activity".to_owned())),
            ToWindow::Changed(vec![Topic::Keys]),
            ToWindow::Answer(7, Ok(json!({"text": "two\nlines"}))),
            ToWindow::Answer(8, answer),
        ] {
            let line = write(&said).unwrap();
            assert_eq!(line.iter().filter(|byte| **byte == b'\n').count(), 1);
            let back: ToWindow = serde_json::from_slice(&line).unwrap();
            assert_eq!(write(&back).unwrap(), line);
        }
        for said in [
            ToTray::Shown,
            ToTray::Ask(1, Question::Call("status.get".to_owned(), Value::Null)),
            ToTray::Ask(2, Question::Waits("https://example.com/".to_owned())),
            ToTray::Ask(3, Question::Offer),
            ToTray::Replaced,
        ] {
            let line = write(&said).unwrap();
            let back: ToTray = serde_json::from_slice(&line).unwrap();
            assert_eq!(write(&back).unwrap(), line);
        }
    }
}
