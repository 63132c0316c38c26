//! A query as it comes in: one JSON object.

use async_graphql::Variables;
use serde::Deserialize;
use serde_json::Value;

/// What stands in a request's body. Other fields, such as `extensions`, are not for us.
#[derive(Debug, Deserialize)]
pub(crate) struct Query {
    pub(crate) query: String,
    #[serde(default)]
    variables: Option<serde_json::Map<String, Value>>,
    #[serde(default, rename = "operationName")]
    pub(crate) operation: Option<String>,
}

/// Why a body is no query.
#[derive(Debug, thiserror::Error)]
pub(crate) enum NoQuery {
    #[error("send one query at a time: a list of them is not answered")]
    Batch,
    #[error("the body is no query: {0}")]
    Malformed(#[from] serde_json::Error),
}

impl Query {
    pub(crate) fn read(body: &[u8]) -> Result<Self, NoQuery> {
        if body.trim_ascii_start().starts_with(b"[") {
            return Err(NoQuery::Batch);
        }
        Ok(serde_json::from_slice(body)?)
    }

    pub(crate) fn variables(&mut self) -> Variables {
        Variables::from_json(Value::Object(self.variables.take().unwrap_or_default()))
    }
}

#[cfg(test)]
mod tests {
    use super::{NoQuery, Query};

    #[test]
    fn one_object_with_a_query() {
        let read = |body: &str| Query::read(body.as_bytes());
        assert!(read(r#"{"query":"{ a }","variables":null,"operationName":null}"#).is_ok());
        assert!(read(r#"{"query":"{ a }","extensions":{"x":1}}"#).is_ok());
        assert!(matches!(
            read(r#" [{"query":"{ a }"}]"#),
            Err(NoQuery::Batch)
        ));
        for wrong in [
            "",
            "{}",
            "1",
            r#"{"query":1}"#,
            r#"{"query":"","variables":[1]}"#,
        ] {
            assert!(matches!(read(wrong), Err(NoQuery::Malformed(_))), "{wrong}");
        }
    }
}
