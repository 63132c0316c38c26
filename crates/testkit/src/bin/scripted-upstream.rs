//! Serves the scenarios of `testkit` on loopback, for tests written in other languages.
//!
//! `scripted-upstream [--port N] [--record FILE]` prints `{"url":"http://127.0.0.1:PORT"}` and
//! serves until it is stopped; FILE gets one line of JSON for each request whose answer ended.

use std::fs::File;
use std::io::{self, Write};
use std::time::Duration;

use testkit::{Ended, Log, Upstream, scenario};

#[tokio::main(flavor = "current_thread")]
async fn main() -> io::Result<()> {
    let (mut port, mut record) = (0, None);
    let mut arguments = std::env::args().skip(1);
    while let Some(argument) = arguments.next() {
        match (argument.as_str(), arguments.next()) {
            ("--port", Some(value)) => port = value.parse().map_err(io::Error::other)?,
            ("--record", Some(value)) => record = Some(File::create(value)?),
            _ => {
                return Err(io::Error::other(
                    "usage: scripted-upstream [--port N] [--record FILE]",
                ));
            }
        }
    }
    let log = Log::default();
    let seen = log.clone();
    let upstream = Upstream::start_on(port, log.clone(), move |r| scenario::answer(r, &seen));
    let mut stdout = io::stdout();
    writeln!(stdout, "{}", serde_json::json!({"url": upstream.url()}))?;
    stdout.flush()?;
    let Some(mut file) = record else {
        return std::future::pending().await;
    };
    let mut written = std::collections::HashSet::new();
    loop {
        let ended: Vec<_> = log
            .requests()
            .into_iter()
            .filter(|r| r.ended != Ended::Open && !written.contains(&r.index))
            .collect();
        for request in ended {
            written.insert(request.index);
            writeln!(file, "{}", request.to_json())?;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
}
