//! The composition root: listeners, life cycle, and the command line program portolan.
mod environment;
mod folders;
mod hardening;
mod holder;
mod home;
mod lock;
mod logging;
mod private;
mod signals;
mod socket;
mod version;
mod cli {
    mod answer;
    mod command;
    mod input;
    mod message;
    mod parse;
    mod status;
    mod table;
    mod usage;
}
