//! The two ways a stream can go through: forwarded with a glance at it, or translated.

use bytes::Bytes;
use dialect::chat::Usage;
use dialect::frame::SseFramer;
use dialect::translate::StreamTranslator;
use dialect::{Codec, Fault, Losses, Scan};

/// How an upstream's stream becomes the client's.
pub(super) enum Side {
    /// Both speak the same dialect: the bytes go through as they are, and are only looked at.
    Same(Box<Glance>),
    /// They do not: the stream is read and written anew.
    Translated(Box<StreamTranslator>),
    /// A stream of something that is not a chat: nobody here can read it.
    Opaque,
}

/// What was seen in a stream that is forwarded.
pub(super) struct Glance {
    codec: &'static dyn Codec,
    framer: SseFramer,
    scan: Scan,
    done_optional: bool,
}

impl Side {
    pub(super) fn same(codec: &'static dyn Codec, done_optional: bool) -> Self {
        let glance = Glance {
            codec,
            framer: SseFramer::default(),
            scan: Scan::default(),
            done_optional,
        };
        Self::Same(Box::new(glance))
    }

    pub(super) fn translated(translator: StreamTranslator) -> Self {
        Self::Translated(Box::new(translator))
    }

    /// Takes the upstream's next bytes; what is for the client is handed to `out`. A fault that
    /// comes in the stream itself is not yet an error of a forwarded stream: its bytes say it.
    pub(super) fn push(&mut self, bytes: Bytes, out: &mut impl FnMut(Bytes)) -> Result<(), Fault> {
        match self {
            Self::Same(glance) => {
                let Glance {
                    codec,
                    framer,
                    scan,
                    ..
                } = &mut **glance;
                let looked = framer.push(&bytes, &mut |frame| {
                    codec.scan(frame, scan);
                    Ok::<(), Fault>(())
                });
                out(bytes);
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
            Self::Opaque => {
                out(bytes);
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
                    scan,
                    done_optional,
                } = &mut **glance;
                framer.finish(&mut |frame| {
                    codec.scan(frame, scan);
                    Ok::<(), Fault>(())
                })?;
                match &scan.fault {
                    Some(_) => Ok(()),
                    None if scan.ended || (*done_optional && scan.finished) => Ok(()),
                    None if !scan.started => Err(Fault::truncated("the answer is empty")),
                    None => Err(Fault::truncated("the answer broke off before its end")),
                }
            }
            Self::Translated(translator) => {
                let mut written = Vec::new();
                let read = translator.finish(&mut written);
                if !written.is_empty() {
                    out(written.into());
                }
                read
            }
            Self::Opaque => Ok(()),
        }
    }

    /// Whether something with meaning has come.
    pub(super) fn started(&self, anything_out: bool) -> bool {
        match self {
            Self::Same(glance) => glance.scan.started,
            Self::Translated(_) | Self::Opaque => anything_out,
        }
    }

    /// Whether the dialect's own end has come.
    pub(super) fn ended(&self) -> bool {
        match self {
            Self::Same(glance) => glance.scan.ended,
            Self::Translated(translator) => translator.end().is_some(),
            Self::Opaque => false,
        }
    }

    /// The fault that came in the stream's own words.
    pub(super) fn fault(&self) -> Option<&Fault> {
        match self {
            Self::Same(glance) => glance.scan.fault.as_ref(),
            Self::Translated(_) | Self::Opaque => None,
        }
    }

    /// Whether a sign of life can be put in here without tearing an event apart.
    pub(super) fn is_between_events(&self) -> bool {
        match self {
            Self::Same(glance) => !glance.framer.is_mid_event(),
            Self::Translated(_) => true,
            Self::Opaque => false,
        }
    }

    /// The token counts so far.
    pub(super) fn usage(&self) -> Usage {
        match self {
            Self::Same(glance) => glance.scan.usage,
            Self::Translated(translator) => *translator.usage(),
            Self::Opaque => Usage::default(),
        }
    }

    /// What the translation of the answer lost.
    pub(super) fn losses(&self) -> Option<&Losses> {
        match self {
            Self::Same(_) | Self::Opaque => None,
            Self::Translated(translator) => Some(translator.losses()),
        }
    }
}
