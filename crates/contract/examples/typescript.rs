//! Writes the contract's types as TypeScript to standard output, for `cargo xtask gen`.
#![allow(clippy::print_stdout, reason = "it is all that this does")]

fn main() {
    print!("{}", contract::typescript::page());
}
