//! What every plot of the panel has in common: heading, legend, the sentence where there is nothing to
//! draw, axes, zoom and hover texts. A plot's own file holds only what it draws.
//!
//! `egui_plot`'s own legend lies over the data and its hover text knows one item at a time, so both are
//! made here: the legend stands above the plot, and the text names all that is under the pointer.

use std::ops::RangeInclusive;

use egui::text::LayoutJob;
use egui::{
    Align, Align2, Color32, FontId, Id, Label, Margin, Rect, RichText, Role, Sense, Stroke, StrokeKind,
    TextStyle, Ui, Vec2, WidgetInfo, vec2,
};
use egui_plot::{AxisHints, GridInput, GridMark, HLine, HoverPosition, PlotUi};

use crate::theme::Colours;
use crate::time_axis::{self, Span};
use crate::words::{self, Unit};
use crate::{Plot, View};

/// Names longer than this are cut in legends and on axes; the hover text has them whole.
pub(crate) const NAME_CHARACTERS: usize = 30;

const SWATCH: f32 = 9.0;

/// One thing that a plot draws, as its legend names it.
#[derive(Debug, Clone)]
pub(crate) struct Entry {
    pub(crate) name: String,
    pub(crate) colour: Color32,
}

impl Entry {
    pub(crate) fn new(name: impl Into<String>, colour: Color32) -> Self {
        Self { name: name.into(), colour }
    }
}

/// The box around one plot, with its heading and what stands below it.
pub(crate) fn section(ui: &mut Ui, heading: &str, caption: Option<&str>, contents: impl FnOnce(&mut Ui)) {
    let colours = Colours::of(ui);
    egui::Frame::new()
        .fill(colours.surface)
        .stroke(Stroke::new(1.0, colours.line))
        .corner_radius(6)
        .inner_margin(Margin { left: 12, right: 14, top: 10, bottom: 8 })
        .show(ui, |ui| {
            ui.label(RichText::new(heading).text_style(TextStyle::Heading));
            if let Some(caption) = caption {
                muted(ui, caption);
            }
            contents(ui);
            // What is left belongs to the box, or boxes of one row would end at different heights.
            ui.expand_to_include_rect(ui.max_rect());
        });
}

pub(crate) fn muted(ui: &mut Ui, text: &str) {
    ui.add(Label::new(RichText::new(text).small().color(Colours::of(ui).text_2)).wrap());
}

/// The sentences in place of a plot, one a line: what is missing, and what to do about it.
pub(crate) fn empty(ui: &mut Ui, sentences: &str) {
    let rect = ui.available_rect_before_wrap();
    let colour = Colours::of(ui).text_2;
    let mut job =
        LayoutJob::simple(sentences.to_owned(), TextStyle::Body.resolve(ui.style()), colour, rect.width());
    job.halign = Align::Center;
    let galley = ui.painter().layout_job(job);
    let top = rect.center_top() + vec2(0.0, ((rect.height() - galley.size().y) / 2.0).max(0.0));
    ui.painter().galley(top, galley, colour);
    ui.allocate_rect(rect, Sense::hover()).widget_info(|| WidgetInfo::labeled(Role::Label, true, sentences));
}

/// A row of names with their colours; a click takes an entry out of the plot or puts it back.
pub(crate) fn legend(ui: &mut Ui, plot: Plot, entries: &[Entry], view: &mut View) {
    ui.horizontal_wrapped(|ui| {
        ui.spacing_mut().item_spacing = vec2(12.0, 2.0);
        for entry in entries {
            let shown = view.is_shown(plot, &entry.name);
            if legend_entry(ui, entry, shown) {
                view.toggle(plot, &entry.name);
            }
        }
    });
    ui.add_space(2.0);
}

