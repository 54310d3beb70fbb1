//! Output that must match a form: which token may come next.
//!
//! llguidance does the work, as it does inside mistralrs, so a form means the same on both engines. The engine is handed the model's own vocabulary; building its tree
//! takes some tenths of a second for a large one, so it happens once, at the first schema.

use std::sync::Arc;

use llguidance::{
    Matcher, ParserFactory,
    toktrie::{SimpleVob, TokEnv, TokRxInfo, TokTrie, TokenId, TokenizerEnv},
};

use super::library::{Model, Token};
use crate::{EngineError, Form, worker::form};

/// The vocabulary as llguidance sees it.
pub(super) struct Grammars(ParserFactory);

/// The state of one constrained answer.
pub(super) struct Constraint(Matcher);

struct Words {
    model: Arc<Model>,
    tree: TokTrie,
}

impl Grammars {
    pub(super) fn new(model: &Arc<Model>) -> Result<Self, EngineError> {
        let words: TokEnv = Arc::new(Words { model: Arc::clone(model), tree: tree(model) });
        let mut factory = ParserFactory::new_simple(&words)
            .map_err(|error| EngineError::Failed { detail: super::one_line(&error.to_string()) })?;
        factory.quiet();
        Ok(Self(factory))
    }

    pub(super) fn constraint(&self, form: &Form) -> Result<Constraint, EngineError> {
        let refused = |error: &dyn std::fmt::Display| EngineError::SchemaRefused {
            detail: super::one_line(&error.to_string()),
        };
        let parser = self.0.create_parser(form::grammar(form)?).map_err(|error| refused(&error))?;
        let matcher = Matcher::new(Ok(parser));
        match matcher.get_error() {
            Some(error) => Err(refused(&error)),
            None => Ok(Constraint(matcher)),
        }
    }
}

impl Constraint {
    /// Whether this token may come next. Much cheaper than asking for all of them.
    pub(super) fn allows(&mut self, token: Token) -> bool {
        let token = token.cast_unsigned();
        !self.0.is_stopped() && self.0.validate_tokens(&[token]).is_ok_and(|count| count == 1)
    }

    /// Every token that may come next.
    pub(super) fn allowed(&mut self) -> Result<SimpleVob, EngineError> {
        self.0.compute_mask_or_eos().map_err(|error| failed(&error))
    }

    /// The token was chosen.
    pub(super) fn accept(&mut self, token: Token) -> Result<(), EngineError> {
        self.0.consume_token(token.cast_unsigned()).map_err(|error| failed(&error))
    }

    /// Whether the text is whole and nothing may follow it.
    pub(super) fn is_complete(&self) -> bool {
        self.0.is_stopped()
    }
}

fn failed(error: &dyn std::fmt::Display) -> EngineError {
    EngineError::Failed { detail: super::one_line(&error.to_string()) }
}

/// Every token's bytes; control tokens are marked, so that no text can be one.
fn tree(model: &Model) -> TokTrie {
    let count = model.vocabulary_tokens();
    let tokens = || (0..count).filter_map(|id| Token::try_from(id).ok());
    let usual_end = model.end_token().unwrap_or_default().cast_unsigned();
    let mut ends = vec![usual_end];
    ends.extend(
        tokens().filter(|token| model.ends(*token)).map(i32::cast_unsigned).filter(|id| *id != usual_end),
    );
    let words: Vec<Vec<u8>> = tokens()
        .map(|token| {
            let bytes = model.bytes(token, false);
            if !bytes.is_empty() {
                return bytes;
            }
            let mut marked = model.bytes(token, true);
            if !marked.is_empty() {
                marked.insert(0, TokTrie::SPECIAL_TOKEN_MARKER);
            }
            marked
        })
        .collect();
    TokTrie::from(&TokRxInfo::new(count, usual_end), &words).with_eos_tokens(&ends)
}

impl TokenizerEnv for Words {
    fn tok_trie(&self) -> &TokTrie {
        &self.tree
    }

    fn tokenize_bytes(&self, text: &[u8]) -> Vec<TokenId> {
        self.tree.tokenize_with_greedy_fallback(text, |text| {
            self.model.tokens(text.as_bytes(), false).into_iter().map(i32::cast_unsigned).collect()
        })
    }

    fn tokenize_is_canonical(&self) -> bool {
        self.model.splits_pieces_alike()
    }
}
