//! Conversations: begun, added to, found, renamed, deleted and imported.
//!
//! Nothing that was deleted is shown, and the next opening of the database removes it for good; until then
//! it can be restored. How a message gets in word by word is `message_writer`'s.

use std::collections::{HashMap, HashSet};
use std::time::SystemTime;

use jiff::Timestamp;
use rusqlite::Transaction;
use sextant_domain::{ChatMessage, Conversation, ConversationId, ConversationRow, MessageId, MessageState};

use crate::table::{conversation, conversation_search, message};
use crate::{MessageWriter, Store, StoreError};

impl Store {
    /// A new conversation about the list `catalog`, or only about documents. Titles are cut after 200
    /// characters.
    pub fn begin_conversation(
        &self,
        pack: &str,
        catalog: Option<&str>,
        title: &str,
        now: SystemTime,
    ) -> Result<ConversationId, StoreError> {
        let conversation = Conversation {
            id: ConversationId::generate(),
            title: title.to_owned(),
            pack: pack.to_owned(),
            catalog: catalog.map(ToOwned::to_owned),
            created_at: String::new(),
            messages: Vec::new(),
        };
        let id = conversation.id;
        self.write(move |transaction| conversation::insert(transaction, &conversation, now))?;
        Ok(id)
    }

    /// Adds a message that is complete. What it follows has to be there.
    pub fn add_message(&self, id: ConversationId, message: &ChatMessage) -> Result<(), StoreError> {
        let message = message.clone();
        self.write(move |transaction| {
            let Some(number) = present(transaction, id)? else {
                return Ok(Err(StoreError::NoSuchConversation { id }));
            };
            if let Some(parent) = message.parent
                && !message::exists(transaction, number, parent)?
            {
                return Ok(Err(without_parent(message.id, parent)));
            }
            put_message(transaction, id, &message).map(Ok)
        })?
    }

    /// Begins a message whose text is yet to come. Never blocks.
    pub fn write_message(&self, id: ConversationId, message: &ChatMessage) -> MessageWriter {
        MessageWriter::begin(self, id, message)
    }

    /// Those whose titles and messages have all words of `search`, of the last word the beginning; all where
    /// there is none. The last one that was written in first.
    pub fn conversations(&self, search: &str) -> Result<Vec<ConversationRow>, StoreError> {
        self.read(|connection| conversation_search::find(connection, search))
    }

    pub fn conversation(&self, id: ConversationId) -> Result<Option<Conversation>, StoreError> {
        self.read(|connection| conversation::get(connection, id))
    }

    pub fn rename_conversation(&self, id: ConversationId, title: &str) -> Result<(), StoreError> {
        let title = title.to_owned();
        self.write(move |transaction| match present(transaction, id)? {
            Some(number) => conversation::rename(transaction, number, &title).map(Ok),
            None => Ok(Err(StoreError::NoSuchConversation { id })),
        })?
    }

    /// It is gone from every list and search, and from the file when that is next opened. That it isn't
    /// there is no error.
    pub fn delete_conversation(&self, id: ConversationId) -> Result<(), StoreError> {
        self.write(move |transaction| conversation::set_deleted(transaction, id, true))?;
        Ok(())
    }

    /// Takes a deletion back.
    pub fn restore_conversation(&self, id: ConversationId) -> Result<(), StoreError> {
        let restored = self.write(move |transaction| conversation::set_deleted(transaction, id, false))?;
        if restored { Ok(()) } else { Err(StoreError::NoSuchConversation { id }) }
    }

    /// Keeps a conversation from elsewhere, all or nothing; its id here. It and its messages get new ids, so
    /// that it can be imported twice. `now` stands in for a time of beginning that can't be read.
    pub fn import_conversation(
        &self,
        conversation: &Conversation,
        now: SystemTime,
    ) -> Result<ConversationId, StoreError> {
        let id = ConversationId::generate();
        let conversation =
            Conversation { id, messages: with_new_ids(&conversation.messages)?, ..conversation.clone() };
        self.write(move |transaction| {
            let created_at = time_of(&conversation.created_at).unwrap_or(now);
            conversation::insert(transaction, &conversation, created_at)?;
            conversation.messages.iter().try_for_each(|message| put_message(transaction, id, message))
        })?;
        Ok(id)
    }
}

/// Keeps a message in a conversation. Where that has gone there is nothing to keep it in.
pub(crate) fn put_message(
    transaction: &Transaction,
    id: ConversationId,
    message: &ChatMessage,
) -> rusqlite::Result<()> {
    let Some((number, _)) = conversation::number(transaction, id)? else {
        return Ok(());
    };
    message::put(transaction, number, message)?;
    match time_of(&message.at) {
        Some(at) => conversation::touch(transaction, number, at),
        None => Ok(()),
    }
}

/// The number of a conversation that isn't deleted.
fn present(transaction: &Transaction, id: ConversationId) -> rusqlite::Result<Option<i64>> {
    let found = conversation::number(transaction, id)?;
    Ok(found.filter(|(_, deleted)| !deleted).map(|(number, _)| number))
}

/// The same tree with other ids. Nobody goes on with what was being written elsewhere.
fn with_new_ids(messages: &[ChatMessage]) -> Result<Vec<ChatMessage>, StoreError> {
    let mut new_ids = HashMap::new();
    for message in messages {
        if new_ids.insert(message.id, MessageId::generate()).is_some() {
            let detail = format!("it has the message {} twice", message.id);
            return Err(StoreError::BrokenConversation { detail });
        }
    }
    refuse_cycles(messages)?;
    let renewed = messages.iter().map(|message| {
        let new_id = |id: MessageId| new_ids.get(&id).copied().ok_or(id);
        let parent = message.parent.map(new_id).transpose();
        Ok(ChatMessage {
            id: new_id(message.id).unwrap_or(message.id),
            parent: parent.map_err(|parent| without_parent(message.id, parent))?,
            state: match message.state {
                MessageState::Writing => MessageState::Interrupted,
                ended => ended,
            },
            ..message.clone()
        })
    });
    renewed.collect()
}

fn refuse_cycles(messages: &[ChatMessage]) -> Result<(), StoreError> {
    let parents: HashMap<MessageId, MessageId> =
        messages.iter().filter_map(|message| Some((message.id, message.parent?))).collect();
    let mut sound = HashSet::new();
    for message in messages {
        let mut path = HashSet::new();
        let mut next = Some(message.id);
        while let Some(id) = next.filter(|id| !sound.contains(id)) {
            if !path.insert(id) {
                let detail = format!("its message {id} follows itself");
                return Err(StoreError::BrokenConversation { detail });
            }
            next = parents.get(&id).copied();
        }
        sound.extend(path);
    }
    Ok(())
}

fn without_parent(message: MessageId, parent: MessageId) -> StoreError {
    let detail = format!("its message {message} follows {parent}, which it doesn't have");
    StoreError::BrokenConversation { detail }
}

fn time_of(stamp: &str) -> Option<SystemTime> {
    stamp.parse::<Timestamp>().ok().map(SystemTime::from)
}
