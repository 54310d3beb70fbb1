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
    /// For how many days runs are kept one by one, or `auto` for 30
    #[arg(long, value_name = "DAYS", value_parser = days)]
    history_days: Option<Days>,
    /// Seconds that a stage (or a `total` run) may take before there is an alert, such as `narrative=5`;
    /// `narrative=auto` takes it back
    #[arg(long = "limit", value_name = "STAGE=SECONDS", value_parser = limit)]
    limits: Vec<Limit>,
    /// Print one JSON document
    #[arg(long)]
    pub(super) json: bool,
}

pub(super) fn run(args: &Args) -> Result<(), Failure> {
    let mut settings = Settings::load()?;
    let before = settings.clone();
    if let Some(engine) = &args.engine {
        settings.engine = (engine != AUTO).then(|| known_engine(engine)).transpose()?;
    }
    if let Some(model) = &args.model {
        settings.model = (model != AUTO).then(|| usable_model(model)).transpose()?;
    }
    if let Some(model) = &args.accurate {
        settings.accurate = (model != AUTO).then(|| usable_model(model)).transpose()?;
    }
    if let Some(Days(days)) = args.history_days {
        settings.history_days = days;
    }
    for Limit(stage, seconds) in &args.limits {
        match seconds {
            Some(seconds) => drop(settings.limits.insert(stage.clone(), *seconds)),
            None => drop(settings.limits.remove(stage)),
        }
    }
    if settings != before {
        settings.save()?;
    }
    if args.json {
        return print_json(&json!({
            "engine": settings.engine, "model": settings.model, "accurate": settings.accurate,
            "history_days": settings.history_days, "limits": settings.limits,
        }));
    }
    let row = |name: &str, value: Option<String>| vec![name.to_owned(), value.unwrap_or_else(|| AUTO.into())];
    let days = settings.history_days.map(|days| days.to_string());
    let mut rows = vec![
        row("engine", settings.engine),
        row("model", settings.model),
        row("accurate", settings.accurate),
        row("history days", days),
    ];
    rows.extend(
        settings.limits.iter().map(|(stage, s)| row(&format!("limit of {stage}"), Some(format!("{s} s")))),
    );
    print_line(&table::render(&["setting", "value"], &rows));
    Ok(())
}

/// `None` is the usual number.
#[derive(Debug, Clone, Copy)]
struct Days(Option<u32>);

fn days(text: &str) -> Result<Days, String> {
    match text.parse() {
        _ if text == AUTO => Ok(Days(None)),
        Ok(days @ 1..=3650) => Ok(Days(Some(days))),
        _ => Err("write a number of days from 1 to 3650, or auto".into()),
    }
}

/// A stage, and its seconds; `None` is the usual limit.
#[derive(Debug, Clone)]
struct Limit(String, Option<f64>);

fn limit(text: &str) -> Result<Limit, String> {
    let wrong = || format!("{text:?} is no limit; write it as narrative=5");
    let (stage, seconds) = text.split_once('=').filter(|(stage, _)| !stage.is_empty()).ok_or_else(wrong)?;
    let seconds = match seconds {
        AUTO => None,
        _ => Some(seconds.parse().ok().filter(|s: &f64| s.is_finite() && *s > 0.0).ok_or_else(wrong)?),
    };
    Ok(Limit(stage.to_owned(), seconds))
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
