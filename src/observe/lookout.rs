//! Who looks at a repository each interval while nothing happens there, so that its other objects may rest for longer.
//!
//! A repository's objects share its view: whoever looks first pays the request, and the others find that nothing is new. In a
//! fleet at rest most rounds would find just that. So one object keeps the lookout and comes each interval, a second one comes
//! now and then in case that one is gone, and whoever awaits nothing but news rests until there is some.
//!
//! # Invariants
//! - Who rests has seen the newest news of the repository; whatever comes after wakes it.
//! - No object is needed: a post whose keeper did not come in time is the next one's to take. The keeper of the first looks as
//!   often as any who rests asked for.
//! - Nobody rests for longer than [`LONGEST`] of its own intervals.

use std::collections::BTreeMap;

use super::observatory::{Observatory, locked};
use crate::domain::{RepositoryName, Seconds, Timestamp};

/// After how many intervals the second one looks whether the first still comes: as long as a repository may be without a look
/// when the keeper of its lookout is deleted.
const SECOND: u32 = 2;
/// How many intervals anybody rests at most. What is told late for want of news, such as how siblings fare, is late by so much.
const LONGEST: u32 = 6;
/// How long whoever looked is remembered before it rests for the first time.
const FIRST_REST: Seconds = Seconds::days(1);

/// How an object rests.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rest {
    /// For how many of its intervals.
    pub intervals: u32,
    /// Until when what it has seen holds, where time alone ends that.
    pub holds_until: Option<Timestamp>,
}

/// An object that looks again in an interval or later.
#[derive(Clone, Copy, Debug)]
pub struct Resting<'a> {
    /// `namespace/name`.
    pub identity: &'a str,
    /// How often it is to look.
    pub interval: Seconds,
    /// Whether it awaits nothing but news.
    pub is_calm: bool,
}

/// What came of an object's look.
#[derive(Clone, Copy, Debug)]
pub(super) struct Looked<'a> {
    /// `namespace/name` of the object.
    pub(super) identity: &'a str,
    /// How often anything was found that may concern every object of the repository.
    pub(super) news: u64,
    /// Until when what the object has seen holds, where time alone ends that.
    pub(super) holds_until: Option<Timestamp>,
}

/// The objects of one repository.
#[derive(Debug, Default)]
pub(super) struct Lookout {
    /// How often something was new, as the newest look says.
    news: u64,
    /// The same, when those who rest were woken last.
    told: u64,
    first: Option<Post>,
    second: Option<Post>,
    objects: BTreeMap<String, Seen>,
}

#[derive(Debug)]
struct Post {
    keeper: String,
    interval: Seconds,
    /// Until when its keeper must have come.
    until: Timestamp,
}

#[derive(Debug)]
struct Seen {
    news: u64,
    holds_until: Option<Timestamp>,
    state: State,
    /// When the object is forgotten.
    forgotten_at: Timestamp,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum State {
    /// It has looked, and not said how it goes on.
    Looked,
    /// It comes in an interval or later.
    Rests,
}

impl Lookout {
    fn looked(&mut self, look: Looked<'_>, now: Timestamp) {
        // A look whose round broke off says nothing: the next one's count has its news, too.
        self.news = look.news;
        let seen = Seen {
            news: self.news,
            holds_until: look.holds_until,
            state: State::Looked,
            forgotten_at: after(now, FIRST_REST),
        };
        self.objects.insert(look.identity.to_owned(), seen);
    }

    fn wake(&mut self) -> Vec<String> {
        if self.told == self.news {
            return Vec::new();
        }
        self.told = self.news;
        let is_behind = |seen: &Seen| seen.state == State::Rests && seen.news != self.news;
        let behind = self.objects.iter().filter(|(_, seen)| is_behind(seen));
        behind.map(|(identity, _)| identity.clone()).collect()
    }

