//! Takes secrets out of a text: none belongs into a log, and a log may be sent along.

/// What stands in a secret's place.
const HIDDEN: &str = "[redacted]";
/// How the keys and tokens of providers begin, and ours.
const BEGINNINGS: [&str; 14] = [
    "sk-",
    "sk_",
    "pk-",
    "pk_",
    "gsk_",
    "hf_",
    "xai-",
    "nvapi-",
    "AIza",
    "ya29.",
    "ghp_",
    "gho_",
    "github_pat_",
    "eyJ",
];
/// The shortest text that is taken for a key for how it begins, in bytes.
const KEY: usize = 16;
/// The shortest run without a space that is taken for a secret or a part of a body, in bytes.
const RUN: usize = 80;
/// Names whose values are secrets, in lower case and without hyphens and underlines.
const NAMES: [&str; 18] = [
    "accesstoken",
    "apikey",
    "authorization",
    "clientsecret",
    "codeverifier",
    "cookie",
    "csrf",
    "idtoken",
    "key",
    "masterkey",
    "passphrase",
    "password",
    "refreshtoken",
    "secret",
    "setcookie",
    "signature",
    "token",
    "xapikey",
];
/// The same, of the query of an address alone: elsewhere they mean something else.
const IN_QUERIES: [&str; 3] = ["code", "state", "key"];
/// Words that say how the secret behind them is presented.
const SCHEMES: [&str; 2] = ["bearer", "basic"];

/// The text with everything in it hidden that looks like a secret.
#[must_use]
pub fn redacted(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut name = "";
    let mut rest = text;
    while !rest.is_empty() {
        let gap = rest.find(is_word).unwrap_or(rest.len());
        let (between, from) = rest.split_at(gap);
        let end = from.find(|c| !is_word(c)).unwrap_or(from.len());
        let (word, behind) = from.split_at(end);
        out.push_str(between);
        // Who is named in an address: `https://user:password@host`.
        if behind.starts_with('@') && (word.starts_with("//") || between == ":") {
            let slashes = if word.starts_with("//") { "//" } else { "" };
            out.push_str(slashes);
            out.push_str(HIDDEN);
        } else if is_secret(name, between, word, &out) {
            out.push_str(HIDDEN);
        } else {
            out.push_str(word);
        }
        if !word.is_empty() {
            name = word;
        }
        rest = behind;
    }
    out
}

fn is_word(c: char) -> bool {
    c.is_ascii_alphanumeric() || "-_.~+/".contains(c)
}

/// Whether a word is one that nobody may see. `name` is the word before it, `between` what parts
/// them, and `before` all that was said up to here.
fn is_secret(name: &str, between: &str, word: &str, before: &str) -> bool {
    if word.is_empty() {
        return false;
    }
    let begins = |beginning: &&str| word.starts_with(*beginning) && word.len() >= KEY;
    let is_path = word.starts_with(['/', '~', '.']);
    if BEGINNINGS.iter().any(begins) || (word.len() >= RUN && !is_path) {
        return true;
    }
    let plain: String = name
        .chars()
        .filter(|c| !matches!(c, '-' | '_' | '/' | '.'))
        .map(|c| c.to_ascii_lowercase())
        .collect();
    let parted = between.trim_matches(['"', '\'', ' ', '\\']);
    if between.trim().is_empty() {
        return SCHEMES.contains(&plain.as_str()) && word.len() >= KEY / 2;
    }
    if plain == "base64" && parted == "," {
        return true;
    }
    let in_query = || {
        let named = before.len().saturating_sub(between.len() + name.len());
        let before = before.get(..named).unwrap_or_default();
        before.ends_with(['?', '&'])
    };
    match parted {
        // Ours: `key=laptop` names a client's key, and is no secret.
        "=" if plain == "key" || plain == "code" || plain == "state" => {
            in_query() && IN_QUERIES.contains(&plain.as_str())
        }
        "=" | ":" => plain != "key" && NAMES.contains(&plain.as_str()),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::redacted;

    #[test]
    fn what_looks_like_a_secret_is_hidden() {
        let jwt = "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.c2lnbmF0dXJl";
        let long = "A".repeat(120);
        for (text, secret) in [
            ("asked with sk-proj-canary-0123456789", "canary"),
            ("key \"pk-canary-0123456789abcdef\"", "canary"),
            ("Authorization: Bearer canarycanary", "canary"),
            ("authorization: Basic Y2FuYXJ5Og==", "Y2FuYXJ5"),
            ("GET https://a.example/u?accessToken=canary&b=1", "canary"),
            (
                "GET https://a.example/cb?code=canary&state=canary2",
                "canary",
            ),
            ("GET https://a.example/v1?key=canary", "canary"),
            ("client_secret=canary redirect", "canary"),
            ("{\"refresh_token\":\"canary\"}", "canary"),
            ("{\\\"api-key\\\":\\\"canary\\\"}", "canary"),
            ("via http://me:canary@proxy.example:3128", "canary"),
            ("via http://canary@proxy.example:3128", "canary"),
            ("set-cookie: canary=1; Path=/", "canary"),
            ("AIzaSyCanaryCanaryCanary and on", "Canary"),
            (jwt, "eyJ"),
            (&format!("data:image/jpeg;base64,/9j/4AA{long}"), "4AA"),
            (&format!("body {long}"), &long),
        ] {
            let hidden = redacted(text);
            assert!(!hidden.contains(secret), "{hidden}");
            assert!(hidden.contains("[redacted]"), "{hidden}");
        }
    }

    #[test]
    fn what_is_none_stays_as_it_is() {
        let path = format!("/home/me/{}/config.toml", "a".repeat(90));
        for text in [
            "listening address=127.0.0.1:28000",
            "a request failed id=0000019a8a8c5f3e0000000000000001 kind=overloaded status=503",
            "key=laptop was revoked; code=no_such_model state=ready",
            "the key: nobody has it",
            "GET https://a.example:8443/v1/models?limit=10 at me@host.example",
            "signed requests are refused with 406, token by token",
            "sk-short 中文 \u{fffd} ünï",
            "",
            &path,
        ] {
            assert_eq!(redacted(text), text);
        }
        let hidden = redacted("GET https://a.example/u?accessToken=canary&b=1 done");
        assert_eq!(
            hidden,
            "GET https://a.example/u?accessToken=[redacted]&b=1 done"
        );
    }
}
