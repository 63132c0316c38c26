//! The pages that document the interface: its OpenAPI, and what shows it, compressed as they are
//! served. Nothing of them is unpacked but for clients that cannot.

mod packed;
mod page;

pub use packed::{Packed, Packing};
pub use page::{Page, admin, find, is_here};
