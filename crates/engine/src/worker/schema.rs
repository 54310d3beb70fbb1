//! What we ask of a JSON Schema before any engine sees it, so that it means the same on all of them.

use serde_json::{Value, json};

use crate::EngineError;

/// The schema with our rule about blanks: with flexible ones a model may write blanks for ever.
pub(super) fn with_our_rules(schema: &Value) -> Result<Value, EngineError> {
    let Value::Object(schema) = schema else {
        return Err(EngineError::SchemaRefused { detail: "a schema is a JSON object".to_owned() });
    };
    let mut schema = schema.clone();
    schema.insert("x-guidance".into(), json!({ "whitespace_flexible": false }));
    Ok(schema.into())
}