    fn rest(&mut self, resting: Resting<'_>, now: Timestamp) -> Rest {
        let seen = self.objects.remove(resting.identity);
        // Whoever comes without having looked has ceased to: it keeps no lookout any more.
        let Some(mut seen) = seen.filter(|seen| seen.state == State::Looked) else {
            Post::leave(&mut self.first, resting.identity);
            Post::leave(&mut self.second, resting.identity);
            return Rest {
                intervals: 1,
                holds_until: None,
            };
        };
        let in_halves = |halves| after(now, times(resting.interval, halves));
        let is_behind = seen.news != self.news;
        let comes = !resting.is_calm || is_behind;
        let keeps = Post::take(&mut self.first, resting, in_halves(3), now);
        let intervals = if keeps || comes {
            1
        } else if Post::take(&mut self.second, resting, in_halves(2 * SECOND + 1), now) {
            SECOND
        } else {
            LONGEST
        };
        seen.state = State::Rests;
        seen.forgotten_at = in_halves(4 * LONGEST);
        let rest = Rest {
            intervals,
            holds_until: seen.holds_until,
        };
        self.objects.insert(resting.identity.to_owned(), seen);
        self.objects.retain(|_, seen| now <= seen.forgotten_at);
        rest
    }
}

impl Post {
    /// Whether the post is this object's now: it was, or its keeper did not come in time, or comes more seldom.
    fn take(post: &mut Option<Self>, by: Resting<'_>, until: Timestamp, now: Timestamp) -> bool {
        let is_free = post.as_ref().is_none_or(|post| {
            post.keeper == by.identity || post.until < now || by.interval < post.interval
        });
        if is_free {
            *post = Some(Self {
                keeper: by.identity.to_owned(),
                interval: by.interval,
                until,
            });
        }
        is_free
    }

    fn leave(post: &mut Option<Self>, identity: &str) {
        post.take_if(|post| post.keeper == identity);
    }
}

fn after(now: Timestamp, wait: Seconds) -> Timestamp {
    now.checked_add_signed(wait.to_delta())
        .unwrap_or(Timestamp::MAX_UTC)
}

/// So many halves of an interval.
fn times(interval: Seconds, halves: u32) -> Seconds {
    Seconds(interval.0.saturating_mul(u64::from(halves)) / 2)
}

impl Observatory {
    /// Takes note that an object looked at a repository.
    pub(super) fn looked(&self, repository: &RepositoryName, look: Looked<'_>, now: Timestamp) {
        self.lookout(repository, |lookout| lookout.looked(look, now));
    }

    /// Who has to come because of what was found at a repository since this was asked last: they rest, and have not seen it.
    pub fn wake(&self, repository: &RepositoryName) -> Vec<String> {
        self.lookout(repository, Lookout::wake)
    }

    /// How an object rests that looks again at a repository in an interval or later.
    pub fn rest(&self, repository: &RepositoryName, resting: Resting<'_>, now: Timestamp) -> Rest {
        self.lookout(repository, |lookout| lookout.rest(resting, now))
    }

