//! What a key may use, with the real program: told, changed while it runs, and counted on after a
//! restart.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    dead_code,
    unreachable_pub,
    reason = "tests; each file uses a part of the bed"
)]

mod bed;

use bed::{Bed, Server};

const SETTINGS: &str = "version = 1\n[listen]\nport = 0\nhost = \"127.0.0.1\"\n\n\
    [[key]]\nname = \"laptop\"\nrequests_per_day = 3\n";
const BODY: &str = "{\"model\":\"demo\",\"messages\":[{\"role\":\"user\",\"content\":\"hi\"}]}";

fn ask(server: &Server, key: &str) -> String {
    server.chat(key, BODY)
}

fn status(answer: &str) -> &str {
    answer.split(' ').nth(1).unwrap_or_default()
}

#[cfg(unix)]
#[test]
fn a_days_cap_holds_across_a_restart_and_is_lifted_while_it_runs() {
    // The counts of a day begin anew at midnight UTC: a run that crosses it proves nothing.
    let day = || {
        let now = std::time::SystemTime::now();
        now.duration_since(std::time::UNIX_EPOCH).unwrap().as_secs() / 86_400
    };
    let began = day();
    let bed = Bed::new().with_settings(SETTINGS);
    let server = bed.serve(&[]);
    let made = bed.run(&["keys", "create", "--name", "laptop"]).out;
    let key = made.trim_end();
    for left in ["2", "1"] {
        let answer = ask(&server, key);
        assert_eq!(status(&answer), "200", "{answer}");
        let field = format!("x-ratelimit-remaining-requests: {left}\r\n");
        assert!(answer.contains(&field), "{answer}");
    }
    server.signal("TERM");
    server.wait();

    let server = bed.serve(&[]);
    let (third, fourth) = (ask(&server, key), ask(&server, key));
    if day() == began {
        assert_eq!(status(&third), "200", "{third}");
        assert_eq!(status(&fourth), "429", "{fourth}");
        assert!(fourth.contains("requests_per_day_exceeded"), "{fourth}");
        assert!(fourth.contains("\r\nretry-after: "), "{fourth}");
    }

    let limited = bed.run(&["keys", "limit", "laptop", "--requests-per-day", "5"]);
    assert_eq!(limited.code, Some(0), "{limited:?}");
    assert!(limited.out.contains("5 requests/day"), "{limited:?}");
    assert_eq!(status(&ask(&server, key)), "200");
    let lifted = ["keys", "limit", "laptop", "--requests-per-day", "0"];
    assert_eq!(bed.run(&lifted).code, Some(0));
    for _ in 0..5 {
        let answer = ask(&server, key);
        assert_eq!(status(&answer), "200");
        assert!(!answer.contains("x-ratelimit"), "{answer}");
    }
    // A cap that comes while it runs knows the day so far.
    assert_eq!(
        bed.run(&["keys", "limit", "laptop", "--tokens-per-day", "1"])
            .code,
        Some(0)
    );
    let answer = ask(&server, key);
    if day() == began {
        assert!(answer.contains("tokens_per_day_exceeded"), "{answer}");
    }
}
