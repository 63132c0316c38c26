//! Reads where a picture is said to be.

use std::net::IpAddr;

use http::HeaderMap;
use url::{Host, Url};

use crate::{Refusal, Rules};

/// The longest address that is read, in bytes.
const LONGEST: usize = 8 * 1024;

/// Names by which machines of a cloud ask for their own secrets, and what stands for whole networks of
/// such names: <https://cloud.google.com/compute/docs/metadata/querying-metadata>,
/// <https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/instancedata-data-retrieval.html>.
const CLOSED_NAMES: &[&str] = &["metadata", "instance-data"];
const CLOSED_ENDINGS: &[&str] = &[".internal", ".localhost"];

/// Reads an address once: what is connected to later is this value, never the text again.
pub(crate) fn read(text: &str, rules: &Rules) -> Result<Url, Refusal> {
    // The parser would drop line ends and tabs, and turn a backslash into a slash, in silence.
    let is_plain = |c: char| !c.is_control() && !c.is_whitespace() && c != '\\';
    if text.len() > LONGEST || !text.chars().all(is_plain) {
        return Err(Refusal::Malformed);
    }
    let url = Url::parse(text).map_err(|_| Refusal::Malformed)?;
    check(url, rules)
}

/// Where a redirect leads.
pub(crate) fn next(from: &Url, fields: &HeaderMap, rules: &Rules) -> Result<Url, Refusal> {
    let location = fields
        .get(http::header::LOCATION)
        .and_then(|field| field.to_str().ok())
        .filter(|text| text.len() <= LONGEST && !text.contains(['\\', ' ', '\t']))
        .ok_or(Refusal::Malformed)?;
    let url = from.join(location).map_err(|_| Refusal::Malformed)?;
    check(url, rules)
}

fn check(mut url: Url, rules: &Rules) -> Result<Url, Refusal> {
    match url.scheme() {
        "https" => {}
        "http" if rules.http => {}
        _ => return Err(Refusal::Scheme),
    }
    if !url.username().is_empty() || url.password().is_some() {
        return Err(Refusal::Malformed);
    }
    let port = port_of(&url)?;
    let literal = match url.host().ok_or(Refusal::Malformed)? {
        Host::Ipv4(address) => IpAddr::V4(address),
        Host::Ipv6(address) => IpAddr::V6(address),
        Host::Domain(name) if is_closed(name) => return Err(Refusal::Place),
        // A name is judged by what it resolves to, when it does.
        Host::Domain(_) => {
            url.set_fragment(None);
            return Ok(url);
        }
    };
    if !rules.allow(literal, port) {
        return Err(Refusal::Place);
    }
    url.set_fragment(None);
    Ok(url)
}

/// The port that is connected to.
pub(crate) fn port_of(url: &Url) -> Result<u16, Refusal> {
    url.port_or_known_default()
        .filter(|port| *port != 0)
        .ok_or(Refusal::Malformed)
}

fn is_closed(name: &str) -> bool {
    let name = name.trim_end_matches('.');
    name.is_empty()
        || CLOSED_NAMES.contains(&name)
        || CLOSED_ENDINGS.iter().any(|ending| name.ends_with(ending))
}
