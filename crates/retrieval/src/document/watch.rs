//! What a reader tells while it reads, and how it is stopped.

use super::DocumentError;

/// Handed down to whoever reads; [`Watch::at`] is called between units.
pub(super) struct Watch<'a> {
    is_stopped: &'a dyn Fn() -> bool,
    progress: &'a mut dyn FnMut(u64, u64),
}

impl<'a> Watch<'a> {
    pub(super) fn new(is_stopped: &'a dyn Fn() -> bool, progress: &'a mut dyn FnMut(u64, u64)) -> Self {
        Self { is_stopped, progress }
    }

    /// Tells how far it is, and says `Stopped` where nobody wants the rest.
    pub(super) fn at(&mut self, done: usize, total: usize) -> Result<(), DocumentError> {
        self.tell(done as u64, total as u64)
    }

    pub(super) fn tell(&mut self, done: u64, total: u64) -> Result<(), DocumentError> {
        if self.is_stopped() {
            return Err(DocumentError::Stopped);
        }
        (self.progress)(done, total);
        Ok(())
    }

    pub(super) fn is_stopped(&self) -> bool {
        (self.is_stopped)()
    }
}
