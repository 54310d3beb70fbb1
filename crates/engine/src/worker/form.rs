//! What a form means, the same for every engine.

use llguidance::api::TopLevelGrammar;
use serde_json::{Value, json};

use crate::{EngineError, Form};

/// What llguidance follows.
pub(super) fn grammar(form: &Form) -> Result<TopLevelGrammar, EngineError> {
    Ok(match form {
        Form::Schema(schema) => TopLevelGrammar::from_json_schema(with_our_rules(schema)?),
        Form::Grammar(lark) => TopLevelGrammar::from_lark(lark.clone()),
    })
}

/// The schema with our rule about blanks: with flexible ones a model may write blanks for ever.
fn with_our_rules(schema: &Value) -> Result<Value, EngineError> {
    let Value::Object(schema) = schema else {
        return Err(EngineError::SchemaRefused { detail: "a schema is a JSON object".to_owned() });
    };
    let mut schema = schema.clone();
    schema.insert("x-guidance".into(), json!({ "whitespace_flexible": false }));
    Ok(schema.into())
}
