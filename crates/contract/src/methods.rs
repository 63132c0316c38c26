//! The one table of methods, and what is made from it: the trait, the dispatcher, the list.

use std::future::Future;

use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

use crate::account::{
    Account, AccountAdd, AccountChoice, AccountKey, AccountRemoved, AccountTested,
};
use crate::activity::{ActivityChoice, ActivityDetail, ActivityId, ActivityPage};
use crate::admin::{Admin, AdminLink};
use crate::code::Code;
use crate::error::ApiError;
use crate::import::{Import, ImportChoice, Imported};
use crate::instance::{Instance, InstanceAdd, InstanceChange, InstanceChoice};
use crate::key::{Key, KeyChoice, KeyCreate, KeyLimit, KeyShown};
use crate::log::{LogLine, LogsChoice};
use crate::model::{Model, ModelsChoice, Refreshed};
use crate::provider::{LocalServer, Provider, ProviderAdd, ProviderChoice, ProviderSet};
use crate::reason::Reason;
use crate::refused::OriginChoice;
use crate::remote::{Remote, Transport};
use crate::route::{Explanation, Route, RouteQuestion};
use crate::settings::{Settings, SettingsChange};
use crate::sign_in::{SignInAnswer, SignInChoice, SignInStart, SignInTurn};
use crate::status::{Reloaded, Status};
use crate::trial::{Trial, TrialChoice, TrialSend};

/// A method by its name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Method {
    /// `namespace.verb`.
    pub name: &'static str,
    /// What it does, in one English sentence.
    pub doc: &'static str,
}

