//! Histories to judge: recorded ones, or made up where there is no file.

use std::{collections::BTreeMap, fs::File, io::Read};

use cronwright::domain::Timestamp;

/// The shortest series that is judged.
const SHORTEST: usize = 80;
/// What is added to a wait before its logarithm is taken.
const WAIT_FLOOR: f64 = 30.0;
/// As many days as costs are looked back at.
const DAYS: usize = 118;

pub(super) struct Histories {
    /// Logarithms of seconds.
    pub(super) durations: Vec<Vec<f64>>,
    /// 1 is a failure.
    pub(super) failures: Vec<Vec<f64>>,
    /// Logarithms of seconds and half a minute.
    pub(super) waits: Vec<Vec<f64>>,
    /// 1 is a run that turned green when it was run again.
    pub(super) reruns: Vec<Vec<f64>>,
    /// Logarithms of minutes by day.
    pub(super) costs: Vec<Vec<f64>>,
}

/// One number after the other, the same for the same seed (splitmix64).
pub(super) struct Numbers(u64);

impl Numbers {
    pub(super) const fn new(seed: u64) -> Self {
        Self(seed)
    }

    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    pub(super) fn below(&mut self, bound: usize) -> usize {
        usize::try_from(self.next() % bound.max(1) as u64).unwrap()
    }

    fn share(&mut self) -> f64 {
        (self.next() >> 11) as f64 / (1_u64 << 53) as f64
    }

    /// Nearly normal: the sum of twelve shares.
    fn normal(&mut self) -> f64 {
        (0..12).map(|_| self.share()).sum::<f64>() - 6.0
    }

    pub(super) fn shuffled(&mut self, values: &[f64]) -> Vec<f64> {
        let mut shuffled = values.to_vec();
        for at in (1..shuffled.len()).rev() {
            shuffled.swap(at, self.below(at + 1));
        }
        shuffled
    }
}

impl Histories {
    /// Workflows that scatter by 3 to 30 %, with an outlier in twenty runs, that fail now and then and wait a little.
    pub(super) fn simulated(count: usize) -> Self {
        let mut numbers = Numbers::new(3);
        let mut made = Self {
            durations: Vec::new(),
            failures: Vec::new(),
            waits: Vec::new(),
            reruns: reruns(&mut numbers, count),
            costs: Vec::new(),
        };
        for _ in 0..count {
            let (level, spread) = (4.0 + 4.0 * numbers.share(), 0.03 + 0.27 * numbers.share());
            let (fails, waits) = (0.15 * numbers.share(), 20.0 * numbers.share());
            let mut duration = || {
                let outlier = if numbers.below(20) == 0 {
                    numbers.share()
                } else {
                    0.0
                };
                level + spread * numbers.normal() + outlier
            };
            made.durations
                .push((0..300).map(|_| duration().max(0.0)).collect());
            let failure = |numbers: &mut Numbers| f64::from(u8::from(numbers.share() < fails));
            made.failures
                .push((0..300).map(|_| failure(&mut numbers)).collect());
            let wait =
                |numbers: &mut Numbers| (WAIT_FLOOR + waits * numbers.share().powi(3) * 5.0).ln();
            made.waits
                .push((0..300).map(|_| wait(&mut numbers)).collect());
        }
        made.costs = made
            .durations
            .iter()
            .map(|one| one[..DAYS].to_vec())
            .collect();
        made
    }

