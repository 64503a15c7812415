//! Quantiles of weighted values, and the decay that gives the weights.

/// A value and how much it counts.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Weighted {
    /// The value.
    pub(super) value: f64,
    /// Its weight, above zero.
    pub(super) weight: f64,
}

/// The weight of what lies `age` steps back when half of it is forgotten every `half_life` steps.
pub(super) fn decay(age: usize, half_life: f64) -> f64 {
    #[allow(clippy::cast_precision_loss)] // Ages are counts of runs, far below 2^52.
    0.5_f64.powf(age as f64 / half_life)
}

/// Gives each value the weight of its age; the last value is the newest.
pub(super) fn decayed(values: &[f64], half_life: f64) -> Vec<Weighted> {
    let (mut weight, step) = (1.0, decay(1, half_life));
    let weigh = |value: &f64| {
        let weighted = Weighted {
            value: *value,
            weight,
        };
        weight *= step;
        weighted
    };
    values.iter().rev().map(weigh).collect()
}

/// The value below which a share of the weight lies; `None` without values.
///
/// Each value stands at the middle of its weight, and between two of them the line is straight (type 5 of Hyndman and
/// Fan, "Sample quantiles in statistical packages", 1996, with weights). Beyond the outermost it stays there.
pub(super) fn quantile(values: &[Weighted], share: f64) -> Option<f64> {
    let mut values = values.to_vec();
    values.sort_by(|a, b| {
        a.value
            .total_cmp(&b.value)
            .then(a.weight.total_cmp(&b.weight))
    });
    let wanted = share * values.iter().map(|value| value.weight).sum::<f64>();
    let (mut below, mut previous) = (0.0, None);
    for Weighted { value, weight } in values {
        let middle = below + weight / 2.0;
        if middle >= wanted {
            return Some(previous.map_or(value, |(at, from)| {
                from + (value - from) * (wanted - at) / (middle - at)
            }));
        }
        below += weight;
        previous = Some((middle, value));
    }
    previous.map(|(_, value)| value)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn even(values: &[f64]) -> Vec<Weighted> {
        values
            .iter()
            .map(|value| Weighted {
                value: *value,
                weight: 1.0,
            })
            .collect()
    }

    #[test]
    fn the_median_of_even_weights_is_the_usual_one() {
        assert_eq!(quantile(&even(&[3.0, 1.0, 2.0]), 0.5), Some(2.0));
        assert_eq!(quantile(&even(&[4.0, 1.0, 2.0, 3.0]), 0.5), Some(2.5));
        assert_eq!(quantile(&[], 0.5), None);
    }

    #[test]
    fn half_of_the_weight_is_forgotten_every_half_life() {
        assert!((decay(6, 3.0) - 0.25).abs() < 1e-12);
    }

    proptest! {
        #[test]
        fn quantiles_never_cross_and_never_leave_the_values(
            values in prop::collection::vec((-9.0..9.0_f64, 0.01..2.0_f64), 1..40), low in 0.0..1.0_f64, high in 0.0..1.0_f64,
        ) {
            let values: Vec<_> = values.into_iter().map(|(value, weight)| Weighted { value, weight }).collect();
            let at = |share| quantile(&values, share).expect("there are values");

            prop_assert!(at(low.min(high)) <= at(low.max(high)) + 1e-9);
            prop_assert!(values.iter().any(|v| v.value <= at(low) + 1e-9) && values.iter().any(|v| v.value >= at(low) - 1e-9));
        }
    }
}
