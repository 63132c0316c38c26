//! Errors: whatever an upstream answers becomes an error that clients of both dialects can read.
#![no_main]

use portolan_fuzz::{anthropic, openai};

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    let Some((head, body)) = bytes.split_first_chunk::<2>() else {
        return;
    };
    let status = u16::from_le_bytes(*head) % 600;
    for from in [openai(), anthropic()] {
        let fault = from.decode_fault(status, body);
        assert!(!fault.message.is_empty());
        for to in [openai(), anthropic()] {
            assert!((400..=599).contains(&fault.status_for(to.dialect())));
            let told = to.encode_fault(&fault, "req_1");
            let again = to.decode_fault(fault.status_for(to.dialect()), &told);
            assert!(!again.message.is_empty());
            let frame = to.encode_stream_fault(&fault, "req_1");
            let (_, read) = portolan_fuzz::events(to, std::iter::once(frame.as_slice()));
            assert!(read.is_err(), "an error that does not look like one");
        }
    }
});
