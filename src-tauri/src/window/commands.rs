//! What the window may ask for. Each command converts, calls a library, and converts back.

#![expect(clippy::needless_pass_by_value, reason = "tauri hands states and arguments over by value")]

use std::sync::Arc;
use std::time::{Duration, SystemTime};

use percent_encoding::percent_decode_str;
use sextant_advisor::Input;
use sextant_domain::{EngineStatus, Performance, PerformanceQuery, Ranking, RecommendEvent, RunId};
use sextant_protocol::{
    CatalogView, CommandError, CriterionView, ErrorCode, PackView, RunRequest, StartState, UsageImport,
};
use sextant_store::Store;
use tauri::ipc::{Channel, InvokeBody, Request};
use tauri::{AppHandle, State};

use super::current::Current;
use super::runs::{Runs, hand_on};
use super::{CHANGE, Notices, sample_request};
use crate::failure::Failure;
use crate::library::{self, Library};

pub(super) type Answer<T> = Result<T, CommandError>;

#[tauri::command(async)]
pub(super) fn start(
    current: State<'_, Current>,
    library: State<'_, Library>,
    notices: State<'_, Notices>,
) -> Answer<StartState> {
    let advisor = current.now();
    let pack = &advisor.pack;
    Ok(StartState {
        version: env!("CARGO_PKG_VERSION").into(),
        pack: PackView {
            id: pack.id.clone(),
            name: pack.name.clone(),
            criteria: pack
                .criteria
                .iter()
                .map(|criterion| CriterionView {
                    id: criterion.id.id().into(),
                    label: criterion.label.clone(),
                    description: criterion.description.clone(),
                    weight: criterion.weight,
                    preferred_weight: criterion.preferred_weight,
                })
                .collect(),
        },
        homes: library.home_views()?,
        catalogs: library.catalog_views()?,
        home_id: library::sample_home_id(&pack.sample.home),
        catalog_id: library::SAMPLE.into(),
        request: sample_request(pack),
        engine: advisor.slots.fast.engine.status().borrow().clone(),
        notices: notices.0.clone(),
    })
}

/// Sends the state now and every change, of whichever model answers, until the window is gone.
#[tauri::command]
pub(super) async fn watch_engine(current: State<'_, Current>, events: Channel<EngineStatus>) -> Answer<()> {
    let mut advisors = current.watch();
    tokio::spawn(async move {
        loop {
            let mut status = advisors.borrow_and_update().slots.fast.engine.status();
            status.mark_changed();
            // Until the engine is gone or another one has taken its place.
            while tokio::select! { changed = status.changed() => changed.is_ok(), _ = advisors.changed() => false }
            {
                let now = status.borrow_and_update().clone();
                if events.send(now).is_err() {
                    return;
                }
            }
            if advisors.has_changed().is_err() {
                return;
            }
        }
    });
    Ok(())
}

#[tauri::command(async)]
pub(super) fn import_usage(library: State<'_, Library>, request: Request<'_>) -> Answer<UsageImport> {
    let (name, bytes) = file(&request)?;
    Ok(library.import_usage(&name, bytes)?)
}

#[tauri::command(async)]
pub(super) fn import_catalog(library: State<'_, Library>, request: Request<'_>) -> Answer<CatalogView> {
    let (name, bytes) = file(&request)?;
    Ok(library.import_catalog(&name, bytes)?)
}

/// Starts a run and returns at once; its events follow over the channel, in batches.
#[tauri::command]
pub(super) async fn recommend(
    app: AppHandle,
    current: State<'_, Current>,
    library: State<'_, Library>,
    run: RunRequest,
    events: Channel<Vec<RecommendEvent>>,
) -> Answer<RunId> {
    let started = current.now().recommend(input(&library, run)?);
    Ok(hand_on(app, started, RecommendEvent::Stopped, events))
}

/// The exact order under changed preferences, without any model. On the thread that the request comes
/// in on: it takes less than the way to another one and back, and a hand on a slider waits for it.
#[tauri::command]
pub(super) fn rerank(
    current: State<'_, Current>,
    library: State<'_, Library>,
    run: RunRequest,
) -> Answer<Ranking> {
    let input = input(&library, run)?;
    Ok(current.now().rank(&input).map_err(Failure::from)?)
}

#[tauri::command]
pub(super) fn stop(runs: State<'_, Runs>, run_id: RunId) {
    runs.end(run_id);
}

/// The figures of a window of the history.
#[tauri::command(async)]
pub(super) fn performance(store: State<'_, Store>, query: PerformanceQuery) -> Answer<Performance> {
    Ok(store.performance(&query, SystemTime::now()).map_err(Failure::from)?)
}

/// Sends the history's version after every change, until the window is gone.
#[tauri::command]
pub(super) fn watch_performance(store: State<'_, Store>, events: Channel<u64>) -> Answer<()> {
    let store = store.inner().clone();
    // It waits for changes as long as the process lives, so it is no task of the runtime, which would wait
    // for it in turn.
    let watching = std::thread::Builder::new().name("history-watch".into()).spawn(move || {
        let mut seen = store.version();
        loop {
            let now = store.wait_for_change(seen, Duration::from_mins(1));
            if now != seen {
                seen = now;
                if events.send(now).is_err() {
                    break;
                }
                // What changes meanwhile is told together.
                std::thread::sleep(CHANGE);
            }
        }
    });
    watching.map(drop).map_err(|error| CommandError {
        code: ErrorCode::Failed,
        message: format!("the history can't be watched ({error}); open the screen again"),
    })
}

fn input(library: &Library, run: RunRequest) -> Answer<Input> {
    let gone = |what: &str| CommandError {
        code: ErrorCode::NotFound,
        message: format!("{what} is not there any more; choose another one"),
    };
    let catalog = library.catalog(&run.catalog_id)?.ok_or_else(|| gone("this plan list"))?;
    let usage = library.home(&run.home_id)?.ok_or_else(|| gone("this home"))?;
    Ok(Input { catalog, usage: Arc::new(usage), request: run.request })
}

/// A file's name and bytes; the page never knows where it lies.
pub(super) fn file<'r>(request: &'r Request<'_>) -> Answer<(String, &'r [u8])> {
    let bad = |message: &str| CommandError { code: ErrorCode::BadInput, message: message.into() };
    let InvokeBody::Raw(bytes) = request.body() else {
        return Err(bad("the file did not arrive; try it again"));
    };
    let name = request
        .headers()
        .get("x-file-name")
        .and_then(|name| name.to_str().ok())
        .map(|name| percent_decode_str(name).decode_utf8_lossy().into_owned())
        .ok_or_else(|| bad("the file's name did not arrive; try it again"))?;
    Ok((name, bytes))
}

impl From<Failure> for CommandError {
    fn from(failure: Failure) -> Self {
        let (code, message) = failure.parts();
        let code = match (&failure, code) {
            (_, "nothing_left") => ErrorCode::NothingLeft,
            (Failure::Input { .. }, _) => ErrorCode::BadInput,
            _ => ErrorCode::Failed,
        };
        Self { code, message: message.to_owned() }
    }
}
