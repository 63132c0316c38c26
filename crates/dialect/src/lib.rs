//! Wire formats and the canonical chat between them: framing, decoding, encoding. No I/O.
