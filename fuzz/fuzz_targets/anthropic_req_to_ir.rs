//! Requests of Anthropic's clients, and the estimate of their size.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    portolan_fuzz::request(portolan_fuzz::anthropic(), bytes);
    let _estimate = dialect::anthropic::estimate_input_tokens(bytes);
});
