//! Anthropic's Messages API: requests, answers, streams and errors, both ways.

mod answer;
mod blocks;
mod decode;
mod encode;
mod estimate;
mod fault;
mod ids;
mod read;
mod scan;
mod stream_decoder;
mod stream_encoder;
mod usage;
mod wire;

#[cfg(test)]
mod tests;

pub use estimate::estimate_input_tokens;

use crate::chat::{ChatEvent, ChatRequest, Transcript, Usage};
use crate::frame::Frame;
use crate::{
    AnswerContext, Codec, Dialect, EncodedRequest, Fault, Losses, RemoteImage, Scan, StreamDecoder,
    StreamEncoder, Target,
};

/// The codec of `POST /v1/messages`.
#[derive(Clone, Copy, Debug, Default)]
pub struct Anthropic;

impl Codec for Anthropic {
    fn dialect(&self) -> Dialect {
        Dialect::AnthropicMessages
    }

    fn decode_request(&self, body: &[u8], losses: &mut Losses) -> Result<ChatRequest, Fault> {
        decode::request(body, losses)
    }

    fn remote_images(&self, body: &[u8]) -> Vec<RemoteImage> {
        decode::remote_images(body)
    }

    fn encode_request(
        &self,
        request: &ChatRequest,
        target: &Target,
        losses: &mut Losses,
    ) -> Result<EncodedRequest, Fault> {
        encode::request(request, target, losses)
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
        Box::new(stream_decoder::Decoder::new(done_optional))
    }

    fn stream_encoder(&self, context: AnswerContext) -> Box<dyn StreamEncoder> {
        Box::new(stream_encoder::Encoder::new(context))
    }

    fn decode_fault(&self, status: u16, body: &[u8]) -> Fault {
        fault::decode(status, body)
    }

    fn encode_fault(&self, fault: &Fault, request_id: &str) -> Vec<u8> {
        let mut out = Vec::new();
        fault::encode(fault, request_id, &mut out);
        out
    }

    fn encode_stream_fault(&self, fault: &Fault, request_id: &str) -> Vec<u8> {
        let mut out = b"event: error\ndata: ".to_vec();
        fault::encode(fault, request_id, &mut out);
        out.extend_from_slice(b"\n\n");
        out
    }

    fn keep_alive(&self) -> &'static [u8] {
        stream_encoder::PING
    }

    fn scan(&self, frame: Frame<'_>, scan: &mut Scan) {
        scan::frame(frame, scan);
    }

    fn scan_usage(&self, tail: &[u8]) -> Option<Usage> {
        scan::usage(tail)
    }
}
