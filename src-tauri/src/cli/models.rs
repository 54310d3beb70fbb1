//! `sextant models`.

mod compare;

use serde_json::json;

use super::{print_json, print_line, table};
use crate::app;
use crate::failure::Failure;

#[derive(Debug, clap::Subcommand)]
pub(crate) enum Command {
    /// Every model in the catalogue, the installed ones first
    List {
        /// Print one JSON document
        #[arg(long)]
        json: bool,
    },
    /// The same work for several models: which is fast enough, which is right
    Compare(compare::Args),
}

impl Command {
    /// Whether standard output is one JSON document.
    pub(super) fn prints_json(&self) -> bool {
        match self {
            Self::List { json } => *json,
            Self::Compare(args) => args.print() == super::bench::Print::Json,
        }
    }
}

pub(super) fn run(command: &Command) -> Result<(), Failure> {
    match command {
        Command::List { json } => list(*json),
        Command::Compare(args) => compare::run(args),
    }
}

fn list(json: bool) -> Result<(), Failure> {
    let models = app::models()?;
    let installed = models.installed();
    let is_installed = |id: &str| installed.iter().any(|model| model.id == id);
    let mut known: Vec<_> = models.known().iter().collect();
    known.sort_by_key(|model| !is_installed(&model.id));
    if json {
        let list: Vec<_> = known
            .iter()
            .map(|model| {
                json!({
                    "id": model.id,
                    "name": model.name,
                    "installed": is_installed(&model.id),
                    "licence": model.licence,
                    "quantisation": model.quantisation,
                    "context_tokens": model.context_tokens,
                })
            })
            .collect();
        return print_json(&json!({ "models": list }));
    }
    let rows: Vec<Vec<String>> = known
        .iter()
        .map(|model| {
            vec![
                model.id.clone(),
                if is_installed(&model.id) { "installed".into() } else { String::new() },
                model.quantisation.clone(),
                model.context_tokens.to_string(),
                model.licence.clone(),
                model.name.clone(),
            ]
        })
        .collect();
    print_line(&table::render(&["id", "", "quantisation", "context", "licence", "name"], &rows));
    Ok(())
}
