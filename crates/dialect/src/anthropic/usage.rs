//! Token counts: Anthropic leaves the cached ones out of the input, the canonical chat does not.

use serde::{Deserialize, Deserializer, Serialize};
use serde_json::value::RawValue;

use crate::chat::Usage;

/// Token counts as Anthropic reports them: `input_tokens` leaves the cached ones out.
#[derive(Clone, Copy, Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Reported {
    #[serde(deserialize_with = "count")]
    input_tokens: Option<u64>,
    #[serde(deserialize_with = "count")]
    cache_creation_input_tokens: Option<u64>,
    #[serde(deserialize_with = "count")]
    cache_read_input_tokens: Option<u64>,
    #[serde(deserialize_with = "count")]
    output_tokens: Option<u64>,
    output_tokens_details: Option<ReportedThinking>,
    server_tool_use: Option<ReportedTools>,
}

#[derive(Clone, Copy, Debug, Default, Deserialize)]
#[serde(default)]
struct ReportedThinking {
    #[serde(deserialize_with = "count")]
    thinking_tokens: Option<u64>,
}

#[derive(Clone, Copy, Debug, Default, Deserialize)]
#[serde(default)]
struct ReportedTools {
    #[serde(deserialize_with = "count")]
    web_search_requests: Option<u64>,
}

/// A count, or nothing where an upstream wrote something that is none.
fn count<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<u64>, D::Error> {
    let raw = <&RawValue>::deserialize(deserializer)?;
    Ok(serde_json::from_str(raw.get()).ok())
}

impl Reported {
    /// These counts on top of earlier ones of the same answer. Some upstreams leave fields out of
    /// later reports, or say 0 for what they told before; neither takes back a count.
    pub(super) fn onto(&self, earlier: &Usage) -> Usage {
        let later = |now: Option<u64>, before: Option<u64>| {
            now.filter(|count| *count > 0).or(before).or(now)
        };
        let uncached = later(self.input_tokens, earlier.uncached_input());
        let read = later(self.cache_read_input_tokens, earlier.cache_read);
        let write = later(self.cache_creation_input_tokens, earlier.cache_write);
        let cached = read.unwrap_or(0).saturating_add(write.unwrap_or(0));
        let input = uncached.map(|count| count.saturating_add(cached));
        let thinking = self
            .output_tokens_details
            .and_then(|details| details.thinking_tokens);
        let searches = self
            .server_tool_use
            .and_then(|tools| tools.web_search_requests);
        Usage {
            input: input.or((cached > 0).then_some(cached)),
            cache_read: read,
            cache_write: write,
            output: later(self.output_tokens, earlier.output),
            reasoning: later(thinking, earlier.reasoning),
            web_searches: later(searches, earlier.web_searches),
        }
    }
}

/// Token counts as a client of this dialect reads them.
#[derive(Debug, Serialize)]
pub(super) struct Counts {
    #[serde(skip_serializing_if = "Option::is_none")]
    input_tokens: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    cache_creation_input_tokens: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    cache_read_input_tokens: Option<u64>,
    output_tokens: u64,
    #[serde(skip_serializing_if = "Option::is_none")]
    output_tokens_details: Option<ThinkingCount>,
    #[serde(skip_serializing_if = "Option::is_none")]
    server_tool_use: Option<ToolCount>,
}

#[derive(Debug, Serialize)]
struct ThinkingCount {
    thinking_tokens: u64,
}

#[derive(Debug, Serialize)]
struct ToolCount {
    web_search_requests: u64,
}

impl Counts {
    /// What is known at a stream's end; what is not known is left as the start said it.
    pub(super) fn later(usage: &Usage) -> Self {
        Self {
            input_tokens: usage.uncached_input(),
            cache_creation_input_tokens: usage.cache_write,
            cache_read_input_tokens: usage.cache_read,
            output_tokens: usage.output.unwrap_or(0),
            output_tokens_details: usage
                .reasoning
                .map(|thinking_tokens| ThinkingCount { thinking_tokens }),
            server_tool_use: usage.web_searches.map(|web_search_requests| ToolCount {
                web_search_requests,
            }),
        }
    }

    /// The same for a place where clients read every field. `estimate` stands in for an unknown
    /// input.
    pub(super) fn whole(usage: &Usage, estimate: Option<u64>) -> Self {
        let known = Self::later(usage);
        Self {
            input_tokens: known.input_tokens.or(estimate).or(Some(0)),
            cache_creation_input_tokens: known.cache_creation_input_tokens.or(Some(0)),
            cache_read_input_tokens: known.cache_read_input_tokens.or(Some(0)),
            ..known
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]

    use super::{Counts, Reported};
    use crate::chat::Usage;

    fn reported(json: &str) -> Reported {
        serde_json::from_str(json).unwrap()
    }

    #[test]
    fn input_includes_what_was_cached() {
        let usage = reported(
            r#"{"input_tokens":40,"cache_creation_input_tokens":2,"cache_read_input_tokens":8,
                "output_tokens":1,"output_tokens_details":{"thinking_tokens":1},"new":{}}"#,
        )
        .onto(&Usage::default());
        assert_eq!(
            (usage.input, usage.cache_read, usage.cache_write),
            (Some(50), Some(8), Some(2))
        );
        assert_eq!(usage.reasoning, Some(1));
        let counts = serde_json::to_string(&Counts::later(&usage)).unwrap();
        assert!(counts.contains("\"input_tokens\":40"), "{counts}");
    }

    #[test]
    fn later_reports_add_and_never_take_back() {
        let first =
            reported(r#"{"input_tokens":43,"cache_read_input_tokens":7,"output_tokens":1}"#)
                .onto(&Usage::default());
        let second = reported(r#"{"input_tokens":61,"output_tokens":9}"#).onto(&first);
        assert_eq!(
            (second.input, second.cache_read, second.output),
            (Some(68), Some(7), Some(9))
        );
        let third = reported(r#"{"input_tokens":0,"output_tokens":"many"}"#).onto(&second);
        assert_eq!(third, second);
    }
}
