//! A stand-in provider that reads in the request which answer is wanted: the model's name says it.

mod agent;
mod asked;
mod choice;

use serde_json::Value;

pub use asked::{Asked, Image, Tool};
pub use choice::NAMES;

use crate::log::Log;
use crate::recorded::Recorded;
use crate::script::Script;
use crate::{anthropic, openai_chat};

/// Answers any request of either dialect; `GET /__requests` tells what `log` holds.
#[must_use]
pub fn answer(request: &Recorded, log: &Log) -> Script {
    let path = request.path();
    if path == "/__requests" {
        return told(request, log);
    }
    let path = path.strip_prefix("/v1").unwrap_or(path);
    let anthropic_asks =
        request.header("anthropic-version").is_some() || request.header("x-api-key").is_some();
    let body = request.json();
    let model = body["model"].as_str().unwrap_or_default();
    match (request.method.as_str(), path) {
        ("POST", "/chat/completions") => choice::answer(&Asked::openai_chat(&body)),
        ("POST", "/messages") => choice::answer(&Asked::anthropic(&body)),
        ("POST", "/messages/count_tokens") => anthropic::count(body.to_string().len() as u64 / 4),
        ("GET", "/models") if anthropic_asks => Script::json(200, &anthropic::models(NAMES)),
        ("GET", "/models") => Script::json(200, &openai_chat::models(NAMES)),
        ("GET", path) if path.starts_with("/models/") => {
            let name = path.trim_start_matches("/models/");
            if anthropic_asks {
                Script::json(200, &anthropic::model(name))
            } else {
                Script::json(200, &openai_chat::model(name))
            }
        }
        ("POST", "/completions") => {
            let prompt = body["prompt"].as_str().unwrap_or_default();
            openai_chat::text_completion(model, &format!("{prompt}, and so on"))
        }
        ("POST", "/embeddings") => {
            let count = body["input"].as_array().map_or(1, Vec::len);
            openai_chat::embeddings(model, count, body["encoding_format"] == "base64")
        }
        // DALL·E answers with addresses unless it is told otherwise.
        ("POST", "/images/generations")
            if body["response_format"] == "url"
                || model.starts_with("dall-e") && body["response_format"].is_null() =>
        {
            openai_chat::image_at("https://pictures.example/1.png")
        }
        ("POST", "/images/generations" | "/images/edits") => openai_chat::image(),
        ("POST", "/audio/transcriptions" | "/audio/translations") => {
            openai_chat::transcription(&format!("{} bytes", request.body.len()))
        }
        ("POST", "/audio/speech") => openai_chat::speech(),
        ("POST", "/moderations") => openai_chat::moderation(model),
        ("HEAD" | "GET", "/") => Script::status(200),
        _ if anthropic_asks => anthropic::error(404),
        _ => openai_chat::error(404),
    }
}

/// The requests, or with `?contains=WORD` those whose body holds the word.
fn told(request: &Recorded, log: &Log) -> Script {
    let word = request
        .target
        .split_once("contains=")
        .map_or("", |(_, word)| word)
        .as_bytes();
    let holds = |body: &[u8]| word.is_empty() || body.windows(word.len()).any(|part| part == word);
    let all: Vec<Value> = log
        .requests()
        .iter()
        .filter(|seen| seen.path() != "/__requests" && holds(&seen.body))
        .map(Recorded::to_json)
        .collect();
    Script::json(200, &Value::Array(all))
}
