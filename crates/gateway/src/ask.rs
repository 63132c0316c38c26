//! Asking a provider which models it has.

use std::time::{Duration, Instant};

use accounts::{AccountId, Outcome};
use dialect::{Fault, FaultKind, Origin};
use http::{HeaderMap, Uri};
use outbound::Sent;
use serde::Deserialize;

use crate::attempt::{authorize, introduce, is_renewed, lease};
use crate::plane::Plane;

/// How long a list may take.
const PATIENCE: Duration = Duration::from_secs(10);
/// The largest list that is read, in bytes.
const LIMIT: usize = 8 * 1024 * 1024;

/// Both vendors' lists, as far as they are alike.
#[derive(Deserialize)]
struct List {
    data: Vec<Entry>,
}

#[derive(Deserialize)]
struct Entry {
    id: String,
}

/// The ids of the models that an account's provider lists. Where a sign-in's secret is refused before
/// its time, and a new one is to be had, it is asked once more.
pub(crate) async fn models(plane: &Plane, account: &AccountId) -> Result<Vec<String>, Fault> {
    let mut renewed = false;
    match ask(plane, account, &mut renewed).await {
        Err(_) if renewed => ask(plane, account, &mut renewed).await,
        answered => answered,
    }
}

/// Asks once; `renewed` tells whether the secret that was refused has a successor by now.
async fn ask(plane: &Plane, account: &AccountId, renewed: &mut bool) -> Result<Vec<String>, Fault> {
    let snapshot = plane.snapshot();
    let offer = snapshot
        .offers
        .iter()
        .find(|offer| offer.account == *account)
        .ok_or_else(|| {
            let message = format!("there is no account {account}");
            Fault::new(Origin::Gateway, FaultKind::NotFound, message)
        })?;
    let provider = &offer.provider;
    let named = |mut fault: Fault| {
        fault.message = format!("{}: {}", provider.name, fault.message);
        fault
    };
    if let Some(agent) = &provider.agent {
        plane
            .agents
            .test(&provider.id, agent)
            .await
            .map_err(named)?;
        return Ok(provider
            .models
            .iter()
            .map(|model| model.id.clone())
            .collect());
    }
    let Some((endpoint, url)) = provider.model_list().or_else(|| {
        provider
            .endpoints
            .iter()
            .find_map(|e| Some((e, e.url(dialect::Operation::Models)?)))
    }) else {
        return Err(named(Fault::unsupported("", "it has no list of models")));
    };
    let lease = lease(&snapshot.accounts, account).await?;
    let mut fields = HeaderMap::new();
    authorize(&mut fields, &endpoint.auth, &lease)?;
    introduce(&mut fields, provider, &lease, true);
    if let Some(version) = endpoint.versions.to_send(None)
        && let Ok(version) = http::HeaderValue::from_str(version)
    {
        fields.insert("anthropic-version", version);
    }
    let proxy = provider.proxy.as_ref().unwrap_or(&snapshot.proxy);
    let connect = snapshot.timeouts.connect;
    let client = plane.clients.get(proxy, url, connect).await?;
    let mut request = http::Request::new(Sent::nothing());
    *request.uri_mut() = Uri::try_from(url.as_str())
        .map_err(|_| named(Fault::unsupported("", "its list of models has no address")))?;
    *request.headers_mut() = fields;
    let late = |_| {
        let message = format!("no answer within {} seconds", PATIENCE.as_secs());
        named(Fault::new(Origin::Upstream, FaultKind::Timeout, message))
    };
    let deadline = tokio::time::Instant::now() + PATIENCE;
    let response = tokio::time::timeout_at(deadline, client.send(request))
        .await
        .map_err(late)?
        .map_err(|failure| named(failure.fault()))?;
    let status = response.status();
    if !status.is_success() {
        *renewed = is_renewed(&snapshot.accounts, &lease, status.as_u16()).await;
        lease.report(Outcome::of_status(status.as_u16(), None), Instant::now());
        let kind = FaultKind::from_status(status.as_u16());
        let message = format!("it answered {status} when asked for its models");
        return Err(named(Fault::new(Origin::Upstream, kind, message)));
    }
    let body = http_body_util::Limited::new(response.into_body(), LIMIT);
    let body = http_body_util::BodyExt::collect(body);
    let body = tokio::time::timeout_at(deadline, body)
        .await
        .map_err(late)?
        .map_err(|_| named(Fault::unreadable("its list of models broke off")))?
        .to_bytes();
    let list: List = serde_json::from_slice(&body)
        .map_err(|_| named(Fault::unreadable("its list of models cannot be read")))?;
    lease.report(Outcome::Success, Instant::now());
    Ok(list.data.into_iter().map(|entry| entry.id).collect())
}
