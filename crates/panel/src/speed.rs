//! How fast each model answered over time: the time to the first token above, tokens per second below.
//! The two are never one figure: one is the wait for the prompt to be read, the other the writing.

use egui::Ui;
use sextant_domain::{Performance, SpeedPoint};

use crate::chart::{self, Entry};
use crate::series::{self, Series, by_time};
use crate::theme::Colours;
use crate::time_axis::Span;
use crate::words::Unit;
use crate::{Plot, View};

/// One of the two figures.
#[derive(Clone, Copy)]
struct Figure {
    name: &'static str,
    title: &'static str,
    unit: Unit,
    value: fn(&SpeedPoint) -> f64,
}

const FIRST_TOKEN: Figure = Figure {
    name: "first_token",
    title: "Time to first token, p50",
    unit: Unit::Milliseconds,
    value: |point| point.first_token_p50_ms,
};
const DECODE: Figure = Figure {
    name: "decode",
    title: "Decode, tokens per second",
    unit: Unit::TokensPerSecond,
    value: |point| point.decode_tokens_per_s,
};

pub(crate) fn has_data(data: &Performance) -> bool {
    data.models.iter().any(|model| !model.points.is_empty())
}

pub(crate) fn show(ui: &mut Ui, data: &Performance, view: &mut View) {
    let Some(span) = Span::of(data).filter(|_| has_data(data)) else {
        chart::empty(
            ui,
            "No model wrote anything in this time.\nAsk for a recommendation with a model, or choose a longer time.",
        );
        return;
    };
    let colours = Colours::of(ui);
    let entries: Vec<Entry> = data
        .models
        .iter()
        .enumerate()
        .map(|(index, model)| Entry::new(&model.model, colours.series(index)))
        .collect();
    chart::legend(ui, Plot::Speed, &entries, view);
    let models: Vec<Series<SpeedPoint>> = data
        .models
        .iter()
        .zip(entries)
        .filter(|(_, entry)| view.is_shown(Plot::Speed, &entry.name))
        .map(|(model, entry)| Series {
            name: entry.name,
            colour: entry.colour,
            points: by_time(&model.points, span, |point| point.at_ms),
        })
        .collect();
    chart::halves(ui, FIRST_TOKEN.title, DECODE.title, |ui, is_upper, height| {
        figure(ui, if is_upper { FIRST_TOKEN } else { DECODE }, span, &models, height);
    });
}

fn figure(ui: &mut Ui, figure: Figure, span: Span, models: &[Series<'_, SpeedPoint>], height: f32) {
    let measured = |point: &SpeedPoint| Some((figure.value)(point)).filter(|value| is_measured(*value));
    let hover = move |at_ms| {
        series::under_pointer(models, span, at_ms, |point| {
            Some(format!("{}, n {}", figure.unit.written(measured(point)?), point.n))
        })
    };
    chart::over_time(ui, figure.name, span, figure.unit, hover).height(height).show(ui, |plot| {
        let mut highest = 0.0_f64;
        for model in models {
            let points: Vec<[f64; 2]> = chart::visible(&model.points, |(at_ms, _)| *at_ms, plot)
                .iter()
                .filter_map(|(at_ms, point)| Some([*at_ms, measured(point)?]))
                .collect();
            highest = points.iter().map(|[_, value]| *value).fold(highest, f64::max);
            series::line(plot, &points, model.colour);
        }
        chart::headroom(plot, highest * 1.12);
    });
}

/// Zero stands for nothing measured, not for a model that stood still.
fn is_measured(value: f64) -> bool {
    value > 0.0 && chart::drawable(value)
}
