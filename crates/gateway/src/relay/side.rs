//! The two ways a stream can go through: forwarded with a glance at it, or translated.

use bytes::Bytes;
use dialect::chat::Usage;
use dialect::frame::SseFramer;
use dialect::translate::StreamTranslator;
use dialect::{Codec, Fault, Losses, Scan};

use super::events::Whole;

/// How an upstream's stream becomes the client's.
pub(super) enum Side {
    /// Both speak the same dialect: whole events go through as they are, and are only looked at.
    Same(Box<Glance>),
    /// They do not: the stream is read and written anew.
    Translated(Box<StreamTranslator>),
    /// A stream of something that is not a chat: nobody here can read it.
    Opaque(Whole),
}

/// What was seen in a stream that is forwarded.
pub(super) struct Glance {
    codec: &'static dyn Codec,
    framer: SseFramer,
    whole: Whole,
    scan: Scan,
    done_optional: bool,
}

impl Side {
    pub(super) fn same(codec: &'static dyn Codec, done_optional: bool) -> Self {
        let glance = Glance {
            codec,
            framer: SseFramer::default(),
            whole: Whole::default(),
            scan: Scan::default(),
            done_optional,
        };
        Self::Same(Box::new(glance))
    }

    pub(super) fn translated(translator: StreamTranslator) -> Self {
        Self::Translated(Box::new(translator))
    }

    /// Takes the upstream's next bytes; what is for the client is handed to `out`, whole events
    /// only, so that a sign of life or an error can follow. A fault that
    /// comes in the stream itself is not yet an error of a forwarded stream: its bytes say it.
    pub(super) fn push(&mut self, bytes: Bytes, out: &mut impl FnMut(Bytes)) -> Result<(), Fault> {
        match self {
            Self::Same(glance) => {
                let Glance {
                    codec,
                    framer,
                    whole,
                    scan,
                    ..
                } = &mut **glance;
                let looked = framer.push(&bytes, &mut |frame| {
                    codec.scan(frame, scan);
                    Ok::<(), Fault>(())
                });
                whole.pass(bytes, out);
                looked
            }
            Self::Translated(translator) => {
                let mut written = Vec::new();
                let read = translator.push(&bytes, &mut written);
                if !written.is_empty() {
                    out(written.into());
                }
                read
            }
            Self::Opaque(whole) => {
                whole.pass(bytes, out);
                Ok(())
            }
        }
    }

    /// The upstream closed the stream. Fails with `Truncated` when its dialect says more was to
    /// come.
    pub(super) fn finish(&mut self, out: &mut impl FnMut(Bytes)) -> Result<(), Fault> {
        match self {
            Self::Same(glance) => {
                let Glance {
                    codec,
                    framer,
                    whole,
                    scan,
                    done_optional,
                } = &mut **glance;
                framer.finish(&mut |frame| {
                    codec.scan(frame, scan);
                    Ok::<(), Fault>(())
                })?;
                let ended = scan.ended || (*done_optional && scan.finished);
                if !scan.started {
                    return Err(Fault::truncated("the answer is empty"));
                }
                if scan.fault.is_none() && !ended {
                    return Err(Fault::truncated("the answer broke off before its end"));
                }
                whole.finish(out);
                Ok(())
            }
            Self::Translated(translator) => {
                let mut written = Vec::new();
                let read = translator.finish(&mut written);
                if !written.is_empty() {
                    out(written.into());
                }
                read
            }
            Self::Opaque(whole) => {
                whole.finish(out);
                Ok(())
            }
        }
    }

    /// Whether something with meaning has come.
    pub(super) fn started(&self, anything_out: bool) -> bool {
        match self {
            Self::Same(glance) => glance.scan.started,
            Self::Translated(_) | Self::Opaque(_) => anything_out,
        }
    }

    /// Whether the dialect's own end has come.
    pub(super) fn ended(&self) -> bool {
        match self {
            Self::Same(glance) => glance.scan.ended,
            Self::Translated(translator) => translator.end().is_some(),
            Self::Opaque(_) => false,
        }
    }

    /// The fault that came in the stream's own words.
    pub(super) fn fault(&self) -> Option<&Fault> {
        match self {
            Self::Same(glance) => glance.scan.fault.as_ref(),
            Self::Translated(_) | Self::Opaque(_) => None,
        }
    }

    /// The token counts so far.
    pub(super) fn usage(&self) -> Usage {
        match self {
            Self::Same(glance) => glance.scan.usage,
            Self::Translated(translator) => *translator.usage(),
            Self::Opaque(_) => Usage::default(),
        }
    }

    /// What the translation of the answer lost.
    pub(super) fn losses(&self) -> Option<&Losses> {
        match self {
            Self::Same(_) | Self::Opaque(_) => None,
            Self::Translated(translator) => Some(translator.losses()),
        }
    }
}
