//! Streams of OpenAI's upstreams for Anthropic's clients.
#![no_main]

use portolan_fuzz::{anthropic, openai, stream};

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| stream(openai(), anthropic(), bytes));
