//! Streams of Anthropic's upstreams for OpenAI's clients.
#![no_main]

use portolan_fuzz::{anthropic, openai, stream};

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| stream(anthropic(), openai(), bytes));
