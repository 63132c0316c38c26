//! The message files, compiled into the program: one folder per language.

use rust_embed::RustEmbed;

#[derive(RustEmbed)]
#[folder = "../../locales"]
struct Locales;

/// The tags of all languages that there are messages in, in alphabetical order.
#[must_use]
pub fn languages() -> Vec<String> {
    let mut tags: Vec<String> = Locales::iter()
        .filter_map(|path| path.split_once('/').map(|(tag, _)| tag.to_owned()))
        .collect();
    tags.sort();
    tags.dedup();
    tags
}

/// The message files of a language, each with its name; empty where there is no such language.
#[must_use]
pub fn sources(language: &str) -> Vec<(String, String)> {
    let mut files: Vec<(String, String)> = Locales::iter()
        .filter_map(|path| {
            let name = path.strip_prefix(language)?.strip_prefix('/')?;
            let file = Locales::get(&path).filter(|_| name.ends_with(".ftl"))?;
            Some((
                name.to_owned(),
                String::from_utf8_lossy(&file.data).into_owned(),
            ))
        })
        .collect();
    files.sort();
    files
}
