//! What each key of the settings may hold: the one table that types and unknown keys are checked by.

/// What a value may be.
pub(super) enum Shape {
    /// A text.
    Text,
    /// One of these texts.
    Word(&'static [&'static str]),
    /// `true` or `false`.
    Flag,
    /// An integer from 0 to this.
    Number(u32),
    /// A list of such values.
    List(&'static Shape),
    /// A table with these keys; others are passed over.
    Table(&'static [Field]),
    /// A table of names, each with such a value.
    Named(&'static Shape),
    /// Such a text, or a table with these keys and no others.
    Either(&'static Shape, &'static [Field]),
}

/// A key of a table.
pub(super) struct Field {
    /// The key.
    pub(super) name: &'static str,
    /// What it may hold.
    pub(super) shape: Shape,
    /// Whether it has to be there.
    pub(super) needed: bool,
}

use Shape::{Either, Flag, List, Named, Number, Table, Text, Word};

const fn field(name: &'static str, shape: Shape) -> Field {
    Field {
        name,
        shape,
        needed: false,
    }
}

const fn needed(name: &'static str, shape: Shape) -> Field {
    Field {
        name,
        shape,
        needed: true,
    }
}

const PORT: Shape = Number(u16::MAX as u32);
const TEXTS: Shape = List(&Text);

/// The whole.
pub(super) const SETTINGS: &[Field] = &[
    field("version", Number(u32::MAX)),
    field("default_model", Text),
    field("listen", Table(LISTEN)),
    field("provider", Named(&Table(PROVIDER))),
    field("account", List(&Table(ACCOUNT))),
    field("route", List(&Table(ROUTE))),
    field("instance", List(&Table(INSTANCE))),
    field("key", List(&Table(KEY))),
    field("proxy", Table(PROXY)),
    field("translation", Table(TRANSLATION)),
    field("images", Table(IMAGES)),
    field("activity", Table(ACTIVITY)),
    field("desktop", Table(DESKTOP)),
];

const LISTEN: &[Field] = &[
    field("host", Text),
    field("port", PORT),
    field("require_key", Flag),
    field("allowed_origins", TEXTS),
    field("allowed_hosts", TEXTS),
];

const PROVIDER: &[Field] = &[
    field("name", Text),
    field("allow_private", Flag),
    field("models", TEXTS),
    field("quirks", TEXTS),
    field("pictures_by", Text),
    field("proxy", Text),
    field("endpoints", Named(&Text)),
    field("agent", Table(AGENT)),
    field("auth", Either(&Word(&["none", "bearer"]), HEADER)),
    field("client_id", Text),
    field("client_secret_file", Text),
    field("issuer", Text),
    field("sign_in_at", Text),
    field("scopes", TEXTS),
];

const AGENT: &[Field] = &[
    field("command", Text),
    field("arguments", TEXTS),
    field("socket", Text),
    field("environment", TEXTS),
    field("variables", Named(&Text)),
    field("folder", Text),
    field("tools", List(&Word(TOOLS))),
    field("sign_in", Text),
    field("idle_minutes", Number(u32::MAX)),
    field("patience_seconds", Number(u32::MAX)),
];

const HEADER: &[Field] = &[needed("header", Text), field("prefix", Text)];

const ACCOUNT: &[Field] = &[
    needed("provider", Text),
    field("id", Text),
    field("name", Text),
    field("key_env", Text),
    field("key_file", Text),
    field("sign_in", Flag),
];

const ROUTE: &[Field] = &[
    needed("match", Text),
    needed("targets", List(&Either(&Text, TARGET))),
    field("strategy", Word(STRATEGIES)),
    field("preserve_reasoning_content", Flag),
    field("agent", Table(ROUTE_AGENT)),
];

const ROUTE_AGENT: &[Field] = &[field("folder", Text), field("tools", List(&Word(TOOLS)))];

/// The names of [`catalog::ToolKind::ALL`].
const TOOLS: &[&str] = &[
    "read", "edit", "delete", "move", "search", "execute", "think", "fetch", "other",
];

const TARGET: &[Field] = &[needed("model", Text), needed("weight", Number(u32::MAX))];

/// The names of [`gateway::Strategy::ALL`].
pub(super) const STRATEGIES: &[&str] = &["priority", "round-robin", "weighted", "least-busy"];

const INSTANCE: &[Field] = &[
    needed("name", Text),
    needed("port", PORT),
    field("keys", TEXTS),
    field("default_model", Text),
    field("enabled", Flag),
];

const KEY: &[Field] = &[
    needed("name", Text),
    field("models", TEXTS),
    field("requests_per_minute", Number(u32::MAX)),
    field("tokens_per_minute", Number(u32::MAX)),
    field("concurrency", Number(u32::MAX)),
    field("requests_per_day", Number(u32::MAX)),
    field("tokens_per_day", Number(u32::MAX)),
    field("preserve_reasoning_content", Flag),
    field("provider_key", Flag),
];

const PROXY: &[Field] = &[
    field("mode", Word(&["system", "environment", "manual", "direct"])),
    field("url", Text),
];

const TRANSLATION: &[Field] = &[field("on_loss", Word(&["report", "reject"]))];

const IMAGES: &[Field] = &[field("allow_http", Flag), field("allow_addresses", TEXTS)];

/// The longest that requests can be kept, in days: ten years.
const LONGEST: u32 = 3650;

const ACTIVITY: &[Field] = &[field("retention_days", Number(LONGEST))];

const DESKTOP: &[Field] = &[
    field("language", Text),
    field("theme", Word(&["system", "dark", "light"])),
    field("notify_sign_in", Flag),
    field("notify_failover", Flag),
    field("check_updates", Flag),
];

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::{STRATEGIES, TOOLS};

    #[test]
    fn every_kind_of_tool_is_named() {
        assert_eq!(catalog::ToolKind::ALL.map(|kind| kind.as_str()), TOOLS);
    }

    #[test]
    fn every_strategy_is_named() {
        let all = gateway::Strategy::ALL;
        let known: BTreeSet<&str> = all.iter().map(|strategy| strategy.as_str()).collect();
        assert_eq!(known, STRATEGIES.iter().copied().collect());
    }
}
