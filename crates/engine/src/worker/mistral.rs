//! mistralrs as a local model. The only file, with `device.rs`, that knows the library.
//!
//! Its traps, measured with 0.8.1: it asks a hub for what isn't a directory, so everything is checked
//! first; batched sequences change each other's text, so a generation is over only when its sequence
//! is gone; it has no seed, so sampling is ours (`gumbel.rs`) and it stays greedy; a temperature that is
//! not given means 1; text past the context is computed on nonsense positions, so the length is capped
//! here; the end token that constrained output forces is not the model's own.

use std::{
    path::Path,
    sync::{Arc, Mutex, PoisonError},
    time::Instant,
};

use either::Either;
use mistralrs::{
    Constraint, CustomLogitsProcessor, GgufModelBuilder, Model, RequestBuilder, Response, SamplingParams,
    StopTokens, Tensor, TextMessageRole, TextMessages,
};
use tokio::sync::oneshot;

use super::{
    Ending, Loaded, LocalModel, Run, StopSignal, TextOut, Trouble, answer_tokens, arguments::ModelChoice,
    device, form, gumbel,
};
use crate::{EngineError, Finish, Form, GenerateRequest, Message, Role, Sampling, gguf};

/// The names that llguidance looks for when it picks the token that ends constrained output.
const FORCED_ENDS: [&str; 5] = ["</s>", "<|endoftext|>", "<|end_of_text|>", "<｜end▁of▁sentence｜>", "<eos>"];

/// Tokens that end a turn. Under a grammar the library allows no end but a forced one.
const TURN_ENDS: [&str; 4] = ["<|im_end|>", "<|eot_id|>", "<end_of_turn>", "<|end|>"];

pub(super) struct MistralModel {
    model: Model,
    context_tokens: u32,
    ends: Ends,
    loaded: Loaded,
}

impl MistralModel {
    pub(super) async fn load(choice: &ModelChoice) -> Result<Self, EngineError> {
        let summary = gguf::inspect(&choice.file)?;
        let file = text(&choice.file, choice.file.file_name().map(Path::new))?;
        let directory = text(&choice.file, choice.file.parent())?;
        // A bare file name's parent is empty, and that would be asked for on the hub.
        let directory = if directory.is_empty() { ".".to_owned() } else { directory };
        let tokenizer_dir = text(&choice.file, Some(&choice.tokenizer_dir))?;
        let ends = Ends::read(&choice.tokenizer_dir)?;
        let device = device::choose(choice.device);
        let mut builder = GgufModelBuilder::new(directory, vec![file])
            .with_tok_model_id(tokenizer_dir)
            // On a CPU it never evicts: 59 MB and more a request on a 0.6B model.
            .with_prefix_cache_n(None)
            .with_max_num_seqs(1);
        if device.is_cpu {
            builder = builder.with_force_cpu();
        }
        let model = builder.build().await.map_err(|error| EngineError::ModelFileInvalid {
            path: choice.file.clone(),
            defect: format!("it can't be loaded: {}", one_line(&format!("{error:#}"))),
        })?;
        let context_tokens = match model.max_sequence_length() {
            Ok(Some(tokens)) => u32::try_from(tokens).unwrap_or(u32::MAX),
            _ => summary.context_tokens,
        };
        let loaded = Loaded {
            engine: "mistralrs",
            device: device.name,
            threads: super::threads(),
            // Batching changes text here.
            parallel: 1,
            notice: device.notice,
        };
        Ok(Self { model, context_tokens, ends, loaded })
    }

    async fn prompt_tokens(&self, messages: &[Message]) -> Result<u32, EngineError> {
        let mut text = TextMessages::new().enable_thinking(false);
        for message in messages {
            text = text.add_message(role(message.role), &message.content);
        }
        let tokens = self
            .model
            .tokenize(Either::Left(text), None, true, true, Some(false))
            .await
            .map_err(|error| EngineError::Failed { detail: one_line(&error.to_string()) })?;
        Ok(u32::try_from(tokens.len()).unwrap_or(u32::MAX))
    }
}

impl LocalModel for MistralModel {
    fn loaded(&self) -> Loaded {
        self.loaded.clone()
    }