    /// Recorded runs: a series for each repository, workflow, level and event.
    pub(super) fn read(path: &str) -> Self {
        let file = File::open(path).unwrap_or_else(|error| panic!("{path}: {error}"));
        let is_gzip = std::path::Path::new(path)
            .extension()
            .is_some_and(|end| end == "gz");
        let reader: Box<dyn Read> = if is_gzip {
            Box::new(flate2::read::MultiGzDecoder::new(file))
        } else {
            Box::new(file)
        };
        let mut rows: Vec<BTreeMap<String, String>> = csv::Reader::from_reader(reader)
            .deserialize()
            .filter_map(Result::ok)
            .collect();
        rows.retain(|row| matches!(row["attempt"].as_str(), "" | "1" | "1.0"));
        let start = |row: &BTreeMap<String, String>| {
            instant(&row["started_at"]).or_else(|| instant(&row["created_at"]))
        };
        rows.sort_by_key(start);
        Self {
            durations: series(&rows, |row| {
                let succeeded = matches!(row["conclusion"].as_str(), "" | "success");
                let seconds: f64 = row["duration_s"].parse().ok()?;
                (succeeded && seconds >= 1.0).then(|| seconds.round().ln())
            }),
            failures: series(&rows, |row| match row["conclusion"].as_str() {
                "success" => Some(0.0),
                "failure" | "timed_out" | "startup_failure" => Some(1.0),
                _ => None,
            }),
            waits: series(&rows, |row| {
                let wait = instant(&row["started_at"])? - instant(&row["created_at"])?;
                let seconds = wait.num_seconds();
                (seconds >= 0).then(|| (seconds as f64 + WAIT_FLOOR).ln())
            }),
            reruns: reruns(&mut Numbers::new(3), 120),
            costs: costs(&rows),
        }
    }
}

/// Runs of which up to a tenth need a second try; what was recorded does not tell.
fn reruns(numbers: &mut Numbers, count: usize) -> Vec<Vec<f64>> {
    let mut made = Vec::new();
    for _ in 0..count {
        let share = 0.1 * numbers.share();
        made.push(
            (0..300)
                .map(|_| f64::from(u8::from(numbers.share() < share)))
                .collect(),
        );
    }
    made
}

/// What each day took, of workflows that run on most days and take an hour or more; the newest days.
fn costs(rows: &[BTreeMap<String, String>]) -> Vec<Vec<f64>> {
    let mut sums = BTreeMap::<Vec<&str>, BTreeMap<chrono::NaiveDate, f64>>::new();
    for row in rows {
        let start = instant(&row["started_at"]).or_else(|| instant(&row["created_at"]));
        let (Some(start), Ok(seconds)) = (start, row["duration_s"].parse::<f64>()) else {
            continue;
        };
        let key = ["source", "repo", "workflow", "level"].map(|column| row[column].as_str());
        let days = sums.entry(key.to_vec()).or_default();
        *days.entry(start.date_naive()).or_default() += seconds.max(0.0) / 60.0;
    }
    let series = |days: &BTreeMap<chrono::NaiveDate, f64>| {
        let (first, last) = (days.keys().next()?, days.keys().next_back()?);
        let whole: Vec<f64> = first
            .iter_days()
            .take_while(|day| day <= last)
            .map(|day| days.get(&day).copied().unwrap_or(0.0))
            .collect();
        let busy: Vec<f64> = days.values().copied().collect();
        let counts = whole.len() >= SHORTEST && 10 * busy.len() >= 6 * whole.len();
        let newest = whole.len().saturating_sub(DAYS);
        let logs = whole[newest..].iter().map(|minutes| minutes.max(1.0).ln());
        (counts && median(&busy) >= 60.0).then(|| logs.collect())
    };
    sums.values().filter_map(series).collect()
}

fn instant(text: &str) -> Option<Timestamp> {
    text.parse().ok()
}

fn series(
    rows: &[BTreeMap<String, String>],
    value: impl Fn(&BTreeMap<String, String>) -> Option<f64>,
) -> Vec<Vec<f64>> {
    let mut series = BTreeMap::<Vec<&str>, Vec<f64>>::new();
    for row in rows {
        if let Some(value) = value(row) {
            let key = ["source", "repo", "workflow", "level", "event"];
            let key = key.map(|column| row[column].as_str()).to_vec();
            series.entry(key).or_default().push(value);
        }
    }
    series
        .into_values()
        .filter(|one| one.len() >= SHORTEST)
        .collect()
}

pub(super) fn median(values: &[f64]) -> f64 {
    let mut sorted = values.to_vec();
    sorted.sort_by(f64::total_cmp);
    sorted[sorted.len() / 2]
}
