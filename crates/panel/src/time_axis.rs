//! The time axis that all plots over time share: its span, where its marks stand, how they are written.
//!
//! Times are UTC and written as such once, in [`caption`]; what the labels say doesn't depend on the
//! machine's time zone or language, so that a picture means the same to whoever gets it.

use std::ops::RangeInclusive;

use egui_plot::{GridInput, GridMark};
use sextant_domain::Performance;

use crate::words;

const SECOND: f64 = 1_000.0;
const MINUTE: f64 = 60.0 * SECOND;
const HOUR: f64 = 60.0 * MINUTE;
const DAY: f64 = 24.0 * HOUR;

/// Distances between marks that fall on round times of day; beyond the last one, whole multiples of it.
const STEPS: [f64; 20] = [
    SECOND,
    5.0 * SECOND,
    10.0 * SECOND,
    30.0 * SECOND,
    MINUTE,
    2.0 * MINUTE,
    5.0 * MINUTE,
    10.0 * MINUTE,
    15.0 * MINUTE,
    30.0 * MINUTE,
    HOUR,
    2.0 * HOUR,
    3.0 * HOUR,
    6.0 * HOUR,
    12.0 * HOUR,
    DAY,
    2.0 * DAY,
    7.0 * DAY,
    28.0 * DAY,
    364.0 * DAY,
];

/// The widest label, `Nov 21 2026`, and the room around it.
const LABEL_POINTS: f64 = 76.0;

/// Which share of the axis at each end has no label.
const EDGE: f64 = 0.035;

/// What an axis shows at least.
const LEAST_BUCKETS: f64 = 8.0;

/// No calendar is written beyond this: the limit of ECMAScript's dates, about 270,000 years.
const LAST_MS: f64 = 8.64e15;

/// What the time axis shows where nobody has zoomed.
#[derive(Debug, Clone, Copy, PartialEq)]
#[expect(clippy::struct_field_names, reason = "the unit belongs to each name")]
pub(crate) struct Span {
    pub(crate) begin_ms: f64,
    pub(crate) end_ms: f64,
    /// The width of one point, made positive.
    pub(crate) bucket_ms: f64,
}

impl Span {
    /// `None` where the window isn't one: an end that isn't a number, or lies before the beginning. A
    /// window of no length is widened to a bucket.
    pub(crate) fn of(data: &Performance) -> Option<Self> {
        let within = |ms: f64| ms.is_finite() && ms.abs() <= LAST_MS;
        if !within(data.since_ms) || !within(data.until_ms) || data.until_ms < data.since_ms {
            return None;
        }
        let width = data.until_ms - data.since_ms;
        let bucket_ms = if data.bucket_ms.is_finite() && data.bucket_ms > 0.0 && data.bucket_ms <= LAST_MS {
            data.bucket_ms
        } else {
            (width / 60.0).max(SECOND)
        };
        let end_ms = if width > 0.0 { data.until_ms } else { data.since_ms + bucket_ms };
        let begin_ms = filled_from(data, bucket_ms).unwrap_or(data.since_ms);
        Some(Self { begin_ms, end_ms, bucket_ms })
    }

    /// The middle of the bucket that begins there; `None` for a bucket outside of the span, which would
    /// pull the axis with it.
    pub(crate) fn centre(&self, at_ms: f64) -> Option<f64> {
        let within = at_ms > self.begin_ms - self.bucket_ms && at_ms <= self.end_ms;
        within.then(|| (at_ms + self.bucket_ms / 2.0).clamp(self.begin_ms, self.end_ms))
    }

    /// How far from a bucket's middle the pointer may be to mean it.
    pub(crate) fn reach_ms(&self) -> f64 {
        self.bucket_ms.max((self.end_ms - self.begin_ms) / 80.0)
    }
}

/// Where the axis begins instead when most of the window lies before the first point, as in somebody's first
/// hours: everything would stand at the right edge.
fn filled_from(data: &Performance, bucket_ms: f64) -> Option<f64> {
    let stages = data.stages.iter().flat_map(|stage| stage.points.iter().map(|point| point.at_ms));
    let models = data.models.iter().flat_map(|model| model.points.iter().map(|point| point.at_ms));
    let caches = data.caches.iter().flat_map(|cache| cache.points.iter().map(|point| point.at_ms));
    let outcomes = data.outcomes.iter().map(|point| point.at_ms);
    let first = stages
        .chain(models)
        .chain(caches)
        .chain(outcomes)
        .filter(|at| at.is_finite())
        .min_by(f64::total_cmp)?;
    let begin = (first - bucket_ms).min(data.until_ms - LEAST_BUCKETS * bucket_ms);
    (begin > f64::midpoint(data.since_ms, data.until_ms)).then_some(begin)
}