    async fn generate(
        &mut self,
        request: &GenerateRequest,
        text: &mut TextOut<'_>,
        stop: &mut StopSignal,
    ) -> Result<Run, Trouble> {
        let prompt_tokens = self.prompt_tokens(&request.messages).await.map_err(Trouble::Failed)?;
        let max_tokens =
            answer_tokens(prompt_tokens, self.context_tokens, request.max_tokens).map_err(Trouble::Failed)?;
        let meter = Arc::new(Meter::default());
        let (gone_guard, gone) = oneshot::channel();
        let sampler = Sampler {
            sampling: request.sampling.clone(),
            ends: matches!(request.form, Some(Form::Grammar(_))).then(|| self.ends.clone()),
            meter: Arc::clone(&meter),
            _gone: gone_guard,
        };
        let request = build(request, max_tokens, &self.ends.forced, sampler).map_err(Trouble::Failed)?;
        let end = {
            let mut stream = self
                .model
                .stream_chat_request(request)
                .await
                .map_err(|error| Trouble::Dead(one_line(&error.to_string())))?;
            loop {
                let response = tokio::select! {
                    biased;
                    () = stop.asked() => break Ok(End { ending: Ending::Stopped, counted: None }),
                    response = stream.next() => response,
                };
                match response {
                    Some(response) => {
                        if let Some(end) = read(response, text) {
                            break end;
                        }
                    }
                    // A last token that ends in half a character is never sent.
                    None if meter.completion_tokens() >= max_tokens => {
                        break Ok(End {
                            ending: Ending::Finished(Finish::Length),
                            counted: Some(max_tokens),
                        });
                    }
                    None => return Err(Trouble::Dead("the model's thread has ended".into())),
                }
            }
        };
        // The sequence drops its sampler when it leaves the scheduler; until then it would be batched
        // with the next one, and batching changes text.
        let _ = gone.await;
        let End { ending, counted } = end.map_err(Trouble::Failed)?;
        if matches!(ending, Ending::Finished(_)) {
            text.finish();
        }
        Ok(Run {
            prompt_tokens,
            cached_tokens: 0,
            completion_tokens: counted.unwrap_or_else(|| meter.completion_tokens()),
            tokens_at: meter.tokens_at(),
            ending,
        })
    }
}

/// How a stream ended.
struct End {
    ending: Ending,
    /// The library's own count, which it sends with its last chunk. Better than ours where it exists:
    /// after an answer of one token, a second one is computed and thrown away.
    counted: Option<u32>,
}

/// Passes text on; `Some` when the generation is over.
fn read(response: Response, text: &mut TextOut<'_>) -> Option<Result<End, EngineError>> {
    match response {
        Response::Chunk(chunk) => {
            let choice = chunk.choices.into_iter().next()?;
            if let Some(piece) = choice.delta.content
                && text.push(&piece).is_break()
            {
                return Some(Ok(End { ending: Ending::Finished(Finish::Stop), counted: None }));
            }
            let finish = match choice.finish_reason.as_deref()? {
                "length" => Finish::Length,
                _ => Finish::Stop,
            };
            let counted = chunk.usage.and_then(|usage| u32::try_from(usage.completion_tokens).ok());
            Some(Ok(End { ending: Ending::Finished(finish), counted }))
        }
        Response::ValidationError(error) => {
            let detail = one_line(&error.to_string());
            Some(Err(match detail.strip_prefix("Invalid grammar. ") {
                Some(reason) => EngineError::SchemaRefused { detail: reason.to_owned() },
                None => EngineError::Failed { detail },
            }))
        }
        Response::ModelError(detail, _) => Some(Err(EngineError::Failed { detail: one_line(&detail) })),
        Response::InternalError(error) => {
            Some(Err(EngineError::Failed { detail: one_line(&error.to_string()) }))
        }
        _ => Some(Err(EngineError::Failed { detail: "the answer is no text".into() })),
    }
}

fn build(
    request: &GenerateRequest,
    max_tokens: u32,
    end_tokens: &[u32],
    sampler: Sampler,
) -> Result<RequestBuilder, EngineError> {
    let mut builder = RequestBuilder::new()
        .enable_thinking(false)
        .set_sampling(SamplingParams {
            // Greedy for the library; not given would mean 1.
            temperature: Some(0.0),
            max_len: Some(max_tokens as usize),
            stop_toks: (!end_tokens.is_empty()).then(|| StopTokens::Ids(end_tokens.to_vec())),
            ..SamplingParams::neutral()
        })
        .add_logits_processor(Arc::new(sampler));
    for message in &request.messages {
        builder = builder.add_message(role(message.role), &message.content);
    }
    if let Some(form) = &request.form {
        builder = builder.set_constraint(Constraint::Llguidance(form::grammar(form)?));
    }
    Ok(builder)
}

fn role(role: Role) -> TextMessageRole {
    match role {
        Role::System => TextMessageRole::System,
        Role::User => TextMessageRole::User,
        Role::Assistant => TextMessageRole::Assistant,
    }
}

