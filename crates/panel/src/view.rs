//! What the person has done to the panel: which legend entries are off, and how tall it came out.
//!
//! Zoom and position of a plot are not here: egui keeps them by the plot's id.

use std::collections::BTreeSet;

use crate::Plot;

/// The panel's state between frames. Nothing of it comes from the data, so it outlives every window.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct View {
    hidden: BTreeSet<(Plot, String)>,
    height: f32,
}

impl View {
    /// Whether the entry of this name is drawn.
    pub fn is_shown(&self, plot: Plot, name: &str) -> bool {
        // A set of pairs can't be asked with a borrowed name; legends have a dozen entries at most.
        !self.hidden.iter().any(|(of, hidden)| *of == plot && hidden == name)
    }

    /// Takes an entry out of its plot, or puts it back.
    pub fn toggle(&mut self, plot: Plot, name: &str) {
        let entry = (plot, name.to_owned());
        if !self.hidden.remove(&entry) {
            self.hidden.insert(entry);
        }
    }

    /// How many points the last [`crate::show`] needed from top to bottom, for the page around it.
    pub fn height(&self) -> f32 {
        self.height
    }

    pub(crate) fn set_height(&mut self, height: f32) {
        self.height = height;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_entry_is_hidden_in_its_own_plot_only_and_comes_back() {
        let mut view = View::default();
        view.toggle(Plot::Latency, "narrative");
        assert!(!view.is_shown(Plot::Latency, "narrative"));
        assert!(view.is_shown(Plot::Percentiles, "narrative"));
        view.toggle(Plot::Latency, "narrative");
        assert!(view.is_shown(Plot::Latency, "narrative"));
    }
}
