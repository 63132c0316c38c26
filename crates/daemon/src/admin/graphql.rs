//! GraphQL for whoever is signed in: the schema too, no client key, conversations of its own.

use contract::{ApiError, Code};
use graphql::{Asking, Caller};
use http::{HeaderValue, Method, StatusCode, header};
use serde_json::Value;

use super::answer::{Answer, other_method, plain};
use super::desk::{Desk, Visit};
use super::{LISTENER, PATH};
use crate::annex;

/// Whose conversations those are; no hash of a key is this.
const OWNER: &str = "admin";
/// The name under which it is on record.
const NAME: &str = "graphql";

impl Desk {
    /// `GET /admin/graphiql…`: the pages, for whoever is signed in; everybody else is sent to where
    /// that is done. None where the path is another one.
    pub(super) fn graphiql(
        &self,
        path: &str,
        method: &Method,
        visit: &Visit<'_>,
    ) -> Option<Answer> {
        let rest = path.strip_prefix("/graphiql")?;
        if !rest.is_empty() && !rest.starts_with('/') {
            return None;
        }
        if !matches!(*method, Method::GET | Method::HEAD) {
            return Some(other_method("GET, HEAD"));
        }
        if self.session(visit).is_none() {
            let mut answer = plain(StatusCode::SEE_OTHER, "");
            if let Ok(place) = HeaderValue::from_str(&format!("{PATH}/")) {
                answer.headers_mut().insert(header::LOCATION, place);
            }
            return Some(answer);
        }
        Some(match documents::admin(path) {
            Some(page) => annex::document(page, visit.fields),
            None => plain(StatusCode::NOT_FOUND, "there is nothing here\n"),
        })
    }

    /// `POST /admin/api/graphql`.
    pub(super) async fn graphql(&self, visit: &Visit<'_>) -> Result<Answer, ApiError> {
        let found = self.acting(visit)?;
        if !visit.body.starts_with(b"{") {
            return Err(ApiError::new(Code::InvalidParams, [&NAME]));
        }
        // What it asks costs what a trial costs; nothing of its words is written down.
        self.record(visit, Some(&found), NAME, &Value::Null, None)
            .await?;
        let plane = self.control.plane().clone();
        let caller = Caller {
            owner: OWNER.to_owned(),
            ask: Box::new(move |path, body| -> Asking {
                let plane = plane.clone();
                Box::pin(
                    async move { annex::whole(plane.ask_at(LISTENER, path, body).await?).await },
                )
            }),
            may_look: true,
        };
        Ok(annex::json(self.graph.answer(caller, visit.body).await))
    }
}
