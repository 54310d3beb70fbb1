//! The performance panel: a pure function of data and of what the person did to it, drawn with egui.
//!
//! The same code makes the canvas in the window (`web`, compiled to WebAssembly), the exported picture
//! and the pictures that the tests compare ([`picture`]). Nothing here asks for data, knows the time or
//! keeps anything but [`View`]; a plot that needs a figure gets it from `sextant_domain::Performance`,
//! where the table beneath the panel finds it too.

mod caches;
mod chart;
pub mod downsample;
mod latency;
mod outcomes;
mod percentiles;
pub mod picture;
pub mod sample;
mod series;
mod speed;

pub mod theme;
mod time_axis;
mod timeline;
mod view;
#[cfg(target_arch = "wasm32")]
mod web;
mod words;

use egui::{Rect, Ui, UiBuilder, vec2};
use sextant_domain::Performance;

pub use view::View;

/// One of the panel's plots.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Plot {
    Latency,
    Percentiles,
    Timeline,
    Caches,
    Speed,
    Outcomes,
}

/// From this width on, two plots stand beside each other.
const TWO_COLUMNS: f32 = 960.0;
const GAP: f32 = 12.0;

impl Plot {
    /// In the order in which they stand in the panel.
    pub const ALL: [Self; 6] =
        [Self::Latency, Self::Percentiles, Self::Timeline, Self::Caches, Self::Speed, Self::Outcomes];

    /// Short and stable: for the names of files and for what asks for a picture.
    pub fn name(self) -> &'static str {
        match self {
            Self::Latency => "latency",
            Self::Percentiles => "percentiles",
            Self::Timeline => "timeline",
            Self::Caches => "caches",
            Self::Speed => "speed",
            Self::Outcomes => "outcomes",
        }
    }

    pub fn title(self) -> &'static str {
        match self {
            Self::Latency => "Stage latency over time",
            Self::Percentiles => "Percentiles per stage",
            Self::Timeline => "Timeline of one run",
            Self::Caches => "Cache hits over time",
            Self::Speed => "Model speed over time",
            Self::Outcomes => "Errors and fallbacks over time",
        }
    }

    /// The plot of this name.
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|plot| plot.name() == name)
    }

    fn is_over_time(self) -> bool {
        !matches!(self, Self::Percentiles | Self::Timeline)
    }

    /// How tall its box has to be for nothing in it to be squeezed.
    pub fn height(self, data: &Performance) -> f32 {
        let (has_data, height) = match self {
            Self::Latency => (latency::has_data(data), 300.0),
            Self::Percentiles => (percentiles::has_data(data), percentiles::height(data)),
            Self::Timeline => (timeline::has_data(data), timeline::height(data)),
            Self::Caches => (caches::has_data(data), 360.0),
            Self::Speed => (speed::has_data(data), 360.0),
            Self::Outcomes => (outcomes::has_data(data), 300.0),
        };
        if has_data { height } else { chart::EMPTY_HEIGHT }
    }
}

/// Draws all plots one under another, in two columns where there is room, and says in
/// [`View::height`] how tall that came out.
pub fn show(ui: &mut Ui, data: &Performance, view: &mut View) {
    ui.horizontal_wrapped(|ui| {
        chart::muted(ui, &time_axis::caption(data));
    });
    chart::muted(
        ui,
        "Drag to move, zoom with Ctrl and the wheel or a box with the right button, double-click to reset.",
    );
    ui.add_space(4.0);

    let width = ui.available_width();
    let columns = if width >= TWO_COLUMNS { 2 } else { 1 };
    let column_width = if columns == 2 { (width - GAP) / 2.0 } else { width };
    for row in Plot::ALL.chunks(columns) {
        let height = row.iter().map(|plot| plot.height(data)).fold(0.0, f32::max);
        let top = ui.cursor().min;
        let mut left = top.x;
        for plot in row {
            let place = Rect::from_min_size(egui::pos2(left, top.y), vec2(column_width, height));
            ui.scope_builder(UiBuilder::new().max_rect(place), |ui| boxed(ui, *plot, data, view, None));
            left += column_width + GAP;
        }
        ui.advance_cursor_after_rect(Rect::from_min_size(top, vec2(width, height)));
        ui.add_space(GAP - ui.spacing().item_spacing.y);
    }
    view.set_height(ui.min_rect().height());
}

/// Draws one plot by itself over all the room there is, with what [`show`] says once for all of them.
pub fn show_one(ui: &mut Ui, plot: Plot, data: &Performance, view: &mut View) {
    let caption = plot.is_over_time().then(|| time_axis::caption(data));
    boxed(ui, plot, data, view, caption.as_deref());
}

fn boxed(ui: &mut Ui, plot: Plot, data: &Performance, view: &mut View, caption: Option<&str>) {
    chart::section(ui, plot.title(), caption, |ui| match plot {
        Plot::Latency => latency::show(ui, data, view),
        Plot::Percentiles => percentiles::show(ui, data, view),
        Plot::Timeline => timeline::show(ui, data, view),
        Plot::Caches => caches::show(ui, data, view),
        Plot::Speed => speed::show(ui, data, view),
        Plot::Outcomes => outcomes::show(ui, data, view),
    });
}
