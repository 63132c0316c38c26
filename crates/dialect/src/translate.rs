//! Drives a translation: one dialect's bytes in, another's out.

use std::collections::{HashMap, HashSet};

use crate::chat::{BlockStart, ChatEvent, Finish, Laws, Transcript, Usage};
use crate::frame::SseFramer;
use crate::reasoning::{ReasoningPlace, ReasoningPlacer};
use crate::{AnswerContext, Codec, Fault, Losses, StreamDecoder, StreamEncoder};

/// Reads an upstream's answer, streamed or whole, as events that keep the laws.
pub struct AnswerReader {
    codec: &'static dyn Codec,
    framer: SseFramer,
    decoder: Box<dyn StreamDecoder>,
    aliases: HashMap<String, String>,
    /// The ids of tool calls so far: a result is found by its call's, so each has to be another.
    calls: HashSet<String>,
    laws: Laws,
    usage: Usage,
    finish: Option<Finish>,
}

impl AnswerReader {
    /// A reader of answers in the dialect of `codec`. `aliases` are the tool names that the
    /// request had to change; `done_optional` is explained at [`Codec::stream_decoder`].
    #[must_use]
    pub fn new(
        codec: &'static dyn Codec,
        aliases: HashMap<String, String>,
        done_optional: bool,
    ) -> Self {
        Self::with(codec, aliases, codec.stream_decoder(done_optional))
    }

    /// The same for an upstream that is careless of the dialect's grammar.
    #[must_use]
    pub fn lenient(codec: &'static dyn Codec, aliases: HashMap<String, String>) -> Self {
        Self::with(codec, aliases, codec.lenient_stream_decoder())
    }

    fn with(
        codec: &'static dyn Codec,
        aliases: HashMap<String, String>,
        decoder: Box<dyn StreamDecoder>,
    ) -> Self {
        Self {
            codec,
            framer: SseFramer::default(),
            decoder,
            aliases,
            calls: HashSet::new(),
            laws: Laws::default(),
            usage: Usage::default(),
            finish: None,
        }
    }

    /// Reads the next bytes of a stream. What comes after the answer's end is ignored.
    pub fn push(&mut self, bytes: &[u8], events: &mut Vec<ChatEvent>) -> Result<(), Fault> {
        if self.finish.is_some() {
            return Ok(());
        }
        let seen = events.len();
        let decoder = &mut self.decoder;
        let read = self
            .framer
            .push(bytes, &mut |frame| decoder.push(frame, events));
        self.note(&mut events[seen..]).and(read)
    }

    /// The upstream closed the stream. Fails with `Truncated` when the answer is not complete.
    pub fn finish(&mut self, events: &mut Vec<ChatEvent>) -> Result<(), Fault> {
        if self.finish.is_some() {
            return Ok(());
        }
        let seen = events.len();
        let decoder = &mut self.decoder;
        let mut read = self.framer.finish(&mut |frame| decoder.push(frame, events));
        if read.is_ok()
            && !events[seen..]
                .iter()
                .any(|event| matches!(event, ChatEvent::Finish(_)))
        {
            read = self.decoder.finish(events);
        }
        self.note(&mut events[seen..]).and(read)
    }

    /// Reads a whole answer.
    pub fn whole(&mut self, body: &[u8], events: &mut Vec<ChatEvent>) -> Result<(), Fault> {
        let seen = events.len();
        events.extend(self.codec.decode_answer(body)?);
        self.note(&mut events[seen..])
    }

    /// The token counts so far.
    #[must_use]
    pub fn usage(&self) -> &Usage {
        &self.usage
    }

    /// How the answer ended, once it has.
    #[must_use]
    pub fn end(&self) -> Option<&Finish> {
        self.finish.as_ref()
    }

    fn note(&mut self, events: &mut [ChatEvent]) -> Result<(), Fault> {
        for event in events {
            match event {
                ChatEvent::Open {
                    block: BlockStart::ToolCall { id, name },
                    ..
                } => {
                    if let Some(original) = self.aliases.get(name.as_str()) {
                        name.clone_from(original);
                    }
                    if !self.calls.insert(id.clone()) {
                        // Some servers give each call the name of its tool for an id.
                        let mut unique = format!("{id}_{}", self.calls.len() + 1);
                        while !self.calls.insert(unique.clone()) {
                            unique.push('_');
                        }
                        *id = unique;
                    }
                }
                ChatEvent::Usage(later) => self.usage.update(later),
                ChatEvent::Finish(finish) => self.finish = Some(finish.clone()),
                ChatEvent::Start { .. }
                | ChatEvent::Open { .. }
                | ChatEvent::Delta { .. }
                | ChatEvent::Close { .. } => {}
            }
            if let Err(violation) = self.laws.check(event) {
                debug_assert!(false, "{violation}");
                return Err(Fault::unreadable(format!(
                    "the answer makes no sense: {violation}"
                )));
            }
        }
        Ok(())
    }
}

/// Writes a client's stream from an upstream's answer.
pub struct StreamTranslator {
    reader: AnswerReader,
    encoder: Box<dyn StreamEncoder>,
    placer: ReasoningPlacer,
    events: Vec<ChatEvent>,
    losses: Losses,
}

impl StreamTranslator {
    /// A translator from the reader's dialect into that of `to`.
    #[must_use]
    pub fn new(reader: AnswerReader, to: &dyn Codec, context: AnswerContext) -> Self {
        Self {
            reader,
            encoder: to.stream_encoder(context),
            placer: ReasoningPlacer::default(),
            events: Vec::new(),
            losses: Losses::default(),
        }
    }

    /// The same with the reasoning in that place.
    #[must_use]
    pub fn with_reasoning(mut self, place: ReasoningPlace) -> Self {
        self.placer = ReasoningPlacer::new(place);
        self
    }

    /// Translates the next bytes. What was understood before a fault is written all the same.
    pub fn push(&mut self, bytes: &[u8], out: &mut Vec<u8>) -> Result<(), Fault> {
        let read = self.reader.push(bytes, &mut self.events);
        self.write(out);
        read
    }

    /// The upstream closed the stream.
    pub fn finish(&mut self, out: &mut Vec<u8>) -> Result<(), Fault> {
        let read = self.reader.finish(&mut self.events);
        self.write(out);
        read
    }

    /// Translates a whole answer into a stream: the upstream would not stream.
    pub fn whole(&mut self, body: &[u8], out: &mut Vec<u8>) -> Result<(), Fault> {
        let read = self.reader.whole(body, &mut self.events);
        self.write(out);
        read
    }

    /// The token counts so far.
    #[must_use]
    pub fn usage(&self) -> &Usage {
        self.reader.usage()
    }

    /// How the answer ended, once it has.
    #[must_use]
    pub fn end(&self) -> Option<&Finish> {
        self.reader.end()
    }

    /// What could not be carried over in the answer so far.
    #[must_use]
    pub fn losses(&self) -> &Losses {
        &self.losses
    }

    fn write(&mut self, out: &mut Vec<u8>) {
        for event in self.events.drain(..) {
            self.placer.push(event, |event| {
                self.encoder.push(&event, &mut self.losses, out);
            });
        }
    }
}

/// Translates a whole answer from events.
pub fn whole(
    events: Vec<ChatEvent>,
    to: &dyn Codec,
    context: &AnswerContext,
    losses: &mut Losses,
) -> Result<Vec<u8>, Fault> {
    to.encode_answer(&Transcript::collect(events)?, context, losses)
}
