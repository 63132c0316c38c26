//! What the desktop shows outside of the window, and what may be asked of it, as values.

mod arguments;
mod bar;
mod channel;
mod face;
pub mod link;
mod links;
mod menu;
mod notices;
mod offer;
mod preferences;
mod release;
mod seen;

pub use arguments::{Arguments, Page};
pub use bar::Bar;
pub use channel::{Asked, Channel};
pub use face::{Face, Facts, Fault, Line, Shape, Toggle, called, wants_sign_in};
pub use links::{is_own, may_leave, may_sign_in};
pub use menu::{Action, Entry, View, entries, state};
pub use notices::{Notice, Notices};
pub use offer::Offer;
pub use preferences::Preferences;
pub use release::{Refused, Release};
pub use seen::Seen;
