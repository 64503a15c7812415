//! The cron room as its users see it. One file an idea; what they share stands here.

mod calendar;
mod daylight;
mod expressions;
mod messages;
mod oracle;
mod printing;
mod words;
mod zones;

use proptest::prelude::*;

use super::*;
use crate::domain::Timestamp;

/// An expression that is known to be valid.
fn cron(text: &str) -> Cron {
    text.parse()
        .unwrap_or_else(|error| panic!("{text}: {error}"))
}

fn instant(text: &str) -> Timestamp {
    text.parse()
        .unwrap_or_else(|error| panic!("{text}: {error}"))
}

/// The first fires after an instant, to the minute.
fn fires(text: &str, zone: &str, after: &str, count: usize) -> Vec<String> {
    let (cron, zone) = (cron(text), zone.parse().unwrap());
    let fires = cron.fires(zone, instant(after)).take(count);
    fires
        .map(|fire| fire.format("%Y-%m-%dT%H:%MZ").to_string())
        .collect()
}

/// Text of one item: a star, a number, a name or a range, each with or without a step.
fn item(field: Field, stepped_numbers: bool) -> BoxedStrategy<String> {
    let (min, max) = (field.min(), field.max_written());
    let number = (min..=max).prop_map(|number| number.to_string());
    let step = 1..=max;
    let ends = (min..=max, min..=max).prop_map(|(left, right)| (left.min(right), left.max(right)));
    let range = ends.prop_map(|(first, last)| format!("{first}-{last}"));
    let base = if stepped_numbers {
        prop_oneof![Just("*".to_owned()), number.clone(), range.clone()].boxed()
    } else {
        prop_oneof![Just("*".to_owned()), range.clone()].boxed()
    };
    let stepped = (base, step).prop_map(|(base, step)| format!("{base}/{step}"));
    let name = match field.names() {
        [] => number.clone().boxed(),
        names => proptest::sample::select(names)
            .prop_map(str::to_owned)
            .boxed(),
    };
    prop_oneof![4 => number, 2 => range, 2 => stepped, 1 => name].boxed()
}

/// Text of one field: often a star, else up to four items.
fn field(field: Field) -> BoxedStrategy<String> {
    // croner lets a weekday step from a number run on to 7, we stop at 6: no oracle for that one.
    let items = proptest::collection::vec(item(field, field != Field::DayOfWeek), 1..4);
    prop_oneof![1 => Just("*".to_owned()), 2 => items.prop_map(|items| items.join(","))].boxed()
}

/// Text of a whole expression.
fn expression() -> impl Strategy<Value = String> {
    Field::ALL.map(field).prop_map(|fields| fields.join(" "))
}

/// An instant of the years 1990 to 2089.
fn any_instant() -> impl Strategy<Value = Timestamp> {
    let seconds = 631_152_000_i64..3_786_912_000;
    seconds.prop_map(|seconds| Timestamp::from_timestamp(seconds, 0).unwrap())
}
