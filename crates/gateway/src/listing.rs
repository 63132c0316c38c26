//! What is answered without a model: health, and the lists of models in three vendors' shapes.

use accounts::{AccountId, Standing};
use axum::body::Body;
use dialect::{Dialect, Fault, FaultKind, Operation, Origin};
use http::{HeaderMap, HeaderValue, Response, StatusCode, header, request};
use serde_json::{Value, json};

use crate::guard::Admitted;
use crate::ingress;
use crate::models::{self, PublicModel};
use crate::plan::Planner;
use crate::plane::Plane;
use crate::reply;
use crate::snapshot::Snapshot;

/// Both vendors require a date of release; where none is known, theirs is the epoch.
const UNKNOWN_DATE: &str = "1970-01-01T00:00:00Z";
/// How many models a page holds unless it is said otherwise; Anthropic's default is 20, but a
/// client that pages is rarer than one that shows what it got.
const PAGE: usize = 1000;

pub(crate) fn greeting() -> Response<Body> {
    let mut response = Response::new(Body::from("Portolan is running\n"));
    let text = HeaderValue::from_static("text/plain; charset=utf-8");
    response.headers_mut().insert(header::CONTENT_TYPE, text);
    response
}

pub(crate) fn health(instance: &str) -> Response<Body> {
    let body = json!({
        "status": "ok",
        "service": "portolan",
        "version": env!("CARGO_PKG_VERSION"),
        "instance": instance,
    });
    reply::json(StatusCode::OK, body.to_string())
}

/// Whether a request could be served: some account has its secret, or there is none at all and the
/// demo answers.
pub(crate) fn ready(snapshot: &Snapshot) -> Response<Body> {
    let now = std::time::Instant::now();
    let usable = snapshot.offers.iter().any(|offer| {
        let standing = snapshot.accounts.standing(&offer.account, now);
        !matches!(standing, None | Some(Standing::NoCredential))
    });
    let ready = usable || snapshot.offers.is_empty();
    let status = if ready {
        StatusCode::OK
    } else {
        StatusCode::SERVICE_UNAVAILABLE
    };
    let accounts = snapshot.offers.len();
    reply::json(
        status,
        json!({ "ready": ready, "accounts": accounts }).to_string(),
    )
}

/// The list of models in the shape that the caller reads.
pub(crate) fn models(
    plane: &Plane,
    snapshot: &Snapshot,
    admitted: &Admitted,
    head: &request::Parts,
) -> Response<Body> {
    let mut models = models::public(snapshot, &plane.live.get());
    models.retain(|model| admitted.may_ask_for(&model.id).is_ok());
    let query = head.uri.query().unwrap_or_default();
    let body = match ingress::caller(&head.headers) {
        Dialect::AnthropicMessages => anthropic_page(&models, query),
        Dialect::Gemini => {
            json!({ "models": models.iter().map(google).collect::<Vec<_>>() })
        }
        Dialect::OpenAiChat | Dialect::OpenAiResponses | Dialect::Ollama => {
            json!({ "object": "list", "data": models.iter().map(openai).collect::<Vec<_>>() })
        }
    };
    reply::json(StatusCode::OK, body.to_string())
}

/// The models that are known to take pictures, with how many one takes at once where that is known.
pub(crate) fn seeing(plane: &Plane, snapshot: &Snapshot, admitted: &Admitted) -> Response<Body> {
    let models = models::public(snapshot, &plane.live.get());
    let known = |model: &PublicModel| {
        let mut offers = snapshot.offers.iter();
        let offer = offers.find(|offer| model.account.as_ref() == Some(&offer.account))?;
        offer.provider.model(&model.id)
    };
    let told = |model: &PublicModel| {
        let known = known(model).filter(|known| known.abilities.images == Some(true))?;
        let mut told = json!({ "id": model.id, "object": "model", "owned_by": model.provider,
            "supports_vision": true });
        if let Some(most) = known.limits.as_ref().and_then(|limits| limits.images) {
            told["max_images"] = json!(most);
        }
        Some(told)
    };
    let list: Vec<Value> = models
        .iter()
        .filter(|model| admitted.may_ask_for(&model.id).is_ok())
        .filter_map(told)
        .collect();
    reply::json(
        StatusCode::OK,
        json!({ "object": "list", "data": list }).to_string(),
    )
}

/// One model in the shape that the caller reads.
pub(crate) fn one(
    plane: &Plane,
    snapshot: &Snapshot,
    instance: &str,
    id: &str,
    fields: &HeaderMap,
) -> Result<Response<Body>, Fault> {
    let live = plane.live.get();
    let known = models::public(snapshot, &live)
        .into_iter()
        .find(|model| model.id == id);
    let caller = ingress::caller(fields);
    let planner = Planner {
        snapshot,
        live: &live,
        turns: &plane.turns,
        instance,
        dialect: if caller == Dialect::Gemini {
            Dialect::OpenAiChat
        } else {
            caller
        },
        operation: Operation::Chat,
        now: std::time::Instant::now(),
    };
    let model = match known {
        Some(model) => model,
        // A name that leads somewhere is a model, listed or not.
        None => {
            let explained = planner.explain(id);
            let Some(first) = explained.candidates.first() else {
                return Err(not_found(id, &explained.nearest));
            };
            let provider = first.provider.clone();
            PublicModel {
                id: id.to_owned(),
                provider,
                account: first.account.clone(),
            }
        }
    };
    let body = match caller {
        Dialect::AnthropicMessages => anthropic(&model),
        Dialect::Gemini => google(&model),
        Dialect::OpenAiChat | Dialect::OpenAiResponses | Dialect::Ollama => openai(&model),
    };
    Ok(reply::json(StatusCode::OK, body.to_string()))
}

