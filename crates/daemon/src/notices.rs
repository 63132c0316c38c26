//! What a person has to know while the server runs, each thing said once on standard error.

use std::collections::BTreeSet;
use std::io::stderr;

use contract::{Listener, SettingsStatus};
use l10n::Messages;

use crate::cli::{Complaint, print, warning};

/// Says what is wrong, and says it again only after it was right for a while.
#[derive(Debug, Default)]
pub(crate) struct Notices {
    told: BTreeSet<String>,
}

impl Notices {
    /// Says what has come up since the last time.
    pub(crate) fn tell(
        &mut self,
        messages: &Messages,
        settings: &SettingsStatus,
        listeners: &[Listener],
    ) {
        print(stderr(), &self.news(messages, settings, listeners));
    }

    fn news(
        &mut self,
        messages: &Messages,
        settings: &SettingsStatus,
        listeners: &[Listener],
    ) -> String {
        let faults = settings.fault.iter();
        let faults = faults.chain(listeners.iter().filter_map(|each| each.fault.as_ref()));
        let faults = faults.map(|fault| Complaint::of_error(messages, fault).lines(messages));
        let warnings = settings.warnings.iter().map(|each| {
            let message = warning(messages, &settings.file, each);
            messages.get("cli-warning", &[("message", message.into())]) + "\n"
        });
        let now: Vec<String> = faults.chain(warnings).collect();
        let new = now.iter().filter(|text| !self.told.contains(*text));
        let text = new.map(String::as_str).collect();
        self.told = now.into_iter().collect();
        text
    }
}

#[cfg(test)]
mod tests {
    use contract::{ApiError, Code, Reason, Warning};

    use super::*;

    #[test]
    fn each_thing_is_said_once_until_it_was_right_again() {
        let messages = Messages::for_language("en");
        let right = SettingsStatus {
            file: "/h/config.toml".to_owned(),
            fault: None,
            warnings: vec![Warning {
                line: 2,
                key: "prot".to_owned(),
                reason: Reason::UnknownKey {},
            }],
        };
        let wrong = SettingsStatus {
            fault: Some(
                ApiError::new(Code::SettingsReadFailed, [&"/h/config.toml"])
                    .because(Reason::FileGone {}),
            ),
            ..right.clone()
        };
        let mut notices = Notices::default();
        let mut say = |settings| notices.news(&messages, settings, &[]);
        assert_eq!(
            say(&right),
            "warning: config.toml:2: prot: this key is not known\n"
        );
        assert!(say(&wrong).starts_with("error: read /h/config.toml: the file is gone"));
        assert_eq!(say(&wrong), "");
        assert_eq!(say(&right), "");
        assert!(say(&wrong).starts_with("error: "));
    }
}
