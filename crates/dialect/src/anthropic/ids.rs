//! Tool call ids: Anthropic's have a small alphabet, others' may not.

use std::borrow::Cow;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

/// Begins every id that is another id in disguise.
const DISGUISE: &str = "toolu_as64_";

/// The id in Anthropic's alphabet (`[A-Za-z0-9_-]+`): itself where that allows it, else its bytes
/// in URL-safe base64 behind a prefix, so that [`original`] can tell what it was. An id that
/// already looks disguised is disguised again; thus no two ids become one.
pub(super) fn sent(id: &str) -> Cow<'_, str> {
    let allowed = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'_' || byte == b'-';
    if !id.is_empty() && id.bytes().all(allowed) && !id.starts_with(DISGUISE) {
        Cow::Borrowed(id)
    } else {
        Cow::Owned(format!("{DISGUISE}{}", URL_SAFE_NO_PAD.encode(id)))
    }
}

/// The id that [`sent`] was given.
pub(super) fn original(id: String) -> String {
    id.strip_prefix(DISGUISE)
        .and_then(|encoded| URL_SAFE_NO_PAD.decode(encoded).ok())
        .and_then(|bytes| String::from_utf8(bytes).ok())
        .unwrap_or(id)
}

#[cfg(test)]
mod tests {
    use super::{original, sent};

    #[test]
    fn ids_come_back_as_they_were() {
        for id in [
            "toolu_01A",
            "call-1",
            "functions.bash:0",
            "",
            "船",
            "toolu_as64_YQ",
        ] {
            let wire = sent(id).into_owned();
            assert!(!wire.is_empty());
            assert!(
                wire.bytes()
                    .all(|b| b.is_ascii_alphanumeric() || b == b'_' || b == b'-')
            );
            assert_eq!(original(wire), id);
        }
        assert_eq!(sent("toolu_01A"), "toolu_01A");
    }

    #[test]
    fn an_id_that_only_looks_disguised_is_left_alone() {
        assert_eq!(original("toolu_as64_!".to_owned()), "toolu_as64_!");
    }
}