fn not_found(id: &str, nearest: &[String]) -> Fault {
    let mut message = format!("no account offers the model \"{id}\".");
    if !nearest.is_empty() {
        message.push_str(&format!(" Nearest names: {}.", nearest.join(", ")));
    }
    let mut fault = Fault::new(Origin::Client, FaultKind::NotFound, message);
    fault.param = Some("model".to_owned());
    fault.with_code("model_not_found")
}

/// What asking the providers again brought: the whole list as OpenAI has it, and what each said.
pub(crate) fn refreshed(
    results: &[(AccountId, Result<usize, Fault>)],
    plane: &Plane,
    snapshot: &Snapshot,
    admitted: &Admitted,
) -> Response<Body> {
    let mut models = models::public(snapshot, &plane.live.get());
    models.retain(|model| admitted.may_ask_for(&model.id).is_ok());
    let accounts: Vec<Value> = results
        .iter()
        .map(|(account, result)| match result {
            Ok(models) => json!({ "account": account.as_str(), "models": models }),
            Err(fault) => json!({ "account": account.as_str(), "error": fault.message }),
        })
        .collect();
    let list: Vec<Value> = models.iter().map(openai).collect();
    reply::json(
        StatusCode::OK,
        json!({ "object": "list", "data": list, "accounts": accounts }).to_string(),
    )
}

fn openai(model: &PublicModel) -> Value {
    json!({ "id": model.id, "object": "model", "created": 0, "owned_by": model.provider })
}

fn anthropic(model: &PublicModel) -> Value {
    json!({
        "type": "model",
        "id": model.id,
        "display_name": model.id,
        "created_at": UNKNOWN_DATE,
    })
}

fn google(model: &PublicModel) -> Value {
    json!({
        "name": format!("models/{}", model.id),
        "displayName": model.id,
        "supportedGenerationMethods": ["generateContent", "countTokens"],
    })
}

/// A page of the list as Anthropic cuts it: `limit`, `after_id`, `before_id`.
fn anthropic_page(models: &[PublicModel], query: &str) -> Value {
    let asked = |name: &str| {
        query.split('&').find_map(|pair| {
            let value = pair.strip_prefix(name)?.strip_prefix('=')?;
            Some(
                percent_encoding::percent_decode_str(value)
                    .decode_utf8_lossy()
                    .into_owned(),
            )
        })
    };
    let limit = asked("limit")
        .and_then(|limit| limit.parse().ok())
        .unwrap_or(PAGE)
        .clamp(1, PAGE);
    let position = |id: &str| models.iter().position(|model| model.id == id);
    let (page, has_more) = if let Some(end) = asked("before_id").and_then(|id| position(&id)) {
        let start = end.saturating_sub(limit);
        (&models[start..end], start > 0)
    } else {
        let start = asked("after_id")
            .and_then(|id| position(&id))
            .map_or(0, |at| at + 1);
        let end = (start + limit).min(models.len());
        (&models[start..end], end < models.len())
    };
    json!({
        "data": page.iter().map(anthropic).collect::<Vec<_>>(),
        "has_more": has_more,
        "first_id": page.first().map(|model| &model.id),
        "last_id": page.last().map(|model| &model.id),
    })
}

#[cfg(test)]
mod tests {
    use super::{PublicModel, anthropic_page};

    #[test]
    fn anthropics_pages_meet() {
        let models: Vec<PublicModel> = ["a", "b", "c"]
            .map(|id| PublicModel {
                id: id.to_owned(),
                provider: "p".to_owned(),
                account: None,
            })
            .to_vec();
        let ids = |query: &str| {
            let page = anthropic_page(&models, query);
            let ids: Vec<String> = page["data"]
                .as_array()
                .into_iter()
                .flatten()
                .filter_map(|model| Some(model["id"].as_str()?.to_owned()))
                .collect();
            (ids.join(""), page["has_more"].as_bool())
        };
        assert_eq!(ids(""), ("abc".to_owned(), Some(false)));
        assert_eq!(ids("limit=2"), ("ab".to_owned(), Some(true)));
        assert_eq!(ids("limit=2&after_id=b"), ("c".to_owned(), Some(false)));
        assert_eq!(ids("limit=1&before_id=c"), ("b".to_owned(), Some(true)));
        assert_eq!(ids("limit=0&after_id=c"), (String::new(), Some(false)));
        assert_eq!(ids("limit=x"), ("abc".to_owned(), Some(false)));
    }
}
