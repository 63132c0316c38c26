//! What is answered beside the models: queries in GraphQL, for whoever the gateway has let in, and the
//! documents, for everybody.

use std::borrow::Cow;
use std::sync::Arc;
use std::time::SystemTime;

use bytes::Bytes;
use control::Control;
use gateway::{Guest, OwnAnswer, Said, Visitor};
use graphql::{Asking, Caller, Graph, Told};
use http::{HeaderMap, HeaderValue, Request, Response, StatusCode, header};
use tokio::sync::mpsc;
use tokio::task::JoinHandle;

/// How many requests may wait.
const WAITING: usize = 64;
/// Whose conversations those are that come without a key, where none is needed.
const ANYBODY: &str = "anybody";
/// The largest answer of a model that is read, in bytes: pictures come in it.
const LONGEST: usize = 64 * 1024 * 1024;

/// Answers what the gateway lets in, from now on.
pub(crate) fn open(control: &Arc<Control>, graph: Arc<Graph>) -> JoinHandle<()> {
    let (guests, mut inbox) = mpsc::channel::<Guest>(WAITING);
    control.plane().open_annex(guests);
    let control = Arc::clone(control);
    tokio::spawn(async move {
        while let Some(mut guest) = inbox.recv().await {
            let (control, graph) = (Arc::clone(&control), Arc::clone(&graph));
            tokio::spawn(async move {
                let answering = answer(&control, &graph, guest.request, guest.visitor);
                let answer = tokio::select! {
                    answer = answering => answer,
                    // Who has left needs none, and models are asked no more.
                    () = guest.reply.closed() => return,
                };
                drop(guest.reply.send(answer));
            });
        }
    })
}

async fn answer(
    control: &Control,
    graph: &Graph,
    request: Request<Bytes>,
    visitor: Visitor,
) -> Response<Said> {
    // Every path of the gateway is there with these before it too.
    let path = request.uri().path();
    let path = path
        .strip_prefix("/api")
        .filter(|rest| rest.starts_with("/v1/"))
        .unwrap_or(path);
    let path = path.strip_prefix("/v1").unwrap_or(path);
    if path.trim_end_matches('/') != "/graphql" {
        return match documents::find(path) {
            Some(page) => document(page, request.headers()),
            None => missing(),
        };
    }
    json(graph.answer(client(control, visitor), request.body()).await)
}

/// A document as its reader takes it.
pub(crate) fn document(page: documents::Page, fields: &HeaderMap) -> Response<Said> {
    let accepted = fields.get(header::ACCEPT_ENCODING);
    let accepted = accepted.and_then(|field| field.to_str().ok());
    let Ok(body) = page.body.fit_for(accepted.unwrap_or_default()) else {
        return missing();
    };
    let bytes = match body.bytes {
        Cow::Borrowed(bytes) => Bytes::from_static(bytes),
        Cow::Owned(bytes) => bytes.into(),
    };
    let mut response = Response::new(Said::Whole(bytes));
    let fields = response.headers_mut();
    fields.insert(header::CONTENT_TYPE, HeaderValue::from_static(page.kind));
    fields.insert(header::VARY, HeaderValue::from_static("accept-encoding"));
    if let Some(policy) = page.policy {
        fields.insert(
            header::CONTENT_SECURITY_POLICY,
            HeaderValue::from_static(policy),
        );
    }
    if let Some(word) = body.packing.word() {
        fields.insert(header::CONTENT_ENCODING, HeaderValue::from_static(word));
    }
    response
}

fn missing() -> Response<Said> {
    let message = if documents::is_here() {
        "there is nothing here"
    } else {
        "this portolan was built without its pages; build them first (cd ui && npm ci && npm run build)"
    };
    let error = serde_json::json!({ "error": { "message": message, "code": "no_such_path" } });
    json(graphql::Answer {
        status: StatusCode::NOT_FOUND.as_u16(),
        body: error.to_string().into_bytes(),
    })
}

/// The graph over the conversations that control keeps.
pub(crate) fn graph(control: &Control) -> Arc<Graph> {
    Arc::new(Graph::new(control.sessions(), SystemTime::now))
}

/// A client of the gateway, which asks with its own key.
fn client(control: &Control, visitor: Visitor) -> Caller {
    let owner = visitor
        .key()
        .map_or_else(|| ANYBODY.to_owned(), gateway::KeyHash::to_hex);
    let plane = control.plane().clone();
    Caller {
        owner,
        ask: Box::new(move |path, body| -> Asking {
            let (plane, visitor) = (plane.clone(), visitor.clone());
            Box::pin(async move { whole(plane.ask_for(&visitor, path, body).await?).await })
        }),
        may_look: false,
    }
}

/// An answer, gathered; `None` where it broke off.
pub(crate) async fn whole(mut answer: OwnAnswer) -> Option<Told> {
    let mut body = Vec::new();
    while let Some(piece) = answer.pieces.recv().await {
        body.extend_from_slice(&piece.ok()?);
        if body.len() > LONGEST {
            return None;
        }
    }
    Some(Told {
        status: answer.status,
        body,
    })
}

/// A graph's answer over HTTP.
pub(crate) fn json(answer: graphql::Answer) -> Response<Said> {
    let mut response = Response::new(Said::Whole(answer.body.into()));
    *response.status_mut() =
        StatusCode::from_u16(answer.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let kind = HeaderValue::from_static("application/json");
    response.headers_mut().insert(header::CONTENT_TYPE, kind);
    response
}
