//! The use-case that the window works with now. Other models make another one of it.

use sextant_advisor::Advisor;
use tokio::sync::watch;

/// Runs that have begun keep the models that they began with.
pub(super) struct Current(watch::Sender<Advisor>);

impl Current {
    pub(super) fn new(advisor: Advisor) -> Self {
        Self(watch::Sender::new(advisor))
    }

    pub(super) fn now(&self) -> Advisor {
        self.0.borrow().clone()
    }

    /// The one now and every later one.
    pub(super) fn watch(&self) -> watch::Receiver<Advisor> {
        self.0.subscribe()
    }

    pub(super) fn replace(&self, advisor: Advisor) {
        self.0.send_replace(advisor);
    }
}
