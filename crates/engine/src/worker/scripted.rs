//! A script as a local model: says what it's told, when it's told, with the same rules as a real one.
//!
//! It honours stopping, stop sequences, `max_tokens`, the context and the seed, so that the contract
//! suite can hold it to them. One piece of text counts as one token.

use std::{
    path::Path,
    time::{Duration, Instant},
};

use super::{
    Ending, Loaded, LocalModel, Run, StopSignal, TextOut, Trouble, answer_tokens, gumbel::splitmix64,
};
use crate::{
    EngineError, Finish, GenerateRequest,
    script::{Script, Step},
};

/// Plays a script, one generation after the other.
#[derive(Debug)]
pub(crate) struct ScriptPlayer {
    script: Script,
}

/// The words of [`Step::Words`].
const WORDS: [&str; 16] = [
    "amber ", "birch ", "cedar ", "dune ", "ember ", "fjord ", "grove ", "heath ", "isle ", "jade ", "kelp ",
    "lark ", "moss ", "north ", "oak ", "pine ",
];

impl ScriptPlayer {
    pub(super) async fn load(file: &Path) -> Result<Self, EngineError> {
        Self::start(Script::read(file)?).await
    }

    /// Takes as long as the script's model takes to load, and fails if that does.
    pub(crate) async fn start(script: Script) -> Result<Self, EngineError> {
        wait(script.load_ms).await;
        match script.load_error {
            Some(error) => Err(error),
            None => Ok(Self { script }),
        }
    }
}

/// What a generation has got to.
struct Progress {
    prompt_tokens: u32,
    tokens: u32,
    max_tokens: u32,
    tokens_at: Option<(Instant, Instant)>,
}

impl LocalModel for ScriptPlayer {
    fn loaded(&self) -> Loaded {
        Loaded { engine: "scripted", device: "cpu".into(), threads: 1, parallel: 1, notice: None }
    }

    async fn generate(
        &mut self,
        request: &GenerateRequest,
        text: &mut TextOut<'_>,
        stop: &mut StopSignal,
    ) -> Result<Run, Trouble> {
        let words: usize = request.messages.iter().map(|m| m.content.split_whitespace().count()).sum();
        let prompt_tokens = u32::try_from(words).unwrap_or(u32::MAX);
        let max_tokens = answer_tokens(prompt_tokens, self.script.context_tokens, request.max_tokens)
            .map_err(Trouble::Failed)?;
        let mut progress = Progress { prompt_tokens, tokens: 0, max_tokens, tokens_at: None };
        for step in self.script.reply(request) {
            let ending = match step {
                Step::Prefill { ms } => {
                    // As with a real model, a prompt that is being read can't be interrupted.
                    wait(*ms).await;
                    None
                }
                Step::Wait { ms } => pause(*ms, stop).await,
                Step::Text { text: piece } => progress.say(piece, text),
                Step::Words { count, wait_ms } => {
                    progress.say_words(request, *count, *wait_ms, text, stop).await
                }
                Step::Fail { error } => return Err(Trouble::Failed(error.clone())),
                Step::Die { reason } => return Err(Trouble::Dead(reason.clone())),
            };
            if let Some(ending) = ending {
                return Ok(progress.end(ending, text));
            }
        }
        Ok(progress.end(Ending::Finished(Finish::Stop), text))
    }
}

impl Progress {
    fn say(&mut self, piece: &str, text: &mut TextOut<'_>) -> Option<Ending> {
        let now = Instant::now();
        self.tokens += 1;
        self.tokens_at = Some((self.tokens_at.map_or(now, |(first, _)| first), now));
        if text.push(piece).is_break() {
            Some(Ending::Finished(Finish::Stop))
        } else if self.tokens >= self.max_tokens {
            Some(Ending::Finished(Finish::Length))
        } else {
            None
        }
    }

    async fn say_words(
        &mut self,
        request: &GenerateRequest,
        count: u32,
        wait_ms: u64,
        text: &mut TextOut<'_>,
        stop: &mut StopSignal,
    ) -> Option<Ending> {
        let warm = request.sampling.temperature > 0.0;
        for _ in 0..count {
            if let Some(stopped) = pause(wait_ms, stop).await {
                return Some(stopped);
            }
            let seed = if warm { request.sampling.seed } else { u64::MAX };
            let choice = splitmix64(seed ^ splitmix64(self.tokens.into())) % WORDS.len() as u64;
            let word = usize::try_from(choice).map_or(WORDS[0], |choice| WORDS[choice]);
            if let Some(ending) = self.say(word, text) {
                return Some(ending);
            }
        }
        None
    }

    fn end(self, ending: Ending, text: &mut TextOut<'_>) -> Run {
        if matches!(ending, Ending::Finished(_)) {
            text.finish();
        }
        Run {
            prompt_tokens: self.prompt_tokens,
            cached_tokens: 0,
            completion_tokens: self.tokens,
            tokens_at: self.tokens_at,
            ending,
        }
    }
}

async fn wait(ms: u64) {
    if ms > 0 {
        tokio::time::sleep(Duration::from_millis(ms)).await;
    }
}

/// Waits, unless the generation is stopped meanwhile. Even no wait at all looks for the stop.
async fn pause(ms: u64, stop: &mut StopSignal) -> Option<Ending> {
    tokio::select! {
        biased;
        () = stop.asked() => Some(Ending::Stopped),
        () = wait(ms) => {
            tokio::task::yield_now().await;
            None
        }
    }
}
