//! GraphQL over what the gateway does: chat, pictures, and stored conversations.
//!
//! It asks models by a function that it is given, with the key and the limits of whoever asks; it
//! knows no listener. Nothing of it is built before the first query.

mod asking;
mod chat;
mod glance;
mod graph;
mod measure;
mod picture;
mod query;
mod schema;
mod sessions;

pub use asking::{Ask, Asking, Caller, Told};
pub use graph::{Answer, Graph};
