//! A value that fits a JSON Schema, always the same one.

use serde_json::{Map, Value, json};

/// The first enum value, constant or default, else a sample of the type; objects get every property.
#[must_use]
pub fn example(schema: &Value) -> Value {
    within(schema, schema, 0)
}

fn within(schema: &Value, root: &Value, depth: usize) -> Value {
    if depth > 16 {
        return Value::Null;
    }
    if let Some(reference) = schema["$ref"].as_str() {
        let target = root
            .pointer(reference.trim_start_matches('#'))
            .unwrap_or(&Value::Null);
        return within(target, root, depth + 1);
    }
    for word in ["const", "default"] {
        if let Some(value) = schema.get(word) {
            return value.clone();
        }
    }
    if let Some(first) = schema["enum"].get(0) {
        return first.clone();
    }
    for word in ["anyOf", "oneOf", "allOf"] {
        if let Some(first) = schema[word].get(0) {
            return within(first, root, depth + 1);
        }
    }
    match schema["type"]
        .as_str()
        .or_else(|| schema["type"][0].as_str())
    {
        Some("string") => json!("sample"),
        Some("integer") => schema.get("minimum").cloned().unwrap_or(json!(7)),
        Some("number") => schema.get("minimum").cloned().unwrap_or(json!(1.5)),
        Some("boolean") => json!(true),
        Some("null") => Value::Null,
        Some("array") => json!([within(&schema["items"], root, depth + 1)]),
        Some(_) | None => {
            let mut object = Map::new();
            for (name, property) in schema["properties"].as_object().into_iter().flatten() {
                object.insert(name.clone(), within(property, root, depth + 1));
            }
            Value::Object(object)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_kind_of_property_gets_a_value() {
        let schema = json!({"type": "object", "$defs": {"kind": {"enum": ["b", "a"]}}, "properties": {
            "city": {"type": "string"}, "days": {"type": "integer"}, "kind": {"$ref": "#/$defs/kind"},
            "list": {"type": "array", "items": {"type": "number"}},
            "maybe": {"anyOf": [{"type": "boolean"}, {"type": "null"}]}}});
        let wanted =
            json!({"city": "sample", "days": 7, "kind": "b", "list": [1.5], "maybe": true});
        assert_eq!(example(&schema), wanted);
    }

    #[test]
    fn a_schema_that_holds_itself_ends() {
        let schema = json!({"properties": {"next": {"$ref": "#"}}});
        assert!(example(&schema).is_object());
    }
}
