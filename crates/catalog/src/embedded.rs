//! The manifests of `providers/`, inside the program.

use rust_embed::RustEmbed;

use crate::problem::{KeyPath, ManifestError};
use crate::provider::Provider;

#[derive(RustEmbed)]
#[folder = "providers/"]
struct Manifests;

/// Reads every manifest, in the order of the files' names.
pub(crate) fn providers() -> Result<Vec<Provider>, Vec<ManifestError>> {
    let mut providers = Vec::new();
    for file in Manifests::iter() {
        let bytes = Manifests::get(&file)
            .map(|manifest| manifest.data)
            .unwrap_or_default();
        let text = str::from_utf8(&bytes).map_err(|_| vec![whole(&file, "not UTF-8")])?;
        let provider = Provider::parse(&file, text)?;
        if file.strip_suffix(".toml") != Some(provider.id.as_str()) {
            let message = format!("the file of \"{}\" is named otherwise", provider.id);
            return Err(vec![whole(&file, &message)]);
        }
        providers.push(provider);
    }
    Ok(providers)
}

fn whole(file: &str, message: &str) -> ManifestError {
    ManifestError {
        file: file.to_owned(),
        line: 1,
        column: 1,
        key: KeyPath::root(),
        message: message.to_owned(),
    }
}
