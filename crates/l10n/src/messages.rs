//! All messages of one language, with English behind them.

use std::fmt;

use fluent::concurrent::FluentBundle;
use fluent::{FluentArgs, FluentResource, FluentValue};
use unic_langid::LanguageIdentifier;

use crate::embedded::{languages, sources};
use crate::negotiate::{FALLBACK, negotiate};

type Bundle = FluentBundle<FluentResource>;

/// The messages of one language.
///
/// ```
/// let messages = l10n::Messages::for_language("en");
/// assert_eq!(messages.get("no-such-message", &[]), "no-such-message");
/// ```
pub struct Messages {
    tag: String,
    /// The language itself, then English unless that is the same.
    bundles: Vec<Bundle>,
}

impl Messages {
    /// The messages of the language with that tag; of English where there is no such language.
    #[must_use]
    pub fn for_language(tag: &str) -> Self {
        let tag = if languages().iter().any(|known| known == tag) {
            tag
        } else {
            FALLBACK
        };
        let mut bundles = vec![bundle(tag, &sources(tag))];
        if tag != FALLBACK {
            bundles.push(bundle(FALLBACK, &sources(FALLBACK)));
        }
        Self {
            tag: tag.to_owned(),
            bundles,
        }
    }

    /// The messages of the language that is nearest to a system's locale, such as `zh_CN.UTF-8`.
    #[must_use]
    pub fn detect(locale: &str) -> Self {
        Self::for_language(&negotiate(locale, &languages()))
    }

    /// The tag of the language.
    #[must_use]
    pub fn language(&self) -> &str {
        &self.tag
    }

    /// Whether there is a text with that id, in this language or in English.
    #[must_use]
    pub fn has(&self, id: &str) -> bool {
        self.bundles.iter().any(|bundle| match id.split_once('.') {
            None => bundle.has_message(id),
            Some((message, attribute)) => bundle
                .get_message(message)
                .is_some_and(|message| message.get_attribute(attribute).is_some()),
        })
    }

    /// The text with that id: a message (`error-internal`) or one of its attributes
    /// (`error-internal.hint`). Where this language does not have it, it is the English one; where that is missing too,
    /// or an argument that the text needs, it is the id itself.
    #[must_use]
    pub fn get(&self, id: &str, arguments: &[(&str, FluentValue<'_>)]) -> String {
        let arguments: FluentArgs<'_> = arguments.iter().map(|(k, v)| (*k, v.clone())).collect();
        self.bundles
            .iter()
            .find_map(|bundle| format(bundle, id, &arguments))
            .unwrap_or_else(|| id.to_owned())
    }
}

impl fmt::Debug for Messages {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Messages")
            .field("language", &self.tag)
            .finish_non_exhaustive()
    }
}

/// The text of a message or an attribute; `None` where it is missing, or an argument of it.
fn format(bundle: &Bundle, id: &str, arguments: &FluentArgs<'_>) -> Option<String> {
    let pattern = match id.split_once('.') {
        None => bundle.get_message(id)?.value()?,
        Some((message, attribute)) => bundle
            .get_message(message)?
            .get_attribute(attribute)?
            .value(),
    };
    let mut errors = Vec::new();
    let text = bundle.format_pattern(pattern, Some(arguments), &mut errors);
    errors.is_empty().then(|| text.into_owned())
}

/// Puts files into one bundle. A faulty entry is left out, so that a message of ours can never keep
/// the program from starting; the crate's tests see to it that there is none.
fn bundle(tag: &str, files: &[(String, String)]) -> Bundle {
    let language: LanguageIdentifier = tag.parse().unwrap_or_default();
    let mut bundle = Bundle::new_concurrent(vec![language]);
    // The marks that isolate the direction of an argument show up as rubbish in terminals.
    bundle.set_use_isolating(false);
    // NUMBER, which the window's messages use; a new bundle has no function of that name.
    let _new = bundle.add_builtins();
    for (_, source) in files {
        let resource = match FluentResource::try_new(source.clone()) {
            Ok(resource) | Err((resource, _)) => resource,
        };
        bundle.add_resource_overriding(resource);
    }
    bundle
}

#[cfg(test)]
mod tests {
    use super::{Messages, bundle};

    fn two(first: &str, second: &str) -> Messages {
        let file = |text: &str| [("a.ftl".to_owned(), text.to_owned())];
        Messages {
            tag: "zh-CN".to_owned(),
            bundles: vec![bundle("zh-CN", &file(first)), bundle("en", &file(second))],
        }
    }

    #[test]
    fn english_stands_in_and_then_the_id() {
        let messages = two("one = 一", "one = one\ntwo = two { $x }");
        assert_eq!(messages.get("one", &[]), "一");
        assert_eq!(messages.get("two", &[("x", 2.into())]), "two 2");
        assert_eq!(messages.get("two", &[]), "two", "an argument is missing");
        assert_eq!(messages.get("three", &[]), "three");
        assert!(messages.has("two") && !messages.has("three"));
    }

    #[test]
    fn no_isolation_marks_and_no_grouping() {
        let messages = two("one = 端口 { $port }", "");
        assert_eq!(messages.get("one", &[("port", 28000.into())]), "端口 28000");
    }

    #[test]
    fn a_faulty_entry_costs_only_itself() {
        let messages = two("one = 一\ntwo = { \"a }\nthree = 三", "two = two");
        assert_eq!(messages.get("one", &[]), "一");
        assert_eq!(messages.get("two", &[]), "two");
        assert_eq!(messages.get("three", &[]), "三");
    }

    #[test]
    fn attributes_have_ids_too() {
        let messages = two(
            "one = 一\n    .hint = 提示",
            "one = one\n    .hint = hint\n    .more = more",
        );
        assert_eq!(messages.get("one.hint", &[]), "提示");
        assert_eq!(messages.get("one.more", &[]), "more");
        assert!(!messages.has("one.less"));
    }

    #[test]
    fn an_unknown_language_is_english() {
        assert_eq!(Messages::for_language("tlh").language(), "en");
        assert_eq!(Messages::detect("zh_CN.UTF-8").language(), "zh-CN");
    }
}
