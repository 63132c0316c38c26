//! The settings that a window shows and changes.

use contract::{
    ApiError, Code, OriginChoice, Proxy, ProxyInForce, ProxySource, Reason, SettingsChange,
};
use gateway::ProxyOrigin;
use toml_edit::{Array, DocumentMut};

use crate::control::Inner;
use crate::settings::{NotATable, ProxyMode, Settings, set, unset};

impl Inner {
    /// The settings as they are in force.
    pub(crate) fn shown_settings(&self) -> contract::Settings {
        let state = self.state();
        let settings = state.settings();
        let first = &self.overrides.addresses(settings)[..1];
        let desktop = &settings.desktop;
        contract::Settings {
            language: (!desktop.language.is_empty()).then(|| desktop.language.clone()),
            theme: desktop.theme,
            default_model: settings.default_model.clone(),
            host: self.overrides.host(settings).to_owned(),
            port: first.first().map_or(settings.listen.port, |one| one.port),
            require_key: settings.listen.require_key,
            allowed_origins: settings.listen.allowed_origins.clone(),
            proxy: Proxy {
                mode: mode(settings.proxy.mode),
                url: settings.proxy.url.clone(),
            },
            retention_days: settings.activity.retention_days,
            notify_sign_in: desktop.notify_sign_in,
            notify_failover: desktop.notify_failover,
            check_updates: desktop.check_updates,
            path: self.file.name(),
        }
    }

    /// The way out to providers, as it is now.
    pub(crate) async fn proxy_in_force(&self) -> ProxyInForce {
        let mode = mode(self.state().settings().proxy.mode);
        let now = self.plane.proxy_in_force().await;
        ProxyInForce {
            mode,
            source: match now.origin {
                ProxyOrigin::System => ProxySource::System,
                ProxyOrigin::Environment => ProxySource::Environment,
                ProxyOrigin::Settings => ProxySource::Manual,
                ProxyOrigin::Nobody => ProxySource::Direct,
            },
            address: now.address,
            script: now.script,
        }
    }

    /// Changes what is given, in the file and at once; nothing is changed where anything is wrong.
    pub(crate) fn change_settings(
        &self,
        change: &SettingsChange,
    ) -> Result<contract::Settings, ApiError> {
        self.check_overridden(change)?;
        let (loaded, ()) = self.file.change(
            &self.builtin,
            &|settings| self.permit_always(settings),
            |document, _| write(document, change).map_err(|error| self.inline(error)),
        )?;
        self.adopt(loaded)?;
        Ok(self.shown_settings())
    }

    /// A flag or a variable goes before the file, so that a change there would do nothing.
    fn check_overridden(&self, change: &SettingsChange) -> Result<(), ApiError> {
        let given = [
            (
                "listen.host",
                change.host.is_some() && self.overrides.host.is_some(),
            ),
            (
                "listen.port",
                change.port.is_some() && self.overrides.port.is_some(),
            ),
        ];
        match given.iter().find(|(_, overridden)| *overridden) {
            Some((key, _)) => Err(ApiError::new(Code::SettingOverridden, [key])),
            None => Ok(()),
        }
    }

    /// Refuses settings that would let other machines in unsafely, whether anybody listens or not.
    fn permit_always(&self, settings: &Settings) -> Result<(), ApiError> {
        let keys = self.state().presentable_keys(&self.overrides);
        self.check_safety(settings, keys)
    }

    /// Lets a web page call, and forgets that it was refused.
    pub(crate) fn allow_origin(&self, choice: &OriginChoice) -> Result<(), ApiError> {
        self.rewrite(|document, settings| {
            let mut origins = settings.listen.allowed_origins.clone();
            if origins.contains(&choice.origin) {
                return Ok(());
            }
            origins.push(choice.origin.clone());
            let origins: Array = origins.into_iter().collect();
            set(document, "listen", "allowed_origins", origins).map_err(|error| self.inline(error))
        })?;
        self.plane.forget_refused(Some(&choice.origin));
        Ok(())
    }

    /// That a table is written in a way that is not changed here.
    pub(crate) fn inline(&self, NotATable { name }: NotATable) -> ApiError {
        let name = name.to_owned();
        ApiError::new(Code::SettingsWriteFailed, [&self.file.name()])
            .because(Reason::TableInline { name })
    }
}

fn mode(mode: ProxyMode) -> contract::ProxyMode {
    match mode {
        ProxyMode::System => contract::ProxyMode::System,
        ProxyMode::Environment => contract::ProxyMode::Environment,
        ProxyMode::Manual => contract::ProxyMode::Manual,
        ProxyMode::Direct => contract::ProxyMode::Direct,
    }
}

fn theme(theme: contract::Theme) -> &'static str {
    match theme {
        contract::Theme::System => "system",
        contract::Theme::Dark => "dark",
        contract::Theme::Light => "light",
    }
}

fn mode_name(mode: contract::ProxyMode) -> &'static str {
    match mode {
        contract::ProxyMode::System => "system",
        contract::ProxyMode::Environment => "environment",
        contract::ProxyMode::Manual => "manual",
        contract::ProxyMode::Direct => "direct",
    }
}

fn write(document: &mut DocumentMut, change: &SettingsChange) -> Result<(), NotATable> {
    match &change.language {
        Some(Some(language)) => set(document, "desktop", "language", language)?,
        Some(None) => unset(document, "desktop", "language")?,
        None => {}
    }
    if let Some(chosen) = change.theme {
        set(document, "desktop", "theme", theme(chosen))?;
    }
    if let Some(told) = change.notify_sign_in {
        set(document, "desktop", "notify_sign_in", told)?;
    }
    if let Some(told) = change.notify_failover {
        set(document, "desktop", "notify_failover", told)?;
    }
    if let Some(asked) = change.check_updates {
        set(document, "desktop", "check_updates", asked)?;
    }
    if let Some(model) = &change.default_model {
        set(document, "", "default_model", model)?;
    }
    if let Some(host) = &change.host {
        set(document, "listen", "host", host)?;
    }
    if let Some(port) = change.port {
        set(document, "listen", "port", i64::from(port))?;
    }
    if let Some(required) = change.require_key {
        set(document, "listen", "require_key", required)?;
    }
    if let Some(origins) = &change.allowed_origins {
        let origins: Array = origins.iter().collect();
        set(document, "listen", "allowed_origins", origins)?;
    }
    if let Some(proxy) = &change.proxy {
        set(document, "proxy", "mode", mode_name(proxy.mode))?;
        match proxy.url.as_deref().filter(|url| !url.is_empty()) {
            Some(url) => set(document, "proxy", "url", url)?,
            None => unset(document, "proxy", "url")?,
        }
    }
    if let Some(days) = change.retention_days {
        set(document, "activity", "retention_days", i64::from(days))?;
    }
    Ok(())
}
