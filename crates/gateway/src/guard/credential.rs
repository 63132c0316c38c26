//! The client's key: five ways to send it, one check for all of them.

use std::sync::Arc;

use dialect::{Fault, FaultKind, Origin};
use http::{HeaderMap, header};

use crate::headers::KEYS;
use crate::key::{ClientKey, KeyHash};
use crate::snapshot::Snapshot;

/// A client that may go on.
#[derive(Clone, Debug)]
pub(crate) struct Admitted {
    /// Its key; `None` where none was needed and none of ours was sent.
    pub(crate) key: Option<Arc<ClientKey>>,
}

impl Admitted {
    /// Fails unless the client's key may ask for the model.
    pub(crate) fn may_ask_for(&self, model: &str) -> Result<(), Fault> {
        match &self.key {
            Some(key) if !key.allows(model) => {
                let message = format!(
                    "the client key \"{}\" may not use the model \"{model}\"",
                    key.name
                );
                Err(Fault::new(Origin::Client, FaultKind::Permission, message)
                    .with_code("model_not_allowed"))
            }
            Some(_) | None => Ok(()),
        }
    }
}

/// Admits a client by the keys that it sends. Those that are not ours are ignored as long as one
/// is; two of ours that differ are refused, since they could not both be meant.
pub(crate) fn admit(
    headers: &HeaderMap,
    query: Option<&str>,
    snapshot: &Snapshot,
    instance: &str,
) -> Result<Admitted, Fault> {
    let settings = snapshot.instances.get(instance);
    let mut sent_any = false;
    let mut elsewhere = false;
    let mut found: Option<&Arc<ClientKey>> = None;
    let mut differ = false;
    each(headers, query, &mut |presented| {
        sent_any = true;
        let Some(key) = snapshot.keys.find(presented) else {
            return;
        };
        elsewhere = true;
        if settings.is_none_or(|instance| instance.takes(&key.name)) {
            differ |= found.is_some_and(|first| first.name != key.name);
            found.get_or_insert(key);
        }
    });
    if differ {
        let fault = Fault::invalid("", "two different client keys were sent; send one")
            .with_code("conflicting_api_keys");
        return Err(fault);
    }
    match found {
        Some(key) => Ok(Admitted {
            key: Some(Arc::clone(key)),
        }),
        // A listener that names its keys wants one of them, whatever holds elsewhere.
        None if !snapshot.require_key && settings.is_none_or(|own| own.keys.is_empty()) => {
            Ok(Admitted { key: None })
        }
        None if elsewhere => {
            let message = format!(
                "this client key may not be used on the listener \"{instance}\"; \
                 add its name to the listener's keys in config.toml"
            );
            Err(Fault::new(
                Origin::Client,
                FaultKind::Authentication,
                message,
            ))
        }
        None => {
            let what = if sent_any {
                "this client key is not one of Portolan's"
            } else {
                "a client key is missing: send it as \"Authorization: Bearer …\" or \"x-api-key\""
            };
            let message = format!("{what}. {}", snapshot.key_advice);
            Err(Fault::new(
                Origin::Client,
                FaultKind::Authentication,
                message.trim_end(),
            ))
        }
    }
}

/// The key of that name among those that a client sends.
pub(crate) fn hash_of(
    headers: &HeaderMap,
    query: Option<&str>,
    snapshot: &Snapshot,
    name: &str,
) -> Option<KeyHash> {
    let mut hash = None;
    each(headers, query, &mut |presented| {
        let found = snapshot.keys.find(presented);
        if found.is_some_and(|key| *key.name == *name) {
            hash = Some(KeyHash::of(presented));
        }
    });
    hash
}

