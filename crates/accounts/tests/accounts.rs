//! Leasing: who is lent with which secret, who goes first, and what a reload changes.
#![allow(clippy::unwrap_used, clippy::panic, reason = "tests")]

mod common;

use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use accounts::{
    Account, AccountId, Accounts, CredentialError, CredentialSource, LeaseError, MemoryVault,
    Outcome, Resolver, Standing, Vault,
};
use common::secret;
use tempfile::tempdir;

fn id(name: &str) -> AccountId {
    AccountId::new(name).unwrap()
}

fn ids(names: &[&str]) -> Vec<AccountId> {
    names.iter().map(|name| id(name)).collect()
}

fn account(name: &str, source: CredentialSource) -> Account {
    Account {
        id: id(name),
        provider: "p".to_owned(),
        label: name.to_owned(),
        source,
    }
}

fn keyless(name: &str) -> Account {
    account(name, CredentialSource::None)
}

fn from_file(name: &str, path: &Path) -> Account {
    account(
        name,
        CredentialSource::File {
            path: path.to_owned(),
        },
    )
}

fn no_environment() -> Resolver {
    Resolver::new(Arc::new(MemoryVault::new()), |_| None)
}

fn report(accounts: &Arc<Accounts>, name: &str, outcome: Outcome, now: Instant) {
    accounts.lease(&id(name), now).unwrap().report(outcome, now);
}

#[test]
fn each_source_gives_its_secret_or_says_why_not() {
    let folder = tempdir().unwrap();
    let path = folder.path().join("key");
    std::fs::write(&path, "sk-file\n").unwrap();
    let vault = Arc::new(MemoryVault::new());
    vault.put("account/sealed", &secret("sk-vault")).unwrap();
    let variable = |name: &str| CredentialSource::Environment {
        variable: name.to_owned(),
    };
    let list = vec![
        account("set", variable("SET")),
        account("unset", variable("UNSET")),
        account("broken", variable("BROKEN")),
        from_file("file", &path),
        from_file("no-file", &folder.path().join("none")),
        account("sealed", CredentialSource::Vault),
        account("unsealed", CredentialSource::Vault),
        keyless("local"),
    ];
    let resolver = Resolver::new(vault, |name| match name {
        "SET" => Some("sk-env".to_owned()),
        "BROKEN" => Some("sk-canary\nx".to_owned()),
        _ => None,
    });
    let accounts = Accounts::new(list.clone(), resolver);
    let now = Instant::now();
    for (name, expected) in [
        ("set", "sk-env"),
        ("file", "sk-file"),
        ("sealed", "sk-vault"),
    ] {
        let lease = accounts.lease(&id(name), now).unwrap();
        assert_eq!(lease.secret().unwrap().expose(), expected);
        assert!(
            !format!("{lease:?} {accounts:?}").contains("sk-"),
            "a lease can be logged"
        );
    }
    assert!(
        accounts
            .lease(&id("local"), now)
            .unwrap()
            .secret()
            .is_none()
    );
    for name in ["unset", "broken", "no-file", "unsealed"] {
        let error = accounts.lease(&id(name), now).unwrap_err();
        assert!(matches!(error, LeaseError::NoCredential { .. }), "{name}");
        assert!(!error.to_string().contains("canary"));
        assert_eq!(
            accounts.standing(&id(name), now),
            Some(Standing::NoCredential)
        );
        assert!(accounts.credential_error(&id(name)).is_some());
    }
    let reason = accounts.credential_error(&id("unsealed")).unwrap();
    assert!(matches!(*reason, CredentialError::NotStored));
    assert!(matches!(
        accounts.lease(&id("nobody"), now),
        Err(LeaseError::Unknown { .. })
    ));
    assert_eq!(accounts.list().len(), list.len());
}

