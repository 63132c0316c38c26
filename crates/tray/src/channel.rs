//! The channel of updates that this program was built with.

use face::Channel;

/// The address and the keys of updates, where this build has them.
pub(crate) fn channel() -> Option<Channel> {
    const DEVELOPMENT: bool = cfg!(debug_assertions);
    let built = Channel::of(
        option_env!("PORTOLAN_UPDATE_ENDPOINT").unwrap_or_default(),
        [
            option_env!("PORTOLAN_UPDATE_KEY").unwrap_or_default(),
            option_env!("PORTOLAN_UPDATE_NEXT_KEY").unwrap_or_default(),
        ],
        DEVELOPMENT,
    );
    // A program for development takes them when it starts, so that it can be tested; what
    // people install does not, for whoever sets its environment could replace it.
    if built.is_none() && DEVELOPMENT {
        let set = |name: &str| std::env::var(name).unwrap_or_default();
        let keys = [set("PORTOLAN_UPDATE_KEY"), set("PORTOLAN_UPDATE_NEXT_KEY")];
        let endpoint = set("PORTOLAN_UPDATE_ENDPOINT");
        return Channel::of(&endpoint, [&keys[0], &keys[1]], DEVELOPMENT);
    }
    built
}