/// From when to when, in UTC, with how many runs; and whether the order of points can be trusted.
pub(crate) fn caption(data: &Performance) -> String {
    let Some(span) = Span::of(data) else {
        return "The window has no valid beginning and end.".to_owned();
    };
    // The whole window, also where the axis begins later.
    let (begin, end) = (data.since_ms, span.end_ms);
    let until = if date(begin) == date(end) { time_of_day(end, MINUTE) } else { moment(end) };
    let runs = words::counted(data.runs, "run", "runs");
    let mut caption = format!("{} to {until} UTC, {runs}", moment(begin));
    if data.clock_set_back > 0 {
        let times = words::counted(u64::from(data.clock_set_back), "time", "times");
        caption.push_str(". The machine's clock was set back ");
        caption.push_str(&times);
        caption.push_str(", so points may not stand in the order in which things happened.");
    }
    caption
}

/// Marks on round times, at least a label's width apart.
pub(crate) fn marks(input: &GridInput) -> Vec<GridMark> {
    let (begin, end) = input.bounds;
    // A step of one point on the screen, by the grid spacing that `chart` sets.
    let least = input.base_step_size * LABEL_POINTS;
    if !(begin.is_finite() && end.is_finite() && least.is_finite() && least > 0.0 && end > begin) {
        return Vec::new();
    }
    let last = STEPS[STEPS.len() - 1];
    let step = STEPS.into_iter().find(|step| *step >= least).unwrap_or_else(|| (least / last).ceil() * last);
    let first = (begin / step).ceil();
    // `least` bounds their number by the screen's width; the limit is for a screen of absurd width.
    (0..500_u16)
        .map(|index| (first + f64::from(index)) * step)
        .take_while(|value| *value <= end)
        .map(|value| GridMark { value, step_size: step })
        .collect()
}

/// `13:45`, `13:45:10` where marks are seconds apart, `Nov 21` at midnight and where they are days
/// apart, with the year where they are months apart.
/// None at the very ends, where half of it would lie under the value axis or outside of the box.
pub(crate) fn label(mark: GridMark, range: &RangeInclusive<f64>) -> String {
    let (value, step) = (mark.value, mark.step_size);
    let edge = (range.end() - range.start()) * EDGE;
    if value < range.start() + edge || value > range.end() - edge {
        return String::new();
    }
    if step >= 28.0 * DAY {
        calendar(value).map_or_else(String::new, |(year, ..)| format!("{} {year}", date(value)))
    } else if step >= DAY || value.rem_euclid(DAY) == 0.0 {
        date(value)
    } else {
        time_of_day(value, step)
    }
}

/// `Nov 21 13:45`.
pub(crate) fn moment(ms: f64) -> String {
    format!("{} {}", date(ms), time_of_day(ms, MINUTE))
}

fn date(ms: f64) -> String {
    calendar(ms).map_or_else(String::new, |(_, month, day)| format!("{} {day}", month_name(month)))
}

fn time_of_day(ms: f64, step: f64) -> String {
    let seconds = (ms.rem_euclid(DAY) / SECOND).floor();
    let (hour, minute) = ((seconds / 3_600.0).floor(), (seconds / 60.0).floor() % 60.0);
    if step < MINUTE {
        format!("{hour:02}:{minute:02}:{:02}", seconds % 60.0)
    } else {
        format!("{hour:02}:{minute:02}")
    }
}

fn day(ms: f64) -> f64 {
    (ms / DAY).floor()
}

/// Year, month from 1, day from 1; by Howard Hinnant's `civil_from_days` ("chrono-Compatible Low-Level
/// Date Algorithms", 2013), whose years begin in March so that the leap day is a year's last.
fn calendar(ms: f64) -> Option<(i64, i64, i64)> {
    if !ms.is_finite() || ms.abs() > LAST_MS {
        return None;
    }
    #[expect(clippy::cast_possible_truncation, reason = "the bound above leaves about 10^8 days")]
    let days = day(ms) as i64 + 719_468;
    let era = days.div_euclid(146_097);
    let of_era = days.rem_euclid(146_097);
    let year_of_era = (of_era - of_era / 1_460 + of_era / 36_524 - of_era / 146_096) / 365;
    let of_year = of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let shifted = (5 * of_year + 2) / 153;
    let day = of_year - (153 * shifted + 2) / 5 + 1;
    let month = if shifted < 10 { shifted + 3 } else { shifted - 9 };
    Some((year_of_era + era * 400 + i64::from(month <= 2), month, day))
}

