//! An attempt at an agent: no request goes out, a program on this machine is asked.

use std::time::Instant;

use accounts::Outcome;
use agents::Asked;
use catalog::Agent;
use dialect::{AnswerContext, FaultKind};
use http::{HeaderValue, header};
use outbound::Received;

use super::{Accepted, Refusal, check_losses, lease, named};
use crate::call::Call;
use crate::headers;
use crate::plan::Upstream;
use crate::plane::Plane;

/// Asks the agent and waits until its answer has begun, which it writes as OpenAI's chat.
pub(super) async fn ask(
    plane: &Plane,
    call: &Call,
    upstream: &Upstream,
    agent: &Agent,
) -> Result<Accepted, Refusal> {
    let lease = lease(&call.snapshot.accounts, &upstream.account).await?;
    let (request, decoding) = call.request()?;
    let mut losses = decoding.clone();
    agents::losses(request, &mut losses);
    check_losses(call, upstream, &losses)?;
    let stated = call.headers.get(headers::SESSION);
    let asked = Asked {
        provider: &upstream.provider.id,
        agent,
        folder: upstream.working.folder.clone(),
        tools: upstream.working.tools.clone(),
        owner: call.key.as_ref().map(|key| key.name.to_string()),
        conversation: stated.map(|stated| String::from_utf8_lossy(stated.as_bytes()).into_owned()),
        request,
        context: AnswerContext {
            include_usage: request.stream_usage || !upstream.native || !call.peek.stream,
            ..call.context(request)
        },
    };
    match plane.agents.ask(asked).await {
        Ok(body) => {
            let mut response = http::Response::new(Received::made(body));
            let kind = HeaderValue::from_static("text/event-stream");
            response.headers_mut().insert(header::CONTENT_TYPE, kind);
            Ok(Accepted {
                lease,
                response,
                aliases: std::collections::HashMap::new(),
                losses,
            })
        }
        Err(fault) => {
            let outcome = match fault.kind {
                FaultKind::InvalidRequest => Outcome::Unrelated,
                _ => Outcome::Failed,
            };
            lease.report(outcome, Instant::now());
            Err(named(upstream, fault).into())
        }
    }
}
