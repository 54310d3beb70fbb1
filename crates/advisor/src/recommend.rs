//! One recommendation from request to result: cache, exact figures, three stages on the model, cache.
//!
//! The figures come first and never wait for a model; whatever a model fails to do, they stand.
//! The usage summary depends on nothing else and is written beside all of it; narratives need the final
//! order, which plan scoring makes. Dropping the [`Run`] stops all of it.

mod plan_facts;
mod plan_prompt;
mod usage_facts;
mod usage_prompt;
mod wish;

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::SystemTime;

use sextant_domain::{
    CacheOutcome, CacheTier, Catalog, Claim, HomeUsage, RankedItem, Ranking, RecommendEvent,
    RecommendRequest, Recommendation, RunId, StageError, StageTiming,
};
use sextant_engine::{Priority, Writes};
use sextant_store::{RunMeta, RunOutcome, RunTrace, Store};
use tokio::sync::mpsc;

use crate::answers::Answers;
use crate::judging;
use crate::pack::{Pack, PackError};
use crate::run::Run;
use crate::score::{Costed, Order, RankError, order};
use crate::slots::Slots;
use crate::usage;
use crate::writing::{self, Prompt, Shown, Task};

/// Why nothing could be recommended.
#[derive(Debug, thiserror::Error)]
pub enum RecommendError {
    #[error(transparent)]
    Rank(#[from] RankError),
}

impl RecommendError {
    /// Stable, for scripts.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::Rank(RankError::NothingLeft { .. }) => "nothing_left",
            Self::Rank(RankError::UnknownColumn { .. }) => "unknown_column",
            Self::Rank(RankError::UnknownCurrentPlan { .. }) => "unknown_current_plan",
            Self::Rank(RankError::BadWeight { .. }) => "bad_weight",
        }
    }
}

/// The use-case with what it works on.
#[derive(Clone)]
pub struct Advisor {
    pub pack: Arc<Pack>,
    pub slots: Slots,
    /// Where answers are kept; without it nothing is cached.
    pub store: Option<Store>,
    /// The wall clock, for stamps and for the age of cached answers.
    pub now: fn() -> SystemTime,
}

/// What a recommendation is made from.
#[derive(Debug, Clone)]
pub struct Input {
    pub catalog: Arc<Catalog>,
    pub usage: Arc<HomeUsage>,
    pub request: RecommendRequest,
}

impl Advisor {
    /// Starts a recommendation on the current tokio runtime and returns at once.
    #[must_use]
    pub fn recommend(&self, input: Input) -> Run<RecommendEvent> {
        let id = RunId::generate();
        let advisor = self.clone();
        Run::start(id, |events| Work { advisor, input, id, events }.run())
    }

    /// The order by exact figures alone, as a moving slider needs it.
    pub fn rank(&self, input: &Input) -> Result<Ranking, RecommendError> {
        let costed = Costed::new(&input.catalog, &input.usage);
        self.rank_costed(&costed, &input.request)
    }

    /// As `rank`, for a list whose costs are known.
    pub fn rank_costed(
        &self,
        costed: &Costed<'_>,
        request: &RecommendRequest,
    ) -> Result<Ranking, RecommendError> {
        Ok(order(costed, &self.pack, &request.preferences)?.ranking(request.top as usize))
    }
}

/// One run's own state.
struct Work {
    advisor: Advisor,
    input: Input,
    id: RunId,
    events: mpsc::Sender<RecommendEvent>,
}

/// What the stages have made so far, beside the ranking.
#[derive(Default)]
struct Made {
    summary: Text,
    errors: Vec<StageError>,
}

/// A text with its claims.
#[derive(Default)]
struct Text {
    words: String,
    claims: Vec<Claim>,
    grounded_share: Option<f64>,
}

/// What the judgement came to.
struct Judgement {
    fit: BTreeMap<usize, f64>,
    errors: Vec<StageError>,
}

impl Judgement {
    fn failed(error: &PackError) -> Self {
        Self { fit: BTreeMap::new(), errors: vec![reason(error)] }
    }
}

