//! The window's conversations. Each command converts, calls a library, and converts back.

#![expect(clippy::needless_pass_by_value, reason = "tauri hands states and arguments over by value")]

use std::sync::Arc;
use std::time::SystemTime;

use sextant_advisor::chat::{Begun, Chat, ConversationError, Question, Shelf, Subject, transcript};
use sextant_advisor::import::{self, Source};
use sextant_domain::{ChatEvent, Conversation, ConversationId, ConversationRow, MessageId};
use sextant_protocol::{
    AnswerAgain, ChatStart, CommandError, ConversationFile, ConversationFormat, ErrorCode, ItemCatalogView,
    SendMessage, SentMessage,
};
use sextant_store::Store;
use tauri::ipc::{Channel, Request};
use tauri::{AppHandle, Manager as _, State};

use super::commands::{Answer, file};
use super::current::Current;
use super::runs::hand_on;
use crate::failure::Failure;
use crate::library;

/// Every list that can be asked about, the packs' samples included.
#[tauri::command(async)]
pub(super) fn chat_start(shelf: State<'_, Arc<Shelf>>) -> Answer<ChatStart> {
    for pack in shelf.packs() {
        crate::shelf::put_sample(&shelf, &pack.id)?;
    }
    shelf.prewarm();
    let mut catalogs = Vec::new();
    for row in shelf.store.item_catalogs().map_err(Failure::from)? {
        let suggestions =
            shelf.subject(&row.id).map(|subject| subject.suggestions.clone()).unwrap_or_default();
        catalogs.push(ItemCatalogView {
            id: row.id,
            pack: row.pack,
            name: row.name,
            items: row.items,
            suggestions,
            recognised: Vec::new(),
            notes: Vec::new(),
        });
    }
    let documents = shelf.store.documents().map_err(Failure::from)?;
    Ok(ChatStart { catalogs, documents, words_only: shelf.words_only.clone() })
}

#[tauri::command(async)]
pub(super) fn conversations(store: State<'_, Store>, search: String) -> Answer<Vec<ConversationRow>> {
    Ok(store.conversations(&search).map_err(Failure::from)?)
}

#[tauri::command(async)]
pub(super) fn conversation(store: State<'_, Store>, id: ConversationId) -> Answer<Conversation> {
    store.conversation(id).map_err(Failure::from)?.ok_or_else(gone)
}

/// Stores the question, begins the turn and returns; the turn's events follow over the channel, in batches.
#[tauri::command]
pub(super) async fn send_message(
    app: AppHandle,
    message: SendMessage,
    events: Channel<Vec<ChatEvent>>,
) -> Answer<SentMessage> {
    let begun = begin(&app, message.catalog.clone(), move |chat, subject| {
        chat.send(Question {
            conversation: message.conversation,
            parent: message.parent,
            text: message.text,
            subject,
            use_cache: message.use_cache,
            seed: 0,
        })
    })
    .await?;
    Ok(hand_over(app, begun, events))
}

/// Answers a question another time; nothing kept is used.
#[tauri::command]
pub(super) async fn answer_again(
    app: AppHandle,
    again: AnswerAgain,
    events: Channel<Vec<ChatEvent>>,
) -> Answer<SentMessage> {
    let begun = begin(&app, again.catalog, move |chat, subject| {
        // Another seed, so that a model that samples says it in other words.
        let seed =
            SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).map_or(1, |since| since.as_secs());
        chat.answer_again(again.conversation, again.question, subject, seed)
    })
    .await?;
    Ok(hand_over(app, begun, events))
}

/// Reads and writes the store on a thread that may wait.
async fn begin(
    app: &AppHandle,
    catalog: Option<String>,
    start: impl FnOnce(&Chat, Option<Arc<Subject>>) -> Result<Begun, ConversationError> + Send + 'static,
) -> Answer<Begun> {
    let chat = Chat {
        slots: app.state::<Current>().now().slots,
        shelf: Arc::clone(&app.state::<Arc<Shelf>>()),
        now: SystemTime::now,
    };
    let begun = tokio::task::spawn_blocking(move || -> Result<(Begun, Option<Arc<Subject>>), Failure> {
        let subject = catalog.map(|id| chat.shelf.subject(&id)).transpose()?;
        Ok((start(&chat, subject.clone())?, subject))
    });
    let (begun, subject) = begun
        .await
        .map_err(|error| CommandError {
            code: ErrorCode::Failed,
            message: format!("a part of the app ended unexpectedly ({error}); try again"),
        })?
        .map_err(CommandError::from)?;
    let shelf = Arc::clone(&app.state::<Arc<Shelf>>());
    tokio::spawn(async move {
        if let Some(subject) = subject {
            shelf.learn(&subject).await;
        }
        shelf.learn_documents().await;
    });
    Ok(begun)
}

