//! The commands of the Models screen.

#![expect(clippy::needless_pass_by_value, reason = "tauri hands states and arguments over by value")]

use sextant_advisor::comparison::decide;
use sextant_domain::{Decision, Measured, RunId, Weights};
use sextant_protocol::{CompareEvent, CompareRequest, ModelView, ModelsView};
use sextant_store::Store;
use tauri::ipc::Channel;
use tauri::{AppHandle, State};

use super::commands::Answer;
use super::current::Current;
use super::engines;
use super::measuring::{self, Ends};
use crate::app::{self, ModelChoice};
use crate::comparison;
use crate::failure::Failure;
use crate::settings::Settings;

#[tauri::command(async)]
pub(super) fn models(current: State<'_, Current>) -> Answer<ModelsView> {
    Ok(view(&current)?)
}

pub(super) fn view(current: &Current) -> Result<ModelsView, Failure> {
    let models = app::models()?;
    let installed = models.installed();
    let mut known: Vec<ModelView> = models
        .known()
        .iter()
        .map(|model| ModelView {
            id: model.id.clone(),
            name: model.name.clone(),
            note: model.note.clone(),
            licence: model.licence.clone(),
            quantisation: model.quantisation.clone(),
            context_tokens: model.context_tokens,
            memory_bytes: model.memory_bytes,
            installed: installed.iter().any(|other| other.id == model.id),
        })
        .collect();
    known.sort_by_key(|model| !model.installed);
    let slots = current.now().slots;
    Ok(ModelsView {
        models: known,
        fast: slots.fast.traits.id,
        accurate: slots.accurate.traits.id,
        weights: Weights::default(),
        engine: engines::choice()?,
    })
}

#[tauri::command]
pub(super) fn compare_models(
    app: AppHandle,
    request: CompareRequest,
    events: Channel<CompareEvent>,
) -> Answer<RunId> {
    measuring::start(app, "the comparison", events, async move |events| {
        let candidates: Vec<ModelChoice> = request
            .models
            .iter()
            .map(|model| ModelChoice::of(Some(model.clone()), super::engine()))
            .collect();
        let advisors = comparison::advisors(&candidates, None)?;
        let measured = comparison::measure(&advisors, request.iterations.clamp(1, 1000), |step| {
            let comparison::Step { done, total, model, what } = step;
            let _ =
                events.send(CompareEvent::Progress { done, total, model: model.into(), what: what.into() });
        })
        .await?;
        let decision = decide(&measured, &request.weights);
        Ok(CompareEvent::Finished { measured, decision })
    })
}

impl Ends for CompareEvent {
    fn stopped() -> Self {
        Self::Stopped
    }

    fn failed(message: String) -> Self {
        Self::Failed { message }
    }
}

#[tauri::command]
pub(super) fn decide_models(measured: Vec<Measured>, weights: Weights) -> Option<Decision> {
    decide(&measured, &weights)
}

/// Kept in the settings first, so that what the window uses is what it will use when it is opened again.
#[tauri::command(async)]
pub(super) fn use_models(
    current: State<'_, Current>,
    store: State<'_, Store>,
    fast: String,
    accurate: String,
) -> Answer<ModelsView> {
    let choice = ModelChoice {
        accurate: Some(accurate.clone()),
        ..ModelChoice::of(Some(fast.clone()), super::engine())
    };
    let advisor = app::advisor(app::pack("energy")?, Some(store.inner().clone()), &choice)?;
    Settings { model: Some(fast), accurate: Some(accurate), ..Settings::load()? }.save()?;
    advisor.slots.fast.engine.prewarm();
    current.replace(advisor);
    Ok(view(&current)?)
}
