//! What people do without being asked: they push to the default branch on working days.

use chrono::{Datelike as _, Days, NaiveTime, TimeDelta, Weekday};

use super::{Deed, Refusal, World, draw::Draw};
use crate::domain::{RepositoryName, Timestamp};

/// When people work, in UTC.
const WORK_BEGINS_HOUR: f64 = 7.0;
const WORK_ENDS_HOUR: f64 = 18.0;
/// The file that they change.
const CHANGED: &str = "src/work.txt";

impl World {
    /// Arranges that people push about so often on a working day, for as many days up to the present as are given.
    ///
    /// A day's pushes are drawn from the seed, the repository and the date, so that they are the same whichever days are lived through.
    ///
    /// # Errors
    /// 404 without such a repository.
    pub fn push_daily(
        &mut self,
        repository: &RepositoryName,
        days: u32,
        a_day: f64,
    ) -> Result<(), Refusal> {
        let place = self.place(repository)?;
        let branch = self.repositories[place].default_branch.clone();
        for at in pushes(self.settings.seed, repository, self.now, (days, a_day)) {
            let push = Deed::Push {
                repository: repository.clone(),
                branch: branch.clone(),
                path: CHANGED.to_owned(),
                bytes: format!("{at}\n").into_bytes(),
            };
            self.schedule(at, push);
        }
        Ok(())
    }
}

/// When they push.
fn pushes(
    seed: u64,
    repository: &RepositoryName,
    present: Timestamp,
    (days, a_day): (u32, f64),
) -> Vec<Timestamp> {
    let begin = present - TimeDelta::days(days.into());
    let dates =
        (0..=u64::from(days)).filter_map(|day| begin.date_naive().checked_add_days(Days::new(day)));
    let works = |date: &chrono::NaiveDate| !matches!(date.weekday(), Weekday::Sat | Weekday::Sun);
    let of_a_day = |date: chrono::NaiveDate| {
        let key = repository.key();
        let mut draw = Draw::of(seed, &["pushes", &key.to_string(), &date.to_string()]);
        let midnight = date.and_time(NaiveTime::MIN).and_utc();
        // A chance for each of so many, as often again as is meant.
        let mut times = Vec::new();
        let mut left = 2.0 * a_day;
        while left > 0.0 {
            let pushed = draw.chance(left.min(1.0) / 2.0);
            let hour = draw.between(WORK_BEGINS_HOUR, WORK_ENDS_HOUR);
            if pushed {
                times.push(midnight + super::draw::seconds(hour * 3_600.0));
            }
            left -= 1.0;
        }
        times
    };
    let all = dates.filter(works).flat_map(of_a_day);
    let mut times: Vec<_> = all.filter(|at| (begin..present).contains(at)).collect();
    times.sort_unstable();
    times
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn people_push_about_as_often_as_is_meant_on_working_days_and_the_same_whichever_days_are_lived()
     {
        let app: RepositoryName = "acme/app".parse().unwrap();
        let present: Timestamp = "2026-09-14T06:00:00Z".parse().unwrap();
        let of = |days, a_day| pushes(7, &app, present, (days, a_day));

        let year = of(364, 2.5);
        let a_day = year.len() as f64 / 260.0;
        assert!((2.2..2.8).contains(&a_day), "{a_day}");
        assert!(year.iter().all(|at| at.weekday().number_from_monday() < 6));
        let seldom = of(364, 0.1).len();
        assert!((15..40).contains(&seldom), "{seldom}");
        let month = of(28, 2.5);
        assert!(year.ends_with(&month), "{month:?}");
    }
}
