//! The order of events that every decoder keeps and every encoder may rely on.

use super::{BlockStart, ChatEvent, Delta};

/// A sequence of events that cannot be an answer.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("event {position} breaks a law: {law}")]
pub struct Violation {
    /// Which event, counted from 0.
    pub position: usize,
    /// The law, in words.
    pub law: &'static str,
}

/// Checks events one after the other against the laws: `Start` first and once; blocks opened in
/// order of their index, before their deltas, closed once; a delta fits its block; `Finish` last
/// and once, with every block closed.
#[derive(Debug, Default)]
pub struct Laws {
    position: usize,
    started: bool,
    finished: bool,
    /// One per block; `None` once closed.
    blocks: Vec<Option<BlockStart>>,
}

impl Laws {
    /// Checks the next event.
    pub fn check(&mut self, event: &ChatEvent) -> Result<(), Violation> {
        let result = self.judge(event).map_err(|law| Violation {
            position: self.position,
            law,
        });
        self.position += 1;
        result
    }

    /// Checks that the answer is complete.
    pub fn finish(&self) -> Result<(), Violation> {
        if self.finished {
            Ok(())
        } else {
            Err(Violation {
                position: self.position,
                law: "an answer ends with Finish",
            })
        }
    }

    fn judge(&mut self, event: &ChatEvent) -> Result<(), &'static str> {
        if self.finished {
            return Err("nothing follows Finish");
        }
        if !self.started && !matches!(event, ChatEvent::Start { .. }) {
            return Err("Start comes first");
        }
        match event {
            ChatEvent::Start { .. } => {
                if self.started {
                    return Err("Start comes once");
                }
                self.started = true;
            }
            ChatEvent::Open { index, block } => {
                if *index != self.blocks.len() {
                    return Err("blocks open in order, without gaps");
                }
                self.blocks.push(Some(block.clone()));
            }
            ChatEvent::Delta { index, delta } => {
                let Some(Some(block)) = self.blocks.get(*index) else {
                    return Err("a delta belongs to an open block");
                };
                if !fits(block, delta) {
                    return Err("a delta is of its block's kind");
                }
            }
            ChatEvent::Close { index } => match self.blocks.get_mut(*index) {
                Some(block @ Some(_)) => *block = None,
                Some(None) | None => return Err("only an open block closes"),
            },
            ChatEvent::Usage(_) => {}
            ChatEvent::Finish(_) => {
                if self.blocks.iter().any(Option::is_some) {
                    return Err("every block is closed before Finish");
                }
                self.finished = true;
            }
        }
        Ok(())
    }
}

fn fits(block: &BlockStart, delta: &Delta) -> bool {
    match delta {
        Delta::Text(_) => {
            matches!(
                block,
                BlockStart::Text | BlockStart::Reasoning | BlockStart::Refusal
            )
        }
        Delta::Arguments(_) => matches!(block, BlockStart::ToolCall { .. }),
        Delta::Seal(_) => matches!(block, BlockStart::Reasoning),
        Delta::Citation(_) => matches!(block, BlockStart::Text),
    }
}

#[cfg(test)]
mod tests {
    use super::super::{BlockStart, ChatEvent, Delta, Finish, StopReason, Usage};
    use super::Laws;

    fn start() -> ChatEvent {
        ChatEvent::Start {
            id: None,
            model: None,
        }
    }
    fn open(index: usize) -> ChatEvent {
        ChatEvent::Open {
            index,
            block: BlockStart::Text,
        }
    }
    fn text(index: usize) -> ChatEvent {
        ChatEvent::Delta {
            index,
            delta: Delta::Text("a".to_owned()),
        }
    }
    fn close(index: usize) -> ChatEvent {
        ChatEvent::Close { index }
    }
    fn finish() -> ChatEvent {
        ChatEvent::Finish(Finish::because(StopReason::Natural))
    }

    fn law(events: &[ChatEvent]) -> Option<&'static str> {
        let mut laws = Laws::default();
        for event in events {
            if let Err(violation) = laws.check(event) {
                return Some(violation.law);
            }
        }
        laws.finish().err().map(|violation| violation.law)
    }

    #[test]
    fn answers_that_keep_the_laws() {
        assert_eq!(law(&[start(), finish()]), None);
        let interleaved = [
            start(),
            open(0),
            open(1),
            text(1),
            text(0),
            close(1),
            close(0),
            finish(),
        ];
        assert_eq!(law(&interleaved), None);
    }

    #[test]
    fn every_law_can_be_broken() {
        let arguments = ChatEvent::Delta {
            index: 0,
            delta: Delta::Arguments("{}".to_owned()),
        };
        let cases: [(&[ChatEvent], &str); 10] = [
            (&[open(0)], "Start comes first"),
            (&[ChatEvent::Usage(Usage::default())], "Start comes first"),
            (&[start(), start()], "Start comes once"),
            (&[start(), open(1)], "blocks open in order, without gaps"),
            (&[start(), text(0)], "a delta belongs to an open block"),
            (
                &[start(), open(0), arguments],
                "a delta is of its block's kind",
            ),
            (
                &[start(), open(0), close(0), close(0)],
                "only an open block closes",
            ),
            (
                &[start(), open(0), finish()],
                "every block is closed before Finish",
            ),
            (&[start(), finish(), finish()], "nothing follows Finish"),
            (&[start(), open(0), close(0)], "an answer ends with Finish"),
        ];
        for (events, expected) in cases {
            assert_eq!(law(events), Some(expected));
        }
    }
}
