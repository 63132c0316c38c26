//! Checks what a manifest says of an endpoint.

use dialect::{Dialect, Operation};

use crate::address::base_url;
use crate::auth::Auth;
use crate::checks::Checks;
use crate::endpoint::{Endpoint, Versions};
use crate::kind::ProblemKind;
use crate::path::further;
use crate::problem::KeyPath;
use crate::raw::RawEndpoint;

/// Checks one table of `[endpoints]`; `usual` is how the provider takes a key elsewhere.
pub(crate) fn endpoint(
    checks: &mut Checks,
    name: &str,
    written: &RawEndpoint,
    allow_private: bool,
    usual: Option<&Auth>,
) -> Option<Endpoint> {
    let key = KeyPath::of("endpoints").key(name);
    let parsed = name.parse().map_err(|_| ProblemKind::dialect(name));
    let dialect: Option<Dialect> = checks.take(&key, parsed);
    let base = checks.take(
        &key.key("base_url"),
        base_url(&written.base_url, allow_private),
    );
    let own = written
        .auth
        .as_ref()
        .map(|auth| checks.took(auth.check(&key.key("auth"))));
    let dialect = dialect?;
    let operations = operations(checks, &key.key("operations"), dialect, &written.operations);
    let versions = versions(checks, &key, dialect, written);
    let auth = match own {
        Some(checked) => checked?,
        None => usual.cloned().unwrap_or_else(|| Auth::usual(dialect)),
    };
    Some(Endpoint::new(dialect, base?, operations, auth, versions))
}

fn operations(
    checks: &mut Checks,
    key: &KeyPath,
    dialect: Dialect,
    names: &[String],
) -> Vec<Operation> {
    let known = further(dialect);
    let mut operations = Vec::new();
    for (index, name) in names.iter().enumerate() {
        match known.iter().find(|operation| operation.as_str() == name) {
            None => {
                let list = known
                    .iter()
                    .map(|operation| operation.as_str())
                    .collect::<Vec<_>>()
                    .join(", ");
                let message =
                    format!("{dialect} has no operation \"{name}\" beside chat; it has: {list}");
                checks.wrong(key.index(index), message);
            }
            Some(operation) if operations.contains(operation) => {
                checks.wrong(key.index(index), format!("\"{name}\" is listed twice"));
            }
            Some(operation) => operations.push(*operation),
        }
    }
    operations
}

fn versions(
    checks: &mut Checks,
    key: &KeyPath,
    dialect: Dialect,
    written: &RawEndpoint,
) -> Versions {
    let is_anthropic = dialect == Dialect::AnthropicMessages;
    let list = key.key("versions");
    if is_anthropic && written.versions.is_empty() {
        checks.wrong(
            key.clone(),
            "anthropic-messages needs the versions that are taken",
        );
    }
    if !is_anthropic && !written.versions.is_empty() {
        checks.wrong(list.clone(), format!("{dialect} has no versions"));
    }
    if !is_anthropic && written.forward_version {
        checks.wrong(
            key.key("forward_version"),
            format!("{dialect} has no versions"),
        );
    }
    for (index, version) in written.versions.iter().enumerate() {
        let fits = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'.';
        if version.is_empty() || !version.bytes().all(fits) {
            checks.wrong(
                list.index(index),
                "a version is meant here, as in 2023-06-01",
            );
        } else if written
            .versions
            .iter()
            .take(index)
            .any(|earlier| earlier == version)
        {
            checks.wrong(list.index(index), format!("\"{version}\" is listed twice"));
        }
    }
    Versions {
        listed: written.versions.clone(),
        forward: written.forward_version,
    }
}
