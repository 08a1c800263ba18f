//! Products of matrices of small whole numbers: the one place where the time of the encoder goes.
//!
//! The weights are 8-bit numbers and the activations are rounded to 16 bits, so that a product of two pairs and their sum is
//! one instruction where the processor has it. Sums are whole numbers: the result does not depend on their order, and every
//! processor gives the same.

use pulp::{Arch, NullaryFnOnce};

/// Columns that are computed together: two registers of eight sums.
const COLUMNS: usize = 16;
/// Rows that are computed together: twelve registers of sums, and the weights are read once for all of them.
const ROWS: usize = 6;

/// A matrix of whole numbers with one step, laid out for [`Product::multiply`].
#[derive(Clone, Debug)]
pub(super) struct Weights {
    /// Panels of 16 columns; in each, pairs of rows: 16 columns of (even row, odd row).
    panels: Vec<[[i16; 16]; 2]>,
    /// Rows, an even number.
    pub(super) inputs: usize,
    /// Columns, a multiple of 16.
    pub(super) outputs: usize,
    /// What one unit stands for.
    pub(super) step: f32,
    /// Greatest magnitude of an input for which no sum can overflow.
    pub(super) input_limit: i16,
}

impl Weights {
    /// From a matrix in row order. The weights are multiples of some step, which is found; other weights are rounded to a
    /// thousandth of the greatest.
    pub(super) fn new(values: &[f32], inputs: usize, outputs: usize) -> Self {
        let step = step(values);
        let whole: Vec<i16> = values
            .iter()
            .map(|value| (value / step).round() as i16)
            .collect();
        let mut panels = Vec::with_capacity(inputs / 2 * outputs / COLUMNS);
        for panel in 0..outputs / COLUMNS {
            for pair in 0..inputs / 2 {
                let mut both = [[0; 16]; 2];
                for column in 0..COLUMNS {
                    let at = 2 * pair * outputs + panel * COLUMNS + column;
                    both[column / 8][column % 8 * 2] = whole[at];
                    both[column / 8][column % 8 * 2 + 1] = whole[at + outputs];
                }
                panels.push(both);
            }
        }
        let mut sums = vec![0_i64; outputs];
        for row in whole.chunks_exact(outputs) {
            for (sum, weight) in sums.iter_mut().zip(row) {
                *sum += i64::from(weight.unsigned_abs());
            }
        }
        let heaviest = sums.into_iter().max().unwrap_or(1).max(1);
        let limit = (i64::from(i32::MAX) / heaviest).min(i64::from(i16::MAX));
        Weights {
            panels,
            inputs,
            outputs,
            step,
            input_limit: limit as i16,
        }
    }

    /// Sum of each column, in units of the step.
    pub(super) fn column_sums(&self) -> Vec<f32> {
        let mut sums = vec![0_i32; self.outputs];
        for (panel, pairs) in self.panels.chunks_exact(self.inputs / 2).enumerate() {
            for both in pairs {
                for column in 0..COLUMNS {
                    let half = &both[column / 8][column % 8 * 2..];
                    sums[panel * COLUMNS + column] += i32::from(half[0]) + i32::from(half[1]);
                }
            }
        }
        sums.into_iter().map(|sum| sum as f32).collect()
    }
}

/// The greatest step of which all values are multiples, or a thousandth of the greatest value.
fn step(values: &[f32]) -> f32 {
    let mut magnitudes: Vec<f32> = values.iter().map(|value| value.abs()).collect();
    magnitudes.sort_unstable_by(f32::total_cmp);
    magnitudes.dedup();
    let greatest = magnitudes
        .last()
        .copied()
        .unwrap_or(1.0)
        .max(f32::MIN_POSITIVE);
    let gap = magnitudes
        .windows(2)
        .map(|pair| pair[1] - pair[0])
        .filter(|gap| *gap > greatest * 1e-4)
        .fold(greatest, f32::min);
    let step = greatest / (greatest / gap).round();
    let multiples = magnitudes.len() < 1024
        && magnitudes
            .iter()
            .all(|value| (value / step - (value / step).round()).abs() < 0.02);
    if multiples { step } else { greatest / 1023.0 }
}

/// Rounds to the nearest whole number, for magnitudes below four million: adding this leaves the number in the low bits.
const ROUNDING: f32 = 12_582_912.0;

/// Two neighbouring inputs in one number, the even one in the low half.
#[inline(always)]
pub(super) fn pair(even: i32, odd: i32) -> i32 {
    (even & 0xffff) | (odd << 16)
}

/// Rounds activations to units of the returned step and packs them in pairs.
#[inline(always)]
pub(super) fn pack(values: &[f32], limit: i16, packed: &mut [i32]) -> f32 {
    let mut greatest = [0.0_f32; 16];
    for chunk in values.chunks_exact(16) {
        for (greatest, value) in greatest.iter_mut().zip(chunk) {
            let value = value.abs();
            *greatest = if value > *greatest { value } else { *greatest };
        }
    }
    let greatest = greatest.into_iter().fold(f32::MIN_POSITIVE, f32::max);
    let factor = f32::from(limit) / greatest;
    let whole =
        |value: f32| (value * factor + ROUNDING).to_bits() as i32 - ROUNDING.to_bits() as i32;
    for (packed, both) in packed.iter_mut().zip(values.chunks_exact(2)) {
        *packed = pair(whole(both[0]), whole(both[1]));
    }
    greatest / f32::from(limit)
}

