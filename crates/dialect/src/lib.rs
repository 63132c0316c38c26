//! Wire formats and the canonical chat between them: framing, decoding, encoding. No I/O.

pub mod anthropic;
pub mod chat;
mod codec;
mod fault;
pub mod frame;
mod loss;
mod names;
pub mod openai_chat;
pub mod peek;
pub mod reasoning;
mod remote;
pub mod translate;

pub use codec::{
    AnswerContext, Codec, EncodedRequest, Scan, StreamDecoder, StreamEncoder, Target, codec,
};
pub use fault::{Fault, FaultKind, Origin};
pub use loss::{Loss, LossKind, Losses, Weight};
pub use names::{Dialect, Operation, UnknownName};
pub use reasoning::ReasoningPlace;
pub use remote::RemoteImage;
