//! Answers in one piece: held until they are complete, so that one that breaks off is an error and
//! not half an answer, and another candidate can still be tried.

use std::collections::HashMap;
use std::sync::LazyLock;
use std::time::Duration;

use accounts::Lease;
use axum::body::Body;
use bytes::{Bytes, BytesMut};
use catalog::Quirk;
use dialect::chat::{ChatEvent, Transcript, Usage};
use dialect::translate;
use dialect::{Fault, FaultKind, Losses, Origin, ReasoningPlace, reasoning};
use http::{HeaderValue, Response, header};
use http_body_util::BodyExt;
use memchr::memmem::Finder;

use super::{Answer, Kind, Passage, broken, client_codec, reader, response, settle, silent, told};
use crate::attempt::{Accepted, is_chat, masked, named};
use crate::call::Call;
use crate::exchange::Outcome;
use crate::patience::within;
use crate::plan::Upstream;
use crate::record::Record;
use outbound::{Pieces, Received};

/// How much of an answer's end is searched for its usage, in bytes.
const TAIL: usize = 16 * 1024;
/// How much of an answer's beginning is searched for an error, in bytes.
const HEAD: usize = 512;

/// Relays an answer in one piece.
pub(super) async fn relay(
    passage: &Passage<'_>,
    answer: Answer,
    lease: Lease,
    record: &mut Option<Record>,
) -> Result<Response<Body>, Fault> {
    match read(passage, answer).await {
        Ok((ready, response)) => {
            settle(Some(lease), None);
            if let Some(mut record) = record.take() {
                record.note(|exchange| {
                    exchange.usage = ready.usage;
                    exchange.losses = ready.losses;
                });
                record.close(Outcome::Completed);
            }
            Ok(response)
        }
        Err(fault) => {
            let fault = masked(fault, &lease);
            settle(Some(lease), Some(&fault));
            Err(fault)
        }
    }
}

struct Ready {
    usage: Usage,
    losses: Losses,
}

async fn read(passage: &Passage<'_>, answer: Answer) -> Result<(Ready, Response<Body>), Fault> {
    let (call, upstream) = (passage.call, passage.upstream);
    let Answer {
        kind,
        body,
        head,
        aliases,
        mut losses,
    } = answer;
    let (_, idle) = call.patience();
    let pieces = collect(body, call.snapshot.limits.answer_body, idle).await?;
    if !is_chat(call.operation, call.dialect) {
        let headers = passage.headers(Some(&head), &losses);
        let usage = usage_of(&pieces, upstream.native.then(|| client_codec(call.dialect)));
        let body = Body::new(Pieces::new(pieces));
        return Ok((Ready { usage, losses }, response(headers, body)));
    }
    let place = passage.reasoning();
    let as_it_is = (place == ReasoningPlace::Apart || !reasons(&pieces))
        && !upstream.provider.has(Quirk::RepairedAnswers);
    if upstream.native && kind != Kind::Stream && as_it_is {
        let codec = client_codec(call.dialect);
        check_shape(&pieces, codec)?;
        let usage = usage_of(&pieces, Some(codec));
        let headers = passage.headers(Some(&head), &losses);
        let body = Body::new(Pieces::new(pieces));
        return Ok((Ready { usage, losses }, response(headers, body)));
    }
    let (events, usage) = events_of(kind, pieces, upstream, aliases)?;
    let context = call.context(&call.request()?.0);
    let events = reasoning::placed(events, place);
    let written = translate::whole(events, client_codec(call.dialect), &context, &mut losses)?;
    if let Some(loss) = call.snapshot.on_loss.refuses(&losses) {
        let message = format!(
            "the answer's \"{}\" cannot be said in the client's format",
            loss.path
        );
        return Err(Fault::unsupported(loss.path.clone(), message));
    }
    let mut headers = passage.headers(Some(&head), &losses);
    headers.insert(
        header::CONTENT_TYPE,
        HeaderValue::from_static("application/json"),
    );
    Ok((
        Ready { usage, losses },
        response(headers, Body::from(written)),
    ))
}

/// Reads an answer that this program asked for itself.
pub(crate) async fn transcript(
    call: &Call,
    upstream: &Upstream,
    accepted: Accepted,
) -> Result<Transcript, Fault> {
    let (head, body) = accepted.response.into_parts();
    let (_, idle) = call.patience();
    let read = match collect(body, call.snapshot.limits.answer_body, idle).await {
        Ok(pieces) => events_of(Kind::of(&head.headers), pieces, upstream, accepted.aliases)
            .and_then(|(events, _)| Transcript::collect(events)),
        Err(fault) => Err(fault),
    };
    let read = read.map_err(|fault| masked(fault, &accepted.lease));
    settle(Some(accepted.lease), read.as_ref().err());
    read.map_err(|fault| named(upstream, told(&upstream.provider, fault)))
}

