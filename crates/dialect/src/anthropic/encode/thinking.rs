//! How much to think, how long to answer and how to draw tokens: three settings that this dialect
//! makes depend on each other.

use serde::Serialize;

use super::content::Writer;
use crate::chat::{Effort, Sampling, Thinking};
use crate::{Target, Weight};

/// The fewest tokens that a model with a budget takes for thinking.
const LEAST_BUDGET: u64 = 1024;
/// The limit of an answer where neither the client nor the catalogue has one.
const DEFAULT_LIMIT: u64 = 8192;

/// `thinking`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub(super) struct Wanted {
    #[serde(rename = "type")]
    kind: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    budget_tokens: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    display: Option<&'static str>,
}

impl Wanted {
    fn off() -> Self {
        Self {
            kind: "disabled",
            budget_tokens: None,
            display: None,
        }
    }

    /// Whether the model may think.
    pub(super) fn is_on(&self) -> bool {
        self.kind != "disabled"
    }

    /// Whether the model thinks by a budget of tokens.
    pub(super) fn has_budget(&self) -> bool {
        self.budget_tokens.is_some()
    }
}

/// The settings as they are sent.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Settings {
    pub(super) max_tokens: u64,
    pub(super) thinking: Option<Wanted>,
    pub(super) effort: Option<&'static str>,
}

/// Settles thinking and the limit of the answer. The limit is the client's, else the model's,
/// else 8192, and never above the model's.
pub(super) fn settle(
    given: Option<u64>,
    thinking: Option<&Thinking>,
    target: &Target,
    writer: &mut Writer<'_>,
) -> Settings {
    let most = target.max_output_tokens;
    let mut max_tokens = given.or(most).unwrap_or(DEFAULT_LIMIT);
    if let Some(most) = most
        && max_tokens > most
    {
        writer.approximated(
            "max_tokens",
            Weight::Cosmetic,
            "the model can answer with no more",
        );
        max_tokens = most;
    }
    let mut settings = Settings {
        max_tokens,
        thinking: None,
        effort: None,
    };
    let Some(thinking) = thinking else {
        return settings;
    };
    if target.adaptive_thinking {
        adaptive(thinking, &mut settings, writer);
    } else {
        budgeted(thinking, &mut settings, most, writer);
    }
    settings
}

/// Models that think by effort.
fn adaptive(thinking: &Thinking, settings: &mut Settings, writer: &mut Writer<'_>) {
    let mut effort = thinking.effort;
    if let Some(budget) = thinking.budget {
        if budget > 0 {
            let reason = "the model thinks by effort, not by a budget";
            writer.approximated("thinking.budget_tokens", Weight::Cosmetic, reason);
        }
        effort = effort.or(Some(Effort::from_budget(budget)));
    }
    settings.effort = match effort {
        None | Some(Effort::None) => None,
        Some(Effort::Minimal) => {
            writer.approximated(
                "reasoning_effort",
                Weight::Cosmetic,
                "the least effort is low",
            );
            Some(Effort::Low.as_str())
        }
        Some(effort) => Some(effort.as_str()),
    };
    let off = thinking.enabled == Some(false) || effort == Some(Effort::None);
    if off {
        settings.thinking = Some(Wanted::off());
    } else if thinking.enabled == Some(true) || effort.is_some() {
        let display = thinking
            .visible
            .map(|visible| if visible { "summarized" } else { "omitted" });
        settings.thinking = Some(Wanted {
            kind: "adaptive",
            budget_tokens: None,
            display,
        });
    }
}

/// The budget that an effort stands for: the lower end of the bucket that
/// [`Effort::from_budget`] reads back as the same effort.
fn budget_of(effort: Effort, max_tokens: u64) -> u64 {
    match effort {
        Effort::None => 0,
        Effort::Minimal | Effort::Low => LEAST_BUDGET,
        Effort::Medium => 2048,
        Effort::High => 4096,
        Effort::ExtraHigh => 8192,
        Effort::Max => max_tokens.saturating_sub(1024).max(LEAST_BUDGET),
    }
}

