//! What a provider's models want said otherwise in a chat: names, thinking, sampling.

use std::collections::BTreeMap;

use serde::Deserialize;

use crate::checks::Checks;
use crate::problem::KeyPath;

/// What the models of these names want said otherwise than the dialect says it.
#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Rule {
    /// The models' names; `*` stands for any letters.
    pub models: Vec<String>,
    /// The name to send in place of the model's.
    pub rename: Option<String>,
    /// The same, where the model is to think.
    pub rename_thinking: Option<String>,
    /// The fields that say whether to think, in place of `reasoning_effort`; `None`: as it came.
    /// An empty list says that the model takes none, and none is sent.
    pub thinking: Option<Vec<ThinkingField>>,
    /// What is sent where the client says nothing.
    pub usual: BTreeMap<SamplingField, f64>,
    /// What is sent whatever the client says.
    pub always: BTreeMap<SamplingField, f64>,
    /// What is never sent.
    pub never: Vec<SamplingField>,
    /// Whether `temperature` and `top_p` exclude each other.
    pub one_of_sampling: bool,
    /// Whether `max_tokens` has to be said.
    pub max_tokens: bool,
    /// Whether a model that thinks can only be left alone with its tools, or kept from them.
    pub loose_tool_choice: bool,
}

/// One field that says whether a model is to think.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ThinkingField {
    /// `chat_template_kwargs.enable_thinking`, true or false.
    Template,
    /// `enable_thinking`, true or false.
    Enable,
    /// `thinking`, an object whose `type` is `enabled` or `disabled`.
    Type,
    /// `thinking_mode`, true, or left out.
    Mode,
    /// `reasoning`, true, or left out where a little thought is enough.
    Reasoning,
    /// `reasoning_split`, true or false.
    Split,
}

/// One field that steers how the next token is chosen.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SamplingField {
    /// `temperature`.
    Temperature,
    /// `top_p`.
    TopP,
    /// `top_k`.
    TopK,
    /// `n`.
    N,
    /// `frequency_penalty`.
    FrequencyPenalty,
    /// `presence_penalty`.
    PresencePenalty,
}

impl SamplingField {
    /// The field's name in a request.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Temperature => "temperature",
            Self::TopP => "top_p",
            Self::TopK => "top_k",
            Self::N => "n",
            Self::FrequencyPenalty => "frequency_penalty",
            Self::PresencePenalty => "presence_penalty",
        }
    }
}

impl Rule {
    /// Whether it is meant for this model; letters are compared in any case.
    #[must_use]
    pub fn names(&self, model: &str) -> bool {
        let model = model.to_ascii_lowercase();
        let mut patterns = self.models.iter();
        patterns.any(|pattern| fits(&pattern.to_ascii_lowercase(), &model))
    }
}

/// Whether a name is of a pattern in which `*` stands for any letters.
fn fits(pattern: &str, name: &str) -> bool {
    let Some((start, rest)) = pattern.split_once('*') else {
        return pattern == name;
    };
    let Some(name) = name.strip_prefix(start) else {
        return false;
    };
    (0..=name.len())
        .filter(|at| name.is_char_boundary(*at))
        .any(|at| fits(rest, &name[at..]))
}

/// Checks the rules of a manifest.
pub(crate) fn rules(checks: &mut Checks, rules: &[Rule]) {
    for (at, rule) in rules.iter().enumerate() {
        let key = KeyPath::of("rule").index(at);
        let patterns = rule.models.iter().chain(&rule.rename);
        for name in patterns.chain(&rule.rename_thinking) {
            checks.shown(&key, name);
        }
        if rule.models.is_empty() {
            checks.wrong(key.key("models"), "a rule names its models");
        }
        let numbers = rule.usual.values().chain(rule.always.values());
        if numbers.into_iter().any(|number| !number.is_finite()) {
            checks.wrong(key, "a number is meant here");
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_star_stands_for_any_letters() {
        let named = |pattern: &str, model: &str| {
            let models = vec![pattern.to_owned()];
            Rule {
                models,
                ..Rule::default()
            }
            .names(model)
        };
        for (pattern, model) in [
            ("glm-5", "glm-5"),
            ("glm-*", "glm-4.6"),
            ("*thinking*", "kimi-k2-thinking"),
            ("qwen*4b", "qwen3-4b"),
            ("iflow-rome*", "iFlow-ROME-30BA3B"),
            ("*", "x"),
        ] {
            assert!(named(pattern, model), "{pattern} {model}");
        }
        for (pattern, model) in [
            ("glm-5", "glm-5.1"),
            ("qwen*4b", "qwen3-4b-2507"),
            ("o1*", "glm-o1"),
            ("a*b*c", "acb"),
        ] {
            assert!(!named(pattern, model), "{pattern} {model}");
        }
    }
}
