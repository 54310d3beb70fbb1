//! What the caches did over time: which share of look-ups each tier answered, and beneath it how many
//! look-ups that share stands on, because nine of ten and nine hundred of a thousand look the same.

use egui::{Color32, Ui};
use sextant_domain::{CachePoint, CacheTier, Performance};

use crate::chart::{self, Entry};
use crate::series::{self, Series, Stack, by_time};
use crate::theme::Colours;
use crate::time_axis::Span;
use crate::words::{self, Unit};
use crate::{Plot, View};

const COUNTS: [&str; 3] = ["hits", "misses", "evictions"];

pub(crate) fn has_data(data: &Performance) -> bool {
    data.caches.iter().any(|cache| !cache.points.is_empty())
}

pub(crate) fn show(ui: &mut Ui, data: &Performance, view: &mut View) {
    let Some(span) = Span::of(data).filter(|_| has_data(data)) else {
        chart::empty(
            ui,
            "No cache was asked in this time.\nAsk for the same recommendation twice, or choose a longer time.",
        );
        return;
    };
    let colours = Colours::of(ui);
    let lookups = [colours.lookups.hits, colours.lookups.misses, colours.lookups.evictions];
    let tiers = data
        .caches
        .iter()
        .enumerate()
        .map(|(index, cache)| Entry::new(format!("{}, share", name(cache.tier)), colours.series(index)));
    let counts = COUNTS.iter().zip(lookups).map(|(name, colour)| Entry::new(*name, colour));
    let entries: Vec<Entry> = tiers.chain(counts).collect();
    chart::legend(ui, Plot::Caches, &entries, view);

    let tiers: Vec<Series<CachePoint>> = data
        .caches
        .iter()
        .zip(&entries)
        .filter(|(_, entry)| view.is_shown(Plot::Caches, &entry.name))
        .map(|(cache, entry)| Series {
            name: name(cache.tier),
            colour: entry.colour,
            points: by_time(&cache.points, span, |point| point.at_ms),
        })
        .collect();
    let shown: [Option<Color32>; 3] =
        std::array::from_fn(|index| view.is_shown(Plot::Caches, COUNTS[index]).then_some(lookups[index]));
    chart::halves(
        ui,
        "Share of look-ups answered",
        "Look-ups and evictions, all tiers",
        |ui, is_upper, height| {
            if is_upper { shares(ui, span, &tiers, height) } else { events(ui, span, &tiers, shown, height) }
        },
    );
}

fn shares(ui: &mut Ui, span: Span, tiers: &[Series<'_, CachePoint>], height: f32) {
    chart::over_time(ui, "cache_share", span, Unit::Share, hover(tiers, span)).height(height).show(
        ui,
        |plot| {
            for tier in tiers {
                let points: Vec<[f64; 2]> = chart::visible(&tier.points, |(at_ms, _)| *at_ms, plot)
                    .iter()
                    .filter_map(|(at_ms, point)| Some([*at_ms, share(point)?]))
                    .collect();
                series::line(plot, &points, tier.colour);
            }
            // A share has the same height in every window: from none to all.
            chart::headroom(plot, -0.06);
            chart::headroom(plot, 1.06);
        },
    );
}

fn events(
    ui: &mut Ui,
    span: Span,
    tiers: &[Series<'_, CachePoint>],
    shown: [Option<Color32>; 3],
    height: f32,
) {
    let mut stacks: Vec<(f64, [f64; 3])> = tiers
        .iter()
        .flat_map(|tier| &tier.points)
        .map(|(at_ms, point)| (*at_ms, [point.hits, point.misses, point.evictions].map(words::float)))
        .collect();
    stacks.sort_by(|one, other| one.0.total_cmp(&other.0));
    stacks.dedup_by(|later, kept| {
        let same = later.0.total_cmp(&kept.0).is_eq();
        if same {
            kept.1.iter_mut().zip(later.1).for_each(|(sum, value)| *sum += value);
        }
        same
    });
    let stacks: Vec<Stack<3>> = stacks.into_iter().map(|(at_ms, values)| Stack::new(at_ms, values)).collect();
    chart::over_time(ui, "cache_events", span, Unit::Count, hover(tiers, span))
        .height(height)
        .show(ui, |plot| series::bars(plot, span, &stacks, shown));
}

fn hover(tiers: &[Series<'_, CachePoint>], span: Span) -> impl Fn(f64) -> Option<String> {
    move |at_ms| series::under_pointer(tiers, span, at_ms, |point| Some(written(point)))
}

fn written(point: &CachePoint) -> String {
    let share = share(point).map_or_else(|| "no look-up".to_owned(), |share| Unit::Share.written(share));
    let hits = words::counted(point.hits, "hit", "hits");
    let misses = words::counted(point.misses, "miss", "misses");
    let evictions = words::counted(point.evictions, "eviction", "evictions");
    format!("{share}, {hits}, {misses}, {evictions}")
}

/// `None` where nobody looked anything up.
fn share(point: &CachePoint) -> Option<f64> {
    let (hits, misses) = (words::float(point.hits), words::float(point.misses));
    (hits + misses > 0.0).then(|| hits / (hits + misses))
}

/// The tier's own name in small letters: `Answer` is `answer`, `PromptPrefix` would be `prompt prefix`.
fn name(tier: CacheTier) -> String {
    let mut name = String::new();
    for character in format!("{tier:?}").chars() {
        if character.is_uppercase() && !name.is_empty() {
            name.push(' ');
        }
        name.extend(character.to_lowercase());
    }
    name
}
