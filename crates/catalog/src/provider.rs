//! A service that answers for models, checked and ready to be called.

use dialect::{Dialect, Operation};
use url::Url;

use crate::agent::Agent;
use crate::auth::Auth;
use crate::date::Date;
use crate::endpoint::Endpoint;
use crate::flow::Flows;
use crate::locate::{place, refusal};
use crate::model::Model;
use crate::problem::ManifestError;
use crate::proxy::Proxy;
use crate::quirk::Quirk;
use crate::raw::RawManifest;
use crate::rule::Rule;
use crate::terms::Terms;
use crate::validate::validate;

/// A service that answers for models.
#[derive(Clone, Debug, PartialEq)]
pub struct Provider {
    /// Lower case letters, digits and hyphens; the part before the slash in `provider/model`.
    pub id: String,
    /// What people call it.
    pub name: String,
    /// Its home page.
    pub website: Option<Url>,
    /// Whether it is a server of the user's own, which needs no key.
    pub local: bool,
    /// Set where the gateway answers by itself; there are no endpoints then.
    pub builtin: Option<Builtin>,
    /// At most one for each dialect, in the order of [`Dialect::ALL`].
    pub endpoints: Vec<Endpoint>,
    /// Whether `http://` and private addresses may be called.
    pub allow_private: bool,
    /// A path at the server's root that tells whether the server is running, without a key.
    pub probe: Option<String>,
    /// Where a key comes from.
    pub key: Option<KeyAdvice>,
    /// Whether an endpoint is asked which models there are.
    pub list_models: bool,
    /// The models known without asking.
    pub models: Vec<Model>,
    /// In what it departs from its dialects.
    pub quirks: Vec<Quirk>,
    /// The day on which the service closed for good; the endpoints are what they were.
    pub closed: Option<Date>,
    /// The model that says in words what is on a picture, for those of its models that see none.
    pub pictures_by: Option<String>,
    /// The `user-agent` that its protocol asks for, in place of this program's own.
    pub user_agent: Option<String>,
    /// The program of the user's own that answers; its endpoint is an address in name only.
    pub agent: Option<Agent>,
    /// What its models want said otherwise; the first rule that names a model is the model's.
    pub rules: Vec<Rule>,
    /// What is known of its rules.
    pub terms: Option<Terms>,
    /// How a person signs in; `None`: with a key alone.
    pub sign_in: Option<Flows>,
    /// How it is reached; `None`: as everything else.
    pub proxy: Option<Proxy>,
}

/// What the gateway answers by itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Builtin {
    /// A canned answer for a first try, without an account and without a network.
    Demo,
}

/// Where a key comes from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KeyAdvice {
    /// Environment variables that usually hold one, the most usual first.
    pub env: Vec<String>,
    /// The page where one is made.
    pub page: Option<Url>,
}

impl Provider {
    /// Reads and checks a manifest; `file` is its name for messages.
    ///
    /// # Errors
    /// Everything that is wrong with it, each with its place in the file.
    pub fn parse(file: &str, text: &str) -> Result<Self, Vec<ManifestError>> {
        let raw: RawManifest =
            toml::from_str(text).map_err(|error| vec![refusal(file, text, &error)])?;
        validate(&raw).map_err(|problems| {
            problems
                .into_iter()
                .map(|problem| place(file, text, problem))
                .collect()
        })
    }

    /// The endpoint that speaks the dialect.
    #[must_use]
    pub fn endpoint(&self, dialect: Dialect) -> Option<&Endpoint> {
        self.endpoints
            .iter()
            .find(|endpoint| endpoint.dialect == dialect)
    }

    /// What is known of a model.
    #[must_use]
    pub fn model(&self, id: &str) -> Option<&Model> {
        self.models.iter().find(|model| model.id == id)
    }

    /// What a model wants said otherwise.
    #[must_use]
    pub fn rule(&self, model: &str) -> Option<&Rule> {
        self.rules.iter().find(|rule| rule.names(model))
    }

    /// The model that has to say what is on a picture before this one is asked; `None`: it sees
    /// pictures itself, nobody knows whether it does, or there is no such model.
    #[must_use]
    pub fn seer(&self, model: &str) -> Option<&str> {
        let seer = self.pictures_by.as_deref().filter(|seer| *seer != model)?;
        (self.model(model)?.abilities.images == Some(false)).then_some(seer)
    }

    /// Whether it has the quirk.
    #[must_use]
    pub fn has(&self, quirk: Quirk) -> bool {
        self.quirks.contains(&quirk)
    }

    /// Whether an account without a key is of no use here.
    #[must_use]
    pub fn needs_key(&self) -> bool {
        !self.local
            && self
                .endpoints
                .iter()
                .any(|endpoint| endpoint.auth != Auth::None)
    }

    /// The endpoint to ask which models there are, with the address; `None` where the list is fixed.
    #[must_use]
    pub fn model_list(&self) -> Option<(&Endpoint, &Url)> {
        if !self.list_models {
            return None;
        }
        self.endpoints
            .iter()
            .find_map(|endpoint| Some((endpoint, endpoint.url(Operation::Models)?)))
    }

    /// The address that tells, without a key, whether the server is running.
    #[must_use]
    pub fn probe_url(&self) -> Option<Url> {
        let mut url = self.endpoints.first()?.base.clone();
        url.set_path(self.probe.as_deref()?);
        Some(url)
    }
}
