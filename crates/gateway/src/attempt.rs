//! One try at one upstream: lease, request, head of the answer.

use std::sync::Arc;
use std::time::{Duration, Instant, SystemTime};

use accounts::{AccountId, Accounts, Lease, LeaseError, Outcome, RenewalError};
use bytes::Bytes;
use catalog::{Auth, Provider, Quirk};
use dialect::{Codec, Dialect, Fault, FaultKind, Losses, Operation, Origin, Target, codec};
use futures_util::FutureExt as _;
use http::{HeaderMap, HeaderValue, Method, StatusCode, header};
use http_body_util::BodyExt;

mod agent;
mod manner;

use self::manner::Manner;
use crate::brought;
use crate::call::Call;
use crate::headers;
use crate::plan::Upstream;
use crate::plane::Plane;
use crate::quirk;
use outbound::{Client, Received, Sent};

/// The most of an upstream's error that is read, in bytes.
const ERROR_LIMIT: usize = 64 * 1024;
/// How long an upstream's error may take to arrive once its head is there.
const ERROR_PATIENCE: Duration = Duration::from_secs(10);

/// The shortest secret that is looked for in what an upstream says, in bytes. Local servers are given
/// words, such as their own name, that stand in other sentences too.
const SHORTEST_SECRET: usize = 7;

/// What stands in its place.
const MASK: &str = "[key]";

/// An upstream that accepted the request.
pub(crate) struct Accepted {
    pub(crate) lease: Lease,
    pub(crate) response: http::Response<Received>,
    /// Tool names that were changed for this upstream.
    pub(crate) aliases: std::collections::HashMap<String, String>,
    pub(crate) losses: Losses,
}

/// What went wrong, and what the upstream said in numbers if it said anything.
pub(crate) struct Refusal {
    pub(crate) fault: Fault,
    pub(crate) status: Option<u16>,
    /// Whether the secret that was refused has a successor by now.
    renewed: bool,
}

impl From<Fault> for Refusal {
    fn from(fault: Fault) -> Self {
        Self {
            fault,
            status: None,
            renewed: false,
        }
    }
}

/// The upstream's codec.
pub(crate) fn codec_of(upstream: &Upstream) -> Result<&'static dyn Codec, Fault> {
    let dialect = upstream.endpoint().dialect;
    codec(dialect).ok_or_else(|| {
        let message = format!("this version does not translate to {dialect}");
        Fault::new(Origin::Gateway, FaultKind::Unsupported, message)
    })
}

/// Sends the request to the upstream and waits for the head of its answer. Where the provider refuses
/// a sign-in's secret before its time, and a new one is to be had, it is sent once more.
pub(crate) async fn send(
    plane: &Plane,
    call: &Call,
    upstream: &Upstream,
) -> Result<Accepted, Refusal> {
    match send_once(plane, call, upstream).await {
        Err(refusal) if refusal.renewed => Box::pin(send_once(plane, call, upstream)).await,
        answered => answered,
    }
}

