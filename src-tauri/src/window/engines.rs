//! The commands with which the person chooses who computes, by measurement.

#![expect(clippy::needless_pass_by_value, reason = "tauri hands states and arguments over by value")]

use sextant_domain::RunId;
use sextant_engine::{DeviceChoice, InstalledModel, LocalEngine};
use sextant_protocol::{EngineChoice, EngineSpeed, EngineSpeedEvent, EngineSpeeds, FasterEngine, ModelsView};
use sextant_store::{Store, median_nearest_rank};
use tauri::ipc::Channel;
use tauri::{AppHandle, State};

use super::commands::Answer;
use super::current::Current;
use super::measuring::{self, Ends};
use super::models::view;
use crate::app::{self, ModelChoice};
use crate::engine_speed::{self, Faster, Lengths, LibrarySpeed, Turn};
use crate::failure::Failure;
use crate::settings::Settings;

/// So that one busy moment doesn't decide.
const ROUNDS: u32 = 3;

/// As long as what the app itself asks for, and what `sextant bench engine` measures unless told otherwise.
const LENGTHS: Lengths = Lengths { prompt: 256, answer: 64 };

pub(super) fn choice() -> Result<EngineChoice, Failure> {
    Ok(EngineChoice {
        engines: LocalEngine::ALL.map(|engine| engine.name().to_owned()).into(),
        chosen: Settings::load()?.engine,
        usual: LocalEngine::usual(DeviceChoice::Auto).name().into(),
        ruled: super::engine(),
    })
}

/// Kept in the settings first, as the models are; those stay.
#[tauri::command(async)]
pub(super) fn use_engine(
    current: State<'_, Current>,
    store: State<'_, Store>,
    engine: Option<String>,
) -> Answer<ModelsView> {
    let library = match &engine {
        None => LocalEngine::usual(DeviceChoice::Auto),
        Some(name) => LocalEngine::from_name(name).ok_or_else(|| app::unknown_engine(name))?,
    };
    let slots = current.now().slots;
    let computes = slots.fast.engine.status().borrow().engine.clone();
    // What is loaded stays so where the same one goes on, and where the environment rules.
    let other = (super::engine().is_none() && computes != library.name())
        .then(|| {
            let choice = ModelChoice {
                model: Some(slots.fast.traits.id),
                accurate: Some(slots.accurate.traits.id),
                engine: Some(library.name().into()),
            };
            app::advisor(app::pack("energy")?, Some(store.inner().clone()), &choice)
        })
        .transpose()?;
    Settings { engine, ..Settings::load()? }.save()?;
    if let Some(advisor) = other {
        advisor.slots.fast.engine.prewarm();
        current.replace(advisor);
    }
    Ok(view(&current)?)
}

/// The app's own worker stays as it is meanwhile: it computes only when it is asked.
#[tauri::command]
pub(super) fn measure_engines(
    app: AppHandle,
    current: State<'_, Current>,
    events: Channel<EngineSpeedEvent>,
) -> Answer<RunId> {
    let model = current.now().slots.fast.traits.id;
    measuring::start(app, "the measurement", events, async move |events| {
        let model = app::installed_model(&ModelChoice::of(Some(model), None))?;
        let program = app::worker_program()?;
        let total = ROUNDS * u32::try_from(LocalEngine::ALL.len()).unwrap_or(1);
        let (mut done, mut lines) = (0, None);
        let all = engine_speed::measure(
            ROUNDS,
            |library, round| {
                let engine = library.name().into();
                let _ =
                    events.send(EngineSpeedEvent::Progress { done, total, engine, round, rounds: ROUNDS });
                done += 1;
            },
            async |library, round| {
                let measured = engine_speed::turn(&program, &model, library, round, LENGTHS, lines).await?;
                lines = Some(measured.lines);
                Ok(measured.turn)
            },
        )
        .await;
        Ok(EngineSpeedEvent::Finished { speeds: speeds(&model, &all) })
    })
}

impl Ends for EngineSpeedEvent {
    fn stopped() -> Self {
        Self::Stopped
    }

    fn failed(message: String) -> Self {
        Self::Failed { message }
    }
}

fn speeds(model: &InstalledModel, all: &[LibrarySpeed]) -> EngineSpeeds {
    let first = all.iter().find_map(|of| of.turns.first());
    let faster = engine_speed::faster(all.iter().map(|of| (of.library, &of.turns)));
    EngineSpeeds {
        model: model.id.clone(),
        speeds: all.iter().map(speed).collect(),
        faster: faster.map(|Faster { library, slower }| FasterEngine {
            engine: library.name().into(),
            slower: slower.map(|(library, _)| library.name().into()),
            times: slower.map(|(_, times)| times).filter(|times| times.is_finite()),
        }),
        prompt_tokens: first.map_or(0, |turn| turn.prompt_tokens),
        answer_tokens: first.map_or(0, |turn| turn.answer_tokens),
    }
}

fn speed(of: &LibrarySpeed) -> EngineSpeed {
    // A speed of nothing is none.
    let median = |figure: fn(&Turn) -> Option<f64>| {
        median_nearest_rank(of.turns.iter().filter_map(figure).filter(|figure| figure.is_finite()).collect())
    };
    EngineSpeed {
        engine: of.library.name().into(),
        device: of.turns.first().map(|turn| turn.device.clone()).unwrap_or_default(),
        n: u32::try_from(of.turns.len()).unwrap_or(u32::MAX),
        load_ms: median(|turn| Some(turn.load_ms)),
        first_text_ms: median(|turn| Some(turn.first_text_ms)),
        read_tokens_per_s: median(|turn| Some(turn.read_per_s)),
        write_tokens_per_s: median(|turn| Some(turn.write_per_s)),
        memory_bytes: median(|turn| Some(turn.memory_mb? * 1e6)),
        error: of.error.as_ref().map(ToString::to_string),
    }
}
