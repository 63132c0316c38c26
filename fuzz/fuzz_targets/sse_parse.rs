//! Framing: however the bytes are cut, the same frames come.
#![no_main]

use dialect::frame::{Frame, FrameTooLong, SseFramer};
use libfuzzer_sys::fuzz_target;

type Frames = Vec<(Option<String>, Vec<u8>)>;

fn frames<'b>(pieces: impl Iterator<Item = &'b [u8]>) -> Frames {
    let mut framer = SseFramer::default();
    let mut frames = Frames::new();
    let mut keep = |frame: Frame<'_>| {
        frames.push((frame.event.map(str::to_owned), frame.data.to_vec()));
        Ok::<(), FrameTooLong>(())
    };
    for piece in pieces {
        framer.push(piece, &mut keep).expect("the input is short");
    }
    framer.finish(&mut keep).expect("the input is short");
    frames
}

fuzz_target!(|bytes: &[u8]| {
    let whole = frames(std::iter::once(bytes.get(1..).unwrap_or_default()));
    assert_eq!(frames(portolan_fuzz::pieces(bytes)), whole);
});
