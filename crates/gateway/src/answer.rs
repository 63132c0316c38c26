//! A model's answer: candidates in order, until one has begun to answer.

use std::sync::Arc;
use std::time::Instant;

use axum::body::Body;
use catalog::Quirk;
use dialect::{AnswerContext, Dialect, Fault, FaultKind, Operation};
use http::{HeaderValue, Response, StatusCode};

use crate::attempt::is_worth_another;
use crate::call::Call;
use crate::exchange::Outcome;
use crate::pictures;
use crate::plan::{Candidate, Plan, Planner, Upstream};
use crate::plane::Plane;
use crate::record::Record;
use crate::relay::{self, Passage};
use crate::reply;

/// Answers a call; a failure says what the last candidate said, and how many were tried.
pub(crate) async fn answer(
    plane: &Arc<Plane>,
    instance: &str,
    call: &Call,
    record: Record,
) -> Response<Body> {
    let mut record = Some(record);
    let fault = match attempt_all(plane, instance, call, &mut record).await {
        Ok(response) => return response,
        Err(fault) => fault,
    };
    tracing::info!(
        id = &*call.id,
        kind = fault.kind.code(),
        status = fault.status_for(call.dialect),
        "a request failed"
    );
    let mut response = reply::fault(&fault, call.dialect, &call.id);
    if let Some(mut record) = record {
        record.note(|exchange| {
            if let Some(last) = exchange.attempts.last() {
                let (fields, tries) = (response.headers_mut(), exchange.attempts.len());
                relay::described(fields, &last.provider, &last.model, tries, None);
            }
        });
        record.close(Outcome::Failed(fault));
    }
    response
}

async fn attempt_all(
    plane: &Arc<Plane>,
    instance: &str,
    call: &Call,
    record: &mut Option<Record>,
) -> Result<Response<Body>, Fault> {
    if let Some(record) = record {
        record.note(|exchange| exchange.model = Some(call.model.clone()));
    }
    let plan = look_up(plane, instance, call).await?;
    let last = plan.candidates.len() - 1;
    for (position, candidate) in plan.candidates.iter().enumerate() {
        let attempted = match candidate {
            Candidate::Demo(model) => demonstrate(call, candidate, model, record),
            Candidate::Endpoint(upstream) => {
                attempt_one(plane, call, candidate, upstream, record).await
            }
        };
        let fault = match attempted {
            Ok(response) => return Ok(response),
            Err(fault) => fault,
        };
        if let Some(record) = record {
            record.attempt_failed(&fault);
        }
        if position == last || !is_worth_another(&fault) {
            return Err(fault);
        }
        tracing::info!(
            id = &*call.id,
            kind = fault.kind.code(),
            status = fault.status,
            attempt = position + 1,
            "an upstream failed; trying the next one"
        );
    }
    Err(Fault::new(
        dialect::Origin::Gateway,
        FaultKind::NoAccount,
        "there is no candidate",
    ))
}

/// Finds the candidates. A name that is not known yet may be on a list that was never asked for.
async fn look_up(plane: &Plane, instance: &str, call: &Call) -> Result<Plan, Fault> {
    let planned = |live: &crate::plan::Live| {
        Planner {
            snapshot: &call.snapshot,
            live,
            turns: &plane.turns,
            instance,
            dialect: call.dialect,
            operation: call.operation,
            now: Instant::now(),
        }
        .plan(&call.model)
    };
    match planned(&plane.live.get()) {
        Err(fault) if fault.kind == FaultKind::NotFound && plane.learn_missing().await => {
            planned(&plane.live.get())
        }
        planned => planned,
    }
}

async fn attempt_one(
    plane: &Plane,
    call: &Call,
    candidate: &Candidate,
    upstream: &Upstream,
    record: &mut Option<Record>,
) -> Result<Response<Body>, Fault> {
    let counts_itself = call.operation != Operation::Count
        || (upstream.native && upstream.endpoint().serves(Operation::Count));
    let mut attempts = 0;
    if let Some(record) = record {
        record.attempt(candidate, upstream.endpoint().dialect);
        attempts = record.attempts();
    }
    if !counts_itself {
        return Ok(estimate(
            call,
            &upstream.provider.id,
            &upstream.model,
            attempts,
            record,
        ));
    }
    let by_value = upstream.provider.has(Quirk::NoImageUrls) && call.operation == Operation::Chat;
    let call = if by_value {
        // In a box, for few requests need so much room.
        Box::pin(call.with_pictures()).await?
    } else {
        call
    };
    let accepted = match pictures::send(plane, call, upstream, record).await {
        Ok(accepted) => accepted,
        Err(refusal) => {
            if let (Some(record), Some(status)) = (record, refusal.status) {
                record.answered(status);
            }
            return Err(refusal.fault);
        }
    };
    if let Some(record) = record {
        record.answered(accepted.response.status().as_u16());
    }
    Passage {
        call,
        upstream,
        attempts,
    }
    .relay(accepted, record)
    .await
}

fn demonstrate(
    call: &Call,
    candidate: &Candidate,
    model: &str,
    record: &mut Option<Record>,
) -> Result<Response<Body>, Fault> {
    if let Some(record) = record {
        record.attempt(candidate, call.dialect);
    }
    match call.operation {
        Operation::Chat => {}
        Operation::Count => return Ok(estimate(call, "demo", model, 1, record)),
        Operation::Complete
        | Operation::Embed
        | Operation::Moderate
        | Operation::Image
        | Operation::EditImage
        | Operation::Speech
        | Operation::Transcribe
        | Operation::TranslateSpeech
        | Operation::Models => {
            return Err(Fault::unsupported("model", "the demo only chats"));
        }
    }
    let (request, _) = call.request()?;
    let script = agents::demo::answer(model, request)?;
    let context: AnswerContext = call.context(request);
    let Some(mut record) = record.take() else {
        return Err(Fault::new(
            dialect::Origin::Gateway,
            FaultKind::Internal,
            "answered twice",
        ));
    };
    record.begins();
    if request.stream {
        Ok(relay::stream_script(
            script,
            model,
            call.dialect,
            context,
            record,
        ))
    } else {
        relay::whole_script(script, model, call.dialect, &context, record)
    }
}

/// A count of tokens for a provider that cannot count, marked as the estimate that it is.
fn estimate(
    call: &Call,
    provider: &str,
    model: &str,
    attempts: usize,
    record: &mut Option<Record>,
) -> Response<Body> {
    let tokens = dialect::anthropic::estimate_input_tokens(&call.body);
    let body = serde_json::json!({ "input_tokens": tokens }).to_string();
    let mut response = reply::json(StatusCode::OK, body);
    let fields = response.headers_mut();
    relay::described(fields, provider, model, attempts, None);
    fields.insert("x-portolan-estimated", HeaderValue::from_static("1"));
    if let Some(mut record) = record.take() {
        record.close(Outcome::Completed);
    }
    debug_assert_eq!(call.dialect, Dialect::AnthropicMessages);
    response
}