/// What a processor does the products with.
pub(super) trait Product: Copy {
    /// Sums of `R` rows and 16 columns. Each row holds as many pairs as the panel.
    fn tile<const R: usize>(self, rows: [&[i32]; R], panel: &[[[i16; 16]; 2]]) -> [[i32; 16]; R];

    /// Multiplies rows that begin every `stride` pairs with the weights. Rows may overlap: that is how a window slides over
    /// the tokens of a text. `sums` has a row of `weights.outputs` for each row.
    #[inline(always)]
    fn multiply(self, rows: &[i32], stride: usize, weights: &Weights, sums: &mut [i32]) {
        let pairs = weights.inputs / 2;
        let count = sums.len() / weights.outputs;
        for (panel, weights_of_panel) in weights.panels.chunks_exact(pairs).enumerate() {
            let mut first = 0;
            while first < count {
                let row = |offset: usize| {
                    let at = (first + offset) * stride;
                    &rows[at..at + pairs]
                };
                let mut place = |offset: usize, tile: &[i32; 16]| {
                    let at = (first + offset) * weights.outputs + panel * COLUMNS;
                    sums[at..at + COLUMNS].copy_from_slice(tile);
                };
                if count - first >= ROWS {
                    let tile = self.tile::<ROWS>(std::array::from_fn(row), weights_of_panel);
                    for (offset, tile) in tile.iter().enumerate() {
                        place(offset, tile);
                    }
                    first += ROWS;
                } else if count - first >= 2 {
                    let tile = self.tile::<2>(std::array::from_fn(row), weights_of_panel);
                    for (offset, tile) in tile.iter().enumerate() {
                        place(offset, tile);
                    }
                    first += 2;
                } else {
                    let tile = self.tile::<1>(std::array::from_fn(row), weights_of_panel);
                    place(0, &tile[0]);
                    first += 1;
                }
            }
        }
    }

    /// Scalar product of 8-bit codes with 16-bit numbers.
    fn dot(self, codes: &[i8], query: &[i16]) -> i32;
}

/// Plain loops, for processors without better.
#[derive(Clone, Copy)]
pub(super) struct Plain;

impl Product for Plain {
    #[inline(always)]
    fn tile<const R: usize>(self, rows: [&[i32]; R], panel: &[[[i16; 16]; 2]]) -> [[i32; 16]; R] {
        let mut sums = [[0_i32; 16]; R];
        for (at, both) in panel.iter().enumerate() {
            for (sums, row) in sums.iter_mut().zip(&rows) {
                let even = i32::from(row[at] as i16);
                let odd = row[at] >> 16;
                for (half, weights) in both.iter().enumerate() {
                    for column in 0..8 {
                        sums[half * 8 + column] += even * i32::from(weights[2 * column])
                            + odd * i32::from(weights[2 * column + 1]);
                    }
                }
            }
        }
        sums
    }

    #[inline(always)]
    fn dot(self, codes: &[i8], query: &[i16]) -> i32 {
        codes
            .iter()
            .zip(query)
            .map(|(code, query)| i32::from(*code) * i32::from(*query))
            .sum()
    }
}

/// Processors with AVX2, which all servers of the last ten years have.
#[cfg(target_arch = "x86_64")]
#[derive(Clone, Copy)]
struct Avx2(pulp::x86::V3);

#[cfg(target_arch = "x86_64")]
impl Product for Avx2 {
    #[inline(always)]
    fn tile<const R: usize>(self, rows: [&[i32]; R], panel: &[[[i16; 16]; 2]]) -> [[i32; 16]; R] {
        use pulp::{i16x16, i32x8};
        let Avx2(simd) = self;
        let add = |sum: i32x8, inputs: i16x16, weights: [i16; 16]| -> i32x8 {
            let products = simd.multiply_wrapping_add_adjacent_i16x16(inputs, pulp::cast(weights));
            pulp::cast(
                simd.avx2
                    ._mm256_add_epi32(pulp::cast(sum), pulp::cast(products)),
            )
        };
        let zero = simd.splat_i32x8(0);
        let mut left = [zero; R];
        let mut right = [zero; R];
        // Of one length for all, so that no place is checked inside the loop.
        let rows = rows.map(|row| &row[..panel.len()]);
        for (at, both) in panel.iter().enumerate() {
            for row in 0..R {
                let inputs: i16x16 = pulp::cast(simd.splat_i32x8(rows[row][at]));
                left[row] = add(left[row], inputs, both[0]);
                right[row] = add(right[row], inputs, both[1]);
            }
        }
        std::array::from_fn(|row| pulp::cast([left[row], right[row]]))
    }

