//! The window: the commands that it may call, and what lives as long as it does.

mod chat;
mod commands;
mod current;
mod documents;
mod drawing;
mod engines;
mod measuring;
mod models;
mod runs;

use std::sync::Arc;
use std::time::Duration;

use sextant_advisor::Pack;
use sextant_domain::{Preferences, RecommendRequest};
use sextant_store::PerfLines;
use tauri::{WebviewUrl, WebviewWindowBuilder};

use crate::app::{self, ModelChoice};
use crate::failure::Failure;
use crate::library::Library;
use current::Current;
use runs::Runs;

/// What the person should know from the start.
struct Notices(Vec<String>);

/// Events are handed over this often at most: one frame of a 60 Hz display.
const FRAME: Duration = Duration::from_millis(16);

/// A change of the history is told this often at most.
const CHANGE: Duration = Duration::from_millis(200);

/// Opens the window and returns when it is closed.
pub(crate) fn open() -> Result<(), Failure> {
    if cfg!(target_os = "linux")
        && std::env::var_os("DISPLAY").is_none()
        && std::env::var_os("WAYLAND_DISPLAY").is_none()
    {
        return Err(Failure::work(
            "no_display",
            "there is no display to open a window on; `sextant recommend` does the same in the terminal",
        ));
    }
    let runtime = crate::cli::runtime()?;
    tauri::async_runtime::set(runtime.handle().clone());
    let app::OpenStore { store, notices } = app::store_with_history(PerfLines::Stderr)?;
    let choice = ModelChoice::of(None, engine());
    let advisor = app::advisor(app::pack("energy")?, Some(store.clone()), &choice)?;
    let shelf = crate::shelf::open(store.clone())?;
    let library = Library::open(Arc::clone(&advisor.pack), store.clone())?;
    // The model loads while the person looks at the form.
    advisor.slots.fast.engine.prewarm();
    tauri::Builder::default()
        .manage(Current::new(advisor))
        .manage(library)
        .manage(store.clone())
        .manage(Runs::default())
        .manage(Arc::new(shelf))
        .manage(documents::Imports::default())
        .manage(Notices(notices))
        .invoke_handler(tauri::generate_handler![
            commands::start,
            commands::watch_engine,
            commands::import_usage,
            commands::import_catalog,
            commands::recommend,
            commands::rerank,
            commands::stop,
            commands::performance,
            commands::watch_performance,
            models::models,
            models::compare_models,
            models::decide_models,
            models::use_models,
            engines::use_engine,
            engines::measure_engines,
            chat::chat_start,
            chat::conversations,
            chat::conversation,
            chat::send_message,
            chat::answer_again,
            chat::rename_conversation,
            chat::delete_conversation,
            chat::restore_conversation,
            chat::export_conversation,
            chat::import_conversation,
            chat::import_items,
            chat::delete_items,
            chat::open_link,
            documents::import_document,
            documents::watch_documents,
            documents::delete_document,
            documents::document,
        ])
        .setup(|app| {
            let window = WebviewWindowBuilder::new(app, "main", WebviewUrl::default())
                .title("Sextant")
                .inner_size(1280.0, 860.0)
                .min_inner_size(480.0, 520.0)
                // Dropped files come to the page as bytes; it never learns a path.
                .disable_drag_drop_handler()
                // Links are handed to the system's browser; nothing takes the window elsewhere.
                .on_navigation(|url| url.scheme() == "tauri" || url.host_str() == Some("tauri.localhost"))
                .build()?;
            drawing::suit_the_machine(&window)?;
            Ok(())
        })
        .run(tauri::generate_context!())
        .map_err(|error| Failure::work("window", format!("the window could not be opened: {error}")))?;
    app::close(&store);
    Ok(())
}

/// The engine that whoever started the window wants, for tests and for finding faults.
fn engine() -> Option<String> {
    std::env::var("SEXTANT_ENGINE").ok()
}

/// What the form starts with.
fn sample_request(pack: &Pack) -> RecommendRequest {
    RecommendRequest {
        preferences: Preferences {
            wish: pack.sample.wish.clone(),
            conditions: pack.sample.conditions.clone(),
            current_plan: Some(pack.sample.current_plan.clone()).filter(|id| !id.is_empty()),
            ..Preferences::default()
        },
        ..RecommendRequest::default()
    }
}