/// Counts tokens and notes their times: the library's own counts come with the last chunk only, and
/// there is none after a stop.
#[derive(Debug, Default)]
struct Meter(Mutex<Option<Metered>>);

#[derive(Debug, Clone, Copy)]
struct Metered {
    prompt: usize,
    context: usize,
    first: Instant,
    last: Instant,
}

impl Meter {
    /// A token is being chosen after `context` others. Masked logits are looked at a second time.
    fn note(&self, context: usize) {
        let now = Instant::now();
        let mut metered = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let metered = metered.get_or_insert(Metered { prompt: context, context, first: now, last: now });
        metered.context = context;
        metered.last = now;
    }

    fn metered(&self) -> Option<Metered> {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn completion_tokens(&self) -> u32 {
        let tokens = self.metered().map_or(0, |metered| metered.context - metered.prompt + 1);
        u32::try_from(tokens).unwrap_or(u32::MAX)
    }

    fn tokens_at(&self) -> Option<(Instant, Instant)> {
        self.metered().map(|metered| (metered.first, metered.last))
    }
}

struct Sampler {
    sampling: Sampling,
    /// Where a grammar decides when the text may end.
    ends: Option<Ends>,
    meter: Arc<Meter>,
    /// Tells by its drop that the sequence is gone.
    _gone: oneshot::Sender<std::convert::Infallible>,
}

impl CustomLogitsProcessor for Sampler {
    fn apply(&self, logits: &Tensor, context: &[u32]) -> mistralrs::Result<Tensor> {
        self.meter.note(context.len());
        if self.sampling.temperature <= 0.0 && self.ends.is_none() {
            return Ok(logits.clone());
        }
        let mut values = logits.to_vec1::<f32>()?;
        if let Some(ends) = &self.ends {
            ends.unite(&mut values);
        }
        gumbel::perturb(&mut values, &self.sampling, context.len() as u64);
        let length = values.len();
        Tensor::from_vec(values, length, logits.device())
    }
}

/// The tokens that end an answer.
#[derive(Debug, Clone)]
struct Ends {
    /// What constrained output may force at its end.
    forced: Vec<u32>,
    /// What the model itself writes there.
    own: Vec<u32>,
}

impl Ends {
    fn read(tokenizer_dir: &Path) -> Result<Self, EngineError> {
        #[derive(serde::Deserialize)]
        struct Tokenizer {
            #[serde(default)]
            added_tokens: Vec<AddedToken>,
        }
        #[derive(serde::Deserialize)]
        struct AddedToken {
            id: u32,
            content: String,
        }
        for name in ["tokenizer.json", "tokenizer_config.json"] {
            let path = tokenizer_dir.join(name);
            if !path.is_file() {
                return Err(EngineError::ModelFileMissing { path });
            }
        }
        let path = tokenizer_dir.join("tokenizer.json");
        let invalid = |defect: String| EngineError::ModelFileInvalid { path: path.clone(), defect };
        let bytes = std::fs::read(&path).map_err(|error| invalid(format!("it can't be read: {error}")))?;
        let tokenizer: Tokenizer = serde_json::from_slice(&bytes)
            .map_err(|error| invalid(format!("it is no tokenizer: {error}")))?;
        let ids = |names: &[&str]| {
            let named = tokenizer.added_tokens.iter().filter(|token| names.contains(&token.content.as_str()));
            named.map(|token| token.id).collect()
        };
        Ok(Self { forced: ids(&FORCED_ENDS), own: ids(&TURN_ENDS) })
    }

    /// Gives what the model wants of its own ends to the one that a grammar knows.
    fn unite(&self, logits: &mut [f32]) {
        let Some(&forced) = self.forced.first() else {
            return;
        };
        for &own in &self.own {
            let wanted = logits.get(own as usize).copied().unwrap_or(f32::NEG_INFINITY);
            if let Some(end) = logits.get_mut(forced as usize) {
                *end = end.max(wanted);
            }
            if let Some(own) = logits.get_mut(own as usize) {
                *own = f32::NEG_INFINITY;
            }
        }
    }
}

fn text(file: &Path, path: Option<&Path>) -> Result<String, EngineError> {
    path.and_then(Path::to_str).map(str::to_owned).ok_or_else(|| EngineError::ModelFileInvalid {
        path: file.to_owned(),
        defect: "its path has characters that are not Unicode".into(),
    })
}

/// The first line of a library's message: the rest is a backtrace.
fn one_line(message: &str) -> String {
    message.lines().next().unwrap_or_default().trim().to_owned()
}