/// Models that think with a budget of tokens, which must be at least 1024 and less than the
/// limit of the answer.
fn budgeted(
    thinking: &Thinking,
    settings: &mut Settings,
    most: Option<u64>,
    writer: &mut Writer<'_>,
) {
    let asked = match (thinking.budget, thinking.effort) {
        (Some(budget), _) => Some(budget),
        (None, Some(effort)) => Some(budget_of(effort, settings.max_tokens)),
        (None, None) if thinking.enabled == Some(true) => {
            Some(budget_of(Effort::Medium, settings.max_tokens))
        }
        (None, None) => None,
    };
    if thinking.visible.is_some() {
        let reason = "the model always shows what it thinks";
        writer.dropped("thinking.display", Weight::Cosmetic, reason);
    }
    if thinking.enabled == Some(false) || asked == Some(0) {
        settings.thinking = Some(Wanted::off());
        return;
    }
    let Some(asked) = asked else { return };
    if thinking.budget.is_none() {
        let reason = "the model thinks by a budget, not by effort";
        writer.approximated("reasoning_effort", Weight::Cosmetic, reason);
    }
    let mut budget = asked.max(LEAST_BUDGET);
    if budget >= settings.max_tokens {
        // What the client wants to see comes on top of what the model thinks.
        let raised = budget.saturating_add(settings.max_tokens);
        settings.max_tokens = most.map_or(raised, |most| raised.min(most));
        let reason = "raised, as thinking counts towards it";
        writer.approximated("max_tokens", Weight::Cosmetic, reason);
        budget = budget.min(settings.max_tokens.saturating_sub(1));
    }
    if budget < LEAST_BUDGET {
        let reason = "the model's answers are too short to think first";
        writer.dropped("thinking", Weight::Semantic, reason);
        return;
    }
    if budget != asked {
        let reason = "a budget is at least 1024 and less than max_tokens";
        writer.approximated("thinking.budget_tokens", Weight::Cosmetic, reason);
    }
    settings.thinking = Some(Wanted {
        kind: "enabled",
        budget_tokens: Some(budget),
        display: None,
    });
}

/// What is left of the sampling settings: none where the model takes none; no temperature above
/// 1; and not what Anthropic refuses beside thinking or beside a temperature.
pub(super) fn sampling(
    given: &Sampling,
    thinking: bool,
    target: &Target,
    writer: &mut Writer<'_>,
) -> Sampling {
    let mut sent = Sampling {
        frequency_penalty: None,
        presence_penalty: None,
        seed: None,
        ..*given
    };
    let mut gone = |path: &str, there: bool, reason: &'static str| {
        if there {
            writer.dropped(path, Weight::Semantic, reason);
        }
    };
    let unknown = "not known to the upstream";
    gone(
        "frequency_penalty",
        given.frequency_penalty.is_some_and(|p| p != 0.0),
        unknown,
    );
    gone(
        "presence_penalty",
        given.presence_penalty.is_some_and(|p| p != 0.0),
        unknown,
    );
    gone("seed", given.seed.is_some(), unknown);
    let (mut no_temperature, mut no_top_p, mut no_top_k) = (None, None, None);
    if !target.sampling {
        let reason = "the model takes no sampling settings";
        (no_temperature, no_top_p, no_top_k) = (Some(reason), Some(reason), Some(reason));
    } else if thinking {
        let reason = "not together with thinking";
        no_temperature = given
            .temperature
            .is_some_and(|t| (t - 1.0).abs() > 1e-9)
            .then_some(reason);
        no_top_p = given
            .top_p
            .is_some_and(|p| !(0.95..=1.0).contains(&p))
            .then_some(reason);
        no_top_k = Some(reason);
    }
    if let Some(reason) = no_temperature {
        gone("temperature", sent.temperature.take().is_some(), reason);
    }
    if sent.temperature.is_some() && no_top_p.is_none() {
        no_top_p = Some("not together with a temperature");
    }
    if let Some(reason) = no_top_p {
        gone("top_p", sent.top_p.take().is_some(), reason);
    }
    if let Some(reason) = no_top_k {
        gone("top_k", sent.top_k.take().is_some(), reason);
    }
    if let Some(temperature) = sent.temperature
        && !(0.0..=1.0).contains(&temperature)
    {
        writer.approximated(
            "temperature",
            Weight::Semantic,
            "the highest temperature is 1",
        );
        sent.temperature = Some(temperature.clamp(0.0, 1.0));
    }
    sent
}
