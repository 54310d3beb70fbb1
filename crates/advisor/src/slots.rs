//! The two places that models are put in, *fast* and *accurate*, and one generation with its second
//! chances.

use std::sync::Arc;
use std::time::Duration;

use sextant_domain::StageError;
use sextant_engine::{Engine, EngineError, GenerateRequest, Usage, Writes};
use sextant_store::{Generated, StageTrace};
use tokio::time::{Instant, timeout_at};

/// As long as a person waits for one text.
pub const STAGE_LIMIT: Duration = Duration::from_secs(40);

/// What the use-cases need to know of a model beyond its engine.
#[derive(Debug, Clone, PartialEq)]
pub struct ModelTraits {
    /// The model's id in the catalogue of models.
    pub id: String,
    /// What makes its answers differ from those of another file of the same name: hash, quantisation.
    pub version: String,
    /// As the catalogue names it; empty where it isn't known.
    pub quantisation: String,
    pub writes: Writes,
    /// The share of its judgement in a score, 0 to 1, from its measured agreement.
    pub judgement_share: f64,
}

/// A model that can be asked.
#[derive(Clone)]
pub struct Slot {
    pub engine: Arc<dyn Engine>,
    pub traits: ModelTraits,
}

/// *fast* is asked first, *accurate* where that was not good enough. Both may hold the same model.
#[derive(Clone)]
pub struct Slots {
    pub fast: Slot,
    pub accurate: Slot,
    /// How long a stage waits for a generation, second tries included: [`STAGE_LIMIT`], but for
    /// measurements, which wait for the slowest.
    pub stage_limit: Duration,
}

impl Slots {
    /// The slots worth asking one after the other: the same model is not asked as somebody else.
    pub(crate) fn in_turn(&self) -> impl Iterator<Item = &Slot> {
        let second = (self.accurate.traits != self.fast.traits).then_some(&self.accurate);
        std::iter::once(&self.fast).chain(second)
    }
}

/// What a stream of text tells while it is written.
pub(crate) enum Progress<'t> {
    Text(&'t str),
    /// Another try begins; the text starts over.
    Again,
}

/// Asks each slot in turn, each twice, until one answers; all within `limit`.
/// Errors that a later try mended are added to `mended`.
pub(crate) async fn generate(
    slots: impl Iterator<Item = &Slot>,
    request: &GenerateRequest,
    limit: Duration,
    stage: &mut StageTrace,
    mended: &mut Vec<StageError>,
    mut progress: impl FnMut(Progress<'_>),
) -> Result<String, StageError> {
    let deadline = Instant::now() + limit;
    let mut last = None;
    for slot in slots.flat_map(|slot| [slot, slot]) {
        if let Some(error) = last.take() {
            mended.push(error);
            progress(Progress::Again);
        }
        match timeout_at(deadline, once(slot, request, &mut progress)).await {
            Err(_) => return Err(timed_out(limit)),
            Ok(Ok((text, usage))) => {
                stage.generated(Generated {
                    load: usage.load,
                    queue: usage.queue,
                    prefill: usage.prefill,
                    decode: usage.decode,
                    prompt_tokens: usage.prompt_tokens,
                    cached_tokens: usage.cached_tokens,
                    completion_tokens: usage.completion_tokens,
                });
                return Ok(text);
            }
            Ok(Err(error)) => {
                stage.generated(Generated::default());
                let hopeless = !worth_another_try(&error);
                last = Some(StageError { code: error.code().into(), message: error.to_string() });
                if hopeless {
                    break;
                }
            }
        }
    }
    Err(last.expect("there is at least one slot, and it failed"))
}

async fn once(
    slot: &Slot,
    request: &GenerateRequest,
    progress: &mut impl FnMut(Progress<'_>),
) -> Result<(String, Usage), EngineError> {
    slot.engine.generate(request.clone()).collect_with(|delta| progress(Progress::Text(delta))).await
}

/// The same request fails again where the request or the file is at fault.
fn worth_another_try(error: &EngineError) -> bool {
    matches!(
        error,
        EngineError::WorkerDied { .. } | EngineError::WorkerNotStarted { .. } | EngineError::Failed { .. }
    )
}

fn timed_out(limit: Duration) -> StageError {
    StageError {
        code: "timed_out".into(),
        message: format!("the model took longer than {} s; a smaller model answers sooner", limit.as_secs()),
    }
}
