//! A provider's key that a client brings for one request. It goes to that provider alone, and in such a
//! request no stored secret goes anywhere.

use std::sync::Arc;
use std::time::Instant;

use accounts::{Accounts, Credential, Lease, Secret};
use catalog::Quirk;
use dialect::{Fault, FaultKind, Origin};
use http::{HeaderMap, HeaderName};

use crate::call::Call;
use crate::key::ClientKey;
use crate::plan::Upstream;
use crate::snapshot::Snapshot;

/// Where it is brought.
const FIELD: HeaderName = HeaderName::from_static("x-openai-key");

/// The key that a request brings; only a client key that may do so brings one.
pub(crate) fn read(
    fields: &HeaderMap,
    snapshot: &Snapshot,
    key: Option<&ClientKey>,
) -> Result<Option<Arc<Credential>>, Fault> {
    let mut values = fields.get_all(&FIELD).iter();
    let Some(value) = values.next() else {
        return Ok(None);
    };
    if !key.is_some_and(|key| key.provider_key) {
        let message = format!(
            "this client key may not bring a provider's key in {FIELD}; allow it with \
             `portolan keys limit NAME --provider-key yes`, or leave the header out"
        );
        return Err(Fault::new(Origin::Client, FaultKind::Permission, message)
            .with_code("provider_key_not_allowed"));
    }
    if values.next().is_some() {
        let message = format!("{FIELD} was sent twice; send one key");
        return Err(Fault::invalid("", message).with_code("conflicting_api_keys"));
    }
    // A key of ours would be told to the provider.
    if snapshot.keys.find(value.as_bytes().trim_ascii()).is_some() {
        let message = format!("{FIELD} holds a key of Portolan's; put the provider's there");
        return Err(Fault::invalid("", message).with_code("conflicting_api_keys"));
    }
    let text = value.to_str().unwrap_or_default().trim().to_owned();
    let secret = Secret::new(text).map_err(|_| {
        let message = format!("what {FIELD} holds is no key");
        Fault::invalid("", message)
    })?;
    Ok(Some(Arc::new(Credential::key(secret))))
}

/// Fails where a key was brought and the upstream is not the provider that it is for.
pub(crate) fn check(call: &Call, upstream: &Upstream) -> Result<(), Fault> {
    if call.brought.is_some() && !upstream.provider.has(Quirk::OpenAiKeyHeader) {
        let message = format!(
            "{} is not the provider whose key is brought in {FIELD}",
            upstream.provider.name
        );
        return Err(Fault::new(Origin::Client, FaultKind::Permission, message)
            .with_code("provider_key_not_taken"));
    }
    Ok(())
}

/// The account with the key that was brought.
pub(crate) fn lease(
    accounts: &Arc<Accounts>,
    upstream: &Upstream,
    brought: &Arc<Credential>,
) -> Result<Lease, Fault> {
    accounts
        .lease_with(&upstream.account, Arc::clone(brought), Instant::now())
        .map_err(|error| {
            Fault::new(Origin::Gateway, FaultKind::NoAccount, error.to_string())
                .with_code("no_healthy_account")
        })
}
