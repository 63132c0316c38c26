//! Creates, lists, shows and revokes client keys.

use std::time::SystemTime;

use accounts::{Secret, VaultState};
use contract::{ApiError, Code, Key, KeyCreate, KeyOrigin, KeyShown, SecretText, Topic};
use gateway::{ClientKey, KeyHash};

use crate::activity::seconds;
use crate::control::{Inner, internal};
use crate::keys::{
    ENVIRONMENT_KEY_NAME, ENVIRONMENT_KEY_VARIABLE, FIRST_KEY_NAME, FIRST_KEY_RECORD, StoredKey,
    StoredKeys, generate, is_key_value,
};
use crate::settings::{is_key_name, remove_key};
use crate::snapshot::limited;
use crate::vault::vault_error;

impl Inner {
    /// Wants listeners from now on, once it is known that they are safe.
    pub(crate) fn begin_serving(&self) -> Result<(), ApiError> {
        let is_first = self.keys_file.load()?.is_none();
        let mut state = self.state();
        let keys = state.presentable_keys(&self.overrides) + usize::from(is_first);
        self.check_safety(state.settings(), keys)?;
        state.serving = true;
        let settings = state.settings().clone();
        drop(state);
        self.count_the_day(&settings);
        self.plane.rest(false);
        Ok(())
    }

    /// Makes the first client key where no key was ever made. It is given back where nothing keeps
    /// it, and then it is made only if somebody `will_hear` it: a start that fails shows no key.
    pub(crate) fn first_key(&self, will_hear: bool) -> Result<Option<SecretText>, ApiError> {
        if self.keys_file.load()?.is_some()
            || !(will_hear || self.vault.state() == VaultState::Ready)
        {
            return Ok(None);
        }
        match self.make_first_key() {
            Err(error) if self.overrides.client_key.is_some() => {
                tracing::warn!(%error, "no first client key was made; the environment gives one");
                Ok(None)
            }
            result => result,
        }
    }

    fn make_first_key(&self) -> Result<Option<SecretText>, ApiError> {
        let value = generate()?;
        let sealed = self.seal(&value);
        self.add_key(FIRST_KEY_NAME, &value, sealed)?;
        Ok((!sealed).then_some(value))
    }

    /// Puts the first key in the vault, where there is one that can be used.
    fn seal(&self, value: &SecretText) -> bool {
        if self.vault.state() != VaultState::Ready {
            return false;
        }
        let Ok(secret) = Secret::new(value.expose().to_owned()) else {
            return false;
        };
        match self.vault.put(FIRST_KEY_RECORD, &secret) {
            Ok(()) => true,
            Err(error) => {
                tracing::warn!(%error, "the first client key could not be sealed");
                false
            }
        }
    }

    fn add_key(&self, name: &str, value: &SecretText, sealed: bool) -> Result<(), ApiError> {
        let key = StoredKey {
            name: name.to_owned(),
            hash: KeyHash::of(value.expose().as_bytes()),
            created: seconds(SystemTime::now()),
            sealed,
        };
        let mut keys = self.state().keys.clone();
        keys.0.push(key);
        self.save_keys(keys)
    }

    /// Writes the keys and puts them in force.
    fn save_keys(&self, keys: StoredKeys) -> Result<(), ApiError> {
        self.keys_file.save(&keys)?;
        self.state().keys = keys;
        self.publish();
        self.emit(Topic::Keys);
        self.emit(Topic::Status);
        Ok(())
    }

    pub(crate) fn list_keys(&self) -> Vec<Key> {
        let state = self.state();
        let key = |name: &str, origin, created, shown_again| {
            let ClientKey {
                name,
                models,
                limits,
                reasoning: _,
                provider_key,
            } = limited(state.settings(), name);
            Key {
                name: name.to_string(),
                origin,
                created,
                models,
                requests_per_minute: limits.requests_per_minute,
                tokens_per_minute: limits.tokens_per_minute,
                concurrency: limits.concurrency,
                requests_per_day: limits.requests_per_day,
                tokens_per_day: limits.tokens_per_day,
                provider_key,
                shown_again,
            }
        };
        let stored = state.keys.0.iter();
        let mut list: Vec<Key> = stored
            .map(|stored| {
                key(
                    &stored.name,
                    KeyOrigin::Created,
                    Some(stored.created),
                    stored.sealed,
                )
            })
            .collect();
        if self.overrides.client_key.is_some() {
            list.push(key(
                ENVIRONMENT_KEY_NAME,
                KeyOrigin::Environment,
                None,
                false,
            ));
        }
        for setting in &state.settings().key {
            if !list.iter().any(|key| key.name == setting.name) {
                list.push(key(&setting.name, KeyOrigin::Missing, None, false));
            }
        }
        list
    }

