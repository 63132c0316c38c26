//! What a client key may use: counted, refused and told.

mod fields;
mod level;
mod rates;
#[cfg(test)]
mod tests;

pub use rates::{Held, KeyLimits, Now, Rates, day_of};
