//! `portolan login`: begins a sign-in, leads a person through it, and tells how it ended.

#[cfg(test)]
mod tests;

use std::io;
use std::time::Duration;

use contract::{
    Account, Api, ApiError, Code, FlowKind, SecretText, SignInAnswer, SignInChoice, SignInStart,
    SignInState, SignInTurn,
};
use tokio::sync::mpsc;

use super::answer::{Speaker, Spoken};
use super::message::Complaint;
use super::table::visible;
use super::written::written;

/// Between two looks at how a sign-in stands.
const PAUSE: Duration = Duration::from_millis(200);

/// What `portolan login` was asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Login {
    /// What is begun.
    pub(crate) start: SignInStart,
    /// Whether the browser is opened by this program.
    pub(crate) browser: bool,
}

/// What surrounds a sign-in: the person, the browser and the terminal.
pub(crate) trait Surroundings {
    /// Opens an address in the person's own browser.
    ///
    /// # Errors
    /// There is none, or it did not start.
    async fn open(&mut self, address: &str) -> io::Result<()>;

    /// Says something while the sign-in goes on: words on standard error, an answer for a script on
    /// standard output.
    fn say(&mut self, words: &str, answer: &str);

    /// The lines that the person types from now on; none where nobody can.
    fn lines(&mut self) -> Option<mpsc::Receiver<SecretText>>;

    /// Ends when the person wants to end.
    async fn given_up(&mut self);
}

/// What goes on while a sign-in is waited for.
enum Event {
    Look,
    Typed(Option<SecretText>),
    GivenUp,
}

impl Speaker<'_> {
    /// Signs in, and tells for which account.
    pub(crate) async fn login(
        &self,
        api: &impl Api,
        login: Login,
        around: &mut impl Surroundings,
    ) -> Result<Spoken, ApiError> {
        let provider = login.start.provider.clone();
        let closed = tokio::select! {
            biased;
            closed = self.closed(api, [provider.as_str()]) => closed,
            () = around.given_up() => return Err(ApiError::new(Code::SignInCancelled, [&provider])),
        };
        if !closed.is_empty() {
            around.say(&closed, "");
        }
        // A provider that does not answer is no reason to wait for it.
        let turn = tokio::select! {
            biased;
            turn = api.sign_in_start(login.start) => turn?,
            () = around.given_up() => return Err(ApiError::new(Code::SignInCancelled, [&provider])),
        };
        self.introduce(&turn, login.browser, around).await;
        let mut lines = if turn.paste { around.lines() } else { None };
        let id = turn.id.clone();
        let mut turn = turn;
        let account = loop {
            match &turn.state {
                SignInState::Waiting | SignInState::Exchanging => {}
                SignInState::Done { account } => break account.clone(),
                SignInState::Failed { error } => return Err(error.clone()),
            }
            let event = tokio::select! {
                () = tokio::time::sleep(PAUSE) => Event::Look,
                line = next(&mut lines) => Event::Typed(line),
                () = around.given_up() => Event::GivenUp,
            };
            turn = match event {
                Event::Look => api.sign_in_get(SignInChoice { id: id.clone() }).await?,
                Event::Typed(None) => {
                    lines = None;
                    continue;
                }
                Event::Typed(Some(line)) => self.hand_over(api, &id, line, turn, around).await?,
                Event::GivenUp => {
                    let provider = turn.provider;
                    api.sign_in_cancel(SignInChoice { id }).await?;
                    return Err(ApiError::new(Code::SignInCancelled, [&provider]));
                }
            };
        };
        if self.json {
            return Ok(Spoken {
                out: written(&turn),
                ..Spoken::default()
            });
        }
        let provider = provider_name(api, &account, &turn.provider).await;
        Ok(self.line(
            "sign-in-done",
            &[("account", &account), ("provider", &provider)],
        ))
    }

    /// Says what the person has to do, and opens the browser where that is wanted.
    async fn introduce(&self, turn: &SignInTurn, browser: bool, around: &mut impl Surroundings) {
        let mut words = String::new();
        let mut say = |id: &str, arguments: &[(&str, &str)]| {
            words.push_str(&self.line(id, arguments).out);
        };
        let opened = browser && around.open(&turn.address).await.is_ok();
        let address = turn.address.as_str();
        let minutes = turn.seconds.div_ceil(60).to_string();
        let id = match (opened, turn.flow) {
            (true, _) => "sign-in-opened",
            (false, FlowKind::Browser) => "sign-in-open",
            (false, FlowKind::Device) => "sign-in-open-anywhere",
        };
        say(id, &[("address", address)]);
        if let Some(code) = &turn.code {
            say("sign-in-code", &[("code", code)]);
        }
        if turn.paste && turn.flow == FlowKind::Browser {
            say("sign-in-paste", &[]);
        }
        say("sign-in-waiting", &[("minutes", &minutes)]);
        // A script reads nothing but JSON.
        if self.json {
            around.say("", &written(turn));
        } else {
            around.say(&words, "");
        }
    }

    /// Hands a pasted answer over. One that cannot be the answer is told, and another may follow.
    async fn hand_over(
        &self,
        api: &impl Api,
        id: &str,
        line: SecretText,
        turn: SignInTurn,
        around: &mut impl Surroundings,
    ) -> Result<SignInTurn, ApiError> {
        if line.expose().trim().is_empty() {
            return Ok(turn);
        }
        let answer = SignInAnswer {
            id: id.to_owned(),
            answer: line,
        };
        match api.sign_in_answer(answer).await {
            Err(error) if error.code == Code::SignInAnswerWrong => {
                let complaint = Complaint::of_error(self.messages, &error);
                around.say(&complaint.lines(self.messages), "");
                Ok(turn)
            }
            // The browser was quicker.
            Err(error) if error.code == Code::SignInTakesNoAnswer => Ok(turn),
            taken => taken,
        }
    }
}

/// The next line; never where there are none.
async fn next(lines: &mut Option<mpsc::Receiver<SecretText>>) -> Option<SecretText> {
    match lines {
        Some(lines) => lines.recv().await,
        None => std::future::pending().await,
    }
}

/// What people call the account's provider.
async fn provider_name(api: &impl Api, account: &str, provider: &str) -> String {
    let accounts: Vec<Account> = api.accounts_list().await.unwrap_or_default();
    let found = accounts.into_iter().find(|one| one.id == account);
    visible(&found.map_or_else(|| provider.to_owned(), |one| one.provider_name))
}
