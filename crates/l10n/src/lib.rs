//! Messages for people in their language: Fluent bundles from the locales folder.

mod embedded;
mod messages;
mod negotiate;

pub use embedded::{languages, sources};
pub use fluent::FluentValue as Value;
pub use messages::Messages;
pub use negotiate::{FALLBACK, negotiate, system_locale};