async fn send_once(plane: &Plane, call: &Call, upstream: &Upstream) -> Result<Accepted, Refusal> {
    brought::check(call, upstream)?;
    if let Some(agent) = &upstream.provider.agent {
        // On the heap: every other request would carry its room.
        return Box::pin(agent::ask(plane, call, upstream, agent)).await;
    }
    let endpoint = upstream.endpoint();
    let accounts = &call.snapshot.accounts;
    let lease = match &call.brought {
        Some(key) => brought::lease(accounts, upstream, key)?,
        None => lease(accounts, &upstream.account).await?,
    };
    let Prepared {
        body,
        aliases,
        losses,
    } = prepare(call, upstream)?;
    let address = endpoint
        .address(call.operation, &upstream.model, call.peek.stream)
        .ok_or_else(|| Fault::unsupported("", "the provider has no address for this"))?;
    let proxy = upstream
        .provider
        .proxy
        .as_ref()
        .unwrap_or(&call.snapshot.proxy);
    let client = plane
        .clients
        .get(proxy, &address.url, call.snapshot.timeouts.connect)
        .await?;
    let mut manners = Manner::of(upstream, call).into_iter().peekable();
    let mut is_doubted = false;
    let sent = loop {
        let manner = manners.next().unwrap_or(Manner::Usual);
        let fields = fields(call, upstream, &lease, manner)?;
        let request = || {
            let mut request = http::Request::new(match &call.form {
                Some(form) => Sent::made(form.body(&upstream.model)),
                None => Sent::pieces(manner.body(&body)),
            });
            *request.method_mut() = Method::POST;
            *request.uri_mut() = address.uri.clone();
            *request.headers_mut() = fields;
            request
        };
        let sent = transmit(&client, request(), call).await;
        let is_refused = |response: &http::Response<Received>| response.status() == 406;
        if manners.peek().is_none() || !sent.as_ref().is_ok_and(is_refused) {
            break sent;
        }
        if manner == Manner::Usual && upstream.provider.has(Quirk::SignedRequests) {
            is_doubted = true;
            tracing::info!(
                id = &*call.id,
                provider = upstream.provider.id,
                "a signed request was refused with status 406; it is sent without a signature"
            );
        }
    };
    let response = match sent {
        Ok(response) => response,
        Err(fault) => {
            lease.report(Outcome::Failed, Instant::now());
            return Err(named(upstream, fault).into());
        }
    };
    let (fault, status) = if response.status().is_success() {
        match looked_at(call, upstream, response).await {
            Ok(response) => {
                return Ok(Accepted {
                    lease,
                    response,
                    aliases,
                    losses,
                });
            }
            Err(fault) => (named(upstream, fault.clone()), fault.status),
        }
    } else {
        let status = response.status().as_u16();
        let fault = Box::pin(refused(upstream, response)).await;
        let meant = fault
            .status
            .filter(|_| upstream.provider.has(Quirk::StatusInBody));
        (fault, meant.or(Some(status)))
    };
    let fault = masked(fault, &lease);
    let fault = if is_doubted { doubted(fault) } else { fault };
    let Some(status) = status else {
        lease.report(Outcome::Failed, Instant::now());
        return Err(fault.into());
    };
    let renewed = call.brought.is_none() && is_renewed(accounts, &lease, status).await;
    lease.report(
        Outcome::of_status(status, fault.retry_after),
        Instant::now(),
    );
    Err(Refusal {
        fault,
        status: Some(status),
        renewed,
    })
}

/// Sends one request and waits for the head of its answer.
fn transmit(
    client: &Client,
    request: http::Request<Sent>,
    call: &Call,
) -> impl Future<Output = Result<http::Response<Received>, Fault>> {
    let (first_byte, _) = call.patience();
    let sent = tokio::time::timeout(first_byte, client.send(request));
    sent.map(move |sent| match sent {
        Ok(Ok(response)) => Ok(response),
        Ok(Err(failure)) => Err(failure.fault()),
        Err(_) => {
            let message = format!("no answer within {} seconds", first_byte.as_secs());
            Err(Fault::new(Origin::Upstream, FaultKind::Timeout, message))
        }
    })
}

/// The answer, unless it is a failure that says so only inside.
async fn looked_at(
    call: &Call,
    upstream: &Upstream,
    response: http::Response<Received>,
) -> Result<http::Response<Received>, Fault> {
    if upstream.provider.has(Quirk::StatusInBody) && call.operation == Operation::Chat {
        // On the heap, as all that few answers need: every request would carry its room.
        Box::pin(quirk::status::look(response, call.patience().0)).await
    } else {
        Ok(response)
    }
}

/// The account with a secret that lives: one that is over is renewed first.
pub(crate) async fn lease(accounts: &Arc<Accounts>, id: &AccountId) -> Result<Lease, Fault> {
    // Of an account that is signed out the lease tells why.
    match accounts.live(id).await {
        Ok(()) | Err(RenewalError::SignedOut(_)) => {}
        Err(error @ (RenewalError::Failed(_) | RenewalError::Busy | RenewalError::Vault(_))) => {
            let message = format!("the account {id} cannot be used now: {error}");
            let fault = Fault::new(Origin::Gateway, FaultKind::NoAccount, message);
            return Err(fault.with_code("no_healthy_account"));
        }
    }
    accounts
        .lease(id, Instant::now())
        .map_err(|error| no_account(&error))
}

