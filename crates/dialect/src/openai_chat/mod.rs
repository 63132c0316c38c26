//! OpenAI's chat completions: requests, answers, streams and errors, both ways.

mod answer;
mod assembly;
mod calls;
mod compose;
mod emit;
mod fault;
mod finish;
mod json;
mod request;
mod scan;
mod stream;
#[cfg(test)]
mod tests;
mod text;
mod usage;
mod wire;

use crate::chat::{ChatEvent, ChatRequest, Transcript, Usage};
use crate::frame::Frame;
use crate::{
    AnswerContext, Codec, Dialect, EncodedRequest, Fault, Losses, RemoteImage, Scan, StreamDecoder,
    StreamEncoder, Target,
};

/// The codec of [`Dialect::OpenAiChat`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct OpenAiChat;

impl Codec for OpenAiChat {
    fn dialect(&self) -> Dialect {
        Dialect::OpenAiChat
    }

    fn decode_request(&self, body: &[u8], losses: &mut Losses) -> Result<ChatRequest, Fault> {
        request::decode(body, losses)
    }

    fn remote_images(&self, body: &[u8]) -> Vec<RemoteImage> {
        request::remote_images(body)
    }

    fn encode_request(
        &self,
        request: &ChatRequest,
        target: &Target,
        losses: &mut Losses,
    ) -> Result<EncodedRequest, Fault> {
        compose::encode(request, target, losses)
    }

    fn decode_answer(&self, body: &[u8]) -> Result<Vec<ChatEvent>, Fault> {
        answer::decode(body)
    }

    fn encode_answer(
        &self,
        answer: &Transcript,
        context: &AnswerContext,
        losses: &mut Losses,
    ) -> Result<Vec<u8>, Fault> {
        answer::encode(answer, context, losses)
    }

    fn stream_decoder(&self, done_optional: bool) -> Box<dyn StreamDecoder> {
        Box::new(stream::Decoder::new(done_optional))
    }

    fn lenient_stream_decoder(&self) -> Box<dyn StreamDecoder> {
        Box::new(stream::Decoder::lenient())
    }

    fn stream_encoder(&self, context: AnswerContext) -> Box<dyn StreamEncoder> {
        Box::new(emit::Encoder::new(&context))
    }

    fn decode_fault(&self, status: u16, body: &[u8]) -> Fault {
        fault::decode(status, body)
    }

    fn encode_fault(&self, fault: &Fault, _request_id: &str) -> Vec<u8> {
        fault::encode(fault)
    }

    fn encode_stream_fault(&self, fault: &Fault, _request_id: &str) -> Vec<u8> {
        // Without a `[DONE]` behind it: the answer is not complete.
        [b"data: ".as_slice(), &fault::encode(fault), b"\n\n"].concat()
    }

    fn keep_alive(&self) -> &'static [u8] {
        b": keep-alive\n\n"
    }

    fn scan(&self, frame: Frame<'_>, scan: &mut Scan) {
        scan::frame(frame, scan);
    }

    fn scan_usage(&self, tail: &[u8]) -> Option<Usage> {
        scan::usage(tail)
    }
}

/// The fault for bytes of an upstream that are not of this dialect.
fn unreadable_body(body: &[u8], error: &serde_json::Error) -> Fault {
    let start = body.trim_ascii_start();
    Fault::unreadable(if start.first() == Some(&b'<') {
        "the provider answered with a web page instead of JSON; a sign-in page of the network \
         (captive portal), a proxy or a wrong address can be the cause"
            .to_owned()
    } else if start.is_empty() {
        "the provider answered with nothing".to_owned()
    } else if error.is_data() {
        // serde_json may quote the value here, which can be a piece of the answer.
        format!(
            "the provider's answer is not a chat completion (line {}, column {})",
            error.line(),
            error.column()
        )
    } else {
        format!("the provider's answer is not JSON: {error}")
    })
}
