//! What is said otherwise to providers that depart from their dialect: fields of requests,
//! signatures, pictures in words.
//!
//! It sends nothing: the gateway hands it what it is about to send.

pub mod pictures;
pub mod shape;
pub mod sign;