    pub(crate) fn create_key(&self, create: KeyCreate) -> Result<KeyShown, ApiError> {
        let KeyCreate { name, value } = create;
        if !is_key_name(&name) {
            return Err(ApiError::new(Code::KeyNameInvalid, [&name]));
        }
        // The environment's name stays free for the key that it may give at the next start.
        if name == ENVIRONMENT_KEY_NAME {
            let arguments: [&dyn std::fmt::Display; 2] = [&name, &ENVIRONMENT_KEY_VARIABLE];
            return Err(ApiError::new(Code::KeyNameReserved, arguments));
        }
        if self.state().keys.named(&name).is_some() {
            return Err(ApiError::new(Code::KeyExists, [&name]));
        }
        let value = value.map_or_else(generate, Ok)?;
        if !is_key_value(value.expose()) {
            return Err(ApiError::new(Code::KeyValueInvalid, []));
        }
        let hash = KeyHash::of(value.expose().as_bytes());
        let given = self.overrides.client_key.as_ref();
        let same = match self.state().keys.hashed(hash) {
            Some(key) => Some(key.name.clone()),
            None => given
                .filter(|given| KeyHash::of(given.expose().as_bytes()) == hash)
                .map(|_| ENVIRONMENT_KEY_NAME.to_owned()),
        };
        if let Some(same) = same {
            return Err(ApiError::new(Code::KeyValueInUse, [&same]));
        }
        self.add_key(&name, &value, false)?;
        Ok(KeyShown { name, value })
    }

    pub(crate) fn revoke_key(&self, name: &str) -> Result<(), ApiError> {
        let mut keys = self.state().keys.clone();
        let Some(index) = keys.0.iter().position(|key| key.name == name) else {
            if name == ENVIRONMENT_KEY_NAME && self.overrides.client_key.is_some() {
                let arguments: [&dyn std::fmt::Display; 2] = [&name, &ENVIRONMENT_KEY_VARIABLE];
                return Err(ApiError::new(Code::KeyFromEnvironment, arguments));
            }
            // One that was never made stands in the settings alone.
            if self.is_named(name) {
                return self.forget_key(name);
            }
            let names = keys.0.iter().map(|key| key.name.as_str());
            let nearest = crate::nearest::nearest(name, names).unwrap_or_default();
            return Err(ApiError::new(Code::NoSuchKey, [&name, &nearest]));
        };
        let revoked = keys.0.remove(index);
        self.save_keys(keys)?;
        if let Err(error) = self.forget_key(name) {
            // Nobody can use it any more, and it can be taken out by another revocation.
            tracing::warn!(%error, "what a revoked client key may use stays in the settings");
        }
        if revoked.sealed
            && let Err(error) = self.vault.remove(FIRST_KEY_RECORD)
        {
            // Nobody can use it any more.
            tracing::warn!(%error, "a revoked client key stays in the vault");
        }
        Ok(())
    }

    /// Whether the settings say anything of a key.
    fn is_named(&self, name: &str) -> bool {
        let state = self.state();
        state.settings().key.iter().any(|key| key.name == name)
    }

    /// Takes what the settings say of a key out of them.
    fn forget_key(&self, name: &str) -> Result<(), ApiError> {
        if !self.is_named(name) {
            return Ok(());
        }
        self.rewrite(|document, _| remove_key(document, name).map_err(|error| self.inline(error)))
    }

    pub(crate) fn reveal_key(&self) -> Result<KeyShown, ApiError> {
        let kept = self.state().keys.0.iter().find(|key| key.sealed).cloned();
        let kept = kept.ok_or_else(|| ApiError::new(Code::KeyNotKept, []))?;
        let secret = self
            .vault
            .get(FIRST_KEY_RECORD)
            .map_err(|error| vault_error(&error))?;
        let value = secret.map(|secret| SecretText::new(secret.expose().to_owned()));
        match value {
            Some(value) if KeyHash::of(value.expose().as_bytes()) == kept.hash => Ok(KeyShown {
                name: kept.name,
                value,
            }),
            Some(_) => Err(internal(
                &"what the vault keeps is not the first client key",
            )),
            None => Err(ApiError::new(Code::KeyNotKept, [])),
        }
    }
}
