//! Puts the parts together: folders, the pack, the store, the models, the advisor.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::SystemTime;

use sextant_advisor::{Advisor, ModelTraits, Pack, STAGE_LIMIT, Slot, Slots};
use sextant_engine::{DeviceChoice, Engine, InstalledModel, LocalEngine, Models, WorkerEngine, Writes, gguf};
use sextant_store::{HistoryLayer, PerfLines, Store, StoreError};
use tracing_subscriber::filter::LevelFilter;
use tracing_subscriber::layer::{Layer as _, SubscriberExt as _};
use tracing_subscriber::util::SubscriberInitExt as _;

use crate::failure::Failure;
use crate::settings::Settings;

/// Where everything that the person made or imported is kept.
pub(crate) fn data_dir() -> Result<PathBuf, Failure> {
    if let Some(dir) = std::env::var_os("SEXTANT_HOME").filter(|dir| !dir.is_empty()) {
        return Ok(PathBuf::from(dir));
    }
    directories::ProjectDirs::from("app", "Sextant", "Sextant")
        .map(|dirs| dirs.data_dir().to_owned())
        .ok_or_else(|| {
            Failure::work("no_home", "there is no home directory; set SEXTANT_HOME to a folder of yours")
        })
}

/// Where `assets/packs` and `models` lie: `SEXTANT_ASSETS`, the source tree of a development build, or
/// beside the executable as packages put them.
pub(crate) fn assets_dir() -> Result<PathBuf, Failure> {
    let has_packs = |dir: &Path| dir.join("assets/packs").is_dir();
    if let Some(dir) = std::env::var_os("SEXTANT_ASSETS").map(PathBuf::from) {
        return if has_packs(&dir) {
            Ok(dir)
        } else {
            Err(Failure::call(
                "no_assets",
                format!("SEXTANT_ASSETS is {}, which has no assets/packs", dir.display()),
            ))
        };
    }
    let executable = std::env::current_exe().ok();
    let beside = executable.as_deref().and_then(Path::parent).into_iter().flat_map(|dir| {
        [dir.to_owned(), dir.join("../lib/sextant"), dir.join("../lib/Sextant"), dir.join("../Resources")]
    });
    // A development build reads the tree it was built from: what lies beside it may be an older copy.
    let source = cfg!(debug_assertions).then(|| PathBuf::from(env!("CARGO_MANIFEST_DIR")).join(".."));
    source
        .into_iter()
        .chain(beside)
        .find(|dir| has_packs(dir))
        .map(|dir| dir.canonicalize().unwrap_or(dir))
        .ok_or_else(|| Failure::work("no_assets", "the app's packs are missing beside it; install it again"))
}

/// The pack called `id`.
pub(crate) fn pack(id: &str) -> Result<Pack, Failure> {
    let dir = assets_dir()?.join("assets/packs").join(id);
    if id.contains(['/', '\\', '.']) || !dir.is_dir() {
        return Err(unknown_pack(id));
    }
    Ok(Pack::load(&dir)?)
}

pub(crate) fn unknown_pack(id: &str) -> Failure {
    let packs = crate::shelf::PACKS.join(", ");
    Failure::call("unknown_pack", format!("there is no pack called {id}; there are: {packs}"))
}

/// The models that are known and those that are installed.
pub(crate) fn models() -> Result<Models, Failure> {
    Ok(Models::load(&assets_dir()?.join("models"))?.also_in(data_dir()?.join("models")))
}

/// Opens the store and has every run recorded in it. Once per process. Where nothing can be written, the
/// app works without a memory and says so; a database from a newer version is the person's decision.
pub(crate) fn store_with_history(perf: PerfLines) -> Result<OpenStore, Failure> {
    let mut notices = Vec::new();
    let options = Settings::load()?.store_options();
    let store = match Store::open_with(&data_dir()?.join("sextant.db"), &options) {
        Ok(store) => store,
        Err(
            error
            @ (StoreError::DiskFull { .. } | StoreError::NotWritable { .. } | StoreError::Locked { .. }),
        ) => {
            notices.push(format!("{error}. Until then nothing is kept: no history, no imported files."));
            Store::open_in_memory()?
        }
        Err(error) => return Err(error.into()),
    };
    notices.extend(store.notices());
    record_runs(&store, perf);
    Ok(OpenStore { store, notices })
}

/// Has every run of this process recorded, and what should worry somebody printed. A second call finds the first one's subscriber, which serves
/// as well.
pub(crate) fn record_runs(store: &Store, perf: PerfLines) {
    let warnings = tracing_subscriber::fmt::layer()
        .with_writer(std::io::stderr)
        .without_time()
        .with_filter(LevelFilter::WARN);
    let _ = tracing_subscriber::registry()
        .with(HistoryLayer::new(Some(store.clone()), perf))
        .with(warnings)
        .try_init();
}

/// A store, and what the person should know about how it was opened.
pub(crate) struct OpenStore {
    pub(crate) store: Store,
    pub(crate) notices: Vec<String>,
}

impl OpenStore {
    /// For the command line: what there is to know goes to standard error.
    pub(crate) fn tell(self) -> Store {
        for notice in &self.notices {
            eprintln!("{notice}");
        }
        self.store
    }
}

/// Has everything written before the process ends, and says what could not be.
pub(crate) fn close(store: &Store) {
    let before = store.notices().len();
    store.flush();
    for notice in store.notices().iter().skip(before) {
        eprintln!("{notice}");
    }
}

/// A store that is gone with the process, for measurements that must not count as the person's runs.
pub(crate) fn temporary_store_with_history() -> Result<Store, Failure> {
    let store = Store::open_in_memory()?;
    record_runs(&store, PerfLines::Off);
    Ok(store)
}

