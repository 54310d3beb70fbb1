//! The product of rows with a matrix, for a few rows.
//!
//! A short text is a dozen rows against 42 MB of weights, so reading those is the work. They are packed
//! in the order in which they are read, which halves a short text's time against candle's product; for
//! 256 rows the two are equal. The threads of the pool take runs of panels, each its own. Inner loops have
//! constant bounds, so that the compiler keeps a tile's sums in vector registers: change those bounds only
//! with `embedding_speed` beside you.

use rayon::prelude::*;

/// Columns in a panel: two vector registers of AVX2 in each row of a tile.
const COLUMNS: usize = 16;
/// Rows in a tile: with its columns, eight registers of sums, which hide the time that an addition takes.
const ROWS: usize = 4;

/// Multiplications that are worth handing to another thread.
const WORTH_A_THREAD: usize = 1 << 16;

/// A matrix of inputs × outputs, and what is added to every product.
pub(super) struct Linear {
    /// One panel after the other; of each, [`COLUMNS`] outputs' weights for the first input, then for
    /// the second.
    panels: Vec<[f32; COLUMNS]>,
    bias: Vec<[f32; COLUMNS]>,
    inputs: usize,
}

impl Linear {
    /// Outputs are filled up to whole panels with what `weight` and `bias` say for them, so these get
    /// numbers up to [`Self::padded`].
    pub(super) fn pack(
        inputs: usize,
        outputs: usize,
        bias: impl Fn(usize) -> f32,
        weight: impl Fn(usize, usize) -> f32,
    ) -> Self {
        let mut panels = Vec::with_capacity(inputs * outputs.div_ceil(COLUMNS));
        let mut biases = Vec::with_capacity(outputs.div_ceil(COLUMNS));
        for first in (0..outputs).step_by(COLUMNS) {
            biases.push(std::array::from_fn(|column| bias(first + column)));
            for input in 0..inputs {
                panels.push(std::array::from_fn(|column| weight(input, first + column)));
            }
        }
        Self { panels, bias: biases, inputs }
    }

    /// How many outputs there are when whole panels are computed.
    pub(super) fn padded(outputs: usize) -> usize {
        outputs.next_multiple_of(COLUMNS)
    }

    /// Rows of outputs for rows of inputs. A row's numbers don't depend on the others.
    pub(super) fn apply(&self, rows: &[f32]) -> Vec<f32> {
        let width = self.bias.len() * COLUMNS;
        let count = rows.len() / self.inputs;
        let mut out = vec![0.0; count * width];
        let panels: Vec<Vec<[f32; COLUMNS]>> = self
            .panels
            .par_chunks_exact(self.inputs)
            .zip(&self.bias)
            .with_min_len(WORTH_A_THREAD.div_ceil(self.inputs * COLUMNS * count.max(1)))
            .map(|(panel, bias)| self.column(rows, panel, *bias))
            .collect();
        for (out, row) in out.chunks_exact_mut(width).zip(0..) {
            for (out, panel) in out.chunks_exact_mut(COLUMNS).zip(&panels) {
                out.copy_from_slice(&panel[row]);
            }
        }
        out
    }

    /// A panel's outputs for all rows; it stays in the cache while they pass it.
    fn column(&self, rows: &[f32], panel: &[[f32; COLUMNS]], bias: [f32; COLUMNS]) -> Vec<[f32; COLUMNS]> {
        let mut out = Vec::with_capacity((rows.len() / self.inputs).next_multiple_of(ROWS));
        for rows in rows.chunks(ROWS * self.inputs) {
            // Where rows are missing, the last is computed again; nobody reads it.
            let last = rows.len() / self.inputs - 1;
            let rows = std::array::from_fn(|row| &rows[row.min(last) * self.inputs..][..self.inputs]);
            out.extend(tile(rows, panel, bias));
        }
        out
    }
}

/// A panel's outputs for some rows.
fn tile(
    [one, two, three, four]: [&[f32]; ROWS],
    panel: &[[f32; COLUMNS]],
    bias: [f32; COLUMNS],
) -> [[f32; COLUMNS]; ROWS] {
    // Each has a name, because the compiler doesn't keep an array of arrays in registers.
    let [mut sums_one, mut sums_two, mut sums_three, mut sums_four] = [bias; ROWS];
    for ((((weights, one), two), three), four) in panel.iter().zip(one).zip(two).zip(three).zip(four) {
        add_products(&mut sums_one, *one, weights);
        add_products(&mut sums_two, *two, weights);
        add_products(&mut sums_three, *three, weights);
        add_products(&mut sums_four, *four, weights);
    }
    [sums_one, sums_two, sums_three, sums_four]
}

#[inline]
fn add_products(sums: &mut [f32; COLUMNS], value: f32, weights: &[f32; COLUMNS]) {
    for (sum, &weight) in sums.iter_mut().zip(weights) {
        *sum = multiply_add(value, weight, *sum);
    }
}

/// In one instruction where the processor that we compile for has it; elsewhere `mul_add` is a slow call.
#[inline]
fn multiply_add(value: f32, weight: f32, sum: f32) -> f32 {
    if cfg!(any(target_feature = "fma", target_arch = "aarch64")) {
        value.mul_add(weight, sum)
    } else {
        value * weight + sum
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Small whole numbers, so that every sum is exact in any order.
    fn number(seed: usize) -> f32 {
        [-3.0, 1.0, 0.0, 2.0, -1.0, 5.0, 4.0][seed * seed % 7]
    }

    #[test]
    fn products_are_those_of_the_plain_loop_whatever_the_shape() {
        for (rows, inputs, outputs) in [(1, 1, 16), (5, 7, 16), (6, 32, 48), (13, 33, 32), (64, 3, 160)] {
            let linear = Linear::pack(inputs, outputs, number, |input, output| number(input * 3 + output));
            let values: Vec<f32> = (0..rows * inputs).map(|index| number(index + 5)).collect();
            let product = linear.apply(&values);
            assert_eq!(product.len(), rows * outputs);
            for (row, out) in values.chunks(inputs).zip(product.chunks(outputs)) {
                for (output, &found) in out.iter().enumerate() {
                    let terms =
                        row.iter().enumerate().map(|(input, value)| value * number(input * 3 + output));
                    let expected = number(output) + terms.sum::<f32>();
                    assert!((found - expected).abs() < 1e-6, "{rows}×{inputs}×{outputs}: {found}");
                }
            }
        }
    }

    #[test]
    fn columns_are_filled_up_to_a_panel() {
        assert_eq!(Linear::padded(17), 32);
        let linear = Linear::pack(2, 17, |_| 0.0, |_, output| if output < 17 { 1.0 } else { 0.0 });
        let product = linear.apply(&[1.0, 2.0]);
        let ones = product.iter().filter(|&&value| value > 0.0).count();
        assert_eq!((product.len(), ones), (32, 17));
    }
}