/// The figures stand without words: a stage that can't even begin leaves its reason.
fn or_reason(result: Result<Vec<StageError>, PackError>) -> Vec<StageError> {
    result.unwrap_or_else(|error| vec![reason(&error)])
}

fn reason(error: &PackError) -> StageError {
    StageError { code: "pack_broken".into(), message: error.to_string() }
}

impl Work {
    async fn run(self) {
        let model = self.advisor.slots.fast.traits.id.clone();
        let status = self.advisor.slots.fast.engine.status().borrow().clone();
        let with_model = !self.input.request.figures_only;
        let trace = RunTrace::start(RunMeta {
            run_id: self.id,
            pipeline: "recommend",
            pack: self.advisor.pack.id.clone(),
            model: if with_model { model } else { "none".into() },
            engine: if with_model { status.engine } else { "none".into() },
            quantisation: self.advisor.slots.fast.traits.quantisation.clone(),
            device: status.device,
        });
        self.send(RecommendEvent::Started { run_id: self.id }).await;
        let answers = Answers::new(&self.advisor, &self.input);
        if let Some((cached, age)) = answers.look_up(self.id) {
            trace.answered_from_cache(age);
            self.finish_cached(trace, cached).await;
            return;
        }
        let before = self.advisor.slots.fast.engine.process_use();
        let worked = self.work(&trace).await;
        if let Some(after) = self.advisor.slots.fast.engine.process_use().filter(|_| with_model) {
            // A worker that was started by this run began at nothing.
            let cpu = before.map_or(after.cpu, |before| after.cpu.saturating_sub(before.cpu));
            trace.used(cpu, after.peak_memory_bytes);
        }
        match worked {
            Ok((made, ranking)) => self.finish(trace, answers, made, ranking).await,
            Err(error) => {
                trace.finish(RunOutcome::Failed, false);
                let error = StageError { code: error.code().into(), message: error.to_string() };
                self.send(RecommendEvent::Failed { error }).await;
            }
        }
    }

    async fn work(&self, trace: &RunTrace) -> Result<(Made, Ranking), RecommendError> {
        let Input { catalog, usage, request } = &self.input;
        let costed = Costed::new(catalog, usage);
        let mut order = order(&costed, &self.advisor.pack, &request.preferences)?;
        let top = request.top as usize;
        self.send(RecommendEvent::Figures { usage: usage::summarise(usage), ranking: order.ranking(top) })
            .await;
        if request.figures_only {
            return Ok((Made::default(), order.ranking(top)));
        }
        let wishes = wish::canonical(&self.advisor.pack, &request.preferences);
        let mut text = Text::default();
        let (summary, ranked) = tokio::join!(
            self.summarise(trace, &mut text),
            self.rank_and_narrate(trace, &mut order, &wishes, top)
        );
        let (ranking, errors) = ranked;
        Ok((Made { summary: text, errors: [or_reason(summary), errors].concat() }, ranking))
    }

    /// The final order, and why the first plans stand where they do.
    async fn rank_and_narrate(
        &self,
        trace: &RunTrace,
        order: &mut Order<'_>,
        wishes: &[String],
        top: usize,
    ) -> (Ranking, Vec<StageError>) {
        let share = self.advisor.slots.fast.traits.judgement_share;
        let mut errors = Vec::new();
        // A judgement that counts for nothing can't change the order, so nobody waits for it.
        let counts = share > 0.0;
        if counts {
            let judged = self.judge(trace, order, wishes, Priority::Normal).await;
            let judged = judged.unwrap_or_else(|error| Judgement::failed(&error));
            errors.extend(judged.errors);
            if !judged.fit.is_empty() {
                order.mix_judgement(judged.fit, share);
            }
        }
        let mut ranking = order.ranking(top);
        self.send(RecommendEvent::Ranked { ranking: ranking.clone() }).await;
        let narrating = self.narrate(trace, order, wishes, &mut ranking);
        if counts {
            errors.extend(or_reason(narrating.await));
        } else {
            let (narratives, judged) =
                tokio::join!(narrating, self.judge(trace, order, wishes, Priority::Background));
            errors.extend(or_reason(narratives));
            errors.extend(judged.unwrap_or_else(|error| Judgement::failed(&error)).errors);
        }
        (ranking, errors)
    }