/// Whether it was clicked.
fn legend_entry(ui: &mut Ui, entry: &Entry, shown: bool) -> bool {
    let colours = Colours::of(ui);
    let font = TextStyle::Small.resolve(ui.style());
    let short = words::shortened(&entry.name, NAME_CHARACTERS);
    let colour = if shown { colours.text_2 } else { colours.text_3 };
    let galley = ui.painter().layout_no_wrap(short.clone(), font, colour);
    let size = vec2(SWATCH + 5.0 + galley.size().x, galley.size().y.max(16.0));
    let (rect, response) = ui.allocate_exact_size(size, Sense::click());
    let swatch = Rect::from_center_size(rect.left_center() + vec2(SWATCH / 2.0, 0.0), Vec2::splat(SWATCH));
    if shown {
        ui.painter().rect_filled(swatch, 2.0, entry.colour);
    } else {
        ui.painter().rect_stroke(swatch, 2.0, Stroke::new(1.0, colours.line_strong), StrokeKind::Inside);
    }
    let text = Align2::LEFT_CENTER.anchor_size(rect.left_center() + vec2(SWATCH + 5.0, 0.0), galley.size());
    let middle = text.center().y;
    ui.painter().galley(text.min, galley, colour);
    if !shown {
        ui.painter().hline(text.x_range(), middle, Stroke::new(1.0, colours.text_3));
    }
    response.widget_info(|| WidgetInfo::selected(Role::CheckBox, true, shown, &entry.name));
    let clicked = response.clicked();
    let hint = if shown { "click to hide" } else { "click to show" };
    response.on_hover_cursor(egui::CursorIcon::PointingHand).on_hover_text(if short == entry.name {
        hint.to_owned()
    } else {
        format!("{}\n{hint}", entry.name)
    });
    clicked
}

/// A plot over time. Its time axis moves with those of all others; `hover` is asked for the text at a time.
pub(crate) fn over_time<'a>(
    ui: &Ui,
    name: &str,
    span: Span,
    unit: Unit,
    hover: impl Fn(f64) -> Option<String> + 'a,
) -> egui_plot::Plot<'a> {
    let group = Id::unique("sextant-panel-time");
    let axis = axis_hints(ui, AxisHints::new_x()).formatter(time_axis::label);
    framed(ui, name)
        .link_axis(group, [true, false])
        .link_cursor(group, [true, false])
        .include_x(span.begin_ms)
        .include_x(span.end_ms)
        .include_y(0.0)
        .allow_zoom([true, false])
        .allow_drag([true, false])
        .x_grid_spacer(|input| time_axis::marks(&input))
        .custom_x_axes(vec![axis])
        .custom_y_axes(vec![value_axis(ui, AxisHints::new_y(), unit).min_thickness(52.0)])
        .label_formatter(move |position| hover(place(position)[0]))
}

/// A plot of horizontal bars: values to the right, names downwards, the first at zero, the next at minus
/// one. `hover` is asked for the text at a value and a row.
pub(crate) fn in_rows<'a>(
    ui: &Ui,
    name: &str,
    rows: Vec<String>,
    unit: Unit,
    hover: impl Fn(f64, usize) -> Option<String> + 'a,
) -> egui_plot::Plot<'a> {
    let count = rows.len();
    let bottom = 0.5 - words::float(count as u64);
    let names =
        axis_hints(ui, AxisHints::new_y()).formatter(move |mark: GridMark, _: &RangeInclusive<f64>| {
            row_at(mark.value, count).and_then(|row| rows.get(row).cloned()).unwrap_or_default()
        });
    framed(ui, name)
        .include_x(0.0)
        .include_y(0.5)
        .include_y(bottom)
        .show_grid([true, false])
        .y_grid_spacer(move |_| {
            (0..count).map(|row| GridMark { value: -words::float(row as u64), step_size: 1.0 }).collect()
        })
        .custom_x_axes(vec![value_axis(ui, AxisHints::new_x(), unit)])
        .custom_y_axes(vec![names])
        .label_formatter(move |position| {
            let [value, row] = place(position);
            hover(value, row_at(row, count)?)
        })
}

/// Draws nothing, and makes the value axis reach this far: room between the data and the edge.
pub(crate) fn headroom(plot: &mut PlotUi<'_>, edge: f64) {
    if edge.is_finite() {
        plot.hline(HLine::new("", edge).width(0.0).color(Color32::TRANSPARENT).allow_hover(false));
    }
}

/// A duration, a rate or a count that can be drawn: neither negative nor beyond what an axis can show.
pub(crate) fn drawable(value: f64) -> bool {
    // A plot's margins and steps are computed from its bounds, and must not overflow.
    (0.0..1e15).contains(&value)
}

/// Of points in the order of time, those that can be seen, and one more on each side so that a line
/// leaves the picture where it should.
pub(crate) fn visible<'p, T>(points: &'p [T], x: impl Fn(&T) -> f64, plot: &PlotUi<'_>) -> &'p [T] {
    let range = plot.plot_bounds().range_x();
    let begin = points.partition_point(|point| x(point) < *range.start()).saturating_sub(1);
    let end = points.partition_point(|point| x(point) <= *range.end()).saturating_add(1).min(points.len());
    points.get(begin..end).unwrap_or_default()
}

