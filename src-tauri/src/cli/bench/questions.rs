//! Questions with known answers: how many one model gets right, and how surely.

use serde_json::json;
use sextant_advisor::comparison::{Measuring, Questions};

use super::super::runtime;
use super::bench_advisor;
use super::report::Report;
use crate::app::ModelChoice;
use crate::failure::Failure;

pub(super) fn measure(choice: &ModelChoice) -> Result<Report, Failure> {
    let (advisor, _store) = bench_advisor(choice)?;
    let questions = Questions::of(&advisor.pack)?;
    let mut measuring = Measuring::new(&advisor);
    runtime()?.block_on(measuring.ask(&advisor, &questions))?;
    let measured = measuring.measured;
    let row = |name: &str, share: sextant_domain::Share| {
        vec![
            name.to_owned(),
            share.n.to_string(),
            share.of.to_string(),
            format!("{:.0}%", share.value() * 100.0),
        ]
    };
    let rows = vec![
        row("questions answered right", measured.right),
        row("the same whole answer again", measured.consistent),
        row("conversations followed", measured.in_context),
    ];
    let report = Report::new(json!({
        "model": measured.model,
        "right": measured.right,
        "consistent": measured.consistent,
        "in_context": measured.in_context,
        "errors": measured.errors,
    }))
    .table(&[measured.model.as_str(), "n", "so many", "share"], rows);
    Ok(measured.errors.into_iter().fold(report, Report::note))
}
