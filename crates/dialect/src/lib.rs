//! Wire formats and the canonical chat between them: framing, decoding, encoding. No I/O.

mod names;

pub use names::{Dialect, Operation, UnknownName};