#[test]
fn the_healthy_go_first_and_none_is_left_out() {
    let now = Instant::now();
    let list = ["a", "b", "c", "d", "e"].map(keyless).to_vec();
    let mut list = list;
    list.push(account("bare", CredentialSource::Vault));
    let accounts = Accounts::new(list, no_environment());
    let all = ids(&["bare", "nobody", "a", "b", "c", "d", "e"]);
    report(&accounts, "a", Outcome::Rejected, now);
    report(
        &accounts,
        "b",
        Outcome::RateLimited { retry_after: None },
        now,
    );
    report(
        &accounts,
        "d",
        Outcome::RateLimited { retry_after: None },
        now,
    );
    report(&accounts, "e", Outcome::Unrelated, now);
    let order = |now| accounts.order(&all, now);
    assert_eq!(
        order(now),
        ids(&["c", "e", "b", "d", "a", "bare", "nobody"])
    );
    let later = now + Duration::from_secs(6);
    assert_eq!(
        order(later),
        ids(&["b", "c", "d", "e", "a", "bare", "nobody"])
    );
    for name in ["a", "b", "d"] {
        assert!(
            accounts.lease(&id(name), now).is_ok(),
            "health forbids nothing: {name}"
        );
    }
    report(&accounts, "a", Outcome::Success, later);
    assert_eq!(
        order(later),
        ids(&["a", "b", "c", "d", "e", "bare", "nobody"])
    );
}

#[test]
fn a_lease_counts_until_it_is_reported_or_dropped() {
    let accounts = Accounts::new(vec![keyless("a")], no_environment());
    let now = Instant::now();
    let (one, two) = (accounts.lease(&id("a"), now), accounts.lease(&id("a"), now));
    assert_eq!(accounts.in_use(&id("a")), 2);
    one.unwrap().report(Outcome::Success, now);
    assert_eq!(accounts.in_use(&id("a")), 1);
    drop(two);
    assert_eq!(accounts.in_use(&id("a")), 0);
    for _ in 0..20 {
        drop(accounts.lease(&id("a"), now));
    }
    assert_eq!(accounts.standing(&id("a"), now), Some(Standing::Ready));
}

#[test]
fn a_changed_key_takes_effect_with_a_reload_and_starts_in_good_health() {
    let folder = tempdir().unwrap();
    let path = folder.path().join("key");
    std::fs::write(&path, "sk-old").unwrap();
    let accounts = Accounts::new(vec![from_file("a", &path)], no_environment());
    let now = Instant::now();
    let key = || {
        accounts
            .lease(&id("a"), now)
            .unwrap()
            .secret()
            .unwrap()
            .expose()
            .to_owned()
    };
    let slow = accounts.lease(&id("a"), now).unwrap();
    report(&accounts, "a", Outcome::Rejected, now);
    accounts.reload();
    assert_eq!(
        accounts.standing(&id("a"), now),
        Some(Standing::Rejected),
        "same key, same health"
    );
    std::fs::write(&path, "sk-new").unwrap();
    assert_eq!(key(), "sk-old");
    accounts.reload();
    assert_eq!(key(), "sk-new");
    assert_eq!(accounts.standing(&id("a"), now), Some(Standing::Ready));
    slow.report(Outcome::Rejected, now);
    let standing = accounts.standing(&id("a"), now);
    assert_eq!(
        standing,
        Some(Standing::Ready),
        "the old key's answer says nothing of the new one"
    );
    std::fs::remove_file(&path).unwrap();
    accounts.reload();
    assert!(accounts.lease(&id("a"), now).is_err());
}

