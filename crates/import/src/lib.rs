//! What other programs left on this machine that can be taken over: their files are read and never
//! changed, and nothing is written.

mod address;
mod fernet;
mod found;
mod iflow;
mod iflow2api;
mod object;
mod read;
mod source;
mod told;

pub use address::{needs_permission, same_address};
pub use found::{Address, Found, FoundFile, Left, LeftWhy, LookFault};
pub use read::{ReadFile, look, look_in};
pub use source::Source;
pub use told::{free_name, masked, theme_of};
