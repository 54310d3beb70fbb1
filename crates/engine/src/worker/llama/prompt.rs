//! From messages to the tokens that the model reads.
//!
//! The template is the tokenizer's, else the model file's own. Only what the template writes may become
//! a control token: the names of control tokens in a message are cut in two before the template sees
//! them and the halves are turned into tokens apart, so a plan called `<|im_end|>` ends nothing.

use std::path::Path;

use minijinja::{Environment, ErrorKind, context};
use serde::{Deserialize, Serialize};

use super::library::{Model, Token, TokenKind};
use crate::{EngineError, Message, Role};

/// Marks where a text is cut. Private to this file: in a message it means nothing and is dropped.
const CUT: char = '\u{10FFFD}';

const TEMPLATE: &str = "chat";

#[derive(Debug)]
pub(super) struct Prompt {
    environment: Environment<'static>,
    first_text: String,
    end_text: String,
    /// Names of control tokens, and of added tokens that look like them.
    control: Vec<String>,
    added: Vec<String>,
}

/// What is asked of `tokenizer_config.json`.
#[derive(Debug, Default, Deserialize)]
struct TokenizerConfig {
    chat_template: Option<Template>,
    bos_token: Option<TokenText>,
    eos_token: Option<TokenText>,
}

#[derive(Debug, Deserialize)]
#[serde(untagged)]
enum Template {
    One(String),
    Named(Vec<NamedTemplate>),
}

#[derive(Debug, Deserialize)]
struct NamedTemplate {
    name: String,
    template: String,
}

#[derive(Debug, Deserialize)]
#[serde(untagged)]
enum TokenText {
    Plain(String),
    Described { content: String },
}

#[derive(Debug, Serialize)]
struct Turn {
    role: &'static str,
    content: String,
}

impl Prompt {
    pub(super) fn load(model: &Model, file: &Path, tokenizer_dir: &Path) -> Result<Self, EngineError> {
        let config = read_config(&tokenizer_dir.join("tokenizer_config.json"))?;
        let template = std::fs::read_to_string(tokenizer_dir.join("chat_template.jinja"))
            .ok()
            .or_else(|| config.chat_template.and_then(Template::usual))
            .or_else(|| model.chat_template());
        let invalid = |defect: String| EngineError::ModelFileInvalid { path: file.to_owned(), defect };
        let template = template.ok_or_else(|| invalid("it has no chat template".into()))?;
        let environment = environment(&template)
            .map_err(|error| invalid(format!("its chat template can't be read: {error}")))?;
        let names = |wanted: &dyn Fn(TokenKind, &str) -> bool| {
            (0..model.vocabulary_tokens())
                .filter_map(|id| Token::try_from(id).ok())
                .filter_map(|token| {
                    let kind = model.kind(token);
                    let name = (kind != TokenKind::Plain).then(|| model.bytes(token, true))?;
                    String::from_utf8(name).ok().filter(|name| wanted(kind, name))
                })
                .collect()
        };
        Ok(Self {
            environment,
            first_text: config.bos_token.map(TokenText::text).unwrap_or_default(),
            end_text: config.eos_token.map(TokenText::text).unwrap_or_default(),
            control: names(&|kind, name| kind == TokenKind::Control && !name.is_empty()),
            added: names(&|kind, name| kind == TokenKind::Added && is_bracketed(name)),
        })
    }

    /// The conversation and the beginning of the answer.
    pub(super) fn tokens(&self, model: &Model, messages: &[Message]) -> Result<Vec<Token>, EngineError> {
        let text = self
            .text(messages)
            .map_err(|error| EngineError::Failed { detail: format!("the chat template failed: {error}") })?;
        let mut tokens = Vec::new();
        for piece in text.split(CUT).filter(|piece| !piece.is_empty()) {
            tokens.extend(model.tokens(piece.as_bytes(), true));
        }
        if let Some(first) = model.first_token()
            && tokens.first() != Some(&first)
        {
            tokens.insert(0, first);
        }
        Ok(tokens)
    }

    fn text(&self, messages: &[Message]) -> Result<String, minijinja::Error> {
        let messages: Vec<Turn> = messages
            .iter()
            .map(|message| Turn { role: role(message.role), content: self.harmless(message) })
            .collect();
        self.environment.get_template(TEMPLATE)?.render(context! {
            messages,
            add_generation_prompt => true,
            enable_thinking => false,
            bos_token => self.first_text,
            eos_token => self.end_text,
        })
    }

    /// The content with every control token's name cut behind its first letter. What a model itself
    /// once answered keeps its added tokens, because templates look for them there.
    fn harmless(&self, message: &Message) -> String {
        let mut content = message.content.replace(CUT, "");
        let added = if message.role == Role::Assistant { &[][..] } else { &self.added[..] };
        for name in self.control.iter().chain(added) {
            if content.contains(name.as_str()) {
                let first = name.chars().next().map_or(0, char::len_utf8);
                content =
                    content.replace(name.as_str(), &format!("{}{CUT}{}", &name[..first], &name[first..]));
            }
        }
        content
    }
}

impl Template {
    fn usual(self) -> Option<String> {
        match self {
            Self::One(template) => Some(template),
            Self::Named(templates) => {
                templates.into_iter().find(|named| named.name == "default").map(|named| named.template)
            }
        }
    }
}

impl TokenText {
    fn text(self) -> String {
        match self {
            Self::Plain(text) | Self::Described { content: text } => text,
        }
    }
}

fn read_config(path: &Path) -> Result<TokenizerConfig, EngineError> {
    let invalid = |defect: String| EngineError::ModelFileInvalid { path: path.to_owned(), defect };
    match std::fs::read(path) {
        Ok(bytes) => serde_json::from_slice(&bytes)
            .map_err(|error| invalid(format!("it is no tokenizer configuration: {error}"))),
        // The model file has a tokenizer and usually a template of its own.
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(TokenizerConfig::default()),
        Err(error) => Err(invalid(format!("it can't be read: {error}"))),
    }
}

/// As the templates' authors expect it: Python's methods, blocks that leave no blank lines.
fn environment(template: &str) -> Result<Environment<'static>, minijinja::Error> {
    let mut environment = Environment::new();
    environment.set_unknown_method_callback(minijinja_contrib::pycompat::unknown_method_callback);
    environment.set_lstrip_blocks(true);
    environment.set_trim_blocks(true);
    environment.add_function("raise_exception", |message: String| -> Result<String, minijinja::Error> {
        Err(minijinja::Error::new(ErrorKind::InvalidOperation, message))
    });
    // A reversed slice is the one part of Python's that templates use and the library lacks.
    let template = template.replace("[::-1]", "|reverse");
    environment.add_template_owned(TEMPLATE, template)?;
    Ok(environment)
}

/// Runs of blanks and other plain text can be added tokens too, and are harmless.
fn is_bracketed(name: &str) -> bool {
    (name.starts_with('<') && name.ends_with('>')) || (name.starts_with('[') && name.ends_with(']'))
}

fn role(role: Role) -> &'static str {
    match role {
        Role::System => "system",
        Role::User => "user",
        Role::Assistant => "assistant",
    }
}