    async fn summarise(&self, trace: &RunTrace, summary: &mut Text) -> Result<Vec<StageError>, PackError> {
        let Advisor { pack, slots, .. } = &self.advisor;
        let facts = usage_facts::facts(&self.input.usage);
        let prompt = match self.advisor.slots.fast.traits.writes {
            Writes::Placeholders => usage_prompt::prompt(&self.input.usage, &facts),
            Writes::Text => Prompt::of_facts("prompts/usage_summary.txt", &facts),
        };
        let task = Task {
            system: "usage_summary",
            prompt,
            fallback: pack.templates.sentences("fallbacks/usage_summary.txt", &facts.values())?,
            facts: &facts,
            required: &["annual", "peak"],
            max_tokens: 160,
            priority: Priority::Interactive,
            seed: self.input.request.seed,
        };
        let show = |shown: Shown<'_>| match shown {
            Shown::Grows(text) => self.show(RecommendEvent::SummaryDelta { text: text.into() }),
            Shown::Is(text) => self.show(RecommendEvent::SummaryRestarted { text: text.into() }),
        };
        let written = writing::write(
            &pack.templates,
            &pack.checked_words,
            slots,
            task,
            trace.stage("usage_summary"),
            show,
        )
        .await?;
        *summary =
            Text { words: written.text, claims: written.claims, grounded_share: written.grounded_share };
        self.send(RecommendEvent::SummaryDone {
            text: summary.words.clone(),
            claims: summary.claims.clone(),
            grounded_share: summary.grounded_share.unwrap_or(1.0),
        })
        .await;
        Ok(self.stage_done(written.timing, written.mended).await)
    }

    async fn judge(
        &self,
        trace: &RunTrace,
        order: &Order<'_>,
        wishes: &[String],
        priority: Priority,
    ) -> Result<Judgement, PackError> {
        let Advisor { pack, slots, .. } = &self.advisor;
        let wish = wish::for_prompt(wishes, &self.input.request.preferences, &slots.fast.traits);
        let question = judging::Question { wishes, wish: &wish, seed: self.input.request.seed, priority };
        let judged = judging::judge(pack, slots, order, &question, trace.stage("plan_scoring")).await?;
        Ok(Judgement { fit: judged.fit, errors: self.stage_done(judged.timing, judged.mended).await })
    }

    /// Writes the first three plans' narratives; the engine orders them by priority.
    async fn narrate(
        &self,
        trace: &RunTrace,
        order: &Order<'_>,
        wishes: &[String],
        ranking: &mut Ranking,
    ) -> Result<Vec<StageError>, PackError> {
        let mut items = ranking.items.iter_mut();
        let (one, two, three) = tokio::join!(
            self.narrative(trace, order, wishes, items.next()),
            self.narrative(trace, order, wishes, items.next()),
            self.narrative(trace, order, wishes, items.next()),
        );
        Ok([one?, two?, three?].into_iter().flatten().collect())
    }

    async fn narrative(
        &self,
        trace: &RunTrace,
        order: &Order<'_>,
        wishes: &[String],
        item: Option<&mut RankedItem>,
    ) -> Result<Vec<StageError>, PackError> {
        let Some(item) = item else { return Ok(Vec::new()) };
        let Advisor { pack, slots, .. } = &self.advisor;
        let wish = wish::for_prompt(wishes, &self.input.request.preferences, &slots.fast.traits);
        let facts = plan_facts::facts(order, item.rank as usize - 1, &wish);
        let prompt = match slots.fast.traits.writes {
            Writes::Placeholders => {
                plan_prompt::prompt(order, item.rank as usize - 1, &facts, wishes, &self.input.usage.home)
            }
            Writes::Text => Prompt::of_facts("prompts/narrative.txt", &facts),
        };
        let id = &item.id;
        let name = if item.rank == 1 { "narrative".to_owned() } else { format!("narrative_{}", item.rank) };
        let task = Task {
            system: "narrative",
            prompt,
            fallback: pack.templates.sentences("fallbacks/narrative.txt", &facts.values())?,
            facts: &facts,
            required: &["plan", "yearly_cost", "saving"],
            max_tokens: 200,
            priority: if item.rank == 1 { Priority::Interactive } else { Priority::Normal },
            seed: self.input.request.seed,
        };
        let show = |shown: Shown<'_>| match shown {
            Shown::Grows(text) => {
                self.show(RecommendEvent::NarrativeDelta { id: id.clone(), text: text.into() });
            }
            Shown::Is(text) => {
                self.show(RecommendEvent::NarrativeRestarted { id: id.clone(), text: text.into() });
            }
        };
        let written =
            writing::write(&pack.templates, &pack.checked_words, slots, task, trace.stage(&name), show)
                .await?;
        self.send(RecommendEvent::NarrativeDone {
            id: item.id.clone(),
            text: written.text.clone(),
            claims: written.claims.clone(),
            grounded_share: written.grounded_share.unwrap_or(1.0),
        })
        .await;
        item.why = written.text;
        item.claims = written.claims;
        item.grounded_share = written.grounded_share;
        Ok(self.stage_done(written.timing, written.mended).await)
    }

    /// Tells that a stage is over; what went wrong in it, mended or not.
    async fn stage_done(&self, timing: StageTiming, mut errors: Vec<StageError>) -> Vec<StageError> {
        errors.extend(timing.error.clone());
        self.send(RecommendEvent::StageDone { stage: timing }).await;
        errors
    }

    async fn finish(&self, trace: RunTrace, answers: Answers<'_>, made: Made, ranking: Ranking) {
        let request = &self.input.request;
        let status = self.advisor.slots.fast.engine.status().borrow().clone();
        let outcome = if made.errors.is_empty() { RunOutcome::Done } else { RunOutcome::Degraded };
        trace.ran_on(&status.device, status.threads);
        let timing = trace.finish(outcome, false);
        let recommendation = Recommendation {
            run_id: self.id,
            pack: self.advisor.pack.id.clone(),
            model: if request.figures_only {
                "none".into()
            } else {
                self.advisor.slots.fast.traits.id.clone()
            },
            device: status.device,
            started_at: crate::stamp::rfc3339(timing.started_at),
            total_ms: timing.total_ms,
            cache: CacheOutcome { tier: CacheTier::Answer, hit: false },
            stages: timing.stages,
            errors: made.errors,
            currency: self.input.catalog.currency.clone(),
            usage: usage::summarise(&self.input.usage),
            summary: made.summary.words,
            summary_claims: made.summary.claims,
            summary_grounded_share: made.summary.grounded_share,
            ranking,
        };
        answers.keep(&recommendation);
        self.send(RecommendEvent::Finished { recommendation: Box::new(recommendation) }).await;
    }

    async fn finish_cached(&self, trace: RunTrace, cached: Recommendation) {
        let timing = trace.finish(RunOutcome::Done, true);
        let recommendation = Recommendation {
            run_id: self.id,
            started_at: crate::stamp::rfc3339(timing.started_at),
            total_ms: timing.total_ms,
            cache: CacheOutcome { tier: CacheTier::Answer, hit: true },
            stages: Vec::new(),
            ..cached
        };
        self.send(RecommendEvent::Finished { recommendation: Box::new(recommendation) }).await;
    }

    /// From inside a stream, where waiting is impossible. The channel holds more than a run's words;
    /// should it be full all the same, the text is told whole at the stage's end.
    fn show(&self, event: RecommendEvent) {
        let _ = self.events.try_send(event);
    }

    /// A reader that is gone has dropped the run, which ends this task.
    async fn send(&self, event: RecommendEvent) {
        let _ = self.events.send(event).await;
    }
}
