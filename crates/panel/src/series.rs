//! Series over time: lines with their dots, and bars that stand on each other. What is denser than the
//! screen is thinned here (see `downsample`), so that a plot needn't know how many points it was given.

use egui::{Color32, Stroke};
use egui_plot::{Bar, BarChart, Line, PlotUi, Points};

use crate::time_axis::{self, Span};
use crate::{chart, downsample};

/// Dots closer than this hide the line instead of showing where there are samples.
const DOT_POINTS: f64 = 7.0;
const BAR_POINTS: f64 = 3.0;

/// What one line, band or layer of counts is made of.
pub(crate) struct Series<'d, T> {
    pub(crate) name: String,
    pub(crate) colour: Color32,
    /// The middles of their buckets, in the order of time.
    pub(crate) points: Vec<(f64, &'d T)>,
}

/// What one bucket adds to each layer of a stack.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Stack<const LAYERS: usize> {
    begin_ms: f64,
    end_ms: f64,
    values: [f64; LAYERS],
}

impl<const LAYERS: usize> Stack<LAYERS> {
    pub(crate) fn new(at_ms: f64, values: [f64; LAYERS]) -> Self {
        Self { begin_ms: at_ms, end_ms: at_ms, values }
    }

    fn add(&mut self, later: &Self) {
        self.end_ms = later.end_ms;
        self.values.iter_mut().zip(later.values).for_each(|(sum, value)| *sum += value);
    }
}

/// The points in the order of time, each with the middle of its bucket; those outside of the span are
/// left out. A clock that was set back leaves points out of order, which no line can be drawn through.
pub(crate) fn by_time<T>(points: &[T], span: Span, at_ms: impl Fn(&T) -> f64) -> Vec<(f64, &T)> {
    let mut timed: Vec<(f64, &T)> =
        points.iter().filter_map(|point| Some((span.centre(at_ms(point))?, point))).collect();
    timed.sort_by(|one, other| one.0.total_cmp(&other.0));
    timed
}

/// The time under the pointer, and a line for each series that has a bucket there.
pub(crate) fn under_pointer<T>(
    all: &[Series<'_, T>],
    span: Span,
    at_ms: f64,
    written: impl Fn(&T) -> Option<String>,
) -> Option<String> {
    let mut text = String::new();
    for series in all {
        let near = chart::nearest(&series.points, |(at_ms, _)| *at_ms, at_ms, span.reach_ms());
        if let Some((bucket_ms, point)) = near
            && let Some(figures) = written(point)
        {
            if text.is_empty() {
                text = time_axis::moment(bucket_ms - span.bucket_ms / 2.0);
            }
            text.extend(["\n", &series.name, ": ", &figures]);
        }
    }
    (!text.is_empty()).then_some(text)
}

/// The plot's width on the screen.
pub(crate) fn width(plot: &PlotUi<'_>) -> f64 {
    f64::from(plot.transform().frame().width()).max(1.0)
}

/// How many things of this width fit beside each other.
pub(crate) fn fitting(plot: &PlotUi<'_>, each_points: f64) -> usize {
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a screen's width is small")]
    let count = (width(plot) / each_points).clamp(1.0, 16_384.0) as usize;
    count
}

/// A line through the points, with a dot at each where there is room.
pub(crate) fn line(plot: &mut PlotUi<'_>, points: &[[f64; 2]], colour: Color32) {
    let kept = downsample::min_max(points, fitting(plot, 1.0));
    if kept.len() <= fitting(plot, DOT_POINTS) {
        plot.points(Points::new("", kept.clone()).radius(2.2).color(colour).allow_hover(false));
    }
    plot.line(Line::new("", kept).color(colour).width(1.6).allow_hover(false));
}

/// Bars of stacked layers, the first at the bottom; a layer without a colour isn't drawn.
pub(crate) fn bars<const LAYERS: usize>(
    plot: &mut PlotUi<'_>,
    span: Span,
    stacks: &[Stack<LAYERS>],
    colours: [Option<Color32>; LAYERS],
) {
    let seen = chart::visible(stacks, |stack| stack.begin_ms, plot);
    let (groups, size) = downsample::merged(seen, fitting(plot, BAR_POINTS), Stack::add);
    let least = plot.plot_bounds().width() / width(plot) * (BAR_POINTS - 1.0);
    let thickness = (span.bucket_ms * crate::words::float(size as u64) * 0.8).max(least);
    let mut drawn = Vec::new();
    let mut highest = 0.0_f64;
    for group in &groups {
        let middle = f64::midpoint(group.begin_ms, group.end_ms);
        let mut top = 0.0;
        for (value, colour) in group.values.iter().zip(colours) {
            if let Some(colour) = colour
                && *value > 0.0
            {
                let bar = Bar::new(middle, *value)
                    .base_offset(top)
                    .width(thickness)
                    .fill(colour)
                    .stroke(Stroke::NONE);
                drawn.push(bar);
                top += value;
            }
        }
        highest = highest.max(top);
    }
    // A chart without a colour is given one of egui's own; its bars have theirs.
    plot.bar_chart(BarChart::new("", drawn).color(Color32::WHITE).allow_hover(false));
    chart::headroom(plot, (highest * 1.12).max(1.0));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn points_are_put_in_the_order_of_time_and_strays_are_left_out() {
        let span = Span { begin_ms: 100.0, end_ms: 200.0, bucket_ms: 10.0 };
        let points = [150.0, 110.0, f64::NAN, 500.0, -1e300];
        let timed = by_time(&points, span, |at| *at);
        assert_eq!(timed, [(115.0, &110.0), (155.0, &150.0)]);
    }
}
