//! Finds the results of tool calls, wherever in the conversation they stand.

use std::collections::HashMap;

use crate::chat::{Block, CacheHint, ChatRequest, Content, Role, ToolResult};

/// A tool's result that has not found its call yet.
pub(super) struct Loose<'a> {
    pub(super) turn: usize,
    pub(super) block: usize,
    pub(super) result: &'a ToolResult,
    pub(super) cache: Option<CacheHint>,
    pub(super) used: bool,
}

/// The results of a conversation, so that each is found at once: there can be many thousands.
pub(super) struct Results<'a> {
    /// In the order in which they stand.
    pub(super) all: Vec<Loose<'a>>,
    /// Which of them answer each id, in order.
    of_call: HashMap<&'a str, Vec<usize>>,
    /// The last turn with a call of each id.
    last_call: HashMap<&'a str, usize>,
}

impl<'a> Results<'a> {
    pub(super) fn of(request: &'a ChatRequest) -> Self {
        let mut results = Self {
            all: Vec::new(),
            of_call: HashMap::new(),
            last_call: HashMap::new(),
        };
        for (turn, said) in request.turns.iter().enumerate() {
            for (block, Block { content, cache }) in said.blocks.iter().enumerate() {
                match content {
                    Content::ToolCall(call) => {
                        results.last_call.insert(&call.id, turn);
                    }
                    Content::ToolResult(result) if said.role != Role::Assistant => {
                        let place = results.all.len();
                        results
                            .of_call
                            .entry(&result.call_id)
                            .or_default()
                            .push(place);
                        results.all.push(Loose {
                            turn,
                            block,
                            result,
                            cache: *cache,
                            used: false,
                        });
                    }
                    _ => {}
                }
            }
        }
        results
    }

    /// Whether the result that stands there was given to its call.
    pub(super) fn is_used(&self, turn: usize, block: usize) -> bool {
        let place = self
            .all
            .binary_search_by_key(&(turn, block), |loose| (loose.turn, loose.block));
        place.is_ok_and(|place| self.all[place].used)
    }

    /// The results of an id in the turns after `index` and before `next`, and those from there on.
    pub(super) fn around(&self, index: usize, next: usize, id: &str) -> (&[usize], &[usize]) {
        let places = self.of_call.get(id).map_or(&[][..], Vec::as_slice);
        let from = places.partition_point(|place| self.all[*place].turn <= index);
        let to = places.partition_point(|place| self.all[*place].turn < next);
        (&places[from..to.max(from)], &places[to..])
    }

    /// The result of a call in the turn `index`: before `next`, the model's next turn, or later
    /// where no later call has the same id.
    pub(super) fn find(&self, index: usize, next: usize, id: &str) -> Option<usize> {
        let (near, late) = self.around(index, next, id);
        let unused = |places: &[usize]| {
            let mut places = places.iter().copied();
            places.find(|place| !self.all[*place].used)
        };
        let again = self.last_call.get(id).is_some_and(|turn| *turn >= next);
        unused(near).or_else(|| (!again).then(|| unused(late)).flatten())
    }
}
