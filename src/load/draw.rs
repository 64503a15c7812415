//! Draws without chance: the same question gets the same draw, and different ones get draws that look unrelated.

use crate::domain::{Quantiles, Seconds};

/// What all draws of a workflow begin with.
pub(super) fn seed(name: &str) -> u64 {
    name.bytes().fold(FNV_OFFSET, |state, byte| {
        (state ^ u64::from(byte)).wrapping_mul(FNV_PRIME)
    })
}

/// A number between 0 and 1 that belongs to a workflow's fire in one of the ways in which its day may go.
pub(super) fn share(seed: u64, parts: [u64; 3]) -> f64 {
    let state = parts
        .into_iter()
        .fold(seed, |state, part| mixed(state ^ part));
    // The upper 53 bits are what a share can hold.
    #[allow(clippy::cast_precision_loss)]
    let share = (state >> 11) as f64 / (1_u64 << 53) as f64;
    share
}

/// The constants of FNV-1a (Fowler, Noll and Vo), for names.
const FNV_OFFSET: u64 = 0xcbf2_9ce4_8422_2325;
const FNV_PRIME: u64 = 0x0000_0100_0000_01b3;

/// The finaliser of `SplitMix64` (Steele, Lea and Flood 2014): one bit of its input changes half of the output's.
fn mixed(number: u64) -> u64 {
    let number = number.wrapping_add(0x9e37_79b9_7f4a_7c15);
    let number = (number ^ (number >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let number = (number ^ (number >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    number ^ (number >> 31)
}

/// The span at a share, read off a straight line through p50 and p90, as a plan reads it.
pub(super) fn span(quantiles: Quantiles, share: f64) -> Seconds {
    let middle = quantiles.p50.as_f64();
    let reach = quantiles.p90.as_f64() - middle;
    Seconds::from_f64(middle + reach * (share - 0.5) / 0.4)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn draws_are_even_and_those_of_two_workflows_have_nothing_to_do_with_each_other() {
        let draws = |name: &str| -> Vec<f64> {
            (0..1_000).map(|at| share(seed(name), [at, 3, 0])).collect()
        };
        let (a, b) = (draws("acme/a/x.yml"), draws("acme/a/y.yml"));
        let mean = |values: &[f64]| values.iter().sum::<f64>() / 1_000.0;
        let product: Vec<f64> = a
            .iter()
            .zip(&b)
            .map(|(a, b)| (a - 0.5) * (b - 0.5))
            .collect();
        assert!((mean(&a) - 0.5).abs() < 0.03 && (mean(&b) - 0.5).abs() < 0.03);
        assert!(mean(&product).abs() < 0.01, "{}", mean(&product));
    }

    #[test]
    fn half_of_the_spans_lie_below_p50_and_nine_in_ten_below_p90() {
        let line = Quantiles {
            p50: Seconds(600),
            p90: Seconds(1_000),
        };
        assert_eq!(
            [0.0, 0.5, 0.9].map(|share| span(line, share)),
            [Seconds(100), Seconds(600), Seconds(1_000)]
        );
    }
}
