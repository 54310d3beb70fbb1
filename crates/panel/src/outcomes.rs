//! What went wrong over time, or only just right: runs that were degraded, failed or stopped, stages that
//! failed, and stages that needed another attempt.

use egui::{Color32, Ui};
use sextant_domain::{OutcomePoint, Performance};

use crate::chart::{self, Entry};
use crate::series::{self, Stack, by_time};
use crate::theme::Colours;
use crate::time_axis::{self, Span};
use crate::words::{self, Unit};
use crate::{Plot, View};

/// A layer's name, and how many of it a bucket has.
type Layer = (&'static str, fn(&OutcomePoint) -> u64);

const LAYERS: [Layer; 5] = [
    ("degraded runs", |point| point.degraded),
    ("failed runs", |point| point.failed),
    ("stopped runs", |point| point.stopped),
    ("stage errors", |point| point.stage_errors),
    ("fallbacks", |point| point.fallbacks),
];

/// Whether there is anything to stack: runs that simply finished aren't.
pub(crate) fn has_data(data: &Performance) -> bool {
    data.outcomes.iter().any(|point| LAYERS.iter().any(|(_, count)| count(point) > 0))
}

pub(crate) fn show(ui: &mut Ui, data: &Performance, view: &mut View) {
    let Some(span) = Span::of(data).filter(|_| !data.outcomes.is_empty()) else {
        chart::empty(ui, "Nothing ran in this time.\nAsk for a recommendation, or choose a longer time.");
        return;
    };
    if !has_data(data) {
        chart::empty(ui, "Nothing failed, was stopped or needed another attempt in this time.");
        return;
    }
    let outcomes = &Colours::of(ui).outcomes;
    let colours =
        [outcomes.degraded, outcomes.failed, outcomes.stopped, outcomes.stage_errors, outcomes.fallbacks];
    let entries: Vec<Entry> =
        LAYERS.iter().zip(colours).map(|((name, _), colour)| Entry::new(*name, colour)).collect();
    chart::legend(ui, Plot::Outcomes, &entries, view);

    let shown: [Option<Color32>; 5] =
        std::array::from_fn(|index| view.is_shown(Plot::Outcomes, LAYERS[index].0).then_some(colours[index]));
    let points = by_time(&data.outcomes, span, |point| point.at_ms);
    let stacks: Vec<Stack<5>> = points
        .iter()
        .map(|(at_ms, point)| Stack::new(*at_ms, LAYERS.map(|(_, count)| words::float(count(point)))))
        .collect();
    chart::over_time(ui, Plot::Outcomes.name(), span, Unit::Count, |at| hover(&points, span, at))
        .show(ui, |plot| series::bars(plot, span, &stacks, shown));
}

fn hover(points: &[(f64, &OutcomePoint)], span: Span, at: f64) -> Option<String> {
    let (at_ms, point) = chart::nearest(points, |(at_ms, _)| *at_ms, at, span.reach_ms())?;
    let runs =
        [point.done, point.degraded, point.failed, point.stopped].into_iter().fold(0, u64::saturating_add);
    let mut lines = vec![time_axis::moment(at_ms - span.bucket_ms / 2.0)];
    lines.push(format!("{}, {} done", words::counted(runs, "run", "runs"), point.done));
    let counts = LAYERS.iter().map(|(name, count)| (name, count(point))).filter(|(_, count)| *count > 0);
    lines.extend(counts.map(|(name, count)| format!("{name}: {count}")));
    Some(lines.join("\n"))
}
