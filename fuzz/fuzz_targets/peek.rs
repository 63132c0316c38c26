//! A look at a body agrees with a whole reading of it, and only the model changes.
#![no_main]

use bytes::Bytes;
use dialect::peek::{Limits, Peek};
use libfuzzer_sys::fuzz_target;
use serde_json::value::RawValue;

const OTHER: &str = "another \"model\" 船";

fuzz_target!(|bytes: &[u8]| {
    let read = serde_json::from_slice::<&RawValue>(bytes);
    let Ok(peek) = Peek::at(bytes, Limits::default()) else {
        return;
    };
    // What passes is JSON to those that read it whole; nesting beyond serde's limit aside.
    if let Err(error) = &read {
        assert!(error.to_string().contains("recursion"), "{error}");
    }
    let body = Bytes::copy_from_slice(bytes);
    assert_eq!(
        peek.splice(&body, peek.model.as_deref().unwrap_or(""))
            .concat(),
        bytes
    );
    let spliced = peek.splice(&body, OTHER).concat();
    let again = Peek::at(&spliced, Limits::default()).expect("it is still JSON");
    if let (Some(_), Some(span)) = (&peek.model, &peek.model_span) {
        assert_eq!(again.model.as_deref(), Some(OTHER));
        assert!(spliced.starts_with(&bytes[..span.start]));
        assert!(spliced.ends_with(&bytes[span.end..]));
    }
    assert_eq!((again.stream, again.reasons), (peek.stream, peek.reasons));
});