#[test]
fn a_key_that_is_given_begins_with_a_good_name_also_where_it_is_the_same() {
    let accounts = Accounts::new(vec![keyless("a")], no_environment());
    let now = Instant::now();
    let lent = accounts.lease(&id("a"), now).unwrap();
    for key in ["sk-1", "sk-2", "sk-2"] {
        report(&accounts, "a", Outcome::Rejected, now);
        assert_eq!(accounts.standing(&id("a"), now), Some(Standing::Rejected));
        accounts.set_key(&id("a"), secret(key));
        assert_eq!(accounts.standing(&id("a"), now), Some(Standing::Ready));
        let lease = accounts.lease(&id("a"), now).unwrap();
        assert_eq!(lease.secret().unwrap().expose(), key);
    }
    assert_eq!(
        accounts.in_use(&id("a")),
        1,
        "calls under way are counted on"
    );
    assert_eq!(accounts.list()[0].source, CredentialSource::Vault);
    lent.report(Outcome::Rejected, now);
    assert_eq!(accounts.standing(&id("a"), now), Some(Standing::Ready));
    accounts.set_key(&id("b"), secret("sk-3"));
    assert_eq!(accounts.standing(&id("b"), now), None);
}

#[test]
fn replacing_the_list_keeps_the_health_of_those_that_stay() {
    let accounts = Accounts::new(vec![keyless("a"), keyless("b")], no_environment());
    let now = Instant::now();
    let lent = accounts.lease(&id("b"), now).unwrap();
    report(&accounts, "a", Outcome::Unpaid, now);
    accounts.replace(vec![keyless("a"), keyless("c")]);
    assert!(matches!(
        accounts.standing(&id("a"), now),
        Some(Standing::Cooling { .. })
    ));
    assert_eq!(accounts.standing(&id("b"), now), None);
    assert_eq!(
        accounts
            .list()
            .iter()
            .map(|a| a.id.as_str())
            .collect::<Vec<_>>(),
        ["a", "c"]
    );
    lent.report(Outcome::Rejected, now);
    assert_eq!(
        accounts.standing(&id("b"), now),
        None,
        "a removed account does not come back"
    );
}

#[test]
fn a_slow_reload_does_not_hold_up_leases() {
    let (entered, proceed) = (Arc::new(AtomicBool::new(false)), Arc::new(Mutex::new(())));
    let (enter, gate) = (Arc::clone(&entered), Arc::clone(&proceed));
    let resolver = Resolver::new(Arc::new(MemoryVault::new()), move |_| {
        enter.store(true, Ordering::SeqCst);
        drop(gate.lock());
        Some("sk-1".to_owned())
    });
    let source = CredentialSource::Environment {
        variable: "KEY".to_owned(),
    };
    let accounts = Accounts::new(vec![account("a", source)], resolver);
    entered.store(false, Ordering::SeqCst);
    let closed = proceed.lock().unwrap();
    let reloading = Arc::clone(&accounts);
    let thread = std::thread::spawn(move || reloading.reload());
    while !entered.load(Ordering::SeqCst) {
        std::thread::yield_now();
    }
    let now = Instant::now();
    assert!(accounts.lease(&id("a"), now).is_ok());
    assert_eq!(accounts.order(&ids(&["a"]), now).len(), 1);
    assert!(!thread.is_finished());
    drop(closed);
    thread.join().unwrap();
}

#[test]
fn whoever_watches_hears_when_an_account_comes_to_stand_differently() {
    let accounts = Accounts::new(vec![keyless("a"), keyless("b")], no_environment());
    let mut changes = accounts.changes();
    let mut heard = || {
        let changed = changes.has_changed().unwrap();
        changes.mark_unchanged();
        changed
    };
    let start = Instant::now();
    let later = |seconds| start + Duration::from_secs(seconds);
    report(&accounts, "a", Outcome::Success, later(1));
    assert!(!heard(), "it was ready before");
    report(&accounts, "a", Outcome::Rejected, later(2));
    assert!(heard());
    report(&accounts, "a", Outcome::Rejected, later(3));
    assert!(!heard(), "it is rejected still");
    report(&accounts, "a", Outcome::Success, later(4));
    assert!(heard());
    let retry_after = Some(Duration::from_secs(9));
    report(
        &accounts,
        "b",
        Outcome::RateLimited { retry_after },
        later(5),
    );
    assert!(heard());
}
