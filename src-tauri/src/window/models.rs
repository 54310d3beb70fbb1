//! The commands of the Models screen.

#![expect(clippy::needless_pass_by_value, reason = "tauri hands states and arguments over by value")]

use sextant_advisor::comparison::decide;
use sextant_domain::{Decision, Measured, RunId, Weights};
use sextant_protocol::{CommandError, CompareEvent, CompareRequest, ErrorCode, ModelView, ModelsView};
use sextant_store::Store;
use tauri::ipc::Channel;
use tauri::{AppHandle, Manager as _, State};
use tokio::sync::oneshot;
use tracing::subscriber::NoSubscriber;

use super::commands::Answer;
use super::current::Current;
use super::runs::Runs;
use crate::app::{self, ModelChoice};
use crate::comparison;
use crate::failure::Failure;
use crate::settings::Settings;

#[tauri::command(async)]
pub(super) fn models(current: State<'_, Current>) -> Answer<ModelsView> {
    Ok(view(&current)?)
}

fn view(current: &Current) -> Result<ModelsView, Failure> {
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
    })
}

/// On a thread of its own, whose runs are nobody's history.
#[tauri::command]
pub(super) fn compare_models(
    app: AppHandle,
    runs: State<'_, Runs>,
    request: CompareRequest,
    events: Channel<CompareEvent>,
) -> Answer<RunId> {
    let id = RunId::generate();
    let stopped = runs.begin(id);
    let comparing = std::thread::Builder::new().name("comparison".into()).spawn(move || {
        let last =
            tracing::subscriber::with_default(NoSubscriber::new(), || compare(&request, &events, stopped));
        // A window that is gone needs no result.
        let _ = events
            .send(last.unwrap_or_else(|failure| CompareEvent::Failed { message: failure.parts().1.into() }));
        app.state::<Runs>().end(id);
    });
    comparing.map(|_| id).map_err(|error| CommandError {
        code: ErrorCode::Failed,
        message: format!("the comparison can't be started ({error}); try again"),
    })
}

fn compare(
    request: &CompareRequest,
    events: &Channel<CompareEvent>,
    stopped: oneshot::Receiver<()>,
) -> Result<CompareEvent, Failure> {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .map_err(|error| Failure::work("runtime", error))?;
    let candidates: Vec<ModelChoice> =
        request.models.iter().map(|model| ModelChoice::of(Some(model.clone()), super::engine())).collect();
    let advisors = comparison::advisors(&candidates, None)?;
    let measuring = comparison::measure(&advisors, request.iterations.clamp(1, 1000), |step| {
        let comparison::Step { done, total, model, what } = step;
        let _ = events.send(CompareEvent::Progress { done, total, model: model.into(), what: what.into() });
    });
    runtime.block_on(async {
        tokio::select! {
            biased;
            _ = stopped => Ok(CompareEvent::Stopped),
            measured = measuring => {
                let measured = measured?;
                let decision = decide(&measured, &request.weights);
                Ok(CompareEvent::Finished { measured, decision })
            }
        }
    })
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
