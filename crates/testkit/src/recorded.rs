//! What a scripted upstream saw of one request, and how it ended.

use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use bytes::Bytes;
use serde_json::{Value, json};

use crate::wire::Headers;

/// One request that arrived whole.
#[derive(Clone, Debug)]
pub struct Recorded {
    /// Its place among the requests of this upstream, from 0.
    pub index: usize,
    /// The connection it came on, from 0.
    pub connection: usize,
    /// The method, as sent.
    pub method: String,
    /// Path and query, as sent.
    pub target: String,
    /// The header fields, in order.
    pub headers: Headers,
    /// The body, with its transfer coding undone.
    pub body: Bytes,
    /// When its last byte was read.
    pub arrived: Instant,
    /// The same moment on the wall clock.
    pub arrived_wall: SystemTime,
    /// How its answer ended.
    pub ended: Ended,
}

/// How the answer to a request ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ended {
    /// It has not.
    Open,
    /// All that the script says was sent.
    Finished(Instant),
    /// The peer closed or reset the connection before that.
    PeerClosed(Instant),
}

impl Recorded {
    /// The path, without the query.
    #[must_use]
    pub fn path(&self) -> &str {
        self.target.split('?').next().unwrap_or_default()
    }

    /// The value of the first header field of this name.
    #[must_use]
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name)
    }

    /// The body as text.
    #[must_use]
    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }

    /// The body as JSON; null where it is none.
    #[must_use]
    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap_or(Value::Null)
    }

    /// When the peer left before the answer's end.
    #[must_use]
    pub fn peer_closed(&self) -> Option<Instant> {
        match self.ended {
            Ended::PeerClosed(at) => Some(at),
            Ended::Open | Ended::Finished(_) => None,
        }
    }

    /// All of it as JSON, times in milliseconds (`…_unix` since 1970, `after` since the arrival).
    #[must_use]
    pub fn to_json(&self) -> Value {
        let (ended, at) = match self.ended {
            Ended::Open => ("open", None),
            Ended::Finished(at) => ("finished", Some(at)),
            Ended::PeerClosed(at) => ("peer_closed", Some(at)),
        };
        let after = at.map(|at| at.saturating_duration_since(self.arrived));
        let body = match serde_json::from_slice::<Value>(&self.body) {
            Ok(body) => body,
            Err(_) => Value::from(String::from_utf8_lossy(&self.body)),
        };
        json!({
            "index": self.index,
            "connection": self.connection,
            "method": self.method,
            "target": self.target,
            "headers": self.headers.iter().map(|(n, v)| json!([n, v])).collect::<Vec<_>>(),
            "body": body,
            "arrived_unix": milliseconds(self.arrived_wall.duration_since(UNIX_EPOCH).unwrap_or_default()),
            "ended": ended,
            "after": after.map(milliseconds),
            "ended_unix": after.map(|after| {
                milliseconds((self.arrived_wall + after).duration_since(UNIX_EPOCH).unwrap_or_default())
            }),
        })
    }
}

fn milliseconds(time: Duration) -> f64 {
    time.as_secs_f64() * 1000.0
}
