//! The engine without a model: a script behind the same queue, states and streams as a real worker.
//!
//! It plays inside the app, so it starts at once and can't be killed by a signal; [`ScriptedEngine::kill`]
//! stands in for that. It passes the same contract suite as the worker, so it can't lie about either.

use std::sync::{Arc, Mutex, PoisonError};

use sextant_domain::{EngineState, EngineStatus};
use tokio::{
    sync::{mpsc, watch},
    task::JoinHandle,
    time::Instant,
};

use crate::{
    Engine, EngineError, GenerateRequest, Generation,
    drive::{Desk, Launcher, Link},
    pipe::{FromWorker, ToWorker},
    prewarm,
    script::Script,
    worker::{LocalModel as _, ScriptPlayer, StopSignal, Stops, answer},
};

/// An engine that plays a script.
#[derive(Debug)]
pub struct ScriptedEngine {
    desk: Desk,
    killer: Killer,
}

/// Ends the player that runs now, wherever it is.
type Killer = Arc<Mutex<Option<tokio::task::AbortHandle>>>;

impl ScriptedEngine {
    #[must_use]
    pub fn new(script: Script) -> Self {
        let idle = EngineStatus {
            model: "scripted".into(),
            engine: "scripted".into(),
            device: "cpu".into(),
            threads: 0,
            state: EngineState::Idle,
        };
        let killer = Killer::default();
        let launcher = ScriptLauncher { script, killer: Arc::clone(&killer) };
        Self { desk: Desk::open(idle, launcher), killer }
    }

    /// What SIGKILL is to a worker process.
    pub fn kill(&self) {
        if let Some(player) = self.killer.lock().unwrap_or_else(PoisonError::into_inner).take() {
            player.abort();
        }
    }
}

impl Engine for ScriptedEngine {
    fn generate(&self, request: GenerateRequest) -> Generation {
        self.desk.generate(request)
    }

    fn prewarm(&self) {
        self.desk.prewarm(&prewarm::usual_request());
    }

    fn status(&self) -> watch::Receiver<EngineStatus> {
        self.desk.status()
    }
}

struct ScriptLauncher {
    script: Script,
    killer: Killer,
}

struct ScriptLink {
    to_player: mpsc::UnboundedSender<ToWorker>,
    from_player: mpsc::UnboundedReceiver<FromWorker>,
    ask: watch::Sender<Stops>,
    player: JoinHandle<String>,
}

impl Launcher for ScriptLauncher {
    type Link = ScriptLink;

    async fn check(&self) -> Result<(), EngineError> {
        Ok(())
    }

    fn launch(&self) -> Result<ScriptLink, EngineError> {
        // Unbounded, because the player speaks from a plain function and can't wait; what gathers is
        // bounded by `max_tokens`, and the desk takes it at once.
        let (to_player, requests) = mpsc::unbounded_channel();
        let (messages, from_player) = mpsc::unbounded_channel();
        let (ask, stopped) = watch::channel(Stops::default());
        let player = tokio::spawn(play(self.script.clone(), requests, messages, stopped));
        let abort = player.abort_handle();
        self.killer.lock().unwrap_or_else(PoisonError::into_inner).replace(abort);
        Ok(ScriptLink { to_player, from_player, ask, player })
    }
}

impl Link for ScriptLink {
    fn process_id(&self) -> Option<u32> {
        None
    }

    fn send(&mut self, message: ToWorker) {
        match message {
            ToWorker::Stop { id } => {
                self.ask.send_modify(|stops| stops.add(id));
            }
            request @ (ToWorker::Generate { .. } | ToWorker::Embed { .. }) => {
                let _ = self.to_player.send(request);
            }
        }
    }

    async fn next(&mut self) -> Option<FromWorker> {
        self.from_player.recv().await
    }

    async fn end(self) -> String {
        drop(self.to_player);
        self.player.abort();
        self.player.await.unwrap_or_else(|_| "it was killed".into())
    }
}

/// The life of a player: what a worker process does, without the process. Returns why it ended.
async fn play(
    script: Script,
    mut requests: mpsc::UnboundedReceiver<ToWorker>,
    messages: mpsc::UnboundedSender<FromWorker>,
    stopped: watch::Receiver<Stops>,
) -> String {
    let started = Instant::now();
    let send = |message: &FromWorker| {
        let _ = messages.send(message.clone());
    };
    let mut player = match ScriptPlayer::start(script).await {
        Ok(player) => player,
        Err(error) => {
            send(&FromWorker::NotLoaded { error });
            return "its model wasn't loaded".into();
        }
    };
    send(&player.loaded().message(started.elapsed()));
    while let Some(message) = requests.recv().await {
        let ToWorker::Generate { id, request } = message else {
            continue;
        };
        let stop = StopSignal::new(id, stopped.clone());
        if let Err(reason) = answer(&mut player, &send, stop, id, &request).await {
            return reason;
        }
    }
    "it was closed".into()
}
