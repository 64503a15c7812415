//! Mean, deviation and median of whole numbers.
//!
//! Invariant: exact sums and selection, so the order of the numbers cannot matter and the work is linear.

/// Mean and standard deviation, from exact sums so that order cannot matter.
#[allow(clippy::cast_precision_loss)] // Shown in whole percent.
pub(super) fn moments(errors: &[u32]) -> (f64, f64) {
    let sum: u128 = errors.iter().map(|error| u128::from(*error)).sum();
    let squares: u128 = errors
        .iter()
        .map(|error| u128::from(*error) * u128::from(*error))
        .sum();
    let (number, sum, squares) = (errors.len() as u128, sum, squares);
    let variance = (number * squares - sum * sum) as f64 / (number * number) as f64;
    (sum as f64 / number as f64, variance.sqrt())
}

/// The median by selection, which is linear; there is at least one error.
pub(super) fn median(errors: &mut [u32]) -> f64 {
    let middle = errors.len() / 2;
    let even = errors.len().is_multiple_of(2);
    let (below, upper, _) = errors.select_nth_unstable(middle);
    let upper = f64::from(*upper);
    below
        .iter()
        .max()
        .filter(|_| even)
        .map_or(upper, |lower| f64::midpoint(f64::from(*lower), upper))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn the_median_by_selection_is_the_median_by_sorting(errors in prop::collection::vec(any::<u32>(), 1..60)) {
            let mut sorted = errors.clone();
            sorted.sort_unstable();
            let (low, high) = (sorted[(sorted.len() - 1) / 2], sorted[sorted.len() / 2]);
            prop_assert_eq!(median(&mut errors.clone()), f64::midpoint(low.into(), high.into()));
        }

        #[test]
        fn the_deviation_of_equal_numbers_is_none(number in any::<u32>(), count in 1..2_000_usize) {
            prop_assert_eq!(moments(&vec![number; count]), (f64::from(number), 0.0));
        }
    }
}
