//! What a model that writes placeholders is told about a home's year.
//!
//! The training of the bundled model renders the same template with the same variables.

use serde_json::{Map, Value, json};
use sextant_domain::HomeUsage;

use super::plan_prompt::variant;
use crate::facts::Facts;
use crate::placeholders::Placeholders;
use crate::usage;
use crate::writing::Prompt;

/// About this home's use, whose facts are `facts`.
pub(super) fn prompt(home: &HomeUsage, facts: &Facts) -> Prompt {
    const STARTS: [&str; 3] = ["use", "peak", "season"];
    let summary = usage::summarise(home);
    let mut placeholders = Placeholders::default();
    for key in ["annual", "average", "peak_month", "peak_kwh", "low_month", "low_kwh"] {
        if let Some(fact) = facts.get(key) {
            placeholders.add(key, fact.text.as_str());
        }
    }
    // `rising by 12%`, or without a figure.
    let (trend, by) = match summary.trend.split_once(" by ") {
        Some((trend, by)) => (trend, Some(by)),
        None => (summary.trend.as_str(), None),
    };
    if let Some(by) = by {
        placeholders.add("trend", by);
    }
    let months = home.months.len();
    placeholders.add("period", format!("{months} months"));
    let values = json!({
        "whole_year": months == 12,
        "average": true,
        "low": true,
        "season": summary.season,
        "trend": trend,
        "trend_by": by.is_some(),
        "compared": null,
        "start": STARTS[variant(&home.home, STARTS.len())],
        "voice": "plain",
    });
    let values = if let Value::Object(values) = values { values } else { Map::new() };
    Prompt { file: "prompts/placeholders/usage_summary.txt", values, placeholders }
}
