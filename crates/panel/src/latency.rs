//! How long each stage took over time: the median as a line, a band from the median to the 95th
//! percentile, and a thin stroke from the shortest to the longest, so that no peak vanishes in a bucket.

use egui::{Stroke, Ui};
use egui_plot::{Bar, BarChart, FilledArea, PlotUi};
use sextant_domain::{LatencyPoint, Performance};

use crate::chart::{self, Entry};
use crate::series::{self, Series, by_time};
use crate::theme::Colours;
use crate::time_axis::Span;
use crate::words::{self, Unit};
use crate::{Plot, View, downsample};

/// Strokes and bands closer than this run into each other.
const STROKE_POINTS: f64 = 4.0;

/// The extremes of one bucket, or of several where they are merged.
#[derive(Clone)]
#[expect(clippy::struct_field_names, reason = "the unit belongs to each name")]
struct Reach {
    at_ms: f64,
    min_ms: f64,
    p50_ms: f64,
    p95_ms: f64,
    max_ms: f64,
}

pub(crate) fn has_data(data: &Performance) -> bool {
    data.stages.iter().any(|stage| !stage.points.is_empty())
}

pub(crate) fn show(ui: &mut Ui, data: &Performance, view: &mut View) {
    let colours = Colours::of(ui);
    let Some(span) = Span::of(data).filter(|_| has_data(data)) else {
        chart::empty(ui, "Nothing ran in this time.\nAsk for a recommendation, or choose a longer time.");
        return;
    };
    let entries: Vec<Entry> = data
        .stages
        .iter()
        .enumerate()
        .map(|(index, stage)| Entry::new(&stage.stage, colours.series(index)))
        .collect();
    chart::legend(ui, Plot::Latency, &entries, view);

    let stages: Vec<Series<LatencyPoint>> = data
        .stages
        .iter()
        .zip(entries)
        .filter(|(_, entry)| view.is_shown(Plot::Latency, &entry.name))
        .map(|(stage, entry)| Series {
            name: entry.name,
            colour: entry.colour,
            points: by_time(&stage.points, span, |point| point.at_ms)
                .into_iter()
                .filter(|(_, point)| is_drawable(point))
                .collect(),
        })
        .collect();
    // Stages of one bucket stand beside each other in it, or their strokes would hide each other.
    let count = words::float(stages.len() as u64);
    let step_ms = span.bucket_ms * 0.6 / count.max(1.0);
    let shift_ms = |index: usize| step_ms * (words::float(index as u64) - (count - 1.0) / 2.0);
    chart::over_time(ui, Plot::Latency.name(), span, Unit::Milliseconds, |at_ms| {
        series::under_pointer(&stages, span, at_ms, |point| Some(written(point)))
    })
    .show(ui, |plot| {
        stages.iter().enumerate().for_each(|(index, stage)| draw(plot, stage, shift_ms(index)));
    });
}

fn draw(plot: &mut PlotUi<'_>, stage: &Series<'_, LatencyPoint>, shift_ms: f64) {
    let seen = chart::visible(&stage.points, |(at_ms, _)| *at_ms, plot);
    let reaches: Vec<Reach> = seen.iter().map(|(at_ms, point)| Reach::of(at_ms + shift_ms, point)).collect();
    let (reaches, _) = downsample::merged(&reaches, series::fitting(plot, STROKE_POINTS), Reach::add);

    let of = |value: fn(&Reach) -> f64| reaches.iter().map(value).collect::<Vec<f64>>();
    let band =
        FilledArea::new("", &of(|reach| reach.at_ms), &of(|reach| reach.p50_ms), &of(|reach| reach.p95_ms));
    plot.add(band.fill_color(stage.colour.gamma_multiply(0.16)).allow_hover(false));

    let thickness = plot.plot_bounds().width() / series::width(plot) * 1.2;
    let strokes = reaches
        .iter()
        .map(|reach| {
            Bar::new(reach.at_ms, reach.max_ms - reach.min_ms)
                .base_offset(reach.min_ms)
                .width(thickness)
                .fill(stage.colour.gamma_multiply(0.45))
                .stroke(Stroke::NONE)
        })
        .collect();
    plot.bar_chart(BarChart::new("", strokes).color(stage.colour).allow_hover(false));

    let median: Vec<[f64; 2]> = seen.iter().map(|(at_ms, point)| [at_ms + shift_ms, point.p50_ms]).collect();
    series::line(plot, &median, stage.colour);
    chart::headroom(plot, of(|reach| reach.max_ms).into_iter().fold(0.0, f64::max) * 1.06);
}

fn written(point: &LatencyPoint) -> String {
    let ms = words::milliseconds;
    let LatencyPoint { n, min_ms, p50_ms, p95_ms, max_ms, .. } = *point;
    format!("p50 {}, p95 {}, {} to {}, n {n}", ms(p50_ms), ms(p95_ms), ms(min_ms), ms(max_ms))
}

fn is_drawable(point: &LatencyPoint) -> bool {
    [point.min_ms, point.p50_ms, point.p95_ms, point.max_ms].into_iter().all(chart::drawable)
}

impl Reach {
    fn of(at_ms: f64, point: &LatencyPoint) -> Self {
        Self { at_ms, min_ms: point.min_ms, p50_ms: point.p50_ms, p95_ms: point.p95_ms, max_ms: point.max_ms }
    }

    /// The lower ends downwards and the upper ends upwards: percentiles of percentiles would be no
    /// percentiles, so a merged bucket says between what its buckets lay.
    fn add(&mut self, later: &Self) {
        self.min_ms = self.min_ms.min(later.min_ms);
        self.p50_ms = self.p50_ms.min(later.p50_ms);
        self.p95_ms = self.p95_ms.max(later.p95_ms);
        self.max_ms = self.max_ms.max(later.max_ms);
    }
}
