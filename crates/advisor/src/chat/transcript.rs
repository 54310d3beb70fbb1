//! Conversations as files: JSON with everything, to be imported again, and Markdown of one branch, to be
//! read, which can be imported too.

use serde::{Deserialize, Serialize};
use sextant_domain::{Author, ChatMessage, Conversation, ConversationId, MessageId, MessageState};

/// Of this form of the JSON.
const VERSION: u32 = 1;
const PERSON: &str = "## You";
const ASSISTANT: &str = "## Sextant";

/// Why a file is no conversation.
#[derive(Debug, thiserror::Error)]
pub enum TranscriptError {
    #[error("{name} is not text; choose a conversation that Sextant has exported")]
    NotText { name: String },
    #[error("{name} is from a newer Sextant (form {found}, and {VERSION} is known); update the app")]
    Newer { name: String, found: u32 },
    #[error("{name} can't be read as a conversation: {detail}")]
    Broken { name: String, detail: String },
    #[error("{name} has no messages; an exported conversation has parts that begin with \"{PERSON}\"")]
    Empty { name: String },
}

#[derive(Serialize, Deserialize)]
struct File<C> {
    sextant_conversation: u32,
    conversation: C,
}

/// Everything, all branches included.
#[must_use]
pub fn to_json(conversation: &Conversation) -> String {
    let file = File { sextant_conversation: VERSION, conversation };
    serde_json::to_string_pretty(&file).expect("plain data with text keys is always JSON")
}

/// The branch that ends in `leaf`; without one, the branch of the newest message.
#[must_use]
pub fn to_markdown(conversation: &Conversation, leaf: Option<MessageId>) -> String {
    let mut text = format!("# {}\n", conversation.title);
    for message in branch(conversation, leaf) {
        let heading = match message.author {
            Author::Person => PERSON,
            Author::Assistant => ASSISTANT,
        };
        // A heading of ours within a message would begin another one.
        let words = message.text.trim().replace("\n## ", "\n### ");
        text.extend(["\n", heading, "\n\n", &words, "\n"]);
        if let Some(answer) = &message.answer {
            for citation in &answer.citations {
                let words = citation.text.split_whitespace().collect::<Vec<_>>().join(" ");
                text.extend([format!("\n> [{}] {}: {words}\n", citation.marker, citation.source)]);
            }
        }
    }
    text
}

/// A file's name without what some systems refuse, and without an ending.
#[must_use]
pub fn file_stem(title: &str) -> String {
    let safe: String = title.chars().map(|c| if c.is_alphanumeric() || c == '-' { c } else { ' ' }).collect();
    let words: Vec<&str> = safe.split_whitespace().take(8).collect();
    if words.is_empty() { "conversation".into() } else { words.join("-") }
}

/// Reads what [`to_json`] or [`to_markdown`] wrote.
pub fn read(name: &str, bytes: &[u8]) -> Result<Conversation, TranscriptError> {
    let text = std::str::from_utf8(bytes).map_err(|_| TranscriptError::NotText { name: name.to_owned() })?;
    let text = text.trim_start_matches('\u{feff}');
    if text.trim_start().starts_with('{') { read_json(name, text) } else { read_markdown(name, text) }
}

fn read_json(name: &str, text: &str) -> Result<Conversation, TranscriptError> {
    let broken =
        |error: serde_json::Error| TranscriptError::Broken { name: name.into(), detail: error.to_string() };
    let file: File<serde_json::Value> = serde_json::from_str(text).map_err(broken)?;
    if file.sextant_conversation > VERSION {
        return Err(TranscriptError::Newer { name: name.into(), found: file.sextant_conversation });
    }
    let mut conversation: Conversation = serde_json::from_value(file.conversation).map_err(broken)?;
    if conversation.messages.is_empty() {
        return Err(TranscriptError::Empty { name: name.into() });
    }
    for message in &mut conversation.messages {
        // Nobody writes on at a message from a file.
        if message.state == MessageState::Writing {
            message.state = MessageState::Interrupted;
        }
    }
    Ok(conversation)
}