fn hand_over(app: AppHandle, begun: Begun, events: Channel<Vec<ChatEvent>>) -> SentMessage {
    let Begun { conversation, title, question, answer, run } = begun;
    let run_id = hand_on(app, run, ChatEvent::Stopped, events);
    SentMessage { run_id, conversation, title, question, answer }
}

#[tauri::command(async)]
pub(super) fn rename_conversation(store: State<'_, Store>, id: ConversationId, title: String) -> Answer<()> {
    Ok(store.rename_conversation(id, &title).map_err(Failure::from)?)
}

#[tauri::command(async)]
pub(super) fn delete_conversation(store: State<'_, Store>, id: ConversationId) -> Answer<()> {
    Ok(store.delete_conversation(id).map_err(Failure::from)?)
}

#[tauri::command(async)]
pub(super) fn restore_conversation(store: State<'_, Store>, id: ConversationId) -> Answer<()> {
    Ok(store.restore_conversation(id).map_err(Failure::from)?)
}

#[tauri::command(async)]
pub(super) fn export_conversation(
    store: State<'_, Store>,
    id: ConversationId,
    leaf: Option<MessageId>,
    format: ConversationFormat,
) -> Answer<ConversationFile> {
    let conversation = store.conversation(id).map_err(Failure::from)?.ok_or_else(gone)?;
    let (extension, text) = match format {
        ConversationFormat::Markdown => ("md", transcript::to_markdown(&conversation, leaf)),
        ConversationFormat::Json => ("json", transcript::to_json(&conversation)),
    };
    Ok(ConversationFile {
        file_name: format!("{}.{extension}", transcript::file_stem(&conversation.title)),
        text,
    })
}

#[tauri::command(async)]
pub(super) fn import_conversation(store: State<'_, Store>, request: Request<'_>) -> Answer<ConversationRow> {
    let (name, bytes) = file(&request)?;
    let conversation = transcript::read(&name, bytes).map_err(Failure::from)?;
    let id = store.import_conversation(&conversation, SystemTime::now()).map_err(Failure::from)?;
    store.conversations("").map_err(Failure::from)?.into_iter().find(|row| row.id == id).ok_or_else(gone)
}

#[tauri::command(async)]
pub(super) fn import_items(shelf: State<'_, Arc<Shelf>>, request: Request<'_>) -> Answer<ItemCatalogView> {
    let (name, bytes) = file(&request)?;
    let pack = shelf.pack("retail").ok_or_else(gone)?;
    let imported = import::read_items(
        bytes,
        &Source::new(&name),
        &std::collections::BTreeMap::new(),
        &pack.headers,
        &pack.currency,
    )
    .map_err(Failure::from)?;
    let id = shelf.put(&pack.id, &imported.value, SystemTime::now()).map_err(Failure::from)?;
    let subject = shelf.subject(&id).map_err(Failure::from)?;
    Ok(ItemCatalogView {
        id,
        pack: pack.id.clone(),
        name,
        items: u32::try_from(imported.value.items.len()).unwrap_or(u32::MAX),
        suggestions: subject.suggestions.clone(),
        recognised: library::recognised(&imported),
        notes: library::notes(&imported),
    })
}

#[tauri::command(async)]
pub(super) fn delete_items(shelf: State<'_, Arc<Shelf>>, id: String) -> Answer<()> {
    Ok(shelf.delete(&id).map_err(Failure::from)?)
}

/// Hands an address to the system's browser. Others than these could start programs.
#[tauri::command(async)]
pub(super) fn open_link(url: String) -> Answer<()> {
    let lower = url.to_ascii_lowercase();
    if !["http://", "https://", "mailto:"].iter().any(|scheme| lower.starts_with(scheme)) {
        return Err(CommandError {
            code: ErrorCode::BadInput,
            message: "this address is not a web or mail address, so it isn't opened".into(),
        });
    }
    open::that_detached(&url).map_err(|error| CommandError {
        code: ErrorCode::Failed,
        message: format!("the browser could not be opened ({error}); copy the address instead: {url}"),
    })
}

fn gone() -> CommandError {
    CommandError {
        code: ErrorCode::NotFound,
        message: "this conversation is not there any more; choose another one".into(),
    }
}
