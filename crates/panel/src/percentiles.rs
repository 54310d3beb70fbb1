//! The percentiles of each stage over the whole window, as bars beside each other, with the number of
//! samples that they stand on.

use egui::{Align2, Color32, RichText, Stroke, Ui};
use egui_plot::{Bar, BarChart, PlotPoint, PlotUi, Text};
use sextant_domain::{Performance, StageSeries};

use crate::chart::{self, Entry};
use crate::theme::Colours;
use crate::words::{self, Unit};
use crate::{Plot, View};

/// A percentile's name, and where a stage has it.
type Percentile = (&'static str, fn(&StageSeries) -> f64);

const PERCENTILES: [Percentile; 4] = [
    ("p50", |stage| stage.p50_ms),
    ("p90", |stage| stage.p90_ms),
    ("p95", |stage| stage.p95_ms),
    ("p99", |stage| stage.p99_ms),
];

/// By nearest rank, the p99 of fewer samples than this is their largest.
const ENOUGH_FOR_P99: u64 = 100;

pub(crate) fn height(data: &Performance) -> f32 {
    let rows = u16::try_from(data.stages.len()).unwrap_or(u16::MAX).clamp(2, 24);
    100.0 + 62.0 * f32::from(rows)
}

pub(crate) fn has_data(data: &Performance) -> bool {
    data.stages.iter().any(|stage| stage.n > 0)
}

pub(crate) fn show(ui: &mut Ui, data: &Performance, view: &mut View) {
    if !has_data(data) {
        chart::empty(
            ui,
            "No stage has run in this time.\nAsk for a recommendation, or choose a longer time.",
        );
        return;
    }
    let stages: Vec<&StageSeries> = data.stages.iter().filter(|stage| stage.n > 0).collect();
    let colours = Colours::of(ui);
    let entries: Vec<Entry> = PERCENTILES
        .iter()
        .zip(colours.percentiles)
        .map(|((name, _), colour)| Entry::new(*name, colour))
        .collect();
    chart::legend(ui, Plot::Percentiles, &entries, view);

    let rows = stages
        .iter()
        .map(|stage| format!("{}, n {}", words::shortened(&stage.stage, chart::NAME_CHARACTERS), stage.n))
        .collect();
    let shown = entries.iter().map(|entry| view.is_shown(Plot::Percentiles, &entry.name)).collect::<Vec<_>>();
    chart::in_rows(ui, Plot::Percentiles.name(), rows, Unit::Milliseconds, |_, row| {
        stages.get(row).map(|stage| hover(stage))
    })
    .show(ui, |plot| {
        for (row, stage) in stages.iter().enumerate() {
            draw(plot, -words::float(row as u64), stage, &shown, colours);
        }
        let longest = stages.iter().flat_map(|stage| values(stage)).fold(0.0, f64::max);
        // The figure stands behind the bar's end.
        plot.add(
            BarChart::new("", vec![Bar::new(0.0, longest * 1.16).width(0.0)]).horizontal().allow_hover(false),
        );
    });
}

fn draw(plot: &mut PlotUi<'_>, row: f64, stage: &StageSeries, shown: &[bool], colours: &Colours) {
    let mut bars = Vec::new();
    for (index, (name, value)) in PERCENTILES.iter().enumerate() {
        let value = value(stage);
        if !shown.get(index).copied().unwrap_or(true) || !chart::drawable(value) {
            continue;
        }
        let y = row + 0.3 - 0.2 * words::float(index as u64);
        bars.push(Bar::new(y, value).width(0.17).fill(colours.percentiles[index]).stroke(Stroke::NONE));
        let figure = format!(" {name}  {}", words::milliseconds(value));
        let figure = RichText::new(figure).size(10.0).color(colours.text_2);
        let figure = Text::new("", PlotPoint::new(value, y), figure).anchor(Align2::LEFT_CENTER);
        plot.text(figure.allow_hover(false));
    }
    plot.bar_chart(BarChart::new("", bars).color(Color32::WHITE).horizontal().allow_hover(false));
}

fn hover(stage: &StageSeries) -> String {
    let failed = if stage.errors > 0 { format!(", {} failed", stage.errors) } else { String::new() };
    let mut lines = vec![format!("{}: n {}{failed}", stage.stage, stage.n)];
    lines.extend(PERCENTILES.map(|(name, value)| format!("{name} {}", words::milliseconds(value(stage)))));
    if stage.n < ENOUGH_FOR_P99 {
        lines.push("With fewer than 100 samples the p99 is the longest.".to_owned());
    }
    lines.join("\n")
}

fn values(stage: &StageSeries) -> impl Iterator<Item = f64> {
    PERCENTILES.into_iter().map(|(_, value)| value(stage)).filter(|value| chart::drawable(*value))
}
