//! Signing in at a provider: begins it, waits for the answer, exchanges and stores what it gives.

mod client_secret;
mod pending;
mod renew;
mod store;
#[cfg(test)]
mod tests;

use std::net::{Ipv4Addr, SocketAddr};
use std::sync::{Arc, Weak};
use std::time::SystemTime;

use accounts::{GivenUp, Grant, IssuerFault, Pages, PendingSignIn, Secret, SignInError};
use catalog::{FlowClient, Provider};
use contract::{
    AccountChoice, AccountRemoved, ApiError, Code, FlowKind, Reason, Revocation, SignInAnswer,
    SignInChoice, SignInStart, SignInState, SignInTurn, Topic,
};
use gateway::TokenClient;
use tokio::sync::oneshot;
use tokio::time::Instant;

use crate::configured::Configured;
use crate::control::{Control, Inner, internal};
use pending::Pending;
pub(crate) use pending::SignIns;
use reasons::vault_reason;

/// The bytes of a sign-in's id.
const ID_LENGTH: usize = 16;

impl Control {
    pub(crate) async fn start_sign_in(&self, start: SignInStart) -> Result<SignInTurn, ApiError> {
        let provider = {
            let state = self.0.state();
            self.0.signed_in_before(&state.loaded.read, &start)?;
            self.0.provider_of_sign_in(&state.loaded, &start)?
        };
        self.begin_sign_in(provider, start).await
    }

    /// Begins a sign-in at the provider, in place of an earlier one there.
    async fn begin_sign_in(
        &self,
        provider: Arc<Provider>,
        start: SignInStart,
    ) -> Result<SignInTurn, ApiError> {
        let id = &provider.id;
        let flows = provider.sign_in.as_ref();
        let flows = flows.ok_or_else(|| ApiError::new(Code::NoSuchFlow, [id]))?;
        // A vault that could not take the secret is told before anybody opens a browser.
        let inner = Arc::clone(&self.0);
        let vault = tokio::task::spawn_blocking(move || inner.check_vault()).await;
        vault.map_err(|error| internal(&error))??;
        self.0.sign_ins.give_way(id).await;
        let http = self.0.plane.token_client(provider.proxy.as_ref());
        let kind = start.flow.map(|kind| match kind {
            FlowKind::Browser => catalog::FlowKind::Browser,
            FlowKind::Device => catalog::FlowKind::Device,
        });
        let secret = match flows.client() {
            FlowClient::Secret => self.client_secret(&start).await?,
            FlowClient::None | FlowClient::Setting => None,
        };
        let pending = PendingSignIn::start_as(flows, kind, None, secret, &http).await;
        let pending = pending.map_err(|error| self.refusal(id, &error))?;
        let (cancel, cancelled) = oneshot::channel();
        let turn = SignInTurn {
            id: random_id()?,
            provider: id.clone(),
            flow: match pending.kind() {
                catalog::FlowKind::Browser => FlowKind::Browser,
                catalog::FlowKind::Device => FlowKind::Device,
            },
            address: pending.address().to_string(),
            code: pending.code().map(str::to_owned),
            paste: false,
            seconds: 0,
            state: SignInState::Waiting,
        };
        let (answer, ends) = (pending.paste(), Instant::now() + pending.patience());
        let language = self.0.shown_settings().language;
        let waiting = Waiting {
            id: turn.id.clone(),
            start,
            pending,
            pages: (self.0.pages)(language.as_deref()),
            http,
        };
        let task = tokio::spawn(waiting.run(Arc::downgrade(&self.0), cancelled));
        let shown = self.0.sign_ins.insert(Pending {
            turn,
            ends,
            cancel: Some(cancel),
            answer,
            task: Some(task),
        });
        self.0.sign_in_moved();
        Ok(shown)
    }

    pub(crate) fn answer_sign_in(&self, answer: &SignInAnswer) -> Result<SignInTurn, ApiError> {
        let secret = accounts::Secret::new(answer.answer.expose().trim().to_owned());
        // A key that moves the cursor leaves control characters; another text can be given.
        let secret = secret.map_err(|_| {
            let reason = Reason::SignInAnswerWithoutCode {};
            ApiError::new(Code::SignInAnswerWrong, []).because(reason)
        })?;
        let turn = self.0.sign_ins.answer(&answer.id, &secret)?;
        self.0.sign_in_moved();
        Ok(turn)
    }

