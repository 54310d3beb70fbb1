//! The request that warms a model up: short, but shaped like the real ones.
//!
//! It exists to touch every weight, the tokenizer, the chat template and the constraint compiler
//! before a person waits for them; nobody reads what it answers.

use crate::{Form, GenerateRequest, Message, Priority, Role, Sampling};

/// Facts and a request of the usual length, two tokens of constrained answer.
pub(crate) fn usual_request() -> GenerateRequest {
    let facts = "Annual use: 8,412 kWh\nMonthly average: 701 kWh\nPeak month: August, 1,120 kWh\n\
                 Lowest month: April, 480 kWh\nSeason: highest in summer\nTrend: steady\n\
                 Summarise the usage.";
    GenerateRequest {
        messages: vec![
            Message { role: Role::System, content: "usage_summary".into() },
            Message { role: Role::User, content: facts.into() },
        ],
        max_tokens: 2,
        stop: Vec::new(),
        sampling: Sampling::GREEDY,
        form: Some(Form::Schema(serde_json::json!({ "type": "array", "items": { "type": "integer" } }))),
        priority: Priority::Background,
    }
}