    #[inline(always)]
    fn dot(self, codes: &[i8], query: &[i16]) -> i32 {
        let Avx2(simd) = self;
        let mut sums = [simd.splat_i32x8(0); 2];
        let (codes, _) = codes.as_chunks::<32>();
        let (query, _) = query.as_chunks::<32>();
        for (codes, query) in codes.iter().zip(query) {
            let halves: [[i8; 16]; 2] = pulp::cast(*codes);
            let factors: [[i16; 16]; 2] = pulp::cast(*query);
            for half in 0..2 {
                let wide = simd.avx2._mm256_cvtepi8_epi16(pulp::cast(halves[half]));
                let products = simd.avx2._mm256_madd_epi16(wide, pulp::cast(factors[half]));
                sums[half] =
                    pulp::cast(simd.avx2._mm256_add_epi32(pulp::cast(sums[half]), products));
            }
        }
        let lanes: [i32; 16] = pulp::cast(sums);
        lanes.into_iter().sum()
    }
}

/// Work that is compiled once for each kind of processor.
pub(super) trait Work {
    /// What it gives.
    type Output;
    /// Must be `#[inline(always)]`, with everything that it calls.
    fn run(self, product: impl Product) -> Self::Output;
}

#[cfg(target_arch = "x86_64")]
struct WithAvx2<W>(pulp::x86::V3, W);

#[cfg(target_arch = "x86_64")]
impl<W: Work> NullaryFnOnce for WithAvx2<W> {
    type Output = W::Output;

    #[inline(always)]
    fn call(self) -> W::Output {
        self.1.run(Avx2(self.0))
    }
}

struct WithPlain<W>(W);

impl<W: Work> NullaryFnOnce for WithPlain<W> {
    type Output = W::Output;

    #[inline(always)]
    fn call(self) -> W::Output {
        self.0.run(Plain)
    }
}

/// Runs work with the best that the processor has.
pub(super) fn dispatch<W: Work>(work: W) -> W::Output {
    match Arch::new() {
        #[cfg(target_arch = "x86_64")]
        Arch::V3(simd) => pulp::Simd::vectorize(simd, WithAvx2(simd, work)),
        arch => arch.dispatch(WithPlain(work)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Multiply<'a>(&'a [i32], usize, &'a Weights, &'a mut [i32]);

    impl Work for Multiply<'_> {
        type Output = ();

        #[inline(always)]
        fn run(self, product: impl Product) {
            product.multiply(self.0, self.1, self.2, self.3);
        }
    }

    /// Numbers that repeat late and have no pattern of two, six or sixteen.
    fn numbers(count: usize, modulus: usize, low: f32) -> Vec<f32> {
        (0..count)
            .map(|place| (place * 7919 % modulus) as f32 + low)
            .collect()
    }

    #[test]
    fn products_are_exact_for_every_number_of_rows() {
        let (inputs, outputs) = (64, 32);
        let values: Vec<f32> = numbers(inputs * outputs, 251, -125.0)
            .into_iter()
            .map(|value| value * 0.037)
            .collect();
        let weights = Weights::new(&values, inputs, outputs);
        for count in 1..=14 {
            // Windows of two rows of 32, sliding by one.
            let given = numbers(32 * (count + 1), 1009, -500.0);
            let rows: Vec<i32> = given
                .chunks_exact(2)
                .map(|both| pair(both[0] as i32, both[1] as i32))
                .collect();
            let mut sums = vec![0; count * outputs];
            dispatch(Multiply(&rows, 16, &weights, &mut sums));
            let mut plain = vec![0; count * outputs];
            Multiply(&rows, 16, &weights, &mut plain).run(Plain);
            assert_eq!(sums, plain, "{count} rows");
            for row in 0..count {
                for column in 0..outputs {
                    let expected: f32 = (0..inputs)
                        .map(|input| given[row * 32 + input] * values[input * outputs + column])
                        .sum();
                    let found = sums[row * outputs + column] as f32 * weights.step;
                    assert!(
                        (expected - found).abs() < 0.05,
                        "{count} rows, row {row}, column {column}: {expected} and {found}"
                    );
                }
            }
        }
    }

    #[test]
    fn the_step_of_weights_is_found() {
        let weights = Weights::new(&numbers(512, 255, -127.0), 16, 32);
        assert!((weights.step - 1.0).abs() < 1e-5, "{}", weights.step);
        let scaled: Vec<f32> = numbers(512, 255, -127.0)
            .iter()
            .map(|value| value * 0.0123)
            .collect();
        assert!((Weights::new(&scaled, 16, 32).step - 0.0123).abs() < 1e-6);
    }

    #[test]
    fn packing_rounds_to_the_nearest() {
        let mut values = vec![0.0; 16];
        values[0] = 2.0;
        values[1] = -2.0;
        values[3] = 0.5;
        let mut packed = vec![0; 8];
        let step = pack(&values, 1000, &mut packed);
        assert!((step - 0.002).abs() < 1e-9);
        assert_eq!(packed[0], pair(1000, -1000));
        assert_eq!(packed[1], pair(0, 250));
    }
}