/// Ships with the app, so that the first run works offline.
pub(crate) const BUNDLED_MODEL: &str = "nano";

/// Which model answers, as the person chose it for this call; the settings stand where they didn't.
#[derive(Debug, Clone, Default)]
pub(crate) struct ModelChoice {
    /// The bundled model where nothing is said or set.
    pub(crate) model: Option<String>,
    /// `llamacpp`, `mistralrs`, or `scripted:FILE` for tests; the one that suits the machine where nothing
    /// is said or set.
    pub(crate) engine: Option<String>,
    /// For what the first model didn't write well enough; the same one where nothing is said or set.
    pub(crate) accurate: Option<String>,
}

impl ModelChoice {
    /// One model for both slots.
    pub(crate) fn of(model: Option<String>, engine: Option<String>) -> Self {
        Self { model, engine, accurate: None }
    }

    fn id(&self) -> &str {
        self.model.as_deref().unwrap_or(BUNDLED_MODEL)
    }

    /// A model file of the person's own, where they gave a path instead of a model's id.
    pub(crate) fn own_file(&self) -> Option<&Path> {
        let path = Path::new(self.model.as_deref()?);
        path.extension().is_some_and(|extension| extension.eq_ignore_ascii_case("gguf")).then_some(path)
    }
}

/// The use-case with its engine; nothing is loaded before it is needed.
pub(crate) fn advisor(pack: Pack, store: Option<Store>, choice: &ModelChoice) -> Result<Advisor, Failure> {
    Ok(Advisor { pack: Arc::new(pack), slots: slots(choice)?, store, now: SystemTime::now })
}

/// The models that answer; nothing is loaded before it is needed.
pub(crate) fn slots(choice: &ModelChoice) -> Result<Slots, Failure> {
    let choice = Settings::load()?.complete(choice);
    let fast = slot(&choice)?;
    let accurate = match &choice.accurate {
        Some(model) if *model != choice.id() => {
            slot(&ModelChoice::of(Some(model.clone()), choice.engine.clone()))?
        }
        _ => fast.clone(),
    };
    Ok(Slots { fast, accurate, stage_limit: STAGE_LIMIT })
}

/// The executable that models run in lies beside this one.
pub(crate) fn worker_program() -> Result<PathBuf, Failure> {
    let own = std::env::current_exe().map_err(|error| {
        Failure::work("worker_not_started", format!("the executable's own path is unknown: {error}"))
    })?;
    Ok(own.with_file_name(format!("sextant-worker{}", std::env::consts::EXE_SUFFIX)))
}

/// The files of the chosen model; its tokenizer lies beside a file of the person's own.
pub(crate) fn installed_model(choice: &ModelChoice) -> Result<InstalledModel, Failure> {
    let Some(path) = choice.own_file() else {
        return Ok(models()?.installed_by_id(choice.id())?);
    };
    let file = std::path::absolute(path)
        .map_err(|error| Failure::call("bad_path", format!("{}: {error}", path.display())))?;
    let tokenizer_dir = file.parent().map(Path::to_owned).unwrap_or_default();
    Ok(InstalledModel { id: choice.id().to_owned(), file, tokenizer_dir, sha256: None })
}

/// What the use-cases need to know of the chosen model. A file of the person's own that calls itself by a
/// known model's name is that model in another quantisation; of any other nothing is known, so it gets
/// plain prompts and its judgement counts for nothing.
fn traits(choice: &ModelChoice) -> Result<ModelTraits, Failure> {
    let id = choice.id().to_owned();
    let models = models()?;
    let Some(path) = choice.own_file() else {
        let known = models.get(&id)?;
        return Ok(ModelTraits {
            id,
            version: known.sha256.clone().unwrap_or_else(|| known.quantisation.clone()),
            quantisation: known.quantisation.clone(),
            writes: known.writes,
            judgement_share: known.judgement_weight,
        });
    };
    let written = std::fs::metadata(path).and_then(|metadata| Ok((metadata.len(), metadata.modified()?)));
    let version = written.map(|written| format!("{written:?}")).unwrap_or_default();
    // A file that can't be read is the engine's to refuse, with its reason.
    let summary = gguf::inspect(path).ok();
    let name = summary.as_ref().and_then(|summary| summary.name.as_deref());
    let known = models.known().iter().find(|known| Some(known.name.as_str()) == name);
    Ok(ModelTraits {
        id,
        version,
        quantisation: summary.as_ref().map(|summary| summary.quantisation.to_owned()).unwrap_or_default(),
        writes: known.map_or(Writes::Text, |known| known.writes),
        judgement_share: known.map_or(0.0, |known| known.judgement_weight),
    })
}

pub(crate) fn unknown_engine(name: &str) -> Failure {
    let names = LocalEngine::ALL.map(LocalEngine::name).join(", ");
    Failure::call("unknown_engine", format!("there is no engine called {name}; there are: {names}"))
}

fn slot(choice: &ModelChoice) -> Result<Slot, Failure> {
    let program = worker_program()?;
    let device = DeviceChoice::Auto;
    let local = |engine: LocalEngine| -> Result<Arc<dyn Engine>, Failure> {
        Ok(Arc::new(WorkerEngine::for_model(program.clone(), &installed_model(choice)?, engine, device)))
    };
    let engine = match choice.engine.as_deref() {
        None => local(LocalEngine::usual(device))?,
        Some(name) => match (LocalEngine::from_name(name), name.strip_prefix("scripted:")) {
            (Some(engine), _) => local(engine)?,
            (None, Some(script)) => Arc::new(WorkerEngine::for_script(program.clone(), Path::new(script))),
            (None, None) => {
                return Err(unknown_engine(name));
            }
        },
    };
    Ok(Slot { engine, traits: traits(choice)? })
}