    pub(crate) fn cancel_sign_in(&self, choice: &SignInChoice) -> Result<(), ApiError> {
        self.0.sign_ins.cancel(&choice.id)?;
        self.0.sign_in_moved();
        Ok(())
    }

    /// Removes an account, and takes its sign-in back at the provider.
    pub(crate) async fn remove(&self, choice: AccountChoice) -> Result<AccountRemoved, ApiError> {
        // One that is in the file alone is not used yet, and told by the removal.
        let found = self.0.find_account(&choice.id);
        let sign_in = match found.ok().filter(|found| found.signed_in) {
            Some(found) => self.revoke(&found).await,
            None => Revocation::None,
        };
        let id = choice.id.clone();
        let removed = self
            .exclusive(move |inner| inner.remove_account(&choice.id))
            .await;
        self.settle().await;
        removed.map(|()| AccountRemoved { id, sign_in })
    }

    /// Gives the secret up at its provider. A provider that cannot be reached keeps nobody from
    /// signing out here.
    async fn revoke(&self, found: &Configured) -> Revocation {
        let (vault, name) = (Arc::clone(&self.0.vault), found.account.record());
        let kept = tokio::task::spawn_blocking(move || vault.get(&name)).await;
        let reason = match kept {
            Ok(Ok(None)) => return Revocation::None,
            Ok(Ok(Some(kept))) => {
                let provider = found.provider.as_ref();
                let proxy = provider.and_then(|provider| provider.proxy.as_ref());
                let http = self.0.plane.token_client(proxy);
                match accounts::revoke(&kept, &http).await {
                    Ok(GivenUp::Done) => return Revocation::Revoked,
                    Ok(GivenUp::Nothing) => return Revocation::None,
                    Ok(GivenUp::Unsupported) => return Revocation::Unsupported,
                    Err(error) => revocation_reason(&error),
                }
            }
            Ok(Err(error)) => vault_reason(&error),
            Err(error) => Reason::said(&error),
        };
        let why = reason.code();
        tracing::warn!(account = %found.account.id, why, "the sign-in was not revoked");
        Revocation::Failed { reason }
    }

    fn refusal(&self, provider: &str, error: &SignInError) -> ApiError {
        let holder = match error {
            SignInError::PortBusy { port } => {
                (self.0.holder)(SocketAddr::from((Ipv4Addr::LOCALHOST, *port)))
            }
            _ => None,
        };
        refusal(provider, error, holder.as_deref())
    }
}

impl Inner {
    fn sign_in_moved(&self) {
        self.emit(Topic::SignIn);
        self.emit(Topic::Accounts);
    }
}

/// A sign-in that waits for its answer.
struct Waiting {
    id: String,
    start: SignInStart,
    pending: PendingSignIn,
    pages: Pages,
    http: TokenClient,
}

impl Waiting {
    /// Waits, exchanges and stores, unless it is given up before.
    async fn run(self, inner: Weak<Inner>, mut cancelled: oneshot::Receiver<()>) {
        let Self {
            id,
            start,
            pending,
            pages,
            http,
        } = self;
        let said = |state| {
            if let Some(here) = inner.upgrade() {
                here.sign_ins.moved(&id, state);
                here.sign_in_moved();
            }
        };
        let exchanged = async {
            let answered = pending.wait(&pages, &http).await?;
            said(SignInState::Exchanging);
            answered.grant(&http).await
        };
        let granted = tokio::select! {
            _ = &mut cancelled => return,
            granted = exchanged => granted,
        };
        let state = match granted {
            Ok(grant) => {
                let Some(here) = inner.upgrade() else {
                    return give_up(&grant.record(SystemTime::now()), &http).await;
                };
                match store(Control(here), &id, start, grant, &http).await {
                    Some(state) => state,
                    None => return,
                }
            }
            Err(error) => SignInState::Failed {
                error: refusal(&start.provider, &error, None),
            },
        };
        said(state);
    }
}

