//! `generateImage`: one picture or several, through the same path as `POST /generate-image`, whose
//! defaults hold.

use async_graphql::{InputObject, SimpleObject};
use serde_json::{Map, Value, json};

use crate::asking::{Caller, Refusal, ask};
use crate::sessions::id;

/// Where pictures are asked for.
const PATH: &str = "/generate-image";

/// What a picture is to show; each field is that of OpenAI's interface of the same name.
#[derive(Debug, InputObject)]
pub(crate) struct ImageInput {
    prompt: String,
    /// Whom to ask; dall-e-3 where it is left out.
    model: Option<String>,
    /// How many; 1 where it is left out.
    n: Option<u32>,
    /// 1024x1024 where it is left out.
    size: Option<String>,
    /// standard where it is left out and dall-e-3 is asked.
    quality: Option<String>,
    /// vivid where it is left out and dall-e-3 is asked.
    style: Option<String>,
    /// url where it is left out and a dall-e is asked; b64_json brings the picture itself.
    #[graphql(name = "response_format")]
    response_format: Option<String>,
}

/// A picture: where it is, or itself.
#[derive(Debug, SimpleObject)]
pub(crate) struct Image {
    url: Option<String>,
    /// The picture's bytes in base64.
    #[graphql(name = "b64_json")]
    b64_json: Option<String>,
}

/// Pictures with what they were made from.
#[derive(Debug, SimpleObject)]
pub(crate) struct ImageResponse {
    id: String,
    prompt: String,
    images: Vec<Image>,
    model: String,
    size: String,
    quality: Option<String>,
    style: Option<String>,
    /// When, as ISO 8601 writes it.
    timestamp: String,
    success: bool,
    error: Option<String>,
}

impl ImageResponse {
    pub(crate) fn failed(input: &ImageInput, timestamp: String) -> Self {
        let model = input.model.as_deref().unwrap_or("dall-e-3");
        let is_default = model == "dall-e-3";
        let or_else = |given: &Option<String>, default: &str| {
            given.clone().or(is_default.then(|| default.to_owned()))
        };
        Self {
            id: String::new(),
            prompt: input.prompt.clone(),
            images: Vec::new(),
            model: model.to_owned(),
            size: input.size.clone().unwrap_or_else(|| "1024x1024".to_owned()),
            quality: or_else(&input.quality, "standard"),
            style: or_else(&input.style, "vivid"),
            timestamp,
            success: false,
            error: None,
        }
    }

    pub(crate) fn because(mut self, reason: String) -> Self {
        self.error = Some(reason);
        self
    }
}

pub(crate) async fn make(
    caller: &Caller,
    input: ImageInput,
    timestamp: String,
) -> Result<ImageResponse, Refusal> {
    let told = ask(caller, PATH, &body(&input)).await?;
    let text = |image: &Value, name: &str| {
        let text = image.get(name).and_then(Value::as_str);
        text.map(str::to_owned)
    };
    let images = told.get("data").and_then(Value::as_array);
    let images = images.into_iter().flatten().map(|image| Image {
        url: text(image, "url"),
        b64_json: text(image, "b64_json"),
    });
    Ok(ImageResponse {
        id: id("img")?,
        images: images.collect(),
        success: true,
        ..ImageResponse::failed(&input, timestamp)
    })
}

fn body(input: &ImageInput) -> Value {
    let given = [
        ("prompt", json!(input.prompt)),
        ("model", json!(input.model)),
        ("n", json!(input.n)),
        ("size", json!(input.size)),
        ("quality", json!(input.quality)),
        ("style", json!(input.style)),
        ("response_format", json!(input.response_format)),
    ];
    let given = given.into_iter().filter(|(_, value)| !value.is_null());
    let body: Map<String, Value> = given
        .map(|(name, value)| (name.to_owned(), value))
        .collect();
    Value::Object(body)
}
