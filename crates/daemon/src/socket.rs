//! The control socket: how the command line reaches a running server of the same user.

mod client;
mod protocol;
mod server;
#[cfg(unix)]
mod unix;
#[cfg(windows)]
mod windows;

pub(crate) use client::{Client, connect};
pub(crate) use server::serve;
#[cfg(unix)]
pub(crate) use unix::Listener;
#[cfg(windows)]
pub(crate) use windows::Listener;

#[cfg(unix)]
use unix::{Stream, open};
#[cfg(windows)]
use windows::{Stream, open};
