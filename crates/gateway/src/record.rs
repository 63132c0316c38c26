//! Keeps the record of one request while it goes on, and hands it over exactly once.

use std::sync::Arc;
use std::time::Instant;

use dialect::chat::Usage;
use dialect::{Dialect, Fault, Losses, Operation};
use limits::{Held, Now};

use crate::exchange::{Attempt, Exchange, Outcome};
use crate::plan::Candidate;
use crate::plane::Plane;

/// A request that is under way. Dropped without a word, it was cancelled by its client.
pub(crate) struct Record {
    plane: Arc<Plane>,
    began: Instant,
    attempt_began: Instant,
    exchange: Option<Box<Exchange>>,
    /// What it took beside its answer.
    aside: Usage,
    /// The place that it takes among its key's requests.
    held: Option<Held>,
}

/// What is known of a request when its record begins.
pub(crate) struct Beginning {
    /// When it was let in.
    pub(crate) now: Now,
    pub(crate) id: Arc<str>,
    pub(crate) instance: Arc<str>,
    pub(crate) key: Option<Arc<str>>,
    pub(crate) held: Option<Held>,
    pub(crate) client: Option<String>,
    pub(crate) dialect: Dialect,
    pub(crate) operation: Operation,
}

impl Record {
    pub(crate) fn begin(plane: &Arc<Plane>, beginning: Beginning) -> Self {
        plane.load.begin();
        let Now { instant, clock } = beginning.now;
        let exchange = Exchange {
            id: beginning.id,
            began: clock,
            took: std::time::Duration::ZERO,
            first_byte: None,
            instance: beginning.instance,
            key: beginning.key,
            client: beginning.client,
            dialect: beginning.dialect,
            operation: beginning.operation,
            model: None,
            streamed: false,
            attempts: Vec::with_capacity(1),
            outcome: Outcome::Cancelled,
            usage: Usage::default(),
            losses: Losses::default(),
        };
        Self {
            plane: Arc::clone(plane),
            began: instant,
            attempt_began: instant,
            exchange: Some(Box::new(exchange)),
            aside: Usage::default(),
            held: beginning.held,
        }
    }

    /// Changes what is known, while the request is still under way.
    pub(crate) fn note(&mut self, change: impl FnOnce(&mut Exchange)) {
        if let Some(exchange) = &mut self.exchange {
            change(exchange);
        }
    }

    /// It took this much beside its answer: another model was asked first.
    pub(crate) fn took_aside(&mut self, usage: &Usage) {
        self.aside.add(usage);
    }

    /// A try begins.
    pub(crate) fn attempt(&mut self, candidate: &Candidate, spoken: Dialect) {
        self.attempt_began = Instant::now();
        let attempt = match candidate {
            Candidate::Demo(model) => Attempt {
                account: None,
                provider: "demo".to_owned(),
                model: model.clone(),
                dialect: spoken,
                first_byte: None,
                status: None,
                fault: None,
            },
            Candidate::Endpoint(upstream) => Attempt {
                account: Some(upstream.account.clone()),
                provider: upstream.provider.id.clone(),
                model: upstream.model.clone(),
                dialect: spoken,
                first_byte: None,
                status: None,
                fault: None,
            },
        };
        self.note(|exchange| exchange.attempts.push(attempt));
    }

    /// The try at hand got its upstream's status.
    pub(crate) fn answered(&mut self, status: u16) {
        let now = Instant::now();
        let elapsed = now.duration_since(self.attempt_began);
        self.last(|attempt| {
            attempt.status = Some(status);
            attempt.first_byte = Some(elapsed);
        });
        self.begins_at(now);
    }

    /// The answer begins.
    pub(crate) fn begins(&mut self) {
        self.begins_at(Instant::now());
    }

    fn begins_at(&mut self, now: Instant) {
        let elapsed = now.duration_since(self.began);
        self.note(|exchange| exchange.first_byte = Some(elapsed));
    }

    /// The try at hand failed.
    pub(crate) fn attempt_failed(&mut self, fault: &Fault) {
        let fault = fault.clone();
        self.last(|attempt| attempt.fault = Some(fault));
    }

    /// How many tries there were so far.
    pub(crate) fn attempts(&self) -> usize {
        self.exchange
            .as_ref()
            .map_or(0, |exchange| exchange.attempts.len())
    }

    /// The request is over.
    pub(crate) fn close(&mut self, outcome: Outcome) {
        if let Some(mut exchange) = self.exchange.take() {
            exchange.took = self.began.elapsed();
            exchange.outcome = outcome;
            exchange.usage.add(&self.aside);
            self.plane.load.end(&exchange.outcome);
            if let Some(held) = self.held.take() {
                let Usage { input, output, .. } = exchange.usage;
                held.end(input.unwrap_or(0).saturating_add(output.unwrap_or(0)));
            }
            self.plane.hand_over(exchange);
        }
    }

    fn last(&mut self, change: impl FnOnce(&mut Attempt)) {
        self.note(|exchange| {
            if let Some(attempt) = exchange.attempts.last_mut() {
                change(attempt);
            }
        });
    }
}

impl Drop for Record {
    fn drop(&mut self) {
        self.close(Outcome::Cancelled);
    }
}
