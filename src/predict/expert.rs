//! The experts: each holds one view of which past runs the next one will be like.
//!
//! All look at the same samples and differ in what they weigh: how fast the past is forgotten, how far a value may lie from
//! the others and still be averaged with them, whether another event, another branch or another hour of the day makes a run
//! less alike. No view is right for every workflow; [`mixture`](super::mixture) finds out which one is.

use super::{level::centre, quantile::Weighted, sample::Sample, sample::Tags};

/// How many experts there are.
pub(super) const COUNT: usize = 13;

/// What a long memory adds to every expert's weights: a twentieth of a weight that halves every twenty runs. It keeps a
/// level in mind that the recent runs have left (MAE relative to the last value .799 without it, .796 with it).
const LONG_MEMORY: (f64, f64) = (0.05, 20.0);
/// What a run of another event or branch counts to an expert that minds: a tenth.
const OTHER: f64 = 0.1;
const SECONDS_PER_HOUR: f64 = 3600.0;

/// What an expert minds besides age.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Minds {
    Nothing,
    Event,
    Branch,
    /// A run counts half when it started an hour earlier or later in the day.
    Hour,
}

/// One view of which past runs the next one will be like.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Expert {
    /// Half of the evidence is forgotten every so many runs.
    half_life_runs: f64,
    /// The distance, as a logarithm, at which a value counts half: 0.1 is about 10 %.
    bandwidth: f64,
    minds: Minds,
}

/// Half-lives from half a run (nearly the last value) to thirty (nearly all that is remembered), each with a narrow and a
/// wide kernel: narrow ones win the median error, wide ones the share within 25 %. Then those that mind something.
const EXPERTS: [Expert; COUNT] = [
    plain(0.5, 0.1),
    plain(0.5, 0.25),
    plain(1.0, 0.1),
    plain(1.0, 0.25),
    plain(3.0, 0.1),
    plain(3.0, 0.25),
    plain(8.0, 0.1),
    plain(8.0, 0.25),
    plain(30.0, 0.1),
    plain(30.0, 0.25),
    minding(Minds::Event, 3.0),
    minding(Minds::Branch, 3.0),
    minding(Minds::Hour, 6.0),
];

const fn plain(half_life_runs: f64, bandwidth: f64) -> Expert {
    Expert {
        half_life_runs,
        bandwidth,
        minds: Minds::Nothing,
    }
}

const fn minding(minds: Minds, half_life_runs: f64) -> Expert {
    Expert {
        half_life_runs,
        bandwidth: 0.15,
        minds,
    }
}

/// What each expert expects of a run, as a logarithm; `None` without samples, which are in order of their ends.
pub(super) fn opinions(samples: &[Sample], next: Tags) -> Option<[f64; COUNT]> {
    let mut ascending: Vec<(f64, usize)> = samples
        .iter()
        .enumerate()
        .map(|(index, sample)| (sample.log(), index))
        .collect();
    ascending.sort_by(|a, b| a.0.total_cmp(&b.0).then(a.1.cmp(&b.1)));
    let long = decays(samples.len(), LONG_MEMORY.1);
    let mut opinions = [0.0; COUNT];
    let mut weighted = Vec::with_capacity(samples.len());
    for (opinion, expert) in opinions.iter_mut().zip(&EXPERTS) {
        let recent = expert.decays(samples, next);
        weighted.clear();
        weighted.extend(ascending.iter().map(|(value, index)| Weighted {
            value: *value,
            weight: (recent[*index] + LONG_MEMORY.0 * long[*index])
                * expert.likeness(samples[*index].tags, next),
        }));
        *opinion = centre(&weighted, expert.bandwidth)?;
    }
    Some(opinions)
}

impl Expert {
    /// The weight of each sample by its age: to who minds the event, its age among the runs of its kind, so that a nightly is
    /// not old because of the pushes since.
    fn decays(&self, samples: &[Sample], next: Tags) -> Vec<f64> {
        if self.minds != Minds::Event {
            return decays(samples.len(), self.half_life_runs);
        }
        let step = super::quantile::decay(1, self.half_life_runs);
        let (mut own, mut other) = (1.0, 1.0);
        let newest_first = samples.iter().rev().map(|sample| {
            let kind = if sample.tags.event == next.event {
                &mut own
            } else {
                &mut other
            };
            let weight = *kind;
            *kind *= step;
            weight
        });
        let mut decays: Vec<f64> = newest_first.collect();
        decays.reverse();
        decays
    }

    fn likeness(&self, past: Tags, next: Tags) -> f64 {
        let same = |same: bool| if same { 1.0 } else { OTHER };
        match self.minds {
            Minds::Nothing => 1.0,
            Minds::Event => same(past.event == next.event),
            Minds::Branch => same(past.branch == next.branch),
            Minds::Hour => 1.0 / (1.0 + hours_apart(past.at, next.at)),
        }
    }
}

/// The weight of each of so many samples, the last of which is the newest and weighs one.
fn decays(count: usize, half_life_runs: f64) -> Vec<f64> {
    let (mut weight, step) = (1.0, super::quantile::decay(1, half_life_runs));
    let mut decays = vec![0.0; count];
    for slot in decays.iter_mut().rev() {
        *slot = weight;
        weight *= step;
    }
    decays
}

/// How far apart in the day two instants are, 0 to 12.
fn hours_apart(one: i64, other: i64) -> f64 {
    const DAY: i64 = 86_400;
    let apart = one.wrapping_sub(other).rem_euclid(DAY);
    #[allow(clippy::cast_precision_loss)] // Below 86,400.
    let seconds = apart.min(DAY - apart) as f64;
    seconds / SECONDS_PER_HOUR
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sample(log_duration: f32, event: u32, hour: i64) -> Sample {
        let at = hour * 3600;
        Sample {
            tags: Tags {
                event,
                branch: 0,
                at,
            },
            ended_at: at + 60,
            log_duration,
            left_at: None,
        }
    }

    #[test]
    fn an_expert_that_minds_the_event_follows_runs_of_that_event() {
        let samples: Vec<_> = (0..20)
            .map(|index: i64| {
                let pushed = index % 2 == 0;
                sample(
                    if pushed { 5.0 } else { 7.0 },
                    u32::from(pushed),
                    index * 24,
                )
            })
            .collect();
        let minded = |event| {
            let next = Tags {
                event,
                branch: 0,
                at: 500 * 3600,
            };
            opinions(&samples, next).expect("there are samples")[10]
        };
        assert!(
            (minded(1) - 5.0).abs() < 0.05 && (minded(0) - 7.0).abs() < 0.05,
            "{} {}",
            minded(1),
            minded(0)
        );
    }

    #[test]
    fn hours_apart_are_counted_around_midnight() {
        let hour = |hour: i64| hour * 3600;
        assert!((hours_apart(hour(23), hour(25)) - 2.0).abs() < 1e-9);
        assert!((hours_apart(hour(0), hour(13)) - 11.0).abs() < 1e-9);
        assert!(hours_apart(i64::MIN, i64::MAX) <= 12.0);
    }

    #[test]
    fn a_slow_climb_is_followed_closest_by_those_who_forget_fastest() {
        let climb: Vec<_> = (0..60_i16)
            .map(|day| sample(5.0 + 0.02 * f32::from(day), 0, i64::from(day) * 24))
            .collect();
        let behind = |expert: usize| {
            6.18 - opinions(&climb, climb[59].tags).expect("there are samples")[expert]
        };
        assert!(
            behind(0) < behind(4) && behind(4) < behind(8),
            "{} {} {}",
            behind(0),
            behind(4),
            behind(8)
        );
    }
}
