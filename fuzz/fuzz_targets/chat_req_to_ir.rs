//! Requests of OpenAI's clients.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| portolan_fuzz::request(portolan_fuzz::openai(), bytes));