/// Whether a secret that was refused with this status has a successor.
pub(crate) async fn is_renewed(accounts: &Accounts, lease: &Lease, status: u16) -> bool {
    match lease.secret() {
        Some(secret) if status == 401 => Box::pin(accounts.refused(lease.id(), secret)).await,
        Some(_) | None => false,
    }
}

struct Prepared {
    body: Vec<Bytes>,
    aliases: std::collections::HashMap<String, String>,
    losses: Losses,
}

/// The body for the upstream, in the fields that its model wants.
fn prepare(call: &Call, upstream: &Upstream) -> Result<Prepared, Fault> {
    let mut prepared = said(call, upstream)?;
    let provider = &upstream.provider;
    if call.operation == Operation::Chat && quirk::shape::is_needed(provider) {
        let body = prepared.body.concat();
        let body = quirk::shape::shape(&body, provider, &upstream.model, &mut prepared.losses)?;
        prepared.body = vec![body];
    }
    check_losses(call, upstream, &prepared.losses)?;
    Ok(prepared)
}

/// What the client said: its own bytes with the model replaced where both speak the same dialect, a
/// translation otherwise.
fn said(call: &Call, upstream: &Upstream) -> Result<Prepared, Fault> {
    if upstream.native {
        return Ok(Prepared {
            body: call.peek.splice(&call.body, &upstream.model),
            aliases: std::collections::HashMap::new(),
            losses: call.lost.clone(),
        });
    }
    let (request, decoding) = call.request()?;
    let mut losses = call.lost.clone();
    losses.append(decoding);
    let encoded = codec_of(upstream)?.encode_request(request, &target(upstream), &mut losses)?;
    Ok(Prepared {
        body: vec![encoded.body.into()],
        aliases: encoded.aliases,
        losses,
    })
}

/// Fails where the settings refuse what would be lost.
pub(crate) fn check_losses(call: &Call, upstream: &Upstream, losses: &Losses) -> Result<(), Fault> {
    let Some(loss) = call.snapshot.on_loss.refuses(losses) else {
        return Ok(());
    };
    let message = format!(
        "\"{}\" would be {} on the way to {} ({}), and the settings refuse that",
        loss.path,
        loss.kind.as_str(),
        upstream.provider.name,
        loss.reason
    );
    Err(Fault::unsupported(loss.path.clone(), message))
}

/// What the upstream accepts, from its manifest.
fn target(upstream: &Upstream) -> Target {
    let provider = &upstream.provider;
    let model = provider.model(&upstream.model);
    let abilities = model.map(|model| &model.abilities);
    Target {
        max_output_tokens: model
            .and_then(|model| model.limits.as_ref())
            .and_then(|limits| limits.output),
        sampling: abilities.and_then(|abilities| abilities.sampling) != Some(false),
        max_completion_tokens: !provider.has(Quirk::MaxTokensLegacy),
        openai_additions: provider.has(Quirk::OpenAiAdditions),
        developer_role: !provider.has(Quirk::NoDeveloperRole),
        stream_usage: !provider.has(Quirk::NoStreamUsage),
        adaptive_thinking: !provider.has(Quirk::NoReasoningEffort)
            && abilities.and_then(|abilities| abilities.reasoning) != Some(false),
        ..Target::named(upstream.model.clone())
    }
}

