//! A trial: one real request of this program's own, through the data plane, its answer gathered.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};
use std::time::Duration;

use contract::{
    ApiError, Code, FAULT_CODES, FaultShown, Reason, Topic, Trial, TrialChoice, TrialSend,
};
use dialect::chat::{ChatEvent, Delta};
use dialect::frame::{FrameTooLong, SseFramer};
use dialect::{Dialect, Fault, FaultKind, Origin, StreamDecoder, codec};
use gateway::OwnAnswer;
use serde_json::Value;
use tokio::time::{Instant, sleep_until, timeout};

use crate::control::{Control, Inner};
use crate::settings::DEFAULT_INSTANCE;

/// The longest prompt, in characters.
const LONGEST_PROMPT: usize = 64 * 1024;
/// How much of the answer is shown, in bytes.
const LONGEST_ANSWER: usize = 256 * 1024;
/// How much of an error's body is read, in bytes.
const LONGEST_ERROR: usize = 64 * 1024;
/// How long a trial may take in all.
const PATIENCE: Duration = Duration::from_secs(5 * 60);
/// How long words gather before they are told.
const GATHERING: Duration = Duration::from_millis(100);

/// The trial that was sent last.
#[derive(Debug, Default)]
pub(crate) struct Trials(Mutex<(u64, Trial)>);

impl Trials {
    fn lock(&self) -> MutexGuard<'_, (u64, Trial)> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Takes the place of the one before; its number. `None` while that is not over.
    fn begin(&self) -> Option<u64> {
        let mut last = self.lock();
        if last.0 > 0 && !last.1.done {
            return None;
        }
        *last = (last.0 + 1, Trial::default());
        Some(last.0)
    }

    fn change(&self, change: impl FnOnce(&mut Trial)) {
        change(&mut self.lock().1);
    }
}

impl Control {
    pub(crate) fn send_trial(&self, send: TrialSend) -> Result<TrialChoice, ApiError> {
        let invalid = |reason: Reason| {
            Err(ApiError::new(Code::InvalidParams, [&"trial.send"]).because(reason))
        };
        if send.model.is_empty() || send.prompt.trim().is_empty() {
            return invalid(Reason::Empty {});
        }
        if send.prompt.chars().count() > LONGEST_PROMPT {
            let most = LONGEST_PROMPT.to_string();
            return invalid(Reason::TooLong { most });
        }
        let Some(number) = self.0.trials.begin() else {
            return Err(ApiError::new(Code::TrialUnderWay, []));
        };
        tokio::spawn(run(Arc::downgrade(&self.0), send));
        Ok(TrialChoice {
            id: number.to_string(),
        })
    }

    pub(crate) fn get_trial(&self, choice: &TrialChoice) -> Result<Trial, ApiError> {
        let last = self.0.trials.lock();
        if last.0 > 0 && last.0.to_string() == choice.id {
            Ok(last.1.clone())
        } else {
            Err(ApiError::new(Code::NoSuchTrial, []))
        }
    }
}

/// Sends it, and ends it whatever happens.
async fn run(inner: Weak<Inner>, send: TrialSend) {
    let ended = timeout(PATIENCE, converse(&inner, send)).await;
    let fault = match ended {
        Ok(Ok(())) => None,
        Ok(Err(fault)) => Some(fault),
        Err(_) => Some(shown(gateway_fault(
            FaultKind::Timeout,
            "the answer did not end within five minutes",
        ))),
    };
    if let Some(here) = inner.upgrade() {
        here.trials.change(|trial| {
            trial.done = true;
            trial.fault = fault;
        });
        here.emit(Topic::Trial);
    }
}

fn shown(fault: Fault) -> FaultShown {
    FaultShown {
        code: fault.kind.code().to_owned(),
        message: fault.message,
    }
}

/// A refusal, by the word that stands in it where that is one of ours.
fn refusal(fault: Fault, body: &[u8]) -> FaultShown {
    let body: Option<Value> = serde_json::from_slice(body).ok();
    let code = body
        .as_ref()
        .and_then(|body| body.pointer("/error/code")?.as_str());
    let known = match code {
        // What the data plane says where every account is unfit.
        Some("no_healthy_account") => Some(FaultKind::NoAccount.code()),
        code => FAULT_CODES.into_iter().find(|known| Some(*known) == code),
    };
    let mut shown = shown(fault);
    if let Some(code) = known {
        code.clone_into(&mut shown.code);
    }
    shown
}

