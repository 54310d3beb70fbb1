//! Turns within a conversation: both messages are stored before the first word, and the answer as it is
//! written, so that whatever ends the app leaves what was said.

use std::sync::Arc;

use sextant_domain::{
    Author, ChatAnswer, ChatEvent, ChatMessage, Conversation, ConversationId, MessageId, MessageState,
};
use sextant_store::{MessageWriter, StoreError};

use super::subject::Subject;
use super::{Chat, ChatInput, ChatRun, EarlierTurn, Way};
use crate::run::Run;

/// The longest question; more is a document.
const LONGEST_QUESTION: usize = 8_000;
/// A conversation is called by its first question, up to here.
const LONGEST_TITLE: usize = 80;
/// Earlier turns that can matter to the next one.
const EARLIER_TURNS: usize = 32;

/// Why a question can't be sent.
#[derive(Debug, thiserror::Error)]
pub enum ConversationError {
    #[error("there is nothing asked; write a question")]
    Empty,
    #[error(
        "the question has {characters} characters, and {LONGEST_QUESTION} fit; import long texts as documents"
    )]
    TooLong { characters: usize },
    #[error("this conversation is not there any more")]
    Gone,
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// A question of the person's within a conversation.
pub struct Question {
    /// `None` begins one.
    pub conversation: Option<ConversationId>,
    /// The message that it follows.
    pub parent: Option<MessageId>,
    pub text: String,
    pub subject: Option<Arc<Subject>>,
    pub use_cache: bool,
    pub seed: u64,
}

/// A turn that has begun. Dropping `run` stops it and keeps the words so far.
#[derive(Debug)]
pub struct Begun {
    pub conversation: ConversationId,
    pub title: String,
    pub question: ChatMessage,
    /// Still without a word.
    pub answer: ChatMessage,
    pub run: ChatRun,
}

impl Chat {
    /// Stores the question and begins to answer it. Blocks for as long as the disk takes; needs a tokio runtime.
    pub fn send(&self, question: Question) -> Result<Begun, ConversationError> {
        let text = question.text.trim();
        if text.is_empty() {
            return Err(ConversationError::Empty);
        }
        let characters = text.chars().count();
        if characters > LONGEST_QUESTION {
            return Err(ConversationError::TooLong { characters });
        }
        let store = &self.shelf.store;
        let id = if let Some(id) = question.conversation {
            id
        } else {
            let pack = question.subject.as_ref().map_or("documents", |subject| subject.pack.id.as_str());
            let list = question.subject.as_ref().map(|subject| subject.id.as_str());
            store.begin_conversation(pack, list, &title_of(text), (self.now)())?
        };
        let known = store.conversation(id)?.ok_or(ConversationError::Gone)?;
        let asked = self.message(question.parent, Author::Person, text.to_owned(), MessageState::Done);
        store.add_message(id, &asked)?;
        Ok(self.begin(id, &known, asked, question.subject, question.use_cache, question.seed))
    }

    /// Answers a stored question another time, beside the answers that there are.
    pub fn answer_again(
        &self,
        id: ConversationId,
        question: MessageId,
        subject: Option<Arc<Subject>>,
        seed: u64,
    ) -> Result<Begun, ConversationError> {
        let known = self.shelf.store.conversation(id)?.ok_or(ConversationError::Gone)?;
        let asked =
            known.messages.iter().find(|message| message.id == question && message.author == Author::Person);
        let asked = asked.cloned().ok_or(ConversationError::Gone)?;
        Ok(self.begin(id, &known, asked, subject, false, seed))
    }

    fn begin(
        &self,
        id: ConversationId,
        known: &Conversation,
        asked: ChatMessage,
        subject: Option<Arc<Subject>>,
        use_cache: bool,
        seed: u64,
    ) -> Begun {
        let answer = self.message(Some(asked.id), Author::Assistant, String::new(), MessageState::Writing);
        let writer = self.shelf.store.write_message(id, &answer);
        let run = self.answer(ChatInput {
            question: asked.text.clone(),
            subject,
            earlier: earlier_turns(known, asked.parent),
            seed,
            use_cache,
            way: Way::Parallel,
        });
        let run = kept(run, writer);
        Begun { conversation: id, title: known.title.clone(), question: asked, answer, run }
    }

    fn message(
        &self,
        parent: Option<MessageId>,
        author: Author,
        text: String,
        state: MessageState,
    ) -> ChatMessage {
        let at = crate::stamp::rfc3339((self.now)());
        ChatMessage { id: MessageId::generate(), parent, author, text, state, at, answer: None }
    }
}

/// The same run, whose words are stored on their way.
fn kept(mut run: ChatRun, writer: MessageWriter) -> ChatRun {
    Run::start(run.id, |sender| async move {
        let mut keeping = Keeping { writer: Some(writer), text: String::new() };
        while let Some(event) = run.events.recv().await {
            keeping.take(&event);
            if sender.send(event).await.is_err() {
                break;
            }
        }
    })
}

/// The message being written. Dropping it unfinished keeps it as stopped: whoever dropped the run did so.
struct Keeping {
    /// `None` once it has ended.
    writer: Option<MessageWriter>,
    text: String,
}

impl Keeping {
    fn take(&mut self, event: &ChatEvent) {
        let Some(writer) = self.writer.as_mut() else { return };
        match event {
            ChatEvent::Delta { text } => {
                self.text.push_str(text);
                writer.push(text);
            }
            ChatEvent::Restarted { text } => {
                text.clone_into(&mut self.text);
                writer.replace(text);
            }
            ChatEvent::Finished { answer } => self.end(MessageState::Done, Some(answer)),
            ChatEvent::Failed { .. } => self.end(MessageState::Failed, None),
            ChatEvent::Stopped => self.end(MessageState::Stopped, None),
            ChatEvent::Started { .. }
            | ChatEvent::Read { .. }
            | ChatEvent::Found { .. }
            | ChatEvent::QuickReplies { .. }
            | ChatEvent::StageDone { .. } => {}
        }
    }

    fn end(&mut self, state: MessageState, answer: Option<&ChatAnswer>) {
        if let Some(writer) = self.writer.take() {
            let text = answer.map_or(self.text.as_str(), |answer| answer.answer.as_str());
            writer.finish(state, text, answer);
        }
    }
}

impl Drop for Keeping {
    fn drop(&mut self) {
        self.end(MessageState::Stopped, None);
    }
}

/// The turns of the branch that ends in `leaf`, oldest first. Those without an answer are left out.
fn earlier_turns(conversation: &Conversation, leaf: Option<MessageId>) -> Vec<EarlierTurn> {
    let by_id = |id: MessageId| conversation.messages.iter().find(|message| message.id == id);
    let mut turns = Vec::new();
    let mut at = leaf.and_then(by_id);
    let mut steps = 0;
    while let Some(message) =
        at.filter(|_| turns.len() < EARLIER_TURNS && steps < conversation.messages.len())
    {
        let question = message.parent.and_then(by_id);
        if let (Author::Assistant, Some(answer), Some(question)) = (message.author, &message.answer, question)
        {
            turns.push(EarlierTurn { question: question.text.clone(), answer: Arc::new((**answer).clone()) });
        }
        at = question;
        steps += 1;
    }
    turns.reverse();
    turns
}

fn title_of(question: &str) -> String {
    let line = question.split_whitespace().collect::<Vec<_>>().join(" ");
    super::records::beginning(&line, LONGEST_TITLE)
}
