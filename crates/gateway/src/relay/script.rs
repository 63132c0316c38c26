//! The demo's answers, through the same encoders as everyone's.

use std::convert::Infallible;

use axum::body::Body;
use bytes::Bytes;
use dialect::translate;
use dialect::{AnswerContext, Dialect, Fault, Losses};
use http::{HeaderMap, Response, StatusCode};

use super::{as_event_stream, client_codec, described, response};
use crate::exchange::Outcome;
use crate::record::Record;
use crate::reply;
use agents::demo::Script;

/// A script as one piece.
pub(crate) fn whole(
    script: Script,
    model: &str,
    dialect: Dialect,
    context: &AnswerContext,
    mut record: Record,
) -> Result<Response<Body>, Fault> {
    let mut losses = Losses::default();
    let usage = usage_of(&script);
    let body = translate::whole(script.events, client_codec(dialect), context, &mut losses)?;
    let mut answer = reply::json(StatusCode::OK, body);
    described(answer.headers_mut(), "demo", model, 1, None);
    record.note(|exchange| exchange.usage = usage);
    record.close(Outcome::Completed);
    Ok(answer)
}

/// A script as a stream.
pub(crate) fn stream(
    script: Script,
    model: &str,
    dialect: Dialect,
    context: AnswerContext,
    mut record: Record,
) -> Response<Body> {
    let usage = usage_of(&script);
    record.note(|exchange| {
        exchange.streamed = true;
        exchange.usage = usage;
    });
    let encoder = client_codec(dialect).stream_encoder(context);
    let pause = script.pause;
    let state = (script.events.into_iter(), encoder, record);
    let pieces = futures_util::stream::unfold(
        state,
        move |(mut events, mut encoder, mut record)| async move {
            let Some(event) = events.next() else {
                record.close(Outcome::Completed);
                return None;
            };
            if !pause.is_zero() {
                tokio::time::sleep(pause).await;
            }
            let mut written = Vec::new();
            encoder.push(&event, &mut Losses::default(), &mut written);
            Some((
                Ok::<_, Infallible>(Bytes::from(written)),
                (events, encoder, record),
            ))
        },
    );
    let mut headers = HeaderMap::new();
    described(&mut headers, "demo", model, 1, None);
    as_event_stream(&mut headers);
    response(headers, Body::from_stream(pieces))
}

fn usage_of(script: &Script) -> dialect::chat::Usage {
    let mut usage = dialect::chat::Usage::default();
    for event in &script.events {
        if let dialect::chat::ChatEvent::Usage(later) = event {
            usage.update(later);
        }
    }
    usage
}
