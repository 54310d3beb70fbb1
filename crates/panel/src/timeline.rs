//! Where one run's time went: a lane for each stage, in the order in which they started, cut into its
//! parts; and a last lane for the stretches in which no stage was under way. Stages that run side by side
//! lie above each other, so lanes and gaps together show the run's whole time.

use egui::{Align2, Color32, RichText, Stroke, TextStyle, Ui};
use egui_plot::{Bar, BarChart, PlotPoint, PlotUi, Text};
use sextant_domain::{Performance, StageTiming, Timeline};

use crate::chart::{self, Entry};
use crate::theme::{Colours, Parts};
use crate::words::{self, Unit};
use crate::{Plot, View};

/// A part of a stage: its name, its share of a stage's time, its colour.
type Part = (&'static str, fn(&StageTiming) -> f64, fn(&Parts) -> Color32);

/// In the order in which a stage goes through them.
const PARTS: [Part; 9] = [
    ("load", |stage| stage.load_ms, |parts| parts.load),
    ("queue", |stage| stage.queue_ms, |parts| parts.queue),
    ("prompt build", |stage| stage.prompt_build_ms, |parts| parts.prompt),
    ("retrieval", |stage| stage.retrieval_ms, |parts| parts.retrieval),
    ("prefill", |stage| stage.prefill_ms, |parts| parts.prefill),
    ("decode", |stage| stage.decode_ms, |parts| parts.decode),
    ("parse", |stage| stage.parse_ms, |parts| parts.parse),
    ("check", |stage| stage.check_ms, |parts| parts.check),
    ("rest", rest, |parts| parts.rest),
];

const GAP: &str = "no stage";

/// One coloured stretch of a lane.
struct Stretch {
    part: &'static str,
    start_ms: f64,
    ms: f64,
    colour: Color32,
}

pub(crate) fn height(data: &Performance) -> f32 {
    let lanes = data.timeline.as_ref().map_or(0, |timeline| timeline.stages.len());
    110.0 + 30.0 * f32::from(u16::try_from(lanes).unwrap_or(u16::MAX).clamp(3, 24) + 1)
}

pub(crate) fn has_data(data: &Performance) -> bool {
    data.timeline.is_some()
}

pub(crate) fn show(ui: &mut Ui, data: &Performance, view: &mut View) {
    let Some(timeline) = &data.timeline else {
        chart::empty(
            ui,
            "There is no run to show in this time.\nAsk for a recommendation, or choose a run in the table below.",
        );
        return;
    };
    title(ui, timeline);
    let colours = Colours::of(ui);
    let entries: Vec<Entry> = PARTS
        .iter()
        .filter(|(_, ms, _)| timeline.stages.iter().any(|stage| is_visible(ms(stage))))
        .map(|(name, _, colour)| Entry::new(*name, colour(&colours.parts)))
        .chain(timeline.gaps.iter().any(|gap| is_visible(gap.ms)).then(|| Entry::new(GAP, colours.parts.gap)))
        .collect();
    chart::legend(ui, Plot::Timeline, &entries, view);

    let mut names: Vec<String> =
        timeline.stages.iter().map(|stage| words::shortened(&stage.name, chart::NAME_CHARACTERS)).collect();
    let mut lanes: Vec<Vec<Stretch>> =
        timeline.stages.iter().map(|stage| stretches(stage, &colours.parts)).collect();
    names.push(GAP.to_owned());
    lanes.push(gaps(timeline, &colours.parts));
    for lane in &mut lanes {
        lane.retain(|stretch| view.is_shown(Plot::Timeline, stretch.part));
    }

    chart::in_rows(ui, Plot::Timeline.name(), names, Unit::Milliseconds, |at_ms, row| {
        hover(timeline, lanes.get(row)?, row, at_ms)
    })
    .show(ui, |plot| {
        shade_gaps(plot, &lanes, colours);
        for (row, lane) in lanes.iter().enumerate() {
            draw(plot, -words::float(row as u64), lane);
        }
        for (row, stage) in timeline.stages.iter().enumerate() {
            label(plot, -words::float(row as u64), stage, colours);
        }
        label_gaps(plot, &lanes, colours);
        let end_ms = lanes.iter().flatten().map(|stretch| stretch.start_ms + stretch.ms).fold(0.0, f64::max);
        // A stage's total stands behind its end.
        let edge = Bar::new(0.0, end_ms.max(1.0) * 1.14).width(0.0);
        plot.add(BarChart::new("", vec![edge]).horizontal().allow_hover(false));
    });
}

fn title(ui: &mut Ui, timeline: &Timeline) {
    let colours = Colours::of(ui);
    let run = &timeline.run;
    ui.horizontal_wrapped(|ui| {
        ui.spacing_mut().item_spacing.x = 6.0;
        let cached = if run.cache_hit { ", from the cache" } else { "" };
        let text = format!(
            "{} with {} on {}: {}{cached},",
            run.pipeline,
            run.model,
            run.device,
            words::milliseconds(run.total_ms)
        );
        ui.label(RichText::new(text).text_style(TextStyle::Small).color(colours.text_2));
        let colour = match run.outcome.as_str() {
            "failed" => colours.bad,
            "degraded" => colours.caution,
            _ => colours.text_2,
        };
        ui.label(RichText::new(&run.outcome).text_style(TextStyle::Small).color(colour));
    });
}

fn stretches(stage: &StageTiming, colours: &Parts) -> Vec<Stretch> {
    let mut start_ms = if chart::drawable(stage.start_ms) { stage.start_ms } else { 0.0 };
    let mut stretches = Vec::new();
    for (part, ms, colour) in PARTS {
        let ms = ms(stage);
        if is_visible(ms) {
            stretches.push(Stretch { part, start_ms, ms, colour: colour(colours) });
            start_ms += ms;
        }
    }
    stretches
}

fn gaps(timeline: &Timeline, colours: &Parts) -> Vec<Stretch> {
    timeline
        .gaps
        .iter()
        .filter(|gap| is_visible(gap.ms) && chart::drawable(gap.start_ms))
        .map(|gap| Stretch { part: GAP, start_ms: gap.start_ms, ms: gap.ms, colour: colours.gap })
        .collect()
}

/// A gap goes through all lanes, faintly: nobody worked then.
fn shade_gaps(plot: &mut PlotUi<'_>, lanes: &[Vec<Stretch>], colours: &Colours) {
    let Some((gaps, stages)) = lanes.split_last() else { return };
    let height = words::float(stages.len() as u64);
    let bars = gaps
        .iter()
        .map(|gap| {
            Bar::new(0.5 - height / 2.0, gap.ms)
                .base_offset(gap.start_ms)
                .width(height)
                .fill(colours.sunken)
                .stroke(Stroke::NONE)
        })
        .collect();
    plot.bar_chart(BarChart::new("", bars).color(Color32::WHITE).horizontal().allow_hover(false));
}

fn draw(plot: &mut PlotUi<'_>, row: f64, lane: &[Stretch]) {
    let bars = lane
        .iter()
        .map(|stretch| {
            Bar::new(row, stretch.ms)
                .base_offset(stretch.start_ms)
                .width(0.62)
                .fill(stretch.colour)
                .stroke(Stroke::NONE)
        })
        .collect();
    plot.bar_chart(BarChart::new("", bars).color(Color32::WHITE).horizontal().allow_hover(false));
}

/// The stage's total behind its end, and what went wrong.
fn label(plot: &mut PlotUi<'_>, row: f64, stage: &StageTiming, colours: &Colours) {
    let end_ms = stage.start_ms + stage.total_ms;
    if !chart::drawable(stage.start_ms) || !chart::drawable(end_ms) {
        return;
    }
    let mut notes = vec![words::milliseconds(stage.total_ms)];
    notes.extend((stage.attempts > 1).then(|| format!("{} attempts", stage.attempts)));
    notes.extend(stage.error.as_ref().map(|error| error.code.clone()));
    // The blanks keep it off the bar.
    let text = format!(" {} ", notes.join(", "));
    let colour = if stage.error.is_some() { colours.bad } else { colours.text_2 };
    // Behind the end of a lane that reaches far to the right there may be no room; before its
    // beginning there is.
    let width = plot.plot_bounds().max()[0];
    let fits = end_ms < width * 0.8 || stage.start_ms < width * 0.2;
    let (at, anchor) =
        if fits { (end_ms, Align2::LEFT_CENTER) } else { (stage.start_ms, Align2::RIGHT_CENTER) };
    plot.text(
        Text::new("", PlotPoint::new(at, row), RichText::new(text).size(10.5).color(colour))
            .anchor(anchor)
            .allow_hover(false),
    );
}

/// How long nobody worked, where it's long enough to be asked about and the figure finds room.
fn label_gaps(plot: &mut PlotUi<'_>, lanes: &[Vec<Stretch>], colours: &Colours) {
    let Some((gaps, stages)) = lanes.split_last() else { return };
    let width_ms = plot.plot_bounds().width();
    let row = -words::float(stages.len() as u64);
    for (index, gap) in gaps.iter().enumerate() {
        let end_ms = gap.start_ms + gap.ms;
        let next_ms = gaps.get(index + 1).map_or(f64::INFINITY, |next| next.start_ms);
        if gap.ms > width_ms * 0.015 && next_ms - end_ms > width_ms * 0.12 {
            let text =
                RichText::new(format!(" {}", words::milliseconds(gap.ms))).size(10.5).color(colours.text_2);
            let text = Text::new("", PlotPoint::new(end_ms, row), text).anchor(Align2::LEFT_CENTER);
            plot.text(text.allow_hover(false));
        }
    }
}

fn hover(timeline: &Timeline, lane: &[Stretch], row: usize, at_ms: f64) -> Option<String> {
    let under = lane.iter().find(|part| (part.start_ms..=part.start_ms + part.ms).contains(&at_ms));
    let ms = words::milliseconds;
    let Some(stage) = timeline.stages.get(row) else {
        let gap = under?;
        return Some(format!("No stage was under way for {}, from {}.", ms(gap.ms), ms(gap.start_ms)));
    };
    let mut lines = vec![format!("{}: {} from {}", stage.name, ms(stage.total_ms), ms(stage.start_ms))];
    lines.extend(under.map(|part| format!("{}: {}", part.part, ms(part.ms))));
    lines.extend(stage.first_token_ms.map(|first_token| format!("first token after {}", ms(first_token))));
    if stage.prompt_tokens > 0 {
        let StageTiming { prompt_tokens, cached_tokens, completion_tokens, .. } = stage;
        lines.push(format!(
            "{prompt_tokens} prompt tokens, {cached_tokens} of them reused; {completion_tokens} written"
        ));
    }
    lines.extend((stage.attempts > 1).then(|| format!("{} attempts", stage.attempts)));
    lines.extend(stage.error.as_ref().map(|error| format!("{}: {}", error.code, error.message)));
    Some(lines.join("\n"))
}

/// What the parts leave of the stage's total.
fn rest(stage: &StageTiming) -> f64 {
    let parts = PARTS.len() - 1;
    let known: f64 =
        PARTS[..parts].iter().map(|(_, ms, _)| ms(stage)).filter(|ms| chart::drawable(*ms)).sum();
    stage.total_ms - known
}

/// A part of less than a microsecond is the rounding of its neighbours.
fn is_visible(ms: f64) -> bool {
    ms >= 0.001 && chart::drawable(ms)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_parts_of_a_stage_end_where_it_ends() {
        let stage = StageTiming {
            start_ms: 100.0,
            queue_ms: 5.0,
            prefill_ms: 20.0,
            decode_ms: 70.0,
            total_ms: 100.0,
            ..StageTiming::default()
        };
        let stretches = stretches(&stage, &Colours::of_theme(false).parts);
        let parts: Vec<(&str, f64, f64)> =
            stretches.iter().map(|stretch| (stretch.part, stretch.start_ms, stretch.ms)).collect();
        assert_eq!(
            parts,
            [("queue", 100.0, 5.0), ("prefill", 105.0, 20.0), ("decode", 125.0, 70.0), ("rest", 195.0, 5.0)]
        );
    }

    #[test]
    fn parts_that_are_no_durations_are_left_out() {
        let stage = StageTiming {
            start_ms: f64::NAN,
            decode_ms: f64::INFINITY,
            prefill_ms: -3.0,
            total_ms: f64::NAN,
            ..StageTiming::default()
        };
        assert!(stretches(&stage, &Colours::of_theme(false).parts).is_empty());
    }
}