fn month_name(month: i64) -> &'static str {
    const NAMES: [&str; 12] =
        ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
    usize::try_from(month - 1).ok().and_then(|index| NAMES.get(index).copied()).unwrap_or("")
}

#[cfg(test)]
mod tests {
    use sextant_domain::OutcomePoint;

    use super::*;

    /// 2026-11-21 13:45:10 UTC.
    const MOMENT: f64 = 1_795_268_710_000.0;

    fn labels(begin: f64, end: f64, points: f64) -> Vec<String> {
        let input = GridInput { bounds: (begin, end), base_step_size: (end - begin) / points };
        let labels = marks(&input).into_iter().map(|mark| label(mark, &(begin..=end)));
        labels.filter(|label| !label.is_empty()).collect()
    }

    #[test]
    fn dates_are_those_of_the_calendar() {
        let check = |ms, expected| assert_eq!(calendar(ms), Some(expected));
        check(0.0, (1970, 1, 1));
        check(-1.0, (1969, 12, 31));
        check(951_782_400_000.0, (2000, 2, 29));
        check(MOMENT, (2026, 11, 21));
        check(LAST_MS, (275_760, 9, 13));
        assert_eq!(calendar(f64::NAN), None);
        assert_eq!(calendar(1e300), None);
    }

    #[test]
    fn labels_follow_the_span() {
        assert_eq!(labels(MOMENT, MOMENT + HOUR, 400.0), ["14:00", "14:15", "14:30"]);
        assert_eq!(labels(MOMENT, MOMENT + 20.0 * SECOND, 400.0), ["13:45:15", "13:45:20", "13:45:25"]);
        assert_eq!(labels(MOMENT, MOMENT + DAY, 400.0), ["18:00", "Nov 22", "06:00", "12:00"]);
        assert_eq!(labels(MOMENT, MOMENT + 4.0 * DAY, 400.0), ["Nov 22", "Nov 23", "Nov 24", "Nov 25"]);
        assert_eq!(labels(MOMENT, MOMENT + 80.0 * DAY, 400.0), ["Dec 17 2026", "Jan 14 2027"]);
    }

    #[test]
    fn no_span_is_too_odd_to_be_drawn() {
        for (begin, end) in [(0.0, 0.0), (1.0, 0.0), (f64::NAN, 1.0), (0.0, f64::INFINITY)] {
            assert!(labels(begin, end, 300.0).is_empty(), "{begin} to {end}");
        }
        assert!(labels(-1e300, 1e300, 300.0).len() <= 500);
        assert!(labels(MOMENT, MOMENT + 1e-3, 300.0).len() <= 1);
        let empty = Performance { since_ms: 5.0, until_ms: 5.0, ..Performance::default() };
        assert!(Span::of(&empty).is_some_and(|span| span.end_ms > span.begin_ms && span.bucket_ms > 0.0));
        let backwards = Performance { since_ms: 5.0, until_ms: 4.0, ..Performance::default() };
        assert_eq!(Span::of(&backwards), None);
    }

    #[test]
    fn the_axis_begins_with_the_points_where_most_of_the_window_is_empty() {
        let at = |first_ms: f64| {
            let outcomes = vec![OutcomePoint { at_ms: first_ms, ..OutcomePoint::default() }];
            let data = Performance {
                since_ms: 0.0,
                until_ms: 24.0 * HOUR,
                bucket_ms: MINUTE,
                outcomes,
                ..Performance::default()
            };
            Span::of(&data).map(|span| span.begin_ms)
        };
        assert_eq!(at(2.0 * HOUR), Some(0.0));
        assert_eq!(at(20.0 * HOUR), Some(20.0 * HOUR - MINUTE));
        // Never narrower than some points.
        assert_eq!(at(24.0 * HOUR), Some(24.0 * HOUR - LEAST_BUCKETS * MINUTE));
        assert_eq!(at(f64::NAN), Some(0.0));
    }

    #[test]
    fn the_caption_says_utc_once_and_that_the_clock_was_set_back() {
        let mut data =
            Performance { since_ms: MOMENT, until_ms: MOMENT + HOUR, runs: 3, ..Performance::default() };
        assert_eq!(caption(&data), "Nov 21 13:45 to 14:45 UTC, 3 runs");
        data.clock_set_back = 1;
        assert!(caption(&data).contains("The machine's clock was set back 1 time,"));
        data.until_ms = f64::NAN;
        assert_eq!(caption(&data), "The window has no valid beginning and end.");
    }
}
