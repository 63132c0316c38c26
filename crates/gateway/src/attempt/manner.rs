//! The ways in which one request is sent, one after the other, while they are refused with status 406.

use bytes::Bytes;
use catalog::Quirk;

use crate::call::Call;
use crate::plan::Upstream;
use crate::quirk;

/// How a request is sent: as the provider wants it, and what is left to try where it answers 406.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Manner {
    Usual,
    /// Without session and signature.
    Unsigned,
    /// Without `stream_options`.
    WithoutStreamUsage,
}

impl Manner {
    pub(super) fn of(upstream: &Upstream, call: &Call) -> Vec<Self> {
        let has = |quirk| upstream.provider.has(quirk);
        let mut manners = vec![Self::Usual];
        if has(Quirk::SignedRequests) {
            manners.push(Self::Unsigned);
        }
        if has(Quirk::StreamUsageOptional) && call.peek.stream {
            manners.push(Self::WithoutStreamUsage);
        }
        manners
    }

    pub(super) fn body(self, body: &[Bytes]) -> Vec<Bytes> {
        let shorter = match (self, body) {
            (Self::WithoutStreamUsage, [only]) => quirk::shape::without_stream_usage(only),
            (Self::WithoutStreamUsage | Self::Usual | Self::Unsigned, _) => None,
        };
        shorter.map_or_else(|| body.to_vec(), |shorter| vec![shorter])
    }
}
