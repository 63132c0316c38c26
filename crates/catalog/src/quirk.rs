//! The closed list of ways in which a provider departs from its dialect.

use std::fmt;
use std::str::FromStr;

/// One departure; what is done about it is the gateway's part.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Quirk {
    /// `done-optional`: a stream may end after its finish reason without `data: [DONE]`, and is
    /// complete all the same.
    DoneOptional,
    /// `max-new-tokens`: the output cap is said as `max_new_tokens` too, always: the client's, or
    /// the model's own limit.
    MaxNewTokens,
    /// `max-tokens-legacy`: the output cap is sent as `max_tokens`, since `max_completion_tokens`
    /// is unknown to it.
    MaxTokensLegacy,
    /// `no-image-urls`: pictures have to be inside the request, for it fetches none from their
    /// addresses.
    NoImageUrls,
    /// `no-stream-usage`: `stream_options` is left out, since it is refused.
    NoStreamUsage,
    /// `no-developer-role`: messages of role `developer` are sent as `system`.
    NoDeveloperRole,
    /// `noop-tool`: a stream that offers an empty list of tools is given one that does nothing, and
    /// any other request is sent without the list.
    NoopTool,
    /// `no-reasoning-effort`: `reasoning_effort` is left out, since models that do not reason
    /// refuse it.
    NoReasoningEffort,
    /// `openai-additions`: it takes what OpenAI alone added to the dialect of late
    /// (`prompt_cache_breakpoint`, `safety_identifier`, `verbosity`).
    OpenAiAdditions,
    /// `openai-key-header`: it takes the key that a client brings for one request in the header
    /// `x-openai-key`.
    OpenAiKeyHeader,
    /// `repaired-answers`: an answer is always read and written anew, also for a client of the same
    /// dialect: its end, its reason for the end, the ids of its tool calls or its counts of tokens
    /// may be missing or wrong.
    RepairedAnswers,
    /// `signed-requests`: a request names its session and its conversation and is signed with the
    /// key (HMAC-SHA256); where it is refused with status 406, it is sent once without all that.
    SignedRequests,
    /// `status-in-body`: a failure may come with HTTP status 200 and a number in the body's
    /// `status` or `error_code`.
    StatusInBody,
    /// `stream-usage-optional`: a stream that is refused with status 406 is asked for once without
    /// `stream_options`.
    StreamUsageOptional,
}

impl Quirk {
    /// Every quirk, in the order of their names.
    pub const ALL: [Self; 14] = [
        Self::DoneOptional,
        Self::MaxNewTokens,
        Self::MaxTokensLegacy,
        Self::NoDeveloperRole,
        Self::NoImageUrls,
        Self::NoReasoningEffort,
        Self::NoStreamUsage,
        Self::NoopTool,
        Self::OpenAiAdditions,
        Self::OpenAiKeyHeader,
        Self::RepairedAnswers,
        Self::SignedRequests,
        Self::StatusInBody,
        Self::StreamUsageOptional,
    ];

    /// The name used in manifests and settings.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::DoneOptional => "done-optional",
            Self::MaxNewTokens => "max-new-tokens",
            Self::MaxTokensLegacy => "max-tokens-legacy",
            Self::NoStreamUsage => "no-stream-usage",
            Self::NoDeveloperRole => "no-developer-role",
            Self::NoImageUrls => "no-image-urls",
            Self::NoReasoningEffort => "no-reasoning-effort",
            Self::NoopTool => "noop-tool",
            Self::OpenAiAdditions => "openai-additions",
            Self::OpenAiKeyHeader => "openai-key-header",
            Self::RepairedAnswers => "repaired-answers",
            Self::SignedRequests => "signed-requests",
            Self::StatusInBody => "status-in-body",
            Self::StreamUsageOptional => "stream-usage-optional",
        }
    }
}

impl fmt::Display for Quirk {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl FromStr for Quirk {
    type Err = UnknownQuirk;

    fn from_str(name: &str) -> Result<Self, Self::Err> {
        Self::ALL
            .into_iter()
            .find(|quirk| quirk.as_str() == name)
            .ok_or_else(|| UnknownQuirk(name.to_owned()))
    }
}

/// A name that is none of the quirks.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("unknown quirk \"{0}\"; one of {list}", list = Quirk::ALL.map(Quirk::as_str).join(", "))]
pub struct UnknownQuirk(pub String);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_lead_back_to_their_quirks() {
        for quirk in Quirk::ALL {
            assert_eq!(quirk.to_string().parse(), Ok(quirk));
        }
    }

    #[test]
    fn another_name_is_answered_with_the_list() {
        let error = "vendor-hack"
            .parse::<Quirk>()
            .map_err(|error| error.to_string());
        let text = "unknown quirk \"vendor-hack\"; one of done-optional, max-new-tokens, \
                    max-tokens-legacy, no-developer-role, no-image-urls, no-reasoning-effort, \
                    no-stream-usage, noop-tool, openai-additions, openai-key-header, \
                    repaired-answers, signed-requests, status-in-body, stream-usage-optional";
        assert_eq!(error, Err(text.to_owned()));
    }
}
