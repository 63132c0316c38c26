//! How many tokens an exchange took, in one convention for all dialects.

/// Token counts as the upstream reported them; `None` where it said nothing.
///
/// `input` includes what was read from and written to a cache, `output` includes reasoning, as
/// OpenAI counts; dialects that leave them out are converted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Usage {
    /// All tokens read, in tokens, cached ones included.
    pub input: Option<u64>,
    /// Those of `input` that came from a cache.
    pub cache_read: Option<u64>,
    /// Those of `input` that were written to a cache.
    pub cache_write: Option<u64>,
    /// All tokens written, reasoning included.
    pub output: Option<u64>,
    /// Those of `output` that were reasoning.
    pub reasoning: Option<u64>,
    /// Searches of the web that the provider made, each billed.
    pub web_searches: Option<u64>,
}

impl Usage {
    /// Whether nothing at all was reported.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }

    /// Takes over every count that a later report states; counts are cumulative.
    pub fn update(&mut self, later: &Self) {
        self.input = later.input.or(self.input);
        self.cache_read = later.cache_read.or(self.cache_read);
        self.cache_write = later.cache_write.or(self.cache_write);
        self.output = later.output.or(self.output);
        self.reasoning = later.reasoning.or(self.reasoning);
        self.web_searches = later.web_searches.or(self.web_searches);
    }

    /// Adds what another answer took.
    pub fn add(&mut self, other: &Self) {
        let sum = |own: &mut Option<u64>, other: Option<u64>| {
            if let Some(other) = other {
                *own = Some(own.unwrap_or(0).saturating_add(other));
            }
        };
        sum(&mut self.input, other.input);
        sum(&mut self.cache_read, other.cache_read);
        sum(&mut self.cache_write, other.cache_write);
        sum(&mut self.output, other.output);
        sum(&mut self.reasoning, other.reasoning);
        sum(&mut self.web_searches, other.web_searches);
    }

    /// The input that was neither read from nor written to a cache.
    #[must_use]
    pub fn uncached_input(&self) -> Option<u64> {
        let cached = self
            .cache_read
            .unwrap_or(0)
            .saturating_add(self.cache_write.unwrap_or(0));
        self.input.map(|input| input.saturating_sub(cached))
    }

    /// Input and output together; `None` when neither is known.
    #[must_use]
    pub fn total(&self) -> Option<u64> {
        match (self.input, self.output) {
            (None, None) => None,
            (input, output) => Some(input.unwrap_or(0).saturating_add(output.unwrap_or(0))),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Usage;

    #[test]
    fn later_reports_win_and_silence_keeps_what_was_known() {
        let mut usage = Usage {
            input: Some(43),
            cache_read: Some(3),
            output: Some(1),
            ..Usage::default()
        };
        usage.update(&Usage {
            input: Some(61),
            output: Some(9),
            ..Usage::default()
        });
        assert_eq!(
            (usage.input, usage.cache_read, usage.output),
            (Some(61), Some(3), Some(9))
        );
        assert_eq!(usage.uncached_input(), Some(58));
        assert_eq!(usage.total(), Some(70));
    }

    #[test]
    fn what_two_answers_took_is_added_and_what_neither_said_stays_unknown() {
        let mut usage = Usage {
            input: Some(11),
            ..Usage::default()
        };
        usage.add(&Usage {
            input: Some(4),
            output: Some(7),
            ..Usage::default()
        });
        assert_eq!((usage.input, usage.output), (Some(15), Some(7)));
        assert_eq!((usage.reasoning, usage.cache_read), (None, None));
    }

    #[test]
    fn a_cache_larger_than_the_input_does_not_wrap() {
        let usage = Usage {
            input: Some(1),
            cache_read: Some(9),
            ..Usage::default()
        };
        assert_eq!(usage.uncached_input(), Some(0));
        assert_eq!(Usage::default().total(), None);
    }
}
