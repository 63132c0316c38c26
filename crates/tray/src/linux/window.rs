//! The window's process: started when somebody asks for a window, gone when it is closed.

use std::process::ExitStatus;
use std::sync::mpsc;
use std::time::Duration;

use contract::{ApiError, Code, Reason, Topic};
use face::Page;
use face::link::{Question, ToTray, ToWindow, write};
use serde_json::Value;
use tokio::io::{AsyncBufReadExt as _, AsyncWriteExt as _, BufReader, Lines};
use tokio::process::{Child, ChildStdin, ChildStdout};
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};
use tokio::time::{Instant, sleep_until};

use super::program::Program;
use super::surroundings::Work;
use super::tell_of_no_window;
use crate::desktop::Desktop;

/// How long it may take to end after it was told to.
const GRACE: Duration = Duration::from_secs(3);

/// What is asked for.
pub(super) enum Wish {
    /// A window, at a page where one is named.
    Open(Option<Page>),
    /// That it hears of this, if there is one.
    Changed(Vec<Topic>),
    /// That there is none any more, nor will be.
    Close,
}

/// Carries the wishes out.
pub(super) struct Window {
    program: Program,
    desktop: Desktop,
    wishes: UnboundedReceiver<Wish>,
    work: mpsc::Sender<Work>,
}

impl Window {
    pub(super) fn new(
        program: Program,
        desktop: Desktop,
        wishes: UnboundedReceiver<Wish>,
        work: mpsc::Sender<Work>,
    ) -> Self {
        Self {
            program,
            desktop,
            wishes,
            work,
        }
    }

    /// Until the program ends.
    pub(super) async fn live(mut self) {
        let mut next = None;
        loop {
            let wish = match next.take() {
                Some(wish) => wish,
                None => match self.wishes.recv().await {
                    Some(wish) => wish,
                    None => return,
                },
            };
            match wish {
                Wish::Open(_) => match self.program.start() {
                    Ok(process) => next = self.accompany(process, wish).await,
                    Err(error) => {
                        tracing::error!(%error, "start the window's program");
                        tell_of_no_window(&self.desktop);
                    }
                },
                Wish::Changed(_) => {}
                Wish::Close => return,
            }
        }
    }

    /// Talks with that process until it has ended; what it left undone.
    async fn accompany(&mut self, mut process: Child, first: Wish) -> Option<Wish> {
        let (Some(input), Some(output)) = (process.stdin.take(), process.stdout.take()) else {
            return None;
        };
        let (answer, mut answers) = unbounded_channel();
        let mut lines = Some(BufReader::new(output).lines());
        let mut state = State {
            input: Some(input),
            answer,
            unshown: None,
            was_shown: false,
            ends_before: None,
            is_over: false,
        };
        state.wish(first).await;
        let status = loop {
            tokio::select! {
                biased;
                line = next(&mut lines) => match line {
                    Some(line) => self.hear(&mut state, &line).await,
                    None => lines = None,
                },
                Some(said) = answers.recv() => state.say(&said).await,
                wish = self.wishes.recv(), if !state.is_over => {
                    state.wish(wish.unwrap_or(Wish::Close)).await;
                }
                status = process.wait() => break status,
                () = late(state.ends_before) => {
                    state.ends_before = None;
                    drop(process.start_kill());
                }
            }
        };
        self.after(&state, &status)
    }

    async fn hear(&self, state: &mut State, line: &str) {
        // Libraries print, too.
        let Ok(said) = serde_json::from_str(line) else {
            tracing::debug!("the window's process said something else");
            return;
        };
        match said {
            ToTray::Shown => {
                state.unshown = None;
                state.was_shown = true;
            }
            ToTray::Ask(number, question) => {
                let (desktop, answer) = (self.desktop.clone(), state.answer.clone());
                self.desktop.spawn(async move {
                    let answered = answer_to(&desktop, question).await;
                    drop(answer.send(ToWindow::Answer(number, answered)));
                });
            }
            ToTray::Replaced => drop(self.work.send(Work::Replace)),
        }
    }

    fn after(&self, state: &State, status: &std::io::Result<ExitStatus>) -> Option<Wish> {
        if state.is_over {
            return Some(Wish::Close);
        }
        let well = matches!(status, Ok(status) if status.success());
        match state.unshown {
            // It was closed just when somebody asked for it.
            Some(page) if well && state.was_shown => Some(Wish::Open(page)),
            unshown => {
                if !well || unshown.is_some() {
                    tracing::error!(?status, "the window's process ended by itself");
                    tell_of_no_window(&self.desktop);
                }
                None
            }
        }
    }
}

/// How it stands with one process.
struct State {
    /// Closed where it is to end.
    input: Option<ChildStdin>,
    answer: UnboundedSender<ToWindow>,
    /// What it was asked to show and has not yet.
    unshown: Option<Option<Page>>,
    was_shown: bool,
    ends_before: Option<Instant>,
    /// Whether the whole program ends.
    is_over: bool,
}

impl State {
    async fn wish(&mut self, wish: Wish) {
        match wish {
            Wish::Open(page) => {
                self.unshown = Some(page);
                let place = page.map(|page| page.place().to_owned());
                self.say(&ToWindow::Open(place)).await;
            }
            Wish::Changed(topics) => self.say(&ToWindow::Changed(topics)).await,
            Wish::Close => {
                self.is_over = true;
                self.end();
            }
        }
    }

    async fn say(&mut self, said: &ToWindow) {
        let (Some(input), Ok(line)) = (&mut self.input, write(said)) else {
            return;
        };
        // It ends just now, which is noticed there.
        drop(input.write_all(&line).await);
    }

    fn end(&mut self) {
        self.input = None;
        self.ends_before = Some(Instant::now() + GRACE);
    }
}

/// The next line; nothing where there is none any more, or never where that is known.
async fn next(lines: &mut Option<Lines<BufReader<ChildStdout>>>) -> Option<String> {
    match lines {
        Some(lines) => lines.next_line().await.ok().flatten(),
        None => std::future::pending().await,
    }
}

async fn late(when: Option<Instant>) {
    match when {
        Some(when) => sleep_until(when).await,
        None => std::future::pending().await,
    }
}

async fn answer_to(desktop: &Desktop, question: Question) -> Result<Value, ApiError> {
    match question {
        Question::Call(method, params) => desktop.rpc(&method, params).await,
        Question::Waits(address) => {
            let waits = match address.parse() {
                Ok(url) => desktop.waits_at(&url).await,
                Err(_) => false,
            };
            Ok(Value::Bool(waits))
        }
        Question::Offer => serde_json::to_value(desktop.offer())
            .map_err(|error| ApiError::new(Code::Internal, []).because(Reason::said(&error))),
    }
}
