//! Device authorization: a code to type in a browser anywhere, and the asking until it was.

use std::fmt;
use std::time::{Duration, SystemTime};

use catalog::{DeviceFlow, FlowExchange};
use serde_json::Value;
use tokio::time::Instant;
use url::Url;

use super::client::client;
use super::grant::{Origin, seconds};
use super::transport::is_safe;
use super::{Grant, Http, Post, Reply, SignInError};
use crate::secret::Secret;

/// What a provider is told of who asks, where it wants to know.
const PROGRAM: &str = "Portolan";
/// How often is asked where the provider says nothing;
/// <https://www.rfc-editor.org/rfc/rfc8628#section-3.2>.
const USUAL_INTERVAL: Duration = Duration::from_secs(5);
/// What `slow_down` adds; <https://www.rfc-editor.org/rfc/rfc8628#section-3.5>.
const SLOWER: Duration = Duration::from_secs(5);
/// The bounds of what a provider can ask for.
const INTERVALS: (Duration, Duration) = (Duration::from_secs(1), Duration::from_secs(60));
/// How long the person has where the provider says nothing, and at most.
const PATIENCES: (Duration, Duration) = (Duration::from_secs(600), Duration::from_secs(1800));
/// The longest code that a person can be asked to type, in characters.
const LONGEST_CODE: usize = 64;

/// A device authorization that waits for a person.
pub(super) struct Device {
    flow: DeviceFlow,
    client: Option<String>,
    issuer: Option<String>,
    device_code: Secret,
    user_code: String,
    address: Url,
    interval: Duration,
    patience: Duration,
}

/// What one question gave.
enum Progress {
    Pending,
    SlowDown,
    Granted(Box<Grant>),
}

impl Device {
    pub(super) async fn start(
        flow: DeviceFlow,
        client_id: Option<String>,
        issuer: Option<String>,
        http: &dyn Http,
    ) -> Result<Self, SignInError> {
        let client = client(flow.client, client_id)?;
        let scope = (!flow.scopes.is_empty()).then(|| flow.scopes.join(" "));
        let mut values = vec![
            ("client_id", client.as_deref()),
            ("scope", scope.as_deref()),
        ];
        if let Some(name) = &flow.name_parameter {
            values.push((name, Some(PROGRAM)));
        }
        let reply = http
            .post(post(flow.exchange, flow.start.clone(), &values))
            .await?;
        if reply.status != 200 {
            return Err(SignInError::Refused {
                status: reply.status,
            });
        }
        drop(values);
        Self::read(flow, client, issuer, &reply.body).ok_or(SignInError::Unreadable)
    }

    /// Reads the answer of <https://www.rfc-editor.org/rfc/rfc8628#section-3.2>.
    fn read(
        flow: DeviceFlow,
        client: Option<String>,
        issuer: Option<String>,
        body: &[u8],
    ) -> Option<Self> {
        let answer: Value = serde_json::from_slice(body).ok()?;
        let text = |name: &str| answer.get(name).and_then(Value::as_str);
        let page = text("verification_uri_complete").or_else(|| text("verification_uri"))?;
        // Some providers write the path alone.
        let address = flow.start.join(page).ok().filter(is_safe)?;
        let user_code = text("user_code")?.to_owned();
        let shown = user_code
            .bytes()
            .all(|byte| byte.is_ascii_graphic() || byte == b' ');
        if !shown || user_code.is_empty() || user_code.len() > LONGEST_CODE {
            return None;
        }
        let time = |name: &str| answer.get(name).and_then(seconds);
        Some(Self {
            device_code: Secret::new(text("device_code")?.to_owned()).ok()?,
            user_code,
            address,
            interval: time("interval")
                .unwrap_or(USUAL_INTERVAL)
                .clamp(INTERVALS.0, INTERVALS.1),
            // Nobody could keep to a time of 0: it stands for one that was not said, and the provider
            // tells by itself when the code is over.
            patience: time("expires_in")
                .filter(|patience| !patience.is_zero())
                .unwrap_or(PATIENCES.0)
                .min(PATIENCES.1),
            flow,
            client,
            issuer,
        })
    }

    pub(super) fn address(&self) -> &Url {
        &self.address
    }

    pub(super) fn user_code(&self) -> &str {
        &self.user_code
    }

    pub(super) fn patience(&self) -> Duration {
        self.patience
    }

    /// Asks until the person answered. A question that fails is asked again, less often.
    pub(super) async fn wait(self, http: &dyn Http) -> Result<Grant, SignInError> {
        let end = Instant::now() + self.patience;
        let mut interval = self.interval;
        loop {
            if Instant::now() + interval >= end {
                tokio::time::sleep_until(end).await;
                return Err(SignInError::TimedOut);
            }
            tokio::time::sleep(interval).await;
            let reply = match http.post(self.question()).await {
                Ok(reply) => reply,
                Err(_) => {
                    interval = (interval * 2).min(INTERVALS.1);
                    continue;
                }
            };
            match self.progress(&reply)? {
                Progress::Pending => {}
                Progress::SlowDown => interval = (interval + SLOWER).min(INTERVALS.1),
                Progress::Granted(grant) => return Ok(*grant),
            }
        }
    }

    fn question(&self) -> Post {
        let code = Some(self.device_code.expose());
        let url = self.flow.poll.clone();
        match self.flow.exchange {
            FlowExchange::Form => Post::form(
                url,
                &[
                    (
                        "grant_type",
                        Some("urn:ietf:params:oauth:grant-type:device_code"),
                    ),
                    ("device_code", code),
                    ("client_id", self.client.as_deref()),
                ],
            ),
            FlowExchange::Json | FlowExchange::JsonGrant => {
                Post::json(url, &[("device_code", code)])
            }
        }
    }

    fn progress(&self, reply: &Reply) -> Result<Progress, SignInError> {
        let words = &self.flow.words;
        let answer: Option<Value> = serde_json::from_slice(&reply.body).ok();
        let field = |name: &str| answer.as_ref()?.get(name)?.as_str();
        let word = field(&words.field).or_else(|| field("error"));
        match word {
            Some(word) if word == words.pending => return Ok(Progress::Pending),
            Some(word) if word == words.slow_down => return Ok(Progress::SlowDown),
            Some(word) if word == words.expired => return Err(SignInError::TimedOut),
            Some(word) if word == words.denied => {
                return Err(SignInError::Denied {
                    code: "access_denied".to_owned(),
                });
            }
            Some(_) | None => {}
        }
        match reply.status {
            200 => {
                let origin = Origin {
                    token: self.flow.token.clone(),
                    revoke: self.flow.revoke.clone(),
                    client: self.client.clone(),
                    field: self.flow.secret.clone(),
                    beside: None,
                };
                let grant = Grant::read(&reply.body, origin).ok_or(SignInError::Unreadable)?;
                grant.check(
                    self.issuer.as_deref(),
                    self.client.as_deref(),
                    None,
                    SystemTime::now(),
                )?;
                Ok(Progress::Granted(Box::new(grant)))
            }
            429 | 500..=599 => Ok(Progress::SlowDown),
            status => Err(SignInError::Refused { status }),
        }
    }
}

fn post(exchange: FlowExchange, url: Url, values: &[(&str, Option<&str>)]) -> Post {
    match exchange {
        FlowExchange::Form => Post::form(url, values),
        FlowExchange::Json | FlowExchange::JsonGrant => Post::json(url, values),
    }
}

impl fmt::Debug for Device {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("Device")
            .field("address", &self.address.as_str())
            .finish_non_exhaustive()
    }
}