macro_rules! methods {
    ($(#[doc = $doc:literal] $name:literal $function:ident($($params:ty)?) -> $answer:ty;)+) => {
        /// What control can be asked: in the process by `Control`, from another one by [`Remote`].
        pub trait Api {
            $(
                #[doc = $doc]
                ///
                /// # Errors
                /// The closed list of [`Code`]s says what can go wrong.
                fn $function(
                    &self,
                    $(params: $params)?
                ) -> impl Future<Output = Result<$answer, ApiError>> + Send;
            )+
        }

        /// Every method, in the order of the table.
        pub const METHODS: &[Method] =
            &[$(Method { name: $name, doc: $doc.trim_ascii() }),+];

        /// Each method with the TypeScript of its parameters and of its answer.
        #[cfg(feature = "typescript")]
        pub(crate) fn typed(
            config: &ts_rs::Config,
        ) -> Vec<(&'static Method, Option<String>, String)> {
            let types = [$((
                methods!(@typed config, $($params)?),
                <$answer as ts_rs::TS>::name(config),
            )),+];
            let both = METHODS.iter().zip(types);
            both.map(|(method, (params, answer))| (method, params, answer)).collect()
        }

        /// Each method with the schemas of its parameters and of its answer.
        #[cfg(feature = "openapi")]
        pub(crate) fn schemas(
            generator: &mut schemars::SchemaGenerator,
        ) -> Vec<(&'static Method, Option<schemars::Schema>, schemars::Schema)> {
            let schemas = [$((
                methods!(@schema generator, $($params)?),
                generator.subschema_for::<$answer>(),
            )),+];
            let both = METHODS.iter().zip(schemas);
            both.map(|(method, (params, answer))| (method, params, answer)).collect()
        }

        /// Hands every type of the table to the visitor.
        #[cfg(feature = "typescript")]
        pub(crate) fn visit(visitor: &mut impl ts_rs::TypeVisitor) {
            $(
                $(visitor.visit::<$params>();)?
                visitor.visit::<$answer>();
            )+
        }

        /// Calls the method of that name; `params` is its parameters as an object, or null.
        ///
        /// # Errors
        /// An unknown method, parameters that it does not take, or what the method says.
        pub async fn dispatch(
            api: &impl Api,
            method: &str,
            params: Value,
        ) -> Result<Value, ApiError> {
            match method {
                $($name => write($name, &methods!(@call api, $name, $function, params $(, $params)?)),)+
                unknown => Err(ApiError::new(Code::UnknownMethod, [&unknown, &nearest(unknown)])),
            }
        }

        impl<T: Transport + Sync> Api for Remote<T> {
            $(
                fn $function(
                    &self,
                    $(params: $params)?
                ) -> impl Future<Output = Result<$answer, ApiError>> + Send {
                    self.call($name, methods!(@params $($params, params)?))
                }
            )+
        }
    };
    (@call $api:ident, $name:literal, $function:ident, $given:ident) => {{
        nothing($name, $given)?;
        $api.$function().await?
    }};
    (@call $api:ident, $name:literal, $function:ident, $given:ident, $params:ty) => {
        $api.$function(read::<$params>($name, $given)?).await?
    };
    (@typed $config:ident,) => { None };
    (@typed $config:ident, $params:ty) => { Some(<$params as ts_rs::TS>::name($config)) };
    (@schema $generator:ident,) => { None };
    (@schema $generator:ident, $params:ty) => { Some($generator.subschema_for::<$params>()) };
    (@params) => { None::<()> };
    (@params $type:ty, $params:ident) => { Some($params) };
}

methods! {
    /// Tells the state of the whole.
    "status.get" status_get() -> Status;
    /// Lists the models that clients can ask for.
    "models.list" models_list(ModelsChoice) -> Vec<Model>;
    /// Asks every provider anew which models there are.
    "models.refresh" models_refresh() -> Vec<Refreshed>;
    /// Lists the accounts, in the order of the settings.
    "accounts.list" accounts_list() -> Vec<Account>;
    /// Adds an account; a key that is given goes to the vault.
    "accounts.add" accounts_add(AccountAdd) -> Account;
    /// Puts a new key in the place of the one that the vault has for an account; all else of it stays.
    "accounts.set_key" accounts_set_key(AccountKey) -> Account;
    /// Removes an account, and its key from the vault; a sign-in is taken back at its provider.
    "accounts.remove" accounts_remove(AccountChoice) -> AccountRemoved;
    /// Asks the account's provider for its models, with the account's key.
    "accounts.test" accounts_test(AccountChoice) -> AccountTested;
    /// Takes the account's sign-in back at its provider, and removes the account with its secret.
    "accounts.sign_out" accounts_sign_out(AccountChoice) -> AccountRemoved;
    /// Begins a sign-in at a provider, in place of an earlier one there; whoever asks opens the address.
    "sign_in.start" sign_in_start(SignInStart) -> SignInTurn;
    /// Tells how a sign-in stands.
    "sign_in.get" sign_in_get(SignInChoice) -> SignInTurn;
    /// Takes what the browser shows in the end, where it cannot bring the answer back itself.
    "sign_in.answer" sign_in_answer(SignInAnswer) -> SignInTurn;
    /// Gives a sign-in up.
    "sign_in.cancel" sign_in_cancel(SignInChoice) -> ();
    /// Lists the client keys.
    "keys.list" keys_list() -> Vec<Key>;
    /// Creates a client key and shows it, this once.
    "keys.create" keys_create(KeyCreate) -> KeyShown;
    /// Takes a client key away.
    "keys.revoke" keys_revoke(KeyChoice) -> ();
    /// Changes how much a client key may use.
    "keys.limit" keys_limit(KeyLimit) -> Key;
    /// Shows the first client key again, where the vault keeps it.
    "keys.reveal" keys_reveal() -> KeyShown;
    /// Lists the routes, in the order of the settings.
    "routes.list" routes_list() -> Vec<Route>;
    /// Tells where a request for a model would go, and why.
    "routes.explain" routes_explain(RouteQuestion) -> Explanation;
    /// Reads the settings' file anew.
    "settings.reload" settings_reload() -> Reloaded;
    /// Shows the settings that a window can change.
    "settings.get" settings_get() -> Settings;
    /// Changes what is given of the settings, in their file and at once.
    "settings.change" settings_change(SettingsChange) -> Settings;
    /// Opens the listeners, and tells the state.
    "serving.start" serving_start() -> Status;
    /// Closes the listeners, and tells the state; what is under way is answered to its end.
    "serving.stop" serving_stop() -> Status;
    /// Lists the named listeners, in the order of the settings; that of `[listen]` first.
    "instances.list" instances_list() -> Vec<Instance>;
    /// Adds a named listener, and opens it where the whole is open.
    "instances.add" instances_add(InstanceAdd) -> Instance;
    /// Changes what is given of a named listener.
    "instances.change" instances_change(InstanceChange) -> Instance;
    /// Closes a named listener and forgets it.
    "instances.remove" instances_remove(InstanceChoice) -> ();
    /// Opens a named listener, now and after every restart.
    "instances.start" instances_start(InstanceChoice) -> Instance;
    /// Closes a named listener, now and after every restart; what is under way is answered to its end.
    "instances.stop" instances_stop(InstanceChoice) -> Instance;
    /// Lists the providers that are known.
    "providers.list" providers_list() -> Vec<Provider>;
    /// Adds a provider of one's own.
    "providers.add" providers_add(ProviderAdd) -> Provider;
    /// Points a known provider at addresses of one's own, or back at those that are built in.
    "providers.set" providers_set(ProviderSet) -> Provider;
    /// Removes a provider of one's own that no account uses.
    "providers.remove" providers_remove(ProviderChoice) -> ();
    /// Shows what other programs left on this machine that can be taken over; secrets are masked.
    "imports.list" imports_list() -> Vec<Import>;
    /// Takes over what a program left and is not here yet; its files stay as they are.
    "imports.take" imports_take(ImportChoice) -> Imported;
    /// Looks for model servers on this machine, on loopback and without a key.
    "local.find" local_find() -> Vec<LocalServer>;
    /// Lets a web page call that was refused.
    "refused.allow" refused_allow(OriginChoice) -> ();
    /// Forgets who was refused.
    "refused.dismiss" refused_dismiss() -> ();
    /// Sends a request as a client would; one at a time.
    "trial.send" trial_send(TrialSend) -> TrialChoice;
    /// Tells how a trial stands.
    "trial.get" trial_get(TrialChoice) -> Trial;
    /// Lists the last lines of the program's own log, the newest first.
    "logs.list" logs_list(LogsChoice) -> Vec<LogLine>;
    /// Lists the requests that are over, the newest first.
    "activity.list" activity_list(ActivityChoice) -> ActivityPage;
    /// Shows one request with its tries.
    "activity.get" activity_get(ActivityId) -> ActivityDetail;
    /// Tells whether a password guards the web admin.
    "admin.get" admin_get() -> Admin;
    /// Makes the link that sets the web admin's password, once.
    "admin.bootstrap" admin_bootstrap() -> AdminLink;
}

/// Reads a method's parameters; null stands for an empty object.
fn read<P: DeserializeOwned>(method: &str, params: Value) -> Result<P, ApiError> {
    let params = match params {
        Value::Null => Value::Object(serde_json::Map::new()),
        Value::Object(_) => params,
        // A list would be read as the fields in their order.
        _ => {
            let words = "expected an object";
            return Err(ApiError::new(Code::InvalidParams, [&method]).because(Reason::said(&words)));
        }
    };
    serde_json::from_value(params).map_err(|error| {
        ApiError::new(Code::InvalidParams, [&method]).because(Reason::said(&error))
    })
}

/// Checks that a method that takes no parameters is given none.
fn nothing(method: &str, params: Value) -> Result<(), ApiError> {
    match params {
        Value::Null => Ok(()),
        Value::Object(fields) if fields.is_empty() => Ok(()),
        _ => Err(ApiError::new(Code::InvalidParams, [&method]).because(Reason::NoParameters {})),
    }
}

fn write(method: &str, answer: &impl Serialize) -> Result<Value, ApiError> {
    serde_json::to_value(answer).map_err(|error| {
        let words = format!("write the answer of {method}: {error}");
        ApiError::new(Code::Internal, []).because(Reason::said(&words))
    })
}

/// A method of the same namespace, or of the same verb.
fn nearest(method: &str) -> &'static str {
    let (namespace, verb) = method.split_once('.').unwrap_or((method, ""));
    let same = |position: usize, part: &str| {
        METHODS
            .iter()
            .find(|method| method.name.split('.').nth(position) == Some(part))
    };
    same(0, namespace)
        .or_else(|| same(1, verb))
        .map_or("", |method| method.name)
}