/// Stores what was granted; `None` where the sign-in was given up just before. What is not stored is
/// given up at the provider: nobody could ever use it, or take it back.
async fn store(
    control: Control,
    id: &str,
    start: SignInStart,
    grant: Grant,
    http: &TokenClient,
) -> Option<SignInState> {
    let record = grant.record(SystemTime::now());
    if !control.0.sign_ins.may_store(id) {
        give_up(&record, http).await;
        return None;
    }
    let stored = control
        .exclusive(move |inner| inner.store_grant(&start, &grant))
        .await;
    control.settle().await;
    Some(match stored {
        Ok(account) => SignInState::Done { account },
        Err(error) => {
            give_up(&record, http).await;
            SignInState::Failed { error }
        }
    })
}

async fn give_up(record: &Secret, http: &TokenClient) {
    match accounts::revoke(record, http).await {
        Ok(GivenUp::Done | GivenUp::Nothing) => {}
        Ok(GivenUp::Unsupported) => {
            tracing::warn!("a sign-in that could not be stored stays good at its provider");
        }
        Err(error) => {
            tracing::warn!(%error, "a sign-in that could not be stored was not revoked");
        }
    }
}

/// Why a provider did not take a sign-in back.
fn revocation_reason(error: &SignInError) -> Reason {
    match error {
        SignInError::Unreachable(failure) => Reason::ProviderUnreachable {
            words: failure.0.clone(),
        },
        SignInError::Refused { status } => Reason::SignInStatus {
            status: status.to_string(),
        },
        other => Reason::said(other),
    }
}

fn random_id() -> Result<String, ApiError> {
    let mut bytes = [0_u8; ID_LENGTH];
    getrandom::fill(&mut bytes).map_err(|error| internal(&error))?;
    Ok(bytes.iter().map(|byte| format!("{byte:02x}")).collect())
}

/// Why a sign-in came to nothing; `holder` is who has the port.
fn refusal(provider: &str, error: &SignInError, holder: Option<&str>) -> ApiError {
    let failed = |reason: Reason| ApiError::new(Code::SignInFailed, [&provider]).because(reason);
    match error {
        SignInError::NoSuchFlow => ApiError::new(Code::NoSuchFlow, [&provider]),
        SignInError::Over => ApiError::new(Code::SignInTakesNoAnswer, []),
        SignInError::NoClient => ApiError::new(Code::SignInClientMissing, [&provider]),
        SignInError::NoClientSecret => ApiError::new(Code::SignInClientSecretMissing, [&provider]),
        SignInError::PortBusy { port } => ApiError::new(
            Code::SignInPortTaken,
            [&provider, port, &holder.unwrap_or_default()],
        ),
        SignInError::Listen(error) => failed(Reason::SignInListener {
            words: error.to_string(),
        }),
        SignInError::TimedOut => ApiError::new(Code::SignInTimedOut, [&provider]),
        SignInError::WrongState => failed(Reason::SignInAnswerForeign {}),
        SignInError::WrongIssuer => failed(Reason::SignInAnswerOtherProvider {}),
        SignInError::Denied { code } => ApiError::new(Code::SignInDenied, [&provider, code]),
        SignInError::NoCode => failed(Reason::SignInAnswerWithoutCode {}),
        SignInError::Unreachable(failure) => failed(Reason::ProviderUnreachable {
            words: failure.0.clone(),
        }),
        SignInError::Refused { status } => failed(Reason::SignInStatus {
            status: status.to_string(),
        }),
        SignInError::Failed(words) => failed(Reason::said(words)),
        SignInError::Unreadable => failed(Reason::SignInUnreadable {}),
        SignInError::WrongAudience | SignInError::WrongNonce => {
            failed(Reason::SignInTokenForeign {})
        }
        SignInError::WrongTime => failed(Reason::SignInTokenOver {}),
        SignInError::IssuerUnfit(fault) => failed(match fault {
            IssuerFault::Plain => Reason::IssuerPlain {},
            IssuerFault::NotJson => Reason::IssuerNotJson {},
            IssuerFault::WithoutPkce => Reason::IssuerWithoutPkce {},
            IssuerFault::PlainAddress => Reason::IssuerAddressPlain {},
            IssuerFault::WithoutToken => Reason::IssuerWithoutToken {},
        }),
    }
}
