//! The one table of methods, and what is made from it: the trait, the dispatcher, the list.

use std::future::Future;

use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

use crate::account::{Account, AccountAdd, AccountChoice, AccountTested};
use crate::code::Code;
use crate::error::ApiError;
use crate::key::{Key, KeyChoice, KeyCreate, KeyShown};
use crate::model::{Model, ModelsChoice, Refreshed};
use crate::reason::Reason;
use crate::remote::{Remote, Transport};
use crate::route::{Explanation, Route, RouteQuestion};
use crate::status::{Reloaded, Status};

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
    /// Removes an account, and its key from the vault.
    "accounts.remove" accounts_remove(AccountChoice) -> ();
    /// Asks the account's provider for its models, with the account's key.
    "accounts.test" accounts_test(AccountChoice) -> AccountTested;
    /// Lists the client keys.
    "keys.list" keys_list() -> Vec<Key>;
    /// Creates a client key and shows it, this once.
    "keys.create" keys_create(KeyCreate) -> KeyShown;
    /// Takes a client key away.
    "keys.revoke" keys_revoke(KeyChoice) -> ();
    /// Shows the first client key again, where the vault keeps it.
    "keys.reveal" keys_reveal() -> KeyShown;
    /// Lists the routes, in the order of the settings.
    "routes.list" routes_list() -> Vec<Route>;
    /// Tells where a request for a model would go, and why.
    "routes.explain" routes_explain(RouteQuestion) -> Explanation;
    /// Reads the settings' file anew.
    "settings.reload" settings_reload() -> Reloaded;
}

/// Reads a method's parameters; null stands for an empty object.
fn read<P: DeserializeOwned>(method: &str, params: Value) -> Result<P, ApiError> {
    let params = if params.is_null() {
        Value::Object(serde_json::Map::new())
    } else {
        params
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
