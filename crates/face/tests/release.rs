//! News of releases, as signed, and as somebody between would like to have them.
#![allow(clippy::unwrap_used, reason = "tests")]

use std::path::PathBuf;
use std::time::{Duration, SystemTime};

use contract::{ApiError, Code};
use face::{Refused, Release, Seen};
use l10n::{Messages, Value as Word};
use serde_json::Value;

const DAY: u64 = 24 * 60 * 60;
/// 2026-11-01T00:00:00Z, when the good news were signed.
const SIGNED: u64 = 1_793_491_200;
/// 2027-01-30T00:00:00Z, when they end.
const END: u64 = SIGNED + 90 * DAY;

fn file(name: &str) -> Vec<u8> {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/releases");
    std::fs::read(folder.join(name)).unwrap()
}

fn keys() -> Vec<String> {
    ["current.key", "next.key"]
        .map(|name| String::from_utf8(file(name)).unwrap())
        .into()
}

fn at(seconds: u64) -> SystemTime {
    SystemTime::UNIX_EPOCH + Duration::from_secs(seconds)
}

fn fresh() -> Seen {
    Seen::read(None, 7)
}

fn read(name: &str, seen: &Seen, now: u64) -> Result<Release, Refused> {
    Release::read(&file(name), &keys(), seen, at(now))
}

