//! Documents of the person's: imported in the background, listed, opened, deleted.

#![expect(clippy::needless_pass_by_value, reason = "tauri hands states and arguments over by value")]

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant, SystemTime};

use sextant_advisor::chat::Shelf;
use sextant_domain::RunId;
use sextant_protocol::{CommandError, DocumentEvent, DocumentText, ErrorCode};
use sextant_retrieval::document::{self, DocumentError};
use sextant_store::Store;
use tauri::ipc::{Channel, Request};
use tauri::{AppHandle, Manager as _, State};

use super::commands::{Answer, file};
use super::runs::Runs;
use crate::failure::Failure;

/// Progress is told this often at most.
const PROGRESS: Duration = Duration::from_millis(100);

/// Who watches imports. A window that was loaded again has left its former channel behind.
#[derive(Default)]
pub(super) struct Imports(Mutex<Vec<Channel<DocumentEvent>>>);

impl Imports {
    fn tell(&self, event: &DocumentEvent) {
        let mut watchers = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        watchers.retain(|watcher| watcher.send(event.clone()).is_ok());
    }
}

#[tauri::command]
pub(super) fn watch_documents(imports: State<'_, Imports>, events: Channel<DocumentEvent>) {
    imports.0.lock().unwrap_or_else(PoisonError::into_inner).push(events);
}

/// Begins an import on a thread of its own and returns at once.
#[tauri::command(async)]
pub(super) fn import_document(app: AppHandle, runs: State<'_, Runs>, request: Request<'_>) -> Answer<RunId> {
    let (name, bytes) = file(&request)?;
    let bytes = bytes.to_vec();
    let id = RunId::generate();
    let stopped = runs.begin(id);
    let is_stopped = Arc::new(AtomicBool::new(false));
    let asked = Arc::clone(&is_stopped);
    tokio::spawn(async move {
        let _ = stopped.await;
        asked.store(true, Ordering::Relaxed);
    });
    let reading = std::thread::Builder::new().name("document-import".into()).spawn(move || {
        let event = import(&app, id, &name, &bytes, &is_stopped);
        app.state::<Runs>().end(id);
        app.state::<Imports>().tell(&event);
    });
    reading.map(|_| id).map_err(|error| CommandError {
        code: ErrorCode::Failed,
        message: format!("the import could not be started ({error}); try it again"),
    })
}

fn import(app: &AppHandle, id: RunId, name: &str, bytes: &[u8], is_stopped: &AtomicBool) -> DocumentEvent {
    let mut told: Option<Instant> = None;
    let mut progress = |done: u64, total: u64| {
        if told.is_none_or(|at| at.elapsed() >= PROGRESS) {
            told = Some(Instant::now());
            let part = |count: u64| u32::try_from(count).unwrap_or(u32::MAX);
            app.state::<Imports>().tell(&DocumentEvent::Progress {
                id,
                name: name.to_owned(),
                done: part(done),
                total: part(total),
            });
        }
    };
    progress(0, 1);
    let failed = |message: String| DocumentEvent::Failed { id, name: name.to_owned(), message };
    let document = match document::read(name, bytes, &|| is_stopped.load(Ordering::Relaxed), &mut progress) {
        Ok(document) => document,
        Err(DocumentError::Stopped) => return DocumentEvent::Stopped { id, name: name.to_owned() },
        Err(error) => return failed(error.to_string()),
    };
    let store = app.state::<Store>();
    let kept = store.put_document(&document, SystemTime::now()).and_then(|(key, replaced)| {
        let row = store.documents()?.into_iter().find(|row| row.id == key);
        Ok(row.map(|row| (row, replaced)))
    });
    match kept {
        Ok(Some((document, replaced))) => {
            let shelf = Arc::clone(&app.state::<Arc<Shelf>>());
            tauri::async_runtime::spawn(async move { shelf.learn_documents().await });
            DocumentEvent::Imported { id, document, replaced }
        }
        Ok(None) => failed("the document was deleted while it was imported".into()),
        Err(error) => failed(error.to_string()),
    }
}

#[tauri::command(async)]
pub(super) fn delete_document(store: State<'_, Store>, id: String) -> Answer<()> {
    Ok(store.delete_document(&id).map_err(Failure::from)?)
}

#[tauri::command(async)]
pub(super) fn document(store: State<'_, Store>, id: String) -> Answer<DocumentText> {
    let gone = || CommandError {
        code: ErrorCode::NotFound,
        message: "this document is not there any more; import it again".into(),
    };
    let document = store.document(&id).map_err(Failure::from)?.ok_or_else(gone)?;
    let row =
        store.documents().map_err(Failure::from)?.into_iter().find(|row| row.id == id).ok_or_else(gone)?;
    Ok(DocumentText { document: row, text: document.text })
}
