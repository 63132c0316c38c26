//! The pages that a browser shows at the end of a sign-in: one heading, one sentence, nothing else.

use accounts::Pages;
use l10n::Messages;

/// The pages in that language, or in the system's.
pub(crate) fn sign_in(language: Option<&str>) -> Pages {
    let messages = match language {
        Some(language) => Messages::detect(language),
        None => Messages::detect(&l10n::system_locale().unwrap_or_default()),
    };
    Pages {
        taken: page(&messages, "sign-in-page-taken"),
        refused: page(&messages, "sign-in-page-refused"),
    }
}

fn page(messages: &Messages, id: &str) -> String {
    let language = messages.language();
    let heading = messages.get(id, &[]);
    let text = messages.get(&format!("{id}.text"), &[]);
    // Colours are left to the browser, which knows whether the person wants dark pages.
    format!(
        "<!doctype html>\n<html lang=\"{language}\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta name=\"viewport\" content=\"width=device-width\">\n\
         <meta name=\"color-scheme\" content=\"light dark\">\n\
         <title>{heading} · Portolan</title>\n\
         <style>body {{ font: 1.1rem/1.5 system-ui, sans-serif; max-width: 34rem; \
         margin: 20vh auto 0; padding: 0 1.5rem }} h1 {{ font-size: 1.5rem }}</style>\n</head>\n\
         <body>\n<main>\n<h1>{heading}</h1>\n<p>{text}</p>\n</main>\n</body>\n</html>\n"
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn s56_each_language_has_its_pages_and_they_are_alike_for_everybody() {
        let english = sign_in(Some("en"));
        let chinese = sign_in(Some("zh-CN"));
        assert!(english.taken.contains("<h1>The answer has arrived</h1>"));
        assert!(
            english
                .refused
                .contains("<h1>This sign-in did not work</h1>")
        );
        assert!(chinese.taken.contains("lang=\"zh-CN\"") && chinese.taken.contains("已收到回应"));
        for page in [
            &english.taken,
            &english.refused,
            &chinese.taken,
            &chinese.refused,
        ] {
            let forbidden = ["<script", "http:", "https:", "src=", "href="];
            assert!(!forbidden.iter().any(|word| page.contains(word)), "{page}");
        }
    }
}
