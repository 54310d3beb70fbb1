//! `sextant settings`.

use serde_json::json;
use sextant_engine::LocalEngine;

use super::{print_json, print_line, table};
use crate::app::{self, ModelChoice};
use crate::failure::Failure;
use crate::settings::Settings;

/// Takes back what was set.
const AUTO: &str = "auto";

#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// The engine to use: `llamacpp`, `mistralrs`, or `auto` for the one that suits the machine
    #[arg(long, value_name = "NAME")]
    engine: Option<String>,
    /// The model to use: an id, a GGUF file, or `auto` for the bundled one
    #[arg(long, value_name = "ID")]
    model: Option<String>,
    /// The model that mends what the first didn't write well enough: an id, a GGUF file, or `auto` for the
    /// same one
    #[arg(long, value_name = "ID")]
    accurate: Option<String>,
    /// Print one JSON document
    #[arg(long)]
    pub(super) json: bool,
}

pub(super) fn run(args: &Args) -> Result<(), Failure> {
    let mut settings = Settings::load()?;
    if let Some(engine) = &args.engine {
        settings.engine = (engine != AUTO).then(|| known_engine(engine)).transpose()?;
    }
    if let Some(model) = &args.model {
        settings.model = (model != AUTO).then(|| usable_model(model)).transpose()?;
    }
    if let Some(model) = &args.accurate {
        settings.accurate = (model != AUTO).then(|| usable_model(model)).transpose()?;
    }
    if args.engine.is_some() || args.model.is_some() || args.accurate.is_some() {
        settings.save()?;
    }
    if args.json {
        return print_json(&json!({
            "engine": settings.engine, "model": settings.model, "accurate": settings.accurate,
        }));
    }
    let row = |name: &str, value: Option<String>| vec![name.to_owned(), value.unwrap_or_else(|| AUTO.into())];
    let rows =
        [row("engine", settings.engine), row("model", settings.model), row("accurate", settings.accurate)];
    print_line(&table::render(&["setting", "value"], &rows));
    Ok(())
}

fn known_engine(name: &str) -> Result<String, Failure> {
    match LocalEngine::from_name(name) {
        Some(engine) => Ok(engine.name().to_owned()),
        None => Err(app::unknown_engine(name)),
    }
}

/// A path is kept whole, since the app may be started from another folder.
fn usable_model(model: &str) -> Result<String, Failure> {
    let choice = ModelChoice::of(Some(model.to_owned()), None);
    let installed = app::installed_model(&choice)?;
    if choice.own_file().is_none() {
        return Ok(model.to_owned());
    }
    if !installed.file.is_file() {
        return Err(Failure::call("no_file", format!("{} is no file", installed.file.display())));
    }
    Ok(installed.file.to_string_lossy().into_owned())
}