fn told(language: &str, error: &ApiError) -> String {
    let arguments: Vec<(&str, Word<'_>)> = error
        .arguments
        .iter()
        .map(|(name, value)| (name.as_str(), value.clone().into()))
        .chain([("reason", "a reason".into())])
        .collect();
    Messages::for_language(language).get(&error.code.message_id(), &arguments)
}

#[test]
fn s64_news_of_either_key_are_taken_and_of_no_other() {
    let [current, next] = <[String; 2]>::try_from(keys()).unwrap();
    for (name, key) in [("good.json", &current), ("good-by-next.json", &next)] {
        let release = read(name, &fresh(), SIGNED + DAY).unwrap();
        assert_eq!(release.key, *key, "the package has to be of the same key");
        assert_eq!(release.version.to_string(), "0.2.0");
        assert_eq!(release.news["notes"], "Better");
        let one = Release::read(&file(name), std::slice::from_ref(key), &fresh(), at(SIGNED));
        assert!(one.is_ok());
    }
    let other = read("good-by-other.json", &fresh(), SIGNED + DAY);
    assert_eq!(other.unwrap_err(), Refused::Unsigned);
    let dropped = Release::read(&file("good.json"), &[next], &fresh(), at(SIGNED));
    assert_eq!(
        dropped.unwrap_err(),
        Refused::Unsigned,
        "a key that was given up"
    );
}

#[test]
fn s64_tampered_news_are_refused_whatever_was_changed() {
    let good = String::from_utf8(file("good.json")).unwrap();
    let foreign: Value = serde_json::from_slice(&file("earlier.json")).unwrap();
    let mut swapped: Value = serde_json::from_str(&good).unwrap();
    swapped["signature"] = foreign["signature"].clone();
    let mut bare = swapped.clone();
    bare["signature"] = "".into();
    for changed in [
        good.replace("0.2.0", "0.2.1"),
        good.replace("2027-01-30", "2037-01-30"),
        good.replace("100}", "0}"),
        swapped.to_string(),
        bare.to_string(),
    ] {
        assert_ne!(changed, good);
        let refused = Release::read(changed.as_bytes(), &keys(), &fresh(), at(SIGNED));
        assert_eq!(refused.unwrap_err(), Refused::Unsigned, "{changed}");
    }
    for cut in [0, 1, good.len() / 2, good.len() - 3] {
        let refused = Release::read(&good.as_bytes()[..cut], &keys(), &fresh(), at(SIGNED));
        assert!(
            matches!(refused.unwrap_err(), Refused::Unreadable(_)),
            "{cut}"
        );
    }
}

#[test]
fn s64_news_end_and_a_frozen_answer_is_told() {
    assert!(read("good.json", &fresh(), END - 1).is_ok());
    let refused = read("good.json", &fresh(), END).unwrap_err();
    assert_eq!(refused, Refused::Expired("2027-01-30T00:00:00Z".to_owned()));
    for name in ["endless.json", "wordless.json"] {
        let refused = read(name, &fresh(), SIGNED).unwrap_err();
        assert!(
            matches!(refused, Refused::Unreadable(_)),
            "{name}: {refused:?}"
        );
    }
}

#[test]
fn s64_older_news_than_before_are_refused_also_by_the_next_start() {
    let mut seen = fresh();
    assert!(read("earlier.json", &seen, SIGNED).is_ok());
    seen.note(&read("good.json", &seen, SIGNED).unwrap());
    let seen = Seen::read(Some(&seen.text()), 8);
    assert!(read("good.json", &seen, SIGNED).is_ok(), "the same again");
    let refused = read("earlier.json", &seen, SIGNED).unwrap_err();
    let (signed, newest) = ("2026-10-01T00:00:00Z", "2026-11-01T00:00:00Z");
    let (signed, newest) = (signed.to_owned(), newest.to_owned());
    assert_eq!(refused, Refused::Replayed { signed, newest });
}

#[test]
fn s64_only_a_newer_version_is_an_update() {
    let release = read("good.json", &fresh(), SIGNED).unwrap();
    for (current, newer) in [
        ("0.1.9", true),
        ("0.2.0-rc.1", true),
        ("0.2.0", false),
        ("0.10.0", false),
        ("what?", false),
    ] {
        assert_eq!(release.is_newer(current), newer, "{current}");
    }
}

#[test]
fn s64_a_release_without_a_package_for_this_machine_is_none_for_it() {
    let mut release = read("good.json", &fresh(), SIGNED).unwrap();
    let mut named = |names: &[&str], system: &str, machine: &str| {
        let platforms: serde_json::Map<String, Value> = names
            .iter()
            .map(|name| ((*name).to_owned(), Value::Null))
            .collect();
        release.news["platforms"] = platforms.into();
        release.is_for(system, machine)
    };
    assert!(named(&["linux-x86_64"], "linux", "x86_64"));
    assert!(named(
        &["linux-aarch64", "linux-x86_64-deb"],
        "linux",
        "x86_64"
    ));
    assert!(named(&["darwin-aarch64-app"], "macos", "aarch64"));
    assert!(named(&["windows-i686"], "windows", "x86"));
    assert!(!named(&["linux-x86_64x"], "linux", "x86_64"));
    assert!(!named(&["windows-x86_64"], "linux", "x86_64"));
    assert!(!named(&[], "linux", "x86_64"));
    let offer = release.offer(&"https://example.com/latest.json".parse().unwrap());
    assert_eq!((&offer.key, &offer.news), (&release.key, &release.news));
    assert!(!offer.is_here());
    let here = release.offer(&"http://127.0.0.1:9/latest.json".parse().unwrap());
    assert!(here.is_here());
    let told: face::Offer = serde_json::from_str(&serde_json::to_string(&here).unwrap()).unwrap();
    assert_eq!(told, here, "as the window hears of it");
}

#[test]
fn s64_a_release_reaches_all_little_by_little_and_each_once_for_good() {
    let release = read("good.json", &fresh(), SIGNED).unwrap();
    let hour = |hours: u64| at(SIGNED + hours * 60 * 60);
    let share = |hours: u64| {
        let all = (0..400).map(|place| Seen::read(None, place));
        all.filter(|seen| release.is_turn(seen, hour(hours)))
            .count()
    };
    assert_eq!(share(0), 0);
    for (hours, about) in [(10, 40), (50, 200), (90, 360)] {
        assert!(
            share(hours).abs_diff(about) < 40,
            "{hours} h: {}",
            share(hours)
        );
    }
    assert_eq!(share(100), 400);
    // Whoever had its turn keeps it; a clock that is behind only waits.
    let seen = Seen::read(None, 3);
    let turns: Vec<bool> = (0..100)
        .map(|at| release.is_turn(&seen, hour(at)))
        .collect();
    assert!(turns.is_sorted());
    assert!(!release.is_turn(&seen, at(SIGNED - DAY)));
    let at_once = read("earlier.json", &fresh(), SIGNED).unwrap();
    assert!(at_once.is_turn(&seen, at(SIGNED - 31 * DAY)));
}

#[test]
fn s64_each_refusal_is_told_in_both_languages() {
    let expired = read("good.json", &fresh(), END).unwrap_err().error();
    assert_eq!(expired.code, Code::UpdateExpired);
    let mut seen = fresh();
    seen.note(&read("good.json", &seen, SIGNED).unwrap());
    let replayed = read("earlier.json", &seen, SIGNED).unwrap_err().error();
    assert_eq!(replayed.code, Code::UpdateReplayed);
    let unsigned = read("good-by-other.json", &fresh(), SIGNED)
        .unwrap_err()
        .error();
    assert_eq!(unsigned.code, Code::UpdateUnsigned);
    let unreadable = read("wordless.json", &fresh(), SIGNED).unwrap_err().error();
    assert_eq!(unreadable.code, Code::UpdateFailed);
    for language in ["en", "zh-CN"] {
        for error in [&expired, &replayed, &unsigned, &unreadable] {
            let told = told(language, error);
            assert!(!told.contains('{') && !told.starts_with("error-"), "{told}");
        }
        assert!(told(language, &expired).contains("2027-01-30"));
        assert!(told(language, &replayed).contains("2026-10-01"));
        assert!(told(language, &unreadable).contains("a reason"));
    }
}

#[test]
fn what_is_remembered_survives_nonsense() {
    for text in [None, Some(""), Some("{"), Some("{\"place\":-1}")] {
        assert_eq!(Seen::read(text, 9), Seen::read(None, 9), "{text:?}");
    }
}
