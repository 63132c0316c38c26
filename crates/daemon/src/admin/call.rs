//! The contract's methods over the web: the same as the window's, the dangerous ones only for
//! whoever gave the password of late, and on record.

use std::time::Duration;

use contract::{ApiError, Code, METHODS, Reason};
use serde_json::Value;
use tokio::time::timeout;

use super::answer::{Answer, json};
use super::desk::{Desk, Visit};
use super::session::Found;
use crate::here::ask;

/// For a method to answer; some ask a provider.
const WORK: Duration = Duration::from_secs(120);

/// What a method may do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Care {
    /// It shows something.
    Shows,
    /// It does something that is done again or undone in a moment.
    Acts,
    /// It reaches for secrets, for other people's machines, or for what may be called.
    Endangers,
}

/// Verbs that show and do nothing else.
const SHOW: [&str; 4] = ["list", "get", "find", "explain"];
/// What is done without more ado.
const ACT: [&str; 12] = [
    "accounts.test",
    "instances.start",
    "instances.stop",
    "models.refresh",
    "refused.dismiss",
    "serving.start",
    "serving.stop",
    "settings.reload",
    "sign_in.answer",
    "sign_in.cancel",
    "sign_in.start",
    "trial.send",
];
/// What is changed of the settings without more ado.
const TASTE: [&str; 7] = [
    "default_model",
    "language",
    "notify_failover",
    "check_updates",
    "notify_sign_in",
    "retention_days",
    "theme",
];
/// What the console of this machine alone can ask for: it makes whoever has the answer an admin.
const NOT_HERE: &str = "admin.bootstrap";

/// A method that is not known here is dangerous until somebody says otherwise.
fn care(method: &str, params: &Value) -> Care {
    let verb = method.split_once('.').map_or(method, |(_, verb)| verb);
    if SHOW.contains(&verb) {
        return Care::Shows;
    }
    let is_taste = || {
        let fields = params.as_object();
        fields.is_some_and(|fields| fields.keys().all(|name| TASTE.contains(&name.as_str())))
    };
    // These change the settings of a provider, and who is asked for its secrets.
    let changes_provider = || {
        let given = |name: &&str| params.get(name).is_some_and(|value| !value.is_null());
        let settings = ["client", "client_secret_file", "issuer"];
        method == "sign_in.start" && settings.iter().any(given)
    };
    let acts = ACT.contains(&method) && !changes_provider();
    if acts || method == "settings.change" && is_taste() {
        Care::Acts
    } else {
        Care::Endangers
    }
}

impl Desk {
    /// `POST /admin/api/{method}`.
    pub(super) async fn contract_method(
        &self,
        method: &str,
        visit: &Visit<'_>,
    ) -> Result<Answer, ApiError> {
        let found = self.acting(visit)?;
        if method == NOT_HERE {
            return Err(ApiError::new(Code::AdminNotHere, [&method]));
        }
        let params: Value = visit.params(method)?;
        let done = self.carry_out(method, params, visit, &found).await?;
        Ok(json(&done))
    }

    /// Carries a method out for whoever is signed in, and writes down what is done.
    pub(super) async fn carry_out(
        &self,
        method: &str,
        params: Value,
        visit: &Visit<'_>,
        found: &Found,
    ) -> Result<Value, ApiError> {
        let care = if METHODS.iter().any(|known| known.name == method) {
            care(method, &params)
        } else {
            // Its failure names the nearest; there is nothing to write down.
            Care::Shows
        };
        match care {
            Care::Shows => {}
            Care::Endangers if found.fresh.is_zero() => {
                return Err(ApiError::new(Code::AdminConfirm, []));
            }
            Care::Acts | Care::Endangers => {
                self.record(visit, Some(found), method, &params, None)
                    .await?;
            }
        }
        let told = params.clone();
        let done = match timeout(WORK, ask(&self.control, method, params)).await {
            Ok(done) => done,
            Err(_) => Err(
                ApiError::new(Code::ServerUnreachable, []).because(Reason::ServerSlow {
                    method: method.to_owned(),
                    seconds: WORK.as_secs().to_string(),
                }),
            ),
        };
        if let (Err(error), Care::Acts | Care::Endangers) = (&done, care) {
            self.record(visit, Some(found), method, &told, Some(error.code))
                .await?;
        }
        done
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn s30_what_is_dangerous_is_so_unless_somebody_said_otherwise() {
        for method in [
            "providers.add",
            "providers.remove",
            "providers.set",
            "accounts.add",
            "accounts.set_key",
            "accounts.remove",
            "instances.add",
            "instances.change",
            "instances.remove",
            "keys.create",
            "keys.reveal",
            "keys.revoke",
            "refused.allow",
            "moon.shoot",
        ] {
            assert_eq!(care(method, &Value::Null), Care::Endangers, "{method}");
        }
        for method in METHODS {
            let shows = care(method.name, &Value::Null) == Care::Shows;
            let verb = method.name.split('.').nth(1).unwrap_or_default();
            assert_eq!(shows, SHOW.contains(&verb), "{}", method.name);
        }
        for known in ACT {
            let later = known.starts_with("sign_in.");
            assert!(
                later || METHODS.iter().any(|method| method.name == known),
                "{known}"
            );
        }
    }

    #[test]
    fn s30_a_sign_in_that_changes_its_provider_is_dangerous() {
        let start = |params: Value| care("sign_in.start", &params);
        let plain = json!({"provider": "mock", "issuer": null, "client": null, "name": "work"});
        assert_eq!(start(plain), Care::Acts);
        for given in ["client", "issuer"] {
            let params = json!({"provider": "mock", given: "https://evil.example"});
            assert_eq!(start(params), Care::Endangers, "{given}");
        }
    }

    #[test]
    fn s30_a_setting_of_taste_is_not_one_that_opens_doors() {
        let change = |params: Value| care("settings.change", &params);
        assert_eq!(change(json!({"theme": "dark"})), Care::Acts);
        assert_eq!(
            change(json!({"language": null, "theme": "dark"})),
            Care::Acts
        );
        for params in [
            json!({"require_key": false}),
            json!({"theme": "dark", "host": "0.0.0.0"}),
            json!({"allowed_origins": ["https://evil.example"]}),
            json!({"proxy": {"mode": "manual", "url": "http://evil.example"}}),
            json!({"port": 1}),
            Value::Null,
            json!([]),
        ] {
            assert_eq!(change(params.clone()), Care::Endangers, "{params}");
        }
    }
}
