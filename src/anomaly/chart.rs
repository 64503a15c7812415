//! A control chart over one series: when it left its level, and when that was over.
//!
//! A cumulative sum per side: each value adds what its rule's score says, the sum never falls below zero, and an alarm is a sum
//! above the rule's limit. The onset is where the sum last rose from zero. Invariants: what is found up to a value rests on
//! nothing after it; one change is one alarm, however long it lasts; nothing a value can be makes it panic.

use super::rule::{Rule, Side};

/// A change that was found; positions count the values of the series.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Change {
    /// Which side of the rule alarmed.
    pub(super) side: usize,
    /// The first value that is otherwise.
    pub(super) onset: usize,
    /// The value that made the alarm.
    pub(super) seen: usize,
    /// The centre of the values before.
    pub(super) from: f64,
    /// The centre of the values from the onset to the alarm.
    pub(super) to: f64,
    /// The value with which it was over, where it is, and how.
    pub(super) end: Option<(usize, How)>,
}

/// How a change was over.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum How {
    /// The values are as they were before.
    Returned,
    /// It has lasted for so long that it is the level now.
    Adapted,
}

/// The chart as it stands after some values.
struct Chart<'a> {
    rule: &'a Rule,
    /// The values of the present level, oldest first.
    level: Vec<f64>,
    /// Of each side, the sum, and where in the level it last rose from zero.
    sums: Vec<(f64, usize)>,
    /// The values since the onset of the change that holds.
    changed: Vec<f64>,
    found: Vec<Change>,
}

/// Finds every change of a series, oldest first; the last one may still hold.
pub(super) fn changes(rule: &Rule, values: &[f64]) -> Vec<Change> {
    let mut chart = Chart {
        rule,
        level: Vec::new(),
        sums: vec![(0.0, 0); rule.sides.len()],
        changed: Vec::new(),
        found: Vec::new(),
    };
    for (at, value) in values.iter().enumerate() {
        if chart.changed.is_empty() {
            chart.watch(at, *value);
        } else {
            chart.wait(at, *value);
        }
    }
    chart.found
}

impl Chart<'_> {
    /// Takes a value while the level holds.
    fn watch(&mut self, at: usize, value: f64) {
        self.level.push(value);
        let before = self.level.len() - 1;
        if before < self.rule.least {
            return;
        }
        let reference = &self.level[before.saturating_sub(self.rule.reference)..before];
        for (side, (sum, since)) in self.rule.sides.iter().zip(&mut self.sums) {
            if *sum <= 0.0 {
                *since = before;
            }
            *sum = (*sum + (side.score)(reference, value)).max(0.0);
        }
        // A side whose change matters to nobody must not hide another's.
        for side in 0..self.sums.len() {
            if self.sums[side].0 > self.rule.sides[side].limit && self.leave(side, at) {
                return;
            }
        }
    }

    /// Leaves the level, if what is new is worth an alarm: whether it did.
    fn leave(&mut self, side: usize, at: usize) -> bool {
        let Side { matters, .. } = self.rule.sides[side];
        let since = self.sums[side].1;
        let reference = &self.level[since.saturating_sub(self.rule.reference)..since];
        let from = (self.rule.centre)(reference);
        let to = (self.rule.centre)(&self.level[since..]);
        if !matters(from, to) {
            return false;
        }
        self.changed = self.level.split_off(since);
        self.sums.fill((0.0, 0));
        self.found.push(Change {
            side,
            onset: at + 1 - self.changed.len(),
            seen: at,
            from,
            to,
            end: None,
        });
        true
    }

    /// Takes a value while a change holds.
    fn wait(&mut self, at: usize, value: f64) {
        self.changed.push(value);
        let Some(change) = self.found.last_mut() else {
            return;
        };
        let newest = self.changed.len().saturating_sub(self.rule.back);
        let centre = (self.rule.centre)(&self.changed[newest..]);
        let back = (centre - change.from).abs() < (centre - change.to).abs();
        if back && at >= change.seen + self.rule.back {
            change.end = Some((at, How::Returned));
            // What lies between was of neither level.
            self.level.extend(self.changed.drain(..).skip(newest));
        } else if self.changed.len() >= self.rule.adapts {
            change.end = Some((at, How::Adapted));
            self.level = std::mem::take(&mut self.changed);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_side_that_matters_to_nobody_hides_no_other() {
        let side = |matters| Side {
            score: |_, value| value,
            limit: 2.0,
            matters,
        };
        let sides = [side(|_, _| false), side(|_, _| true)];
        let rule = Rule {
            sides: Box::leak(Box::new(sides)),
            reference: 10,
            least: 3,
            adapts: 10,
            back: 3,
            centre: super::super::rule::mean,
        };
        let found = changes(&rule, &[0.0, 0.0, 0.0, 0.0, 3.0]);
        let told: Vec<_> = found.iter().map(|one| (one.side, one.onset)).collect();
        assert_eq!(told, [(1, 4)]);
    }
}