fn fields(
    call: &Call,
    upstream: &Upstream,
    lease: &Lease,
    manner: Manner,
) -> Result<HeaderMap, Fault> {
    let endpoint = upstream.endpoint();
    let mut fields = HeaderMap::with_capacity(6);
    let kind = match &call.form {
        Some(form) => form.content_type()?,
        None => HeaderValue::from_static("application/json"),
    };
    fields.insert(header::CONTENT_TYPE, kind);
    let accept = match call.operation {
        _ if call.peek.stream => "text/event-stream",
        // Sound, or text in one of several formats.
        Operation::Speech | Operation::Transcribe | Operation::TranslateSpeech => "*/*",
        Operation::Chat
        | Operation::Complete
        | Operation::Embed
        | Operation::Moderate
        | Operation::Image
        | Operation::EditImage
        | Operation::Count
        | Operation::Models => "application/json",
    };
    fields.insert(header::ACCEPT, HeaderValue::from_static(accept));
    let asked = call
        .headers
        .get(headers::ANTHROPIC_VERSION)
        .and_then(|value| value.to_str().ok());
    if let Some(version) = endpoint.versions.to_send(asked.filter(|_| upstream.native))
        && let Ok(version) = HeaderValue::from_str(version)
    {
        fields.insert(headers::ANTHROPIC_VERSION, version);
    }
    if upstream.native {
        headers::to_upstream(endpoint.dialect, &call.headers, &mut fields);
    }
    authorize(&mut fields, &endpoint.auth, lease)?;
    introduce(
        &mut fields,
        &upstream.provider,
        lease,
        manner != Manner::Unsigned,
    );
    Ok(fields)
}

/// Says who asks, where the provider's protocol has words of its own for that.
pub(crate) fn introduce(fields: &mut HeaderMap, provider: &Provider, lease: &Lease, signs: bool) {
    let Some(agent) = &provider.user_agent else {
        return;
    };
    if let Ok(agent) = HeaderValue::from_str(agent) {
        fields.insert(header::USER_AGENT, agent);
    }
    if signs && provider.has(Quirk::SignedRequests) {
        let key = lease.secret().map(accounts::Secret::expose);
        quirk::sign::sign(fields, agent, key, SystemTime::now());
    }
}

/// Puts the account's secret where the provider looks for it.
pub(crate) fn authorize(fields: &mut HeaderMap, auth: &Auth, lease: &Lease) -> Result<(), Fault> {
    let (Auth::Header { name, prefix }, Some(secret)) = (auth, lease.secret()) else {
        return Ok(());
    };
    let unusable = || {
        let message = format!(
            "the key of the account {} cannot be sent in a header",
            lease.id()
        );
        Fault::new(Origin::Gateway, FaultKind::NoAccount, message)
    };
    let value = [prefix, secret.expose()].concat();
    let mut value = HeaderValue::try_from(value).map_err(|_| unusable())?;
    value.set_sensitive(true);
    fields.insert(name.clone(), value);
    Ok(())
}

fn no_account(error: &LeaseError) -> Fault {
    Fault::new(Origin::Gateway, FaultKind::NoAccount, error.to_string())
        .with_code("no_healthy_account")
}

/// What the upstream said when it did not accept.
async fn refused(upstream: &Upstream, response: http::Response<Received>) -> Fault {
    let status = response.status();
    if let Some(message) = no_answer(status) {
        let fault = Fault::new(Origin::Upstream, FaultKind::BadGateway, message);
        return named(upstream, fault);
    }
    let wait = headers::retry_after(response.headers(), SystemTime::now());
    let limited = http_body_util::Limited::new(response.into_body(), ERROR_LIMIT);
    let body = match tokio::time::timeout(ERROR_PATIENCE, limited.collect()).await {
        Ok(Ok(body)) => body.to_bytes(),
        // A refusal whose words cannot be had is still that refusal.
        Ok(Err(_)) | Err(_) => Bytes::new(),
    };
    if upstream.provider.has(Quirk::StatusInBody) {
        let words = || String::from_utf8_lossy(&body).into_owned();
        let number = u32::from(status.as_u16());
        let told = quirk::status::fault(&body).or_else(|| {
            quirk::status::is_own(number).then(|| quirk::status::of_number(number, &words()))
        });
        if let Some(mut fault) = told {
            fault.retry_after = wait;
            return named(upstream, fault);
        }
    }
    let mut fault = match codec_of(upstream) {
        Ok(codec) => codec.decode_fault(status.as_u16(), &body),
        Err(fault) => fault,
    };
    fault.status = Some(status.as_u16());
    fault.origin = Origin::Upstream;
    fault.retry_after = wait.or(fault.retry_after);
    named(upstream, fault)
}

