//! Writes control's part of the OpenAPI document to standard output, for `cargo xtask gen`.
#![allow(clippy::print_stdout, reason = "it is all that this does")]

fn main() {
    println!("{}", contract::openapi::control());
}
