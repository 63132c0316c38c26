//! All agents that run, each started when it is asked and asked by many at once.

use std::collections::HashMap;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};

use catalog::{Agent, Tools};
use dialect::chat::ChatRequest;
use dialect::{AnswerContext, Fault, FaultKind, Origin};
use tokio::sync::{Mutex as AsyncMutex, mpsc, oneshot};

use crate::answer::{AnswerBody, Writer};
use crate::conversation::{self, Place};
use crate::fault;
use crate::process::Environment;
use crate::prompt;
use crate::running::Running;
use crate::turn::Turn;

/// How many pieces of an answer wait for a client that reads slowly.
const PIECES: usize = 64;

/// A request to an agent.
pub struct Asked<'a> {
    /// The provider's id, under which the agent runs.
    pub provider: &'a str,
    /// The agent.
    pub agent: &'a Agent,
    /// Where it works, in place of its own folder.
    pub folder: Option<PathBuf>,
    /// What it may do, in place of what it may otherwise.
    pub tools: Option<Tools>,
    /// The name of the client key; conversations of two keys share nothing.
    pub owner: Option<String>,
    /// What the client itself calls the conversation.
    pub conversation: Option<String>,
    /// What is asked.
    pub request: &'a ChatRequest,
    /// How the answer is written.
    pub context: AnswerContext,
}

#[derive(Default)]
struct Slot(Arc<AsyncMutex<Option<Arc<Running>>>>);

/// All agents that run.
pub struct Agents {
    environment: Environment,
    slots: Mutex<HashMap<String, Slot>>,
}

impl Agents {
    /// None yet; `environment` reads a variable of this program's surroundings.
    #[must_use]
    pub fn new(environment: Environment) -> Self {
        Self {
            environment,
            slots: Mutex::default(),
        }
    }

    /// Asks an agent, which is started if it does not run. Returns once the answer has begun.
    ///
    /// # Errors
    /// Why there is no answer: it cannot be started, is silent, wants a sign-in, or has ended.
    pub async fn ask(&self, asked: Asked<'_>) -> Result<AnswerBody, Fault> {
        let agent = asked.agent;
        let (running, busy) = self.begin(asked.provider, agent).await?;
        let turns = &asked.request.turns;
        let place = Place {
            owner: asked.owner,
            stated: stated(asked.conversation, asked.request),
            folder: asked.folder.or_else(|| agent.folder.clone()),
            tools: asked.tools.unwrap_or_else(|| agent.tools.clone()),
        };
        let (history, news) = conversation::split(turns);
        let known = (!history.is_empty())
            .then(|| running.take(&place, conversation::print(history, None)))
            .flatten();
        let (session, news) = match known {
            Some(session) => (session, news),
            None => (running.open(place.folder.as_ref()).await?, turns.as_slice()),
        };
        let blocks = prompt::blocks(news, running.abilities.pictures);
        if blocks.is_empty() {
            return Err(Fault::invalid(
                "messages",
                "there is nothing in it that an agent can be told",
            ));
        }
        let (writer, first) = Writer::begin(asked.context)?;
        let connection = &running.connection;
        let inbox = connection.prompt(&session.id, place.tools.clone(), &blocks)?;
        let (out, body) = mpsc::channel(PIECES);
        let (begun, begins) = oneshot::channel();
        let turns = turns.clone();
        let turn = Turn {
            running,
            busy,
            session,
            place,
            inbox,
            writer,
            whole: !asked.request.stream,
            out,
            begun: Some(begun),
        };
        tokio::spawn(turn.carry(first, move |said| conversation::print(&turns, Some(said))));
        begins.await.unwrap_or_else(|_| Err(fault::gone()))?;
        Ok(AnswerBody(body))
    }

    /// Starts an agent, if it does not run, to see whether it can be asked.
    ///
    /// # Errors
    /// Why it cannot.
    pub async fn test(&self, provider: &str, agent: &Agent) -> Result<(), Fault> {
        let (running, _busy) = self.begin(provider, agent).await?;
        running.open(agent.folder.as_ref()).await.map(|_| ())
    }

    /// How many agents run.
    #[must_use]
    pub fn running(&self) -> usize {
        let slots = self.slots.lock().unwrap_or_else(PoisonError::into_inner);
        let runs = |slot: &&Slot| {
            let held = slot.0.try_lock();
            held.is_ok_and(|at| at.as_ref().is_some_and(|one| !one.connection.is_closed()))
        };
        slots.values().filter(runs).count()
    }

    /// Ends all of them, with everything that they have started.
    pub async fn stop(&self) {
        let slots: Vec<Slot> = {
            let mut slots = self.slots.lock().unwrap_or_else(PoisonError::into_inner);
            slots.drain().map(|(_, slot)| slot).collect()
        };
        let ending = slots.into_iter().map(|slot| async move {
            if let Some(running) = slot.0.lock().await.take() {
                running.end().await;
            }
        });
        futures_util::future::join_all(ending).await;
    }

    /// The agent that runs, with the word that it is needed.
    async fn begin(
        &self,
        provider: &str,
        agent: &Agent,
    ) -> Result<(Arc<Running>, crate::running::Busy), Fault> {
        // One that ends in this very moment is started again, once.
        for _ in 0..2 {
            let running = self.running_for(provider, agent).await?;
            if let Some(busy) = running.begin() {
                return Ok((running, busy));
            }
        }
        Err(fault::gone())
    }

    async fn running_for(&self, provider: &str, agent: &Agent) -> Result<Arc<Running>, Fault> {
        let slot = {
            let mut slots = self.slots.lock().unwrap_or_else(PoisonError::into_inner);
            Arc::clone(&slots.entry(provider.to_owned()).or_default().0)
        };
        let mut slot = slot.lock_owned().await;
        if let Some(running) = &*slot {
            if running.serves(agent) {
                return Ok(Arc::clone(running));
            }
            running.retire();
        }
        *slot = None;
        let (agent, environment) = (agent.clone(), self.environment);
        // Carried on for the next one where whoever asked first has left.
        let starting = tokio::spawn(async move {
            let running = Running::start(agent, environment).await?;
            *slot = Some(Arc::clone(&running));
            Ok(running)
        });
        starting.await.unwrap_or_else(|_| {
            let message = "the agent's start broke off";
            Err(Fault::new(Origin::Gateway, FaultKind::Internal, message))
        })
    }
}

/// What the client itself calls the conversation, or else whom it is for: it only keeps apart.
fn stated(conversation: Option<String>, request: &ChatRequest) -> Option<String> {
    conversation
        .or_else(|| request.cache_key.clone())
        .or_else(|| request.user.clone())
}
