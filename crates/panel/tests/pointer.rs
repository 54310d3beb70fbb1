//! What the pointer does to the panel: values under it, entries taken out, zoom that all time axes
//! follow, and the wheel that stays the page's. Driven through egui's input, read from the texts drawn.

use egui::{Context, Event, Modifiers, MouseWheelUnit, PointerButton, Pos2, Rect, Shape, pos2, vec2};
use sextant_domain::Performance;
use sextant_panel::{Plot, View, sample, show, theme};

/// Inside of the first plot, the stage latency, where the panel has two columns.
const IN_LATENCY: Pos2 = pos2(300.0, 250.0);

/// The panel without a window: frames on demand, with time passing between them.
struct Driven {
    ctx: Context,
    data: Performance,
    view: View,
    time: f64,
}

impl Driven {
    fn new() -> Self {
        let ctx = Context::default();
        theme::install(&ctx, false);
        let mut driven = Self { ctx, data: sample::performance(48), view: View::default(), time: 0.0 };
        for _ in 0..4 {
            driven.frame(Vec::new());
        }
        driven
    }

    /// Every text of the frame, with its place.
    fn frame(&mut self, events: Vec<Event>) -> Vec<(String, Rect)> {
        // Close enough that two clicks, of three frames each, are one double click.
        self.time += 0.04;
        let input = egui::RawInput {
            screen_rect: Some(Rect::from_min_size(Pos2::ZERO, vec2(1_200.0, 1_300.0))),
            time: Some(self.time),
            events,
            ..egui::RawInput::default()
        };
        let mut output = self.ctx.run_ui(input, |ui| show(ui, &self.data, &mut self.view));
        output.textures_delta.clear();
        let mut texts = Vec::new();
        output.shapes.into_iter().for_each(|clipped| collect(clipped.shape, &mut texts));
        texts
    }

    /// The texts once everything has come to rest after these events.
    fn after(&mut self, events: Vec<Event>) -> Vec<String> {
        self.frame(events);
        for _ in 0..6 {
            self.frame(Vec::new());
        }
        self.frame(Vec::new()).into_iter().map(|(text, _)| text).collect()
    }

    fn wheel(&mut self, modifiers: Modifiers) -> Vec<String> {
        self.after(vec![Event::PointerMoved(IN_LATENCY)]);
        self.after(vec![
            Event::ModifiersChanged(modifiers),
            Event::MouseWheel {
                unit: MouseWheelUnit::Point,
                delta: vec2(0.0, 120.0),
                modifiers,
                phase: egui::TouchPhase::Move,
                source: egui::MouseWheelSource::Unknown,
            },
            Event::ModifiersChanged(Modifiers::default()),
        ])
    }

    fn click(&mut self, at: Pos2) -> Vec<String> {
        let button = |pressed| Event::PointerButton {
            pos: at,
            button: PointerButton::Primary,
            pressed,
            modifiers: Modifiers::default(),
        };
        self.frame(vec![Event::PointerMoved(at)]);
        self.frame(vec![button(true)]);
        self.frame(vec![button(false)]).into_iter().map(|(text, _)| text).collect()
    }
}

fn collect(shape: Shape, texts: &mut Vec<(String, Rect)>) {
    match shape {
        Shape::Text(text) => {
            let rect = Rect::from_min_size(text.pos, text.galley.size());
            texts.push((text.galley.text().to_owned(), rect));
        }
        Shape::Vec(shapes) => shapes.into_iter().for_each(|shape| collect(shape, texts)),
        _ => {}
    }
}

/// The labels of all time axes, by how often each stands there.
fn times(texts: &[String]) -> Vec<(String, usize)> {
    let is_time = |text: &&String| text.len() == 5 && text.as_bytes()[2] == b':';
    let mut labels: Vec<String> = texts.iter().filter(is_time).cloned().collect();
    labels.sort();
    let chunks = labels.chunk_by(|one, other| one == other);
    chunks.map(|same| (same[0].clone(), same.len())).collect()
}

#[test]
fn what_is_under_the_pointer_is_named_with_its_units() {
    let mut panel = Driven::new();
    let texts = panel.after(vec![Event::PointerMoved(IN_LATENCY)]);
    let hover = texts.iter().find(|text| text.starts_with("Nov 21 ") && text.contains('\n'));
    let hover = hover.expect("there is a text under the pointer");
    assert_eq!(hover.lines().count(), 6, "a time and five stages: {hover}");
    for word in ["narrative: p50 ", " ms, p95 ", " s, ", "n 12"] {
        assert!(hover.contains(word), "`{word}` is missing: {hover}");
    }
}

#[test]
fn a_click_on_a_legend_entry_takes_it_out_and_the_next_puts_it_back() {
    let mut panel = Driven::new();
    let texts = panel.frame(Vec::new());
    let (_, place) = texts.iter().find(|(text, _)| text == "narrative").expect("the legend names it");
    for is_shown in [false, true] {
        panel.click(place.center());
        assert_eq!(panel.view.is_shown(Plot::Latency, "narrative"), is_shown);
    }
}

#[test]
fn all_time_axes_zoom_together_and_a_double_click_resets_them() {
    let mut panel = Driven::new();
    let before = times(&panel.after(Vec::new()));
    // Latency, two of the caches, two of the speed, the outcomes.
    assert!(before.iter().all(|(_, count)| *count == 6), "{before:?}");

    let zoomed = times(&panel.wheel(Modifiers::CTRL));
    assert_ne!(zoomed, before);
    assert!(zoomed.iter().all(|(_, count)| *count == 6), "{zoomed:?}");

    panel.click(IN_LATENCY);
    panel.click(IN_LATENCY);
    assert_eq!(times(&panel.after(Vec::new())), before);
}

#[test]
fn the_wheel_alone_is_the_pages() {
    let mut panel = Driven::new();
    let before = times(&panel.after(Vec::new()));
    assert_eq!(times(&panel.wheel(Modifiers::default())), before);
}

#[test]
fn the_window_moves_on_where_nobody_has_zoomed() {
    let mut panel = Driven::new();
    let hour_ms = 3_600_000.0;
    panel.data.since_ms += hour_ms;
    panel.data.until_ms += hour_ms;
    let moved = times(&panel.after(Vec::new()));
    assert!(moved.iter().any(|(label, count)| label == "13:00" && *count == 6), "{moved:?}");
}

#[test]
fn the_panel_says_how_tall_it_is() {
    let tall = Driven::new().view.height();
    assert!((1_000.0..1_300.0).contains(&tall), "{tall}");
}