/// Calls `on_key` with every key that is sent, wherever it stands.
fn each(headers: &HeaderMap, query: Option<&str>, on_key: &mut impl FnMut(&[u8])) {
    for field in headers.get_all(header::AUTHORIZATION) {
        let value = field.as_bytes();
        if let Some((scheme, key)) = value.split_at_checked(7)
            && scheme.eq_ignore_ascii_case(b"bearer ")
        {
            on_key(key.trim_ascii());
        }
    }
    for name in KEYS {
        for field in headers.get_all(name) {
            on_key(field.as_bytes().trim_ascii());
        }
    }
    for pair in query.into_iter().flat_map(|query| query.split('&')) {
        if let Some(key) = pair.strip_prefix("key=") {
            let decoded: Vec<u8> = percent_encoding::percent_decode_str(key).collect();
            on_key(&decoded);
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]

    use accounts::Accounts;
    use dialect::FaultKind;
    use http::{HeaderMap, HeaderName, HeaderValue};

    use super::{KeyHash, Snapshot, admit};
    use crate::key::ClientKey;
    use crate::snapshot::Instance;

    fn snapshot() -> Snapshot {
        let mut snapshot = Snapshot::empty(Accounts::new(Vec::new(), crate::testing::resolver()));
        for name in ["one", "two"] {
            let hash = KeyHash::of(format!("pk-{name}").as_bytes());
            snapshot.keys.insert(hash, ClientKey::unlimited(name));
        }
        snapshot.key_advice = "See there.".to_owned();
        snapshot
    }

    fn ask(
        fields: &[(&str, &str)],
        query: Option<&str>,
        snapshot: &Snapshot,
    ) -> Result<Option<String>, FaultKind> {
        let mut headers = HeaderMap::new();
        for (name, value) in fields {
            headers.append(
                HeaderName::from_bytes(name.as_bytes()).unwrap(),
                HeaderValue::from_str(value).unwrap(),
            );
        }
        admit(&headers, query, snapshot, "default")
            .map(|admitted| admitted.key.map(|key| key.name.to_string()))
            .map_err(|fault| fault.kind)
    }

    #[test]
    fn s22_five_ways_one_decision() {
        let snapshot = snapshot();
        let one = Ok(Some("one".to_owned()));
        for field in [
            ("authorization", "Bearer pk-one"),
            ("authorization", "bearer  pk-one "),
            ("x-api-key", "pk-one"),
            ("api-key", "pk-one"),
            ("x-goog-api-key", "pk-one"),
        ] {
            assert_eq!(ask(&[field], None, &snapshot), one, "{field:?}");
        }
        assert_eq!(ask(&[], Some("alt=sse&key=pk%2Done"), &snapshot), one);
        for wrong in [
            &[][..],
            &[("authorization", "Bearer pk-none")],
            &[("authorization", "Basic pk-one")],
            &[("authorization", "pk-one")],
            &[("x-api-key", "")],
            &[("cookie", "key=pk-one")],
        ] {
            assert_eq!(
                ask(wrong, None, &snapshot),
                Err(FaultKind::Authentication),
                "{wrong:?}"
            );
        }
    }

    #[test]
    fn s22_two_keys_are_a_contradiction_and_strangers_are_ignored() {
        let snapshot = snapshot();
        let both = [("authorization", "Bearer pk-one"), ("x-api-key", "pk-two")];
        assert_eq!(ask(&both, None, &snapshot), Err(FaultKind::InvalidRequest));
        let same = [("authorization", "Bearer pk-one"), ("x-api-key", "pk-one")];
        assert_eq!(ask(&same, None, &snapshot), Ok(Some("one".to_owned())));
        let stranger = [
            ("authorization", "Bearer sk-ant-x"),
            ("x-api-key", "pk-one"),
        ];
        assert_eq!(
            ask(&stranger, Some("key=AIza"), &snapshot),
            Ok(Some("one".to_owned()))
        );
    }

    #[test]
    fn a_listener_may_take_some_keys_only() {
        let mut snapshot = snapshot();
        let only = Instance {
            keys: vec!["two".to_owned()],
            default_model: None,
        };
        snapshot.instances.insert("default".to_owned(), only);
        assert_eq!(
            ask(&[("x-api-key", "pk-one")], None, &snapshot),
            Err(FaultKind::Authentication)
        );
        assert_eq!(
            ask(&[("x-api-key", "pk-two")], None, &snapshot),
            Ok(Some("two".to_owned()))
        );
    }

    #[test]
    fn a_listener_that_names_its_keys_wants_one_of_them() {
        let mut snapshot = snapshot();
        snapshot.require_key = false;
        let only = Instance {
            keys: vec!["two".to_owned()],
            default_model: None,
        };
        snapshot.instances.insert("default".to_owned(), only);
        let refused = Err(FaultKind::Authentication);
        assert_eq!(ask(&[], None, &snapshot), refused);
        assert_eq!(ask(&[("x-api-key", "pk-one")], None, &snapshot), refused);
        assert_eq!(
            ask(&[("x-api-key", "pk-two")], None, &snapshot),
            Ok(Some("two".to_owned()))
        );
    }

    #[test]
    fn without_a_required_key_anyone_passes() {
        let mut snapshot = snapshot();
        snapshot.require_key = false;
        assert_eq!(ask(&[("x-api-key", "anything")], None, &snapshot), Ok(None));
        assert_eq!(
            ask(&[("x-api-key", "pk-two")], None, &snapshot),
            Ok(Some("two".to_owned()))
        );
    }
}