async fn converse(inner: &Weak<Inner>, send: TrialSend) -> Result<(), FaultShown> {
    let messages = serde_json::json!([{ "role": "user", "content": send.prompt }]);
    let body = serde_json::json!({ "model": send.model, "messages": messages, "stream": true });
    let began = Instant::now();
    let stopped = || shown(gateway_fault(FaultKind::Stopped, "Portolan is stopping"));
    let plane = inner.upgrade().ok_or_else(stopped)?.plane.clone();
    let answer = plane.ask(DEFAULT_INSTANCE, body.to_string().into_bytes());
    let answer = answer.await.ok_or_else(stopped)?;
    drop(plane);
    change(inner, |trial| trial.upstream.clone_from(&answer.upstream));
    let codec = codec(Dialect::OpenAiChat).ok_or_else(|| {
        shown(gateway_fault(
            FaultKind::Internal,
            "the dialect has no codec",
        ))
    })?;
    if answer.status != 200 {
        let status = answer.status;
        let body = whole(answer).await;
        return Err(refusal(codec.decode_fault(status, &body), &body));
    }
    let mut reading = Reading {
        inner,
        began,
        framer: SseFramer::default(),
        decoder: codec.stream_decoder(false),
        news: false,
    };
    reading.read(answer).await.map_err(shown)
}

async fn whole(mut answer: OwnAnswer) -> Vec<u8> {
    let mut body = Vec::new();
    while let Some(Ok(piece)) = answer.pieces.recv().await {
        body.extend_from_slice(&piece);
        if body.len() > LONGEST_ERROR {
            break;
        }
    }
    body
}

fn gateway_fault(kind: FaultKind, message: &str) -> Fault {
    Fault::new(Origin::Gateway, kind, message)
}

fn change(inner: &Weak<Inner>, change: impl FnOnce(&mut Trial)) {
    if let Some(here) = inner.upgrade() {
        here.trials.change(change);
    }
}

/// An answer that is being read.
struct Reading<'a> {
    inner: &'a Weak<Inner>,
    began: Instant,
    framer: SseFramer,
    decoder: Box<dyn StreamDecoder>,
    /// Whether there are words that were not told yet.
    news: bool,
}

/// Why reading a frame ended.
enum Ended {
    Failed(Fault),
    TooLong,
}

impl From<FrameTooLong> for Ended {
    fn from(error: FrameTooLong) -> Self {
        Self::Failed(gateway_fault(FaultKind::BadGateway, &error.to_string()))
    }
}

impl Reading<'_> {
    async fn read(&mut self, mut answer: OwnAnswer) -> Result<(), Fault> {
        let mut next_telling = Instant::now();
        loop {
            let piece = tokio::select! {
                piece = answer.pieces.recv() => piece,
                () = sleep_until(next_telling), if self.news => {
                    self.news = false;
                    next_telling = Instant::now() + GATHERING;
                    if let Some(here) = self.inner.upgrade() {
                        here.emit(Topic::Trial);
                    }
                    continue;
                }
            };
            match piece {
                Some(Ok(bytes)) => match self.push(&bytes) {
                    Ok(()) => {}
                    Err(Ended::Failed(fault)) => return Err(fault),
                    Err(Ended::TooLong) => return Ok(()),
                },
                Some(Err(broke)) => {
                    return Err(gateway_fault(FaultKind::Truncated, &broke.to_string()));
                }
                None => return self.decoder.finish(&mut Vec::new()),
            }
        }
    }

    fn push(&mut self, bytes: &[u8]) -> Result<(), Ended> {
        let mut events = Vec::new();
        let decoder = &mut self.decoder;
        let read = self.framer.push(bytes, &mut |frame| {
            decoder.push(frame, &mut events).map_err(Ended::Failed)
        });
        let mut is_full = false;
        for event in events {
            if let ChatEvent::Delta {
                delta: Delta::Text(words),
                ..
            } = event
            {
                let first = u64::try_from(self.began.elapsed().as_millis()).unwrap_or(u64::MAX);
                change(self.inner, |trial| {
                    trial.first_ms.get_or_insert(first);
                    let room = LONGEST_ANSWER.saturating_sub(trial.text.len());
                    let end = words.floor_char_boundary(room);
                    trial.text.push_str(&words[..end]);
                    is_full = end < words.len();
                });
                self.news = true;
            }
        }
        read?;
        if is_full { Err(Ended::TooLong) } else { Ok(()) }
    }
}
