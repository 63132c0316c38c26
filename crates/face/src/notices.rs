//! Notifications: that an account wants to be signed in to again, and that another one stepped in.

use std::collections::BTreeSet;

use contract::{Outcome, Recent};
use l10n::Messages;

use crate::preferences::Preferences;

/// One thing to tell.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Notice {
    /// This account has to be signed in to again.
    SignIn(String),
    /// A request was answered by this upstream after another one failed.
    Failover(String),
    /// This version can be installed.
    Update(String),
    /// Somebody asked, and this version is the newest.
    Newest,
    /// The window could not be opened, or ended by itself.
    NoWindow,
}

impl Notice {
    /// Its title and what stands beneath.
    #[must_use]
    pub fn words(&self, messages: &Messages) -> (String, String) {
        match self {
            Self::SignIn(account) => {
                let account = [("account", account.as_str().into())];
                (
                    messages.get("notice-sign-in", &account),
                    messages.get("notice-sign-in.hint", &account),
                )
            }
            Self::Failover(upstream) => {
                let upstream = [("upstream", upstream.as_str().into())];
                (
                    messages.get("notice-failover", &upstream),
                    messages.get("notice-failover.hint", &upstream),
                )
            }
            Self::Update(version) => {
                let version = [("version", version.as_str().into())];
                (
                    messages.get("notice-update", &version),
                    messages.get("notice-update.hint", &version),
                )
            }
            Self::Newest => (
                messages.get("notice-newest", &[]),
                messages.get("notice-newest.hint", &[]),
            ),
            Self::NoWindow => (
                messages.get("notice-no-window", &[]),
                messages.get("notice-no-window.hint", &[]),
            ),
        }
    }
}

/// Tells each thing once: an account again only after it was right for a while, a failover again
/// only where another upstream stepped in, or a while after the last.
#[derive(Debug, Default)]
pub struct Notices {
    sign_in: BTreeSet<String>,
    /// The newest request that was looked at.
    newest: Option<String>,
    failover: Option<(String, u64)>,
}

/// How long the same failover is not told again, in seconds.
const QUIET: u64 = 600;

impl Notices {
    /// The accounts that want to be signed in to now.
    pub fn accounts(&mut self, wanting: &[String], wanted: &Preferences) -> Vec<Notice> {
        let now: BTreeSet<String> = wanting.iter().cloned().collect();
        let new = now.difference(&self.sign_in).cloned().map(Notice::SignIn);
        let new: Vec<Notice> = new.collect();
        self.sign_in = now;
        if wanted.notify_sign_in {
            new
        } else {
            Vec::new()
        }
    }

    /// The last requests, the newest first.
    pub fn requests(&mut self, recent: &[Recent], wanted: &Preferences) -> Option<Notice> {
        let seen = self.newest.take();
        self.newest = recent
            .first()
            .map(|first| first.id.clone())
            .or(seen.clone());
        let new = recent
            .iter()
            .take_while(|each| Some(&each.id) != seen.as_ref());
        let mut stepped_in = new.filter(|each| {
            each.attempts > 1 && each.outcome == Outcome::Completed && each.upstream.is_some()
        });
        let last = stepped_in.next()?;
        let upstream = last.upstream.clone()?;
        let quiet = self.failover.as_ref().is_some_and(|(told, when)| {
            *told == upstream && last.began.saturating_sub(*when) < QUIET
        });
        if quiet || !wanted.notify_failover {
            return None;
        }
        self.failover = Some((upstream.clone(), last.began));
        Some(Notice::Failover(upstream))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn request(id: &str, began: u64, attempts: usize, upstream: &str) -> Recent {
        Recent {
            id: id.to_owned(),
            began,
            took: 1,
            instance: "default".to_owned(),
            key: None,
            model: None,
            upstream: Some(upstream.to_owned()),
            attempts,
            outcome: Outcome::Completed,
            fault: None,
        }
    }

    #[test]
    fn an_account_is_told_once_until_it_was_right_again() {
        let (mut notices, all) = (Notices::default(), Preferences::default());
        let wanting = ["mock".to_owned()];
        let told = vec![Notice::SignIn("mock".to_owned())];
        assert_eq!(notices.accounts(&wanting, &all), told);
        assert_eq!(notices.accounts(&wanting, &all), []);
        assert_eq!(notices.accounts(&[], &all), []);
        assert_eq!(notices.accounts(&wanting, &all), told);
        let off = Preferences {
            notify_sign_in: false,
            ..Preferences::default()
        };
        notices.accounts(&[], &off);
        assert_eq!(notices.accounts(&wanting, &off), []);
    }

    #[test]
    fn a_failover_is_told_once_in_a_while() {
        let (mut notices, all) = (Notices::default(), Preferences::default());
        let mut recent = vec![request("1", 0, 1, "a/m")];
        assert_eq!(notices.requests(&recent, &all), None);
        recent.insert(0, request("2", 10, 2, "b/m"));
        let told = Some(Notice::Failover("b/m".to_owned()));
        assert_eq!(notices.requests(&recent, &all), told);
        assert_eq!(notices.requests(&recent, &all), None, "seen");
        recent.insert(0, request("3", 20, 2, "b/m"));
        assert_eq!(notices.requests(&recent, &all), None, "a while has to pass");
        recent.insert(0, request("4", 900, 2, "b/m"));
        assert_eq!(notices.requests(&recent, &all), told);
        let off = Preferences {
            notify_failover: false,
            ..Preferences::default()
        };
        recent.insert(0, request("5", 9000, 2, "c/m"));
        assert_eq!(notices.requests(&recent, &off), None);
    }

    #[test]
    fn both_languages_have_words_for_each() {
        for language in l10n::languages() {
            let messages = Messages::for_language(&language);
            for notice in [
                Notice::SignIn("mock".to_owned()),
                Notice::Failover("mock/model".to_owned()),
                Notice::Update("mock 2.0".to_owned()),
            ] {
                let (title, body) = notice.words(&messages);
                assert!(title.contains("mock"), "{language}: {title}");
                assert!(!body.starts_with("notice-"), "{language}: {body}");
            }
        }
    }
}