fn read_markdown(name: &str, text: &str) -> Result<Conversation, TranscriptError> {
    let mut title = None;
    let mut parts: Vec<(Author, String)> = Vec::new();
    for line in text.lines() {
        let author = match line.trim_end() {
            PERSON => Some(Author::Person),
            ASSISTANT => Some(Author::Assistant),
            _ => None,
        };
        if let Some(author) = author {
            parts.push((author, String::new()));
        } else if let Some((_, words)) = parts.last_mut() {
            words.push_str(line);
            words.push('\n');
        } else if let Some(heading) = line.strip_prefix("# ") {
            title.get_or_insert_with(|| heading.trim().to_owned());
        }
    }
    if parts.is_empty() {
        return Err(TranscriptError::Empty { name: name.into() });
    }
    let at = crate::stamp::rfc3339(std::time::SystemTime::now());
    let mut parent = None;
    let messages = parts
        .into_iter()
        .map(|(author, words)| {
            let message = ChatMessage {
                id: MessageId::generate(),
                parent,
                author,
                text: words.trim().to_owned(),
                state: MessageState::Done,
                at: at.clone(),
                answer: None,
            };
            parent = Some(message.id);
            message
        })
        .collect();
    Ok(Conversation {
        id: ConversationId::generate(),
        title: title.unwrap_or_else(|| name.to_owned()),
        pack: "retail".into(),
        catalog: None,
        created_at: at,
        messages,
    })
}

/// From the first message to the leaf.
fn branch(conversation: &Conversation, leaf: Option<MessageId>) -> Vec<&ChatMessage> {
    let by_id = |id: MessageId| conversation.messages.iter().find(|message| message.id == id);
    let mut at = leaf.and_then(by_id).or_else(|| conversation.messages.last());
    let mut messages = Vec::new();
    while let Some(message) = at.filter(|_| messages.len() <= conversation.messages.len()) {
        messages.push(message);
        at = message.parent.and_then(by_id);
    }
    messages.reverse();
    messages
}

#[cfg(test)]
mod tests {
    use super::*;

    fn conversation() -> Conversation {
        read(
            "a.md",
            b"# Coffee\n\n## You\n\nSomething *fruity*?\n\n## Sextant\n\nKayon fits.\n\n| a | b |\n| --- | --- |\n\n## You\n\nCheaper?\n",
        )
        .expect("a conversation")
    }

    #[test]
    fn markdown_comes_back_as_it_was() {
        let first = conversation();
        assert_eq!(first.title, "Coffee");
        let again = read("b.md", to_markdown(&first, None).as_bytes()).expect("a conversation");
        let texts = |conversation: &Conversation| -> Vec<(Author, String)> {
            conversation.messages.iter().map(|message| (message.author, message.text.clone())).collect()
        };
        assert_eq!(texts(&again), texts(&first));
        assert_eq!(again.messages[2].parent, Some(again.messages[1].id));
    }

    #[test]
    fn json_keeps_everything_and_ends_what_was_being_written() {
        let mut first = conversation();
        first.messages[1].state = MessageState::Writing;
        let again = read("b.json", to_json(&first).as_bytes()).expect("a conversation");
        assert_eq!(again.messages[1].state, MessageState::Interrupted);
        first.messages[1].state = MessageState::Interrupted;
        assert_eq!(again, first);
    }

    #[test]
    fn what_is_no_conversation_is_refused_in_a_sentence() {
        let refused = |bytes: &[u8]| read("x", bytes).expect_err("it is none").to_string();
        assert!(refused(b"\xff\xfe").contains("not text"));
        assert!(refused(b"hello").contains("no messages"));
        assert!(refused(b"{\"a\": 1}").contains("can't be read"));
        assert!(refused(b"{\"sextant_conversation\": 9, \"conversation\": {}}").contains("newer"));
        assert_eq!(file_stem("What? <b>/..\\x"), "What-b-x");
        assert_eq!(file_stem("???"), "conversation");
    }

    #[test]
    fn a_branch_is_what_leads_to_its_leaf() {
        let mut tree = conversation();
        let mut other = tree.messages[2].clone();
        other.id = MessageId::generate();
        other.text = "Dearer?".into();
        tree.messages.push(other);
        let leaf = tree.messages[2].id;
        assert!(to_markdown(&tree, Some(leaf)).contains("Cheaper?"));
        assert!(!to_markdown(&tree, Some(leaf)).contains("Dearer?"));
        assert!(to_markdown(&tree, None).contains("Dearer?"));
    }
}