/// The point nearest to a time, if it's near enough to be meant.
pub(crate) fn nearest<T>(points: &[T], x: impl Fn(&T) -> f64, at: f64, reach: f64) -> Option<&T> {
    let after = points.partition_point(|point| x(point) < at);
    [after.checked_sub(1), Some(after)]
        .into_iter()
        .flatten()
        .filter_map(|index| points.get(index))
        .filter(|point| (x(point) - at).abs() <= reach)
        .min_by(|one, other| (x(one) - at).abs().total_cmp(&(x(other) - at).abs()))
}

/// How tall a box without a plot is.
pub(crate) const EMPTY_HEIGHT: f32 = 130.0;

/// Two plots of one box above each other, each under its own title. They are drawn by the same function,
/// which hears whether it's the upper one, and how tall.
pub(crate) fn halves(ui: &mut Ui, upper: &str, lower: &str, mut draw: impl FnMut(&mut Ui, bool, f32)) {
    let title = 18.0;
    let height = (ui.available_height() / 2.0 - title - ui.spacing().item_spacing.y * 2.0).max(48.0);
    for (is_upper, text) in [(true, upper), (false, lower)] {
        muted(ui, text);
        draw(ui, is_upper, height);
    }
}

fn framed<'a>(ui: &Ui, name: &str) -> egui_plot::Plot<'a> {
    let colours = Colours::of(ui);
    egui_plot::Plot::new(name)
        // Global, so that a plot keeps its place when the panel changes from one column to two.
        .id(Id::unique(("sextant-panel", name)))
        .set_margin_fraction(Vec2::ZERO)
        .min_size(vec2(64.0, 48.0))
        .show_background(false)
        .grid_color(colours.line)
        // A mark is where the spacers below put it: none fades, none is left out.
        .grid_spacing(1.0..=2.0)
        .cursor_color(colours.line_strong)
        // The wheel belongs to the page; with Ctrl, or by pinching, it zooms.
        .allow_scroll(false)
        .y_grid_spacer(|input| value_marks(&input, 34.0))
        .x_grid_spacer(|input| value_marks(&input, 70.0))
}

fn axis_hints<'a>(ui: &Ui, hints: AxisHints<'a>) -> AxisHints<'a> {
    hints
        .label_spacing(1.0..=2.0)
        .tick_label_color(Colours::of(ui).text_2)
        .tick_label_font(FontId::proportional(11.0))
}

fn value_axis<'a>(ui: &Ui, hints: AxisHints<'a>, unit: Unit) -> AxisHints<'a> {
    axis_hints(ui, hints).formatter(move |mark: GridMark, _: &RangeInclusive<f64>| {
        // What a count can't be isn't written beside the axis.
        let halved = unit == Unit::Count && mark.value.fract() != 0.0;
        if halved || mark.value < 0.0 { String::new() } else { unit.on_axis(mark.value) }
    })
}

/// Marks at 1, 2 or 5 times a power of ten, at least so many points apart.
fn value_marks(input: &GridInput, least_points: f64) -> Vec<GridMark> {
    let (begin, end) = input.bounds;
    let least = input.base_step_size * least_points;
    if !(begin.is_finite() && end.is_finite() && least.is_finite() && least > 0.0) {
        return Vec::new();
    }
    let power = 10_f64.powf(least.log10().floor());
    let step = [1.0, 2.0, 5.0, 10.0].map(|times| times * power).into_iter().find(|step| *step >= least);
    let step = step.unwrap_or(10.0 * power);
    let first = (begin / step).ceil();
    (0..200_u16)
        .map(|index| (first + f64::from(index)) * step)
        .take_while(|value| *value <= end)
        .map(|value| GridMark { value, step_size: step })
        .collect()
}

fn place(position: &HoverPosition<'_>) -> [f64; 2] {
    let (HoverPosition::NearDataPoint { position, .. } | HoverPosition::Elsewhere { position }) = position;
    [position.x, position.y]
}

/// The row drawn at this height.
fn row_at(y: f64, rows: usize) -> Option<usize> {
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "a float is clamped by the cast"
    )]
    let row = (-y).round().max(0.0) as usize;
    (y < 0.5 && row < rows).then_some(row)
}
