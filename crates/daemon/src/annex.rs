//! What is answered beside the models: queries in GraphQL, for whoever the gateway has let in.

use std::sync::Arc;
use std::time::SystemTime;

use control::Control;
use gateway::{Guest, OwnAnswer, Said, Visitor};
use graphql::{Asking, Caller, Graph, Told};
use http::{HeaderValue, Response, StatusCode, header};
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
                let caller = client(&control, guest.visitor);
                let answering = graph.answer(caller, guest.request.body());
                let answer = tokio::select! {
                    answer = answering => answer,
                    // Who has left needs none, and models are asked no more.
                    () = guest.reply.closed() => return,
                };
                drop(guest.reply.send(json(answer)));
            });
        }
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