/// What happens in an answer, and what it took.
fn events_of(
    kind: Kind,
    pieces: Vec<Bytes>,
    upstream: &Upstream,
    aliases: HashMap<String, String>,
) -> Result<(Vec<ChatEvent>, Usage), Fault> {
    let mut reader = reader(upstream, aliases)?;
    let mut events = Vec::new();
    if kind == Kind::Stream {
        for piece in &pieces {
            reader.push(piece, &mut events)?;
        }
        reader.finish(&mut events)?;
    } else {
        reader.whole(&joined(pieces), &mut events)?;
    }
    Ok((events, *reader.usage()))
}

/// How the fields begin in which servers of OpenAI's chat put reasoning, and how their names end.
static REASONING: LazyLock<Finder<'_>> = LazyLock::new(|| Finder::new("\"reasoning"));
const ENDS: [&[u8]; 2] = [b"_content\"", b"\""];
/// Where an error in disguise says so.
static ERROR: LazyLock<Finder<'_>> = LazyLock::new(|| Finder::new("\"error\""));

/// Whether an answer may hold reasoning. Pieces are cut anywhere, so that several always may.
fn reasons(pieces: &[Bytes]) -> bool {
    match pieces {
        [only] => REASONING.find_iter(only).any(|at| {
            let rest = &only[at + REASONING.needle().len()..];
            ENDS.iter().any(|end| rest.starts_with(end))
        }),
        _ => true,
    }
}

/// Reads a body to its end, in the pieces that it comes in.
async fn collect(mut body: Received, limit: usize, idle: Duration) -> Result<Vec<Bytes>, Fault> {
    let mut pieces: Vec<Bytes> = Vec::new();
    let mut size = 0;
    while let Some(frame) = within(idle, body.frame()).await.map_err(|_| silent(idle))? {
        let Ok(data) = frame.map_err(|error| broken(&error))?.into_data() else {
            continue;
        };
        size += data.len();
        if size > limit {
            let message = format!("the answer is larger than {} MiB", limit / (1024 * 1024));
            return Err(Fault::new(Origin::Upstream, FaultKind::BadGateway, message));
        }
        pieces.push(data);
    }
    Ok(pieces)
}

/// Looks at both ends of an answer that is forwarded unread: it must be an object, whole, and no
/// error in disguise.
fn check_shape(pieces: &[Bytes], codec: &dyn dialect::Codec) -> Result<(), Fault> {
    // An error in disguise is short, and says so early on.
    let mut several = Vec::new();
    let head = match pieces {
        [only] => &only[..only.len().min(HEAD)],
        pieces => {
            for piece in pieces {
                several.extend_from_slice(&piece[..piece.len().min(HEAD - several.len())]);
            }
            &several
        }
    };
    let first = head.trim_ascii_start();
    let last = pieces
        .iter()
        .rev()
        .map(|piece| piece.trim_ascii_end())
        .find(|piece| !piece.is_empty())
        .unwrap_or_default();
    if first.is_empty() {
        return Err(Fault::truncated("the answer is empty"));
    }
    if first.starts_with(b"<") {
        return Err(
            Fault::unreadable("it answered with a web page instead of JSON")
                .with_code("html_instead_of_json"),
        );
    }
    if !first.starts_with(b"{") {
        return Err(Fault::unreadable("its answer is not a JSON object"));
    }
    if !last.ends_with(b"}") {
        return Err(Fault::truncated("the answer broke off before its end"));
    }
    if ERROR.find(first).is_some() {
        let whole = joined(pieces.to_vec());
        codec.decode_answer(&whole)?;
    }
    Ok(())
}

fn usage_of(pieces: &[Bytes], codec: Option<&dyn dialect::Codec>) -> Usage {
    let Some(codec) = codec else {
        return Usage::default();
    };
    match pieces {
        [] => None,
        [only] => codec.scan_usage(&only[only.len().saturating_sub(TAIL)..]),
        many => {
            let mut tail = Vec::with_capacity(TAIL);
            let mut from = many.len();
            let mut size = 0;
            while from > 0 && size < TAIL {
                from -= 1;
                size += many[from].len();
            }
            for piece in &many[from..] {
                tail.extend_from_slice(piece);
            }
            codec.scan_usage(&tail[tail.len().saturating_sub(TAIL)..])
        }
    }
    .unwrap_or_default()
}

fn joined(pieces: Vec<Bytes>) -> Bytes {
    match <[Bytes; 1]>::try_from(pieces) {
        Ok([only]) => only,
        Err(many) => {
            let mut whole = BytesMut::with_capacity(many.iter().map(Bytes::len).sum());
            for piece in &many {
                whole.extend_from_slice(piece);
            }
            whole.freeze()
        }
    }
}
