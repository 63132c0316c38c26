//! The name that somebody probably meant.

/// The most similar of `names`, if one is similar enough to be meant.
pub(crate) fn nearest<'a>(
    wanted: &str,
    names: impl IntoIterator<Item = &'a str>,
) -> Option<&'a str> {
    let scored = names
        .into_iter()
        .map(|name| (strsim::jaro_winkler(wanted, name), name));
    let best = scored.max_by(|left, right| left.0.total_cmp(&right.0))?;
    (best.0 > 0.8).then_some(best.1)
}

#[cfg(test)]
mod tests {
    use super::nearest;

    #[test]
    fn a_slip_is_found_and_another_word_is_not() {
        assert_eq!(
            nearest("opnai", ["openrouter", "openai", "anthropic"]),
            Some("openai")
        );
        assert_eq!(nearest("hots", ["port", "host"]), Some("host"));
        assert_eq!(nearest("xyz", ["openai"]), None);
        assert_eq!(nearest("openai", []), None);
    }
}
