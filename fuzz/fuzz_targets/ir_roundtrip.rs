//! Whole answers: what was read can be written in both dialects and read again.
#![no_main]

use dialect::Losses;
use dialect::chat::{Laws, Transcript};
use portolan_fuzz::{anthropic, calls, context, openai};

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    for from in [openai(), anthropic()] {
        let Ok(events) = from.decode_answer(bytes) else {
            continue;
        };
        let mut laws = Laws::default();
        for event in &events {
            assert_eq!(laws.check(event), Ok(()));
        }
        assert_eq!(laws.finish(), Ok(()));
        let transcript = Transcript::collect(events).expect("it has an end");
        for to in [openai(), anthropic()] {
            let mut losses = Losses::default();
            // Arguments that are no JSON are refused where an object is needed.
            let Ok(whole) = to.encode_answer(&transcript, &context(), &mut losses) else {
                continue;
            };
            let again = to.decode_answer(&whole).expect("our own answer");
            let again = Transcript::collect(again).expect("our own answer");
            if losses.is_empty() {
                assert_eq!(calls(&transcript), calls(&again));
            }
            assert!(to.scan_usage(&whole).is_some() || again.usage.is_empty());
        }
    }
});
