//! Sends a request; for a model that sees no pictures another one says first what is on them.

use std::sync::Arc;
use std::time::Instant;

use dialect::chat::{Answer, Transcript};
use dialect::{Fault, FaultKind, LossKind, Operation, Origin, Weight};
use futures_util::StreamExt as _;

use crate::attempt::{self, Accepted, Refusal, check_losses, named};
use crate::call::Call;
use crate::plan::Upstream;
use crate::plane::Plane;
use crate::quirk::pictures::{Pictures, Question};
use crate::record::Record;
use crate::relay;

/// How many pictures of a request are asked about at once.
const AT_ONCE: usize = 4;

/// Sends the request to the upstream, as words where it would not see what it is sent.
pub(crate) async fn send(
    plane: &Plane,
    call: &Call,
    upstream: &Upstream,
    record: &mut Option<Record>,
) -> Result<Accepted, Refusal> {
    match upstream.provider.seer(&upstream.model) {
        Some(seer) if call.operation == Operation::Chat => {
            let upstreams = (upstream, seer);
            let told = Box::pin(told(plane, call, upstreams, record)).await?;
            attempt::send(plane, told.as_deref().unwrap_or(call), upstream).await
        }
        Some(_) | None => attempt::send(plane, call, upstream).await,
    }
}

/// The request with words in the pictures' places; `None` where it has none.
async fn told(
    plane: &Plane,
    call: &Call,
    (upstream, seer): (&Upstream, &str),
    record: &mut Option<Record>,
) -> Result<Option<Box<Call>>, Refusal> {
    let pictures = Pictures::of(&call.body, call.dialect);
    if pictures.is_empty() {
        return Ok(None);
    }
    let mut lost = call.lost.clone();
    let reason = "the model sees no pictures; another one put them into words";
    let (kind, weight) = (LossKind::Approximated, Weight::Semantic);
    lost.record("messages.content.image", kind, weight, reason);
    // Nobody is asked for what the settings would refuse in the end.
    check_losses(call, upstream, &lost)?;
    let owner = call.key.as_ref().map_or("", |key| &*key.name);
    let owner = format!("{owner}\n{}", upstream.account);
    let questions = pictures.questions(seer, &owner)?;
    let upstream = Upstream {
        model: seer.to_owned(),
        working: Arc::default(),
        ..upstream.clone()
    };
    let mut words = vec![String::new(); questions.len()];
    let mut unknown = Vec::new();
    for question in questions {
        match plane.pictures.get(&question.mark, Instant::now()) {
            Some(known) => words[question.which] = known.to_string(),
            None => unknown.push(question),
        }
    }
    let asking = unknown.into_iter().map(|question| {
        let upstream = &upstream;
        async move {
            let asked = ask(plane, call, upstream, &question).await;
            (question, asked)
        }
    });
    let mut asking = futures_util::stream::iter(asking).buffer_unordered(AT_ONCE);
    while let Some((question, asked)) = asking.next().await {
        let answer = asked.map_err(|mut refusal| {
            let (path, said) = (&question.path, &refusal.fault.message);
            refusal.fault.message =
                format!("the picture at \"{path}\" could not be put into words by {seer}: {said}");
            refusal
        })?;
        if let Some(record) = record {
            record.took_aside(&answer.usage);
        }
        let said = text(&answer);
        plane.pictures.keep(question.mark, &said, Instant::now());
        words[question.which] = said;
    }
    let mut told = call.with_body(pictures.told(seer, &words))?;
    told.lost = lost;
    Ok(Some(told))
}

/// Asks about one picture.
async fn ask(
    plane: &Plane,
    call: &Call,
    upstream: &Upstream,
    question: &Question,
) -> Result<Transcript, Refusal> {
    let call = call.with_body(question.body.clone())?;
    let accepted = attempt::send(plane, &call, upstream).await?;
    let answer = relay::transcript(&call, upstream, accepted).await?;
    let said_nothing = answer.blocks.iter().all(|block| spoken(block).is_none());
    if said_nothing {
        let fault = Fault::new(Origin::Upstream, FaultKind::BadGateway, "it said nothing");
        return Err(named(upstream, fault).into());
    }
    Ok(answer)
}

fn spoken(block: &Answer) -> Option<&str> {
    let text = match block {
        Answer::Text { text, .. } | Answer::Refusal(text) => text.trim(),
        Answer::Reasoning { .. }
        | Answer::Sealed(_)
        | Answer::ToolCall { .. }
        | Answer::Unknown { .. } => "",
    };
    (!text.is_empty()).then_some(text)
}

fn text(answer: &Transcript) -> String {
    let words: Vec<&str> = answer.blocks.iter().filter_map(spoken).collect();
    words.join("\n")
}
