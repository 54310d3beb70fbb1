//! Fewer points for the same picture: a series longer than the screen is wide is cut into buckets, and
//! of each bucket what sticks out most stays.
//!
//! [`min_max`] is the method `MinMax` as Jugel, Jerzak, Hackenbroich and Markl describe it ("M4: A
//! Visualization-Oriented Time Series Data Aggregation", VLDB 2014, section 4): it keeps every peak,
//! which averaging and picking every n-th point do not. Its first and last point are those of the series,
//! so a line still begins and ends where it did. Points are expected in the order of their x.

/// The points with a finite x and y, and of each of `buckets` equal stretches only the lowest and the
/// highest, in the order in which they stood. At most `2 * buckets + 2` points; a series that has no more
/// than `2 * buckets` comes back as it is.
#[must_use]
pub fn min_max(points: &[[f64; 2]], buckets: usize) -> Vec<[f64; 2]> {
    let finite = || points.iter().copied().filter(|point| point.iter().all(|value| value.is_finite()));
    let count = finite().count();
    let buckets = buckets.max(1);
    if count <= buckets.saturating_mul(2) {
        return finite().collect();
    }
    let mut kept = Vec::with_capacity(2 * buckets + 2);
    let mut extremes: Option<Extremes> = None;
    let mut bucket = 0;
    for (index, point) in finite().enumerate() {
        if index == 0 || index + 1 == count {
            // The last bucket's extremes stand before the last point.
            kept.extend(extremes.take().into_iter().flat_map(Extremes::in_order));
            kept.push(point);
            continue;
        }
        let at = bucket_of(index, count, buckets);
        if at != bucket {
            kept.extend(extremes.take().into_iter().flat_map(Extremes::in_order));
            bucket = at;
        }
        extremes =
            Some(extremes.map_or_else(|| Extremes::of(index, point), |found| found.with(index, point)));
    }
    kept
}

/// Neighbours merged until at most `groups` are left, each of the same number of items; what has fewer
/// stays as it is. Says too how many items make one group.
pub(crate) fn merged<T: Clone>(items: &[T], groups: usize, merge: impl Fn(&mut T, &T)) -> (Vec<T>, usize) {
    let size = items.len().div_ceil(groups.max(1)).max(1);
    let merged = items
        .chunks(size)
        .filter_map(|chunk| {
            let (first, rest) = chunk.split_first()?;
            let mut group = first.clone();
            for item in rest {
                merge(&mut group, item);
            }
            Some(group)
        })
        .collect();
    (merged, size)
}

fn bucket_of(index: usize, count: usize, buckets: usize) -> usize {
    // In 128 bits the product can't overflow, however long the series.
    usize::try_from(index as u128 * buckets as u128 / count as u128).unwrap_or(buckets - 1)
}

/// The lowest and the highest point of one bucket, with their places in the series.
#[derive(Clone, Copy)]
struct Extremes {
    lowest: (usize, [f64; 2]),
    highest: (usize, [f64; 2]),
}

impl Extremes {
    fn of(index: usize, point: [f64; 2]) -> Self {
        Self { lowest: (index, point), highest: (index, point) }
    }

    fn with(self, index: usize, point: [f64; 2]) -> Self {
        Self {
            lowest: if point[1] < self.lowest.1[1] { (index, point) } else { self.lowest },
            highest: if point[1] > self.highest.1[1] { (index, point) } else { self.highest },
        }
    }

    fn in_order(self) -> impl Iterator<Item = [f64; 2]> {
        let (first, second) = if self.lowest.0 <= self.highest.0 {
            (self.lowest, self.highest)
        } else {
            (self.highest, self.lowest)
        };
        // A bucket of one point, or of equal ones, has one extreme.
        [Some(first.1), (first.0 != second.0).then_some(second.1)].into_iter().flatten()
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn range(points: &[[f64; 2]]) -> (f64, f64) {
        points
            .iter()
            .filter(|point| point.iter().all(|value| value.is_finite()))
            .fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), [_, y]| (low.min(*y), high.max(*y)))
    }

    #[test]
    fn one_peak_and_one_trough_among_ten_million_points_survive() {
        let mut points: Vec<[f64; 2]> = (0..10_000_000).map(|x| [f64::from(x), 1.0]).collect();
        points[7_654_321][1] = 100.0;
        points[1_234_567][1] = -100.0;
        let kept = min_max(&points, 500);
        assert!(kept.len() <= 1002, "{}", kept.len());
        assert!(kept.contains(&[7_654_321.0, 100.0]));
        assert!(kept.contains(&[1_234_567.0, -100.0]));
        assert!(kept.is_sorted_by(|left, right| left[0] < right[0]));
    }

    #[test]
    fn what_is_not_finite_is_dropped() {
        let points =
            [[0.0, 1.0], [1.0, f64::NAN], [f64::INFINITY, 2.0], [3.0, f64::NEG_INFINITY], [4.0, 5.0]];
        assert_eq!(min_max(&points, 100), [[0.0, 1.0], [4.0, 5.0]]);
        assert_eq!(min_max(&[[f64::NAN, f64::NAN]; 9], 1), Vec::<[f64; 2]>::new());
    }

    #[test]
    fn a_series_shorter_than_the_buckets_stays_as_it_is() {
        let points = [[0.0, 3.0], [1.0, 1.0], [2.0, 2.0]];
        assert_eq!(min_max(&points, 2), points);
        assert_eq!(min_max(&[], 0), Vec::<[f64; 2]>::new());
    }

    #[test]
    fn merging_loses_nothing_of_a_sum() {
        let (groups, size) = merged(&[1, 2, 3, 4, 5], 2, |sum, next| *sum += next);
        assert_eq!((groups, size), (vec![6, 9], 3));
        assert_eq!(merged(&[1, 2], 9, |sum, next| *sum += next), (vec![1, 2], 1));
        assert_eq!(merged(&[], 0, |sum: &mut i32, next| *sum += next), (vec![], 1));
    }

    proptest! {
        #[test]
        fn the_range_the_ends_and_the_bound_hold(
            values in prop::collection::vec(
                prop_oneof![8 => -1e12_f64..1e12, 1 => Just(f64::NAN), 1 => Just(f64::INFINITY)],
                0..2_000,
            ),
            buckets in 0_usize..60,
        ) {
            let points: Vec<[f64; 2]> =
                values.iter().enumerate().map(|(x, y)| [f64::from(u32::try_from(x).unwrap_or(0)), *y]).collect();
            let finite: Vec<[f64; 2]> = points.iter().copied().filter(|[_, y]| y.is_finite()).collect();
            let kept = min_max(&points, buckets);
            prop_assert!(kept.len() <= 2 * buckets.max(1) + 2);
            prop_assert_eq!(range(&kept), range(&points));
            prop_assert_eq!(kept.first(), finite.first());
            prop_assert_eq!(kept.last(), finite.last());
            prop_assert!(kept.is_sorted_by(|left, right| left[0] < right[0]));
            prop_assert!(kept.iter().all(|point| finite.contains(point)));
        }
    }
}
