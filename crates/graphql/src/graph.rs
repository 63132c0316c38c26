//! A query from its bytes to its answer: read, limited, carried out.

use std::sync::{Arc, OnceLock};
use std::time::SystemTime;

use async_graphql::parser::parse_query;
use async_graphql::{Request, Response, Value};
use ledger::Sessions;
use serde_json::json;

use crate::asking::Caller;
use crate::glance::{MOST_DIRECTIVES, glance};
use crate::measure::{DEEPEST, DEEPEST_SELECTION, MOST_FIELDS, measure};
use crate::query::Query;
use crate::schema::{Schema, schema};
use crate::sessions::Shelf;

/// An answer: a status of HTTP and JSON.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Answer {
    /// 200 where the query was carried out, whatever came of its parts; 400 where it was not.
    pub status: u16,
    /// What the client reads.
    pub body: Vec<u8>,
}

/// What queries are asked of.
pub struct Graph {
    sessions: Arc<Sessions>,
    clock: fn() -> SystemTime,
    open: OnceLock<Schema>,
    limited: OnceLock<Schema>,
}

impl Graph {
    /// Over these conversations. Nothing is built before the first query.
    #[must_use]
    pub fn new(sessions: Arc<Sessions>, clock: fn() -> SystemTime) -> Self {
        Self {
            sessions,
            clock,
            open: OnceLock::new(),
            limited: OnceLock::new(),
        }
    }

    /// Answers a query.
    pub async fn answer(&self, caller: Caller, body: &[u8]) -> Answer {
        match self.read(caller, body) {
            Ok((schema, request)) => told(&schema.execute(request).await),
            Err(message) => refused(&message),
        }
    }

    /// Reads a query and finds it within the limits; else why it is not.
    fn read(&self, caller: Caller, body: &[u8]) -> Result<(&Schema, Request), String> {
        let mut query = Query::read(body).map_err(|error| error.to_string())?;
        glance(&query.query).map_err(|error| error.to_string())?;
        let document = parse_query(&query.query).map_err(|error| unread(&error))?;
        measure(&document, caller.may_look).map_err(|error| error.to_string())?;
        let schema = self.schema(caller.may_look);
        let variables = query.variables();
        let mut request = Request::new(query.query).variables(variables);
        if let Some(operation) = query.operation {
            request = request.operation_name(operation);
        }
        if !caller.may_look {
            request = request.disable_introspection();
        }
        request.set_parsed_query(document);
        Ok((schema, request.data(Arc::new(caller))))
    }

    fn schema(&self, may_look: bool) -> &Schema {
        let build = |deepest: usize| {
            let shelf = Shelf::new(Arc::clone(&self.sessions), self.clock);
            schema()
                .data(shelf)
                .limit_depth(deepest)
                .limit_complexity(MOST_FIELDS)
                .limit_recursive_depth(DEEPEST_SELECTION)
                .limit_directives(MOST_DIRECTIVES)
                .disable_suggestions()
                .finish()
        };
        if may_look {
            // Reading the schema takes lists within lists.
            self.open.get_or_init(|| build(DEEPEST_SELECTION))
        } else {
            self.limited.get_or_init(|| build(DEEPEST))
        }
    }
}

/// Where the query is no GraphQL: what stands there, its sender knows.
fn unread(error: &async_graphql::parser::Error) -> String {
    match error.positions().next() {
        Some(pos) => format!(
            "the query is no GraphQL from line {}, column {} on",
            pos.line, pos.column
        ),
        None => "the query is no GraphQL".to_owned(),
    }
}

fn told(response: &Response) -> Answer {
    // What went wrong in a field has its path; the rest was never carried out.
    let is_refused = !response.errors.is_empty()
        && response.data == Value::Null
        && response.errors.iter().all(|error| error.path.is_empty());
    let status = if is_refused { 400 } else { 200 };
    let body = if is_refused {
        serde_json::to_vec(&json!({ "errors": response.errors }))
    } else {
        serde_json::to_vec(response)
    };
    Answer {
        status,
        body: body.unwrap_or_default(),
    }
}

fn refused(message: &str) -> Answer {
    let error = json!({ "message": message, "extensions": { "code": "invalid_request" } });
    Answer {
        status: 400,
        body: json!({ "errors": [error] }).to_string().into_bytes(),
    }
}
