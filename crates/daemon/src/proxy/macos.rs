//! Whether macOS' settings name a script that would decide.

use system_configuration::core_foundation::number::CFNumber;
use system_configuration::core_foundation::string::CFString;
use system_configuration::dynamic_store::SCDynamicStoreBuilder;

/// A script at an address, or one that the network offers: the keys of
/// <https://developer.apple.com/documentation/systemconfiguration/scschemadefinitions>.
const KEYS: [&str; 2] = ["ProxyAutoConfigEnable", "ProxyAutoDiscoveryEnable"];

/// Whether they do.
pub(super) fn names_script() -> bool {
    let store = SCDynamicStoreBuilder::new("portolan").build();
    let Some(proxies) = store.and_then(|store| store.get_proxies()) else {
        return false;
    };
    KEYS.iter().any(|key| {
        let found = proxies.find(CFString::new(key));
        let number = found.and_then(|value| value.downcast::<CFNumber>());
        number
            .and_then(|number| number.to_i32())
            .is_some_and(|on| on != 0)
    })
}
