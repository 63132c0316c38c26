//! Bodies that are more than one JSON request: forms of several parts, and requests with parts left
//! out.
//!
//! It reads no socket and answers nobody: the gateway hands it what came in.

pub mod decompress;
pub mod form;
pub mod worker;
