//! The contract as OpenAPI: a path for each method, and every type that one of them speaks.

use std::borrow::Cow;

use schemars::generate::SchemaSettings;
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde_json::{Map, Value, json};

use crate::code::Code;
use crate::methods::{Method, schemas};
use crate::reason::Reason;
use crate::secret::SecretText;

/// Where a document keeps its types.
const TYPES: &str = "/components/schemas";

/// The paths of all methods beneath `/admin/api`, and the types that they name, as the parts `paths`
/// and `schemas` of a document.
#[must_use]
pub fn control() -> Value {
    let settings = SchemaSettings::draft2020_12().with(|settings| {
        settings.definitions_path = Cow::Borrowed(TYPES);
        settings.meta_schema = None;
    });
    let mut generator = settings.into_generator();
    let mut paths = Map::new();
    for (method, params, answer) in schemas(&mut generator) {
        paths.insert(
            format!("/admin/api/{}", method.name),
            json!({ "post": operation(method, params, &answer) }),
        );
    }
    // What every failure is, and what the page of a session reads.
    generator.subschema_for::<crate::error::ApiError>();
    generator.subschema_for::<crate::admin::AdminSession>();
    generator.subschema_for::<crate::event::Changed>();
    json!({ "paths": paths, "schemas": generator.take_definitions(true) })
}

fn operation(method: &Method, params: Option<Schema>, answer: &Schema) -> Value {
    let (namespace, _) = method.name.split_once('.').unwrap_or((method.name, ""));
    let body = params.map_or_else(
        || json!({ "type": ["object", "null"], "maxProperties": 0 }),
        Schema::to_value,
    );
    json!({
        "operationId": method.name,
        "summary": method.doc,
        "tags": [format!("control: {namespace}")],
        "security": [{ "adminToken": [] }, { "adminCookie": [], "adminPage": [] }],
        "requestBody": {
            "required": true,
            "content": { "application/json": { "schema": body } },
        },
        "responses": {
            "200": {
                "description": "Done.",
                "content": { "application/json": { "schema": answer } },
            },
            "415": {
                "description": "The body is not said to be JSON.",
                "content": { "text/plain": { "schema": { "type": "string" } } },
            },
            "default": { "$ref": "#/components/responses/ControlFailure" },
        },
    })
}

impl JsonSchema for SecretText {
    fn schema_name() -> Cow<'static, str> {
        Cow::Borrowed("SecretText")
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({ "type": "string", "format": "password" })
    }
}

impl JsonSchema for Code {
    fn schema_name() -> Cow<'static, str> {
        Cow::Borrowed("ErrorCode")
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        let codes: Vec<&str> = Self::ALL.iter().map(|code| code.as_str()).collect();
        json_schema!({
            "description": "What failed; `error-<code>` is the id of its message.",
            "type": "string",
            "enum": codes,
        })
    }
}

impl JsonSchema for Reason {
    fn schema_name() -> Cow<'static, str> {
        Cow::Borrowed("Reason")
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        let codes: Vec<&str> = Self::ALL.iter().map(|listed| listed.code).collect();
        json_schema!({
            "description": "Why something is as it is; `reason-why.<code>` tells it to people.",
            "type": "object",
            "properties": {
                "code": { "type": "string", "enum": codes },
                "arguments": { "type": "object", "additionalProperties": { "type": "string" } },
                "message": { "type": "string" },
            },
            "required": ["code"],
        })
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]
    use super::control;

    #[test]
    fn every_method_has_its_path_and_every_name_its_type() {
        let written = control();
        for method in crate::METHODS {
            let path = format!("/admin/api/{}", method.name);
            assert_eq!(written["paths"][&path]["post"]["operationId"], method.name);
        }
        let text = written.to_string();
        for part in text.split("\"#/components/schemas/").skip(1) {
            let (name, _) = part.split_once('"').unwrap();
            assert!(written["schemas"].get(name).is_some(), "{name}");
        }
        assert!(written["schemas"].get("ApiError").is_some());
    }
}
