//! Which of our languages is the nearest to the one that a person's system names.

/// The language that has every message, for those who read none of the others.
pub const FALLBACK: &str = "en";

/// The locale of the person in front of the machine, as the operating system or the environment
/// (`LANGUAGE`, `LC_ALL`, `LC_MESSAGES`, `LANG`) names it.
#[must_use]
pub fn system_locale() -> Option<String> {
    sys_locale::get_locale()
}

/// The nearest of the `available` tags to a locale such as `zh_CN.UTF-8`, `zh-Hans-CN` or `de`: the
/// tag itself, else one of the same language, else [`FALLBACK`].
#[must_use]
pub fn negotiate(locale: &str, available: &[String]) -> String {
    // POSIX writes `language_TERRITORY.codeset@modifier`, everybody else BCP 47.
    let wanted = locale
        .split(['.', '@'])
        .next()
        .unwrap_or_default()
        .replace('_', "-");
    let language = |tag: &str| {
        tag.split('-')
            .next()
            .unwrap_or_default()
            .to_ascii_lowercase()
    };
    available
        .iter()
        .find(|tag| tag.eq_ignore_ascii_case(&wanted))
        .or_else(|| {
            available
                .iter()
                .find(|tag| language(tag) == language(&wanted))
        })
        .cloned()
        .unwrap_or_else(|| FALLBACK.to_owned())
}

#[cfg(test)]
mod tests {
    use super::negotiate;

    #[test]
    fn the_nearest_language_is_chosen() {
        let available = ["en", "pt-BR", "pt-PT", "zh-CN"].map(str::to_owned);
        for (locale, expected) in [
            ("zh_CN.UTF-8", "zh-CN"),
            ("zh-Hans-CN", "zh-CN"),
            ("zh_TW.UTF-8@radical", "zh-CN"),
            ("zh", "zh-CN"),
            ("ZH-cn", "zh-CN"),
            ("pt_PT", "pt-PT"),
            ("pt", "pt-BR"),
            ("en_GB.UTF-8", "en"),
            ("de_DE", "en"),
            ("C", "en"),
            ("POSIX", "en"),
            ("C.UTF-8", "en"),
            ("zhuang", "en"),
            ("", "en"),
        ] {
            assert_eq!(negotiate(locale, &available), expected, "{locale}");
        }
    }
}
