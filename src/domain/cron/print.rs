//! Prints what a field selects as the shortest text that a person reads at a glance.
//!
//! Invariant: what is printed reads back as the same values, and holds no weekday 7 and no wrap-around.

use super::{Field, values::Values};

/// The shortest list that is written as `first/step` or `first-last/step` instead of in full.
const STEP_MEMBERS: usize = 4;

/// The text of one field; `*` for every value.
pub(super) fn print(field: Field, values: Values) -> String {
    if values == field.every() {
        return "*".to_owned();
    }
    let numbers: Vec<u8> = values.iter().collect();
    progression(field, &numbers).unwrap_or_else(|| list(&numbers))
}

/// The text of numbers that are evenly spaced, where a step says it better than a list.
fn progression(field: Field, numbers: &[u8]) -> Option<String> {
    let (first, second, last) = (*numbers.first()?, *numbers.get(1)?, *numbers.last()?);
    let step = second - first;
    let even = step > 1 && numbers.windows(2).all(|pair| pair[1] - pair[0] == step);
    // A step that does not divide the field would look even and is not: '*/25' fires at 0, 25 and 50.
    let span = field.max() - field.min() + 1;
    let whole = even && span.is_multiple_of(step) && numbers.len() == usize::from(span / step);
    let long = numbers.len() >= STEP_MEMBERS;
    match (whole, first == field.min()) {
        (true, true) => Some(format!("*/{step}")),
        (true, false) if long => Some(format!("{first}/{step}")),
        _ if even && long => Some(format!("{first}-{last}/{step}")),
        _ => None,
    }
}

/// Numbers joined by commas, three and more in a row as a range.
fn list(numbers: &[u8]) -> String {
    let runs = numbers.chunk_by(|left, right| left + 1 == *right);
    let items = runs.map(|run| match run {
        [first, _, .., last] if run.len() > 2 => format!("{first}-{last}"),
        _ => run.iter().map(u8::to_string).collect::<Vec<_>>().join(","),
    });
    items.collect::<Vec<_>>().join(",")
}