/// What a status means that no server of models gives for a request like ours.
fn no_answer(status: StatusCode) -> Option<String> {
    match status.as_u16() {
        407 => Some("the proxy on the way asks for a name and a password".to_owned()),
        300..=303 | 305..=399 => Some(
            "it answered with a redirect, which is not followed; set the final address".to_owned(),
        ),
        400..=599 => None,
        odd => Some(format!(
            "it answered with the status {odd}, which is no answer to this"
        )),
    }
}

/// The fault without the account's secret, which some servers repeat when they refuse it: who may ask
/// this program need not know it.
pub(crate) fn masked(mut fault: Fault, lease: &Lease) -> Fault {
    if let Some(secret) = looked_for(lease) {
        let words = [
            Some(&mut fault.message),
            fault.code.as_mut(),
            fault.param.as_mut(),
        ];
        for word in words.into_iter().flatten() {
            *word = word.replace(secret, MASK);
        }
    }
    fault
}

/// A piece of an answer without the account's secret, where it has that.
pub(crate) fn cleaned(piece: &[u8], lease: &Lease) -> Option<Bytes> {
    let secret = looked_for(lease)?.as_bytes();
    let places: Vec<usize> = memchr::memmem::find_iter(piece, secret).collect();
    let mut clean = Vec::with_capacity(piece.len());
    let mut from = 0;
    for place in &places {
        clean.extend_from_slice(&piece[from..*place]);
        clean.extend_from_slice(MASK.as_bytes());
        from = place + secret.len();
    }
    clean.extend_from_slice(&piece[from..]);
    (!places.is_empty()).then(|| clean.into())
}

fn looked_for(lease: &Lease) -> Option<&str> {
    let secret = lease.secret().map(accounts::Secret::expose);
    secret.filter(|secret| secret.len() >= SHORTEST_SECRET)
}

/// The fault with the provider's name before its words.
pub(crate) fn named(upstream: &Upstream, mut fault: Fault) -> Fault {
    fault.message = format!("{}: {}", upstream.provider.name, fault.message);
    fault
}

/// The fault of a request that was refused while it was signed, and failed without a signature too.
fn doubted(mut fault: Fault) -> Fault {
    fault.message.push_str(
        "; signed, it had been refused with status 406: is this computer's clock right, is the key \
         whole, and does nothing on the way change requests?",
    );
    fault
}

/// Whether another candidate may do better. Nothing was sent to the client yet.
pub(crate) fn is_worth_another(fault: &Fault) -> bool {
    match fault.kind {
        FaultKind::Authentication
        | FaultKind::Permission
        | FaultKind::Billing
        | FaultKind::NotFound
        | FaultKind::RateLimit
        | FaultKind::Quota
        | FaultKind::Internal
        | FaultKind::Overloaded
        | FaultKind::BadGateway
        | FaultKind::Truncated
        | FaultKind::Timeout
        | FaultKind::NoAccount
        | FaultKind::Stopped => true,
        // Another upstream may speak a dialect that can say it.
        FaultKind::Unsupported => fault.origin != Origin::Upstream,
        FaultKind::InvalidRequest
        | FaultKind::ContextTooLong
        | FaultKind::MethodNotAllowed
        | FaultKind::Conflict
        | FaultKind::TooLarge
        | FaultKind::UnsupportedMediaType
        | FaultKind::Misdirected
        | FaultKind::ContentPolicy => false,
    }
}

/// Whether the operation's answer can be read by this program, and not only forwarded.
pub(crate) fn is_chat(operation: Operation, dialect: Dialect) -> bool {
    operation == Operation::Chat && codec(dialect).is_some()
}