    fn lookout<T>(&self, repository: &RepositoryName, with: impl FnOnce(&mut Lookout) -> T) -> T {
        let mut lookouts = locked(&self.lookouts);
        with(lookouts.entry(repository.clone()).or_default())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const INTERVAL: Seconds = Seconds(300);

    /// Objects of one repository, and the time that has passed.
    #[derive(Default)]
    struct Fleet {
        lookout: Lookout,
        news: u64,
        now: u64,
    }

    impl Fleet {
        fn now(&self) -> Timestamp {
            Timestamp::UNIX_EPOCH + Seconds(self.now).to_delta()
        }

        fn look(&mut self, identity: &str, is_news: bool) {
            self.news += u64::from(is_news);
            let look = Looked {
                identity,
                news: self.news,
                holds_until: None,
            };
            self.lookout.looked(look, self.now());
        }

        fn rest(&mut self, identity: &str, is_calm: bool) -> u32 {
            self.rest_of(identity, is_calm, INTERVAL)
        }

        fn rest_of(&mut self, identity: &str, is_calm: bool, interval: Seconds) -> u32 {
            let resting = Resting {
                identity,
                interval,
                is_calm,
            };
            self.lookout.rest(resting, self.now()).intervals
        }

        /// Looks, finds nothing, and rests.
        fn round(&mut self, identity: &str) -> u32 {
            self.look(identity, false);
            self.rest(identity, true)
        }
    }

    #[test]
    fn news_of_a_look_that_broke_off_is_told_with_the_next_one() {
        let mut fleet = Fleet::default();
        for name in ["a", "b", "c"] {
            fleet.round(name);
        }
        // Found by a round that never came to its end.
        fleet.news += 1;

        fleet.round("b");

        assert_eq!(fleet.lookout.wake(), ["a", "c"]);
    }

    #[test]
    fn one_comes_each_interval_a_second_now_and_then_and_the_others_seldom() {
        let mut fleet = Fleet::default();
        let rests = ["a", "b", "c", "d"].map(|name| fleet.round(name));
        assert_eq!(rests, [1, SECOND, LONGEST, LONGEST]);
        fleet.now += 300;
        assert_eq!(fleet.round("a"), 1, "and stays");
        fleet.now += 300;
        assert_eq!((fleet.round("b"), fleet.round("a")), (SECOND, 1));
    }

    #[test]
    fn whoever_rests_is_woken_by_news_once_and_by_no_other_round() {
        let mut fleet = Fleet::default();
        for name in ["a", "b", "c"] {
            fleet.round(name);
        }
        assert!(fleet.lookout.wake().is_empty());
        fleet.look("a", true);
        assert_eq!(fleet.lookout.wake(), ["b", "c"]);
        assert!(fleet.lookout.wake().is_empty());
        fleet.rest("a", true);
        fleet.round("b");
        assert!(fleet.lookout.wake().is_empty());
    }

    #[test]
    fn news_that_comes_between_a_look_and_its_rest_lets_nobody_rest_upon_it() {
        let mut fleet = Fleet::default();
        fleet.round("a");
        fleet.round("b");
        fleet.look("c", false);
        fleet.look("a", true);
        assert_eq!(fleet.lookout.wake(), ["b"]);
        assert_eq!(fleet.rest("c", true), 1, "it has not seen the news");
    }

    #[test]
    fn whoever_awaits_more_than_news_comes_each_interval() {
        let mut fleet = Fleet::default();
        fleet.round("a");
        fleet.look("b", false);
        assert_eq!(fleet.rest("b", false), 1);
        assert_eq!(fleet.round("b"), SECOND, "once it is calm");
    }

    #[test]
    fn the_second_takes_over_from_a_first_that_does_not_come() {
        let mut fleet = Fleet::default();
        let rests = ["a", "b", "c"].map(|name| fleet.round(name));
        assert_eq!(rests, [1, SECOND, LONGEST]);
        fleet.now += 2 * 300;
        assert_eq!(fleet.round("b"), 1);
        fleet.now += 4 * 300;
        assert_eq!(fleet.round("b"), 1);
        assert_eq!(fleet.round("c"), SECOND, "the second's place is free");
    }

    #[test]
    fn whoever_ceases_to_look_keeps_no_lookout_from_then_on() {
        let mut fleet = Fleet::default();
        fleet.round("a");
        fleet.round("b");
        assert_eq!(fleet.rest("a", false), 1, "suspended");
        assert_eq!(fleet.round("b"), 1);
    }

    #[test]
    fn the_first_looks_as_often_as_the_most_eager_of_those_who_rest() {
        let mut fleet = Fleet::default();
        fleet.look("seldom", false);
        fleet.rest_of("seldom", true, Seconds::hours(1));
        assert_eq!(fleet.round("often"), 1);
        fleet.look("seldom", false);
        let rest = fleet.rest_of("seldom", true, Seconds::hours(1));
        assert_eq!(rest, SECOND);
    }

    #[test]
    fn objects_that_are_gone_are_forgotten_and_no_interval_is_too_long() {
        let mut fleet = Fleet::default();
        fleet.round("a");
        fleet.round("gone");
        fleet.now += 100 * 300;
        fleet.round("a");
        assert_eq!(fleet.lookout.objects.len(), 1);
        fleet.look("b", false);
        fleet.rest_of("b", true, Seconds(u64::MAX));
    }

    #[tokio::test]
    async fn a_run_that_was_told_of_out_of_turn_is_news_for_the_siblings_at_the_next_turn() {
        use crate::{
            github::webhook::News,
            observe::{
                look,
                stage::{Stage, nightly, object},
            },
        };
        let stage = Stage::set().await;
        let (watch, repository) = (&stage.observatory, nightly().repository);
        let sibling = crate::decide::Object {
            identity: "ci/sibling".to_owned(),
            ..object()
        };
        // Just before the night's run.
        stage.pass(Seconds::hours(21));
        for one in [&object(), &sibling] {
            look(one, &stage.site(), stage.now()).await;
            let resting = Resting {
                identity: &one.identity,
                interval: INTERVAL,
                is_calm: true,
            };
            watch.rest(&repository, resting, stage.now());
        }
        let mut woken = Vec::new();
        for minute in 1..=60 {
            stage.pass(Seconds::minutes(1));
            watch.hear(&News::RunEnded(nightly()), stage.now());
            look(&object(), &stage.site(), stage.now()).await;
            if !watch.wake(&repository).is_empty() {
                woken.push(minute % 5);
            }
        }
        assert!(
            !woken.is_empty() && woken.iter().all(|minute| *minute == 0),
            "{woken:?}"
        );
    }
}
