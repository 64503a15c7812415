//! Letting the cluster say who may look: a reviewer is asked for each token, and its answer counts for a moment.
//!
//! # Invariants
//! - Who cannot be asked about is refused.
//! - No token is kept: an answer is remembered under the token's signature. So many answers at most, whatever is sent.
//! - So many questions at once and in a second at most, whether or not whoever caused one waits for its answer: who makes up
//!   tokens keeps the cluster no busier than that.

use std::{
    collections::BTreeMap,
    fmt,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use futures::future::BoxFuture;
use secrecy::SecretString;
use tokio::{
    sync::Semaphore,
    time::{Instant, timeout},
};

/// How long whoever was let in is let in without a question: a right that is taken away ends so much later.
const ADMITTED_FOR: Duration = Duration::from_secs(30);
/// How long whoever was refused is refused without a question: a right that is given begins so much later.
const REFUSED_FOR: Duration = Duration::from_secs(5);
/// How many answers are kept: far more than people look at once.
const MOST_KEPT: usize = 1024;
/// How many questions are asked at once.
const AT_ONCE: usize = 4;
/// How many questions are asked in a second; so many may come at once after a pause.
const PER_SECOND: u32 = 20;
/// How long an answer is waited for, the turn to ask included.
const PATIENCE: Duration = Duration::from_secs(5);
/// The longest token: tokens of identity providers with many groups stay far below.
const LONGEST_TOKEN: usize = 16 * 1024;

/// What a cluster says of whoever bears a token.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// May look.
    Admitted,
    /// Nobody whom it knows: no token of its own, or one that has ended.
    Stranger,
    /// Known, and may not look.
    Forbidden,
}

/// Asks a cluster.
pub trait Reviewer: Send + Sync {
    /// What whoever bears the token may; an error where that cannot be told, without the token in it.
    fn review(&self, token: SecretString) -> BoxFuture<'_, Result<Verdict, String>>;

    /// The right that is asked for, as a sentence tells it.
    fn right(&self) -> String;
}

/// Why somebody is not let in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Refusal {
    Stranger,
    Forbidden(String),
    Unknown,
}

/// A reviewer and what it said of late, cheap to clone.
#[derive(Clone)]
pub struct Reviewed(Arc<Inner>);

struct Inner {
    reviewer: Box<dyn Reviewer>,
    kept: Mutex<BTreeMap<[u8; 32], (Verdict, Instant)>>,
    asking: Arc<Semaphore>,
    rate: Mutex<Rate>,
    /// Why nobody could be asked, as it was told last; empty since somebody answered.
    told: Mutex<String>,
}

impl Reviewed {
    /// Asks this one.
    #[must_use]
    pub fn by(reviewer: impl Reviewer + 'static) -> Self {
        Self(Arc::new(Inner {
            reviewer: Box::new(reviewer),
            kept: Mutex::default(),
            asking: Arc::new(Semaphore::new(AT_ONCE)),
            rate: Mutex::default(),
            told: Mutex::default(),
        }))
    }

    /// Why whoever bears a token is not let in; nothing where they are. `mark` tells the token from every other.
    pub(super) async fn refuses(&self, mark: [u8; 32], token: &[u8]) -> Option<Refusal> {
        let token = std::str::from_utf8(token).ok();
        let Some(token) = token.filter(|token| (1..=LONGEST_TOKEN).contains(&token.len())) else {
            return Some(Refusal::Stranger);
        };
        let verdict = match self.kept(mark) {
            Some(verdict) => verdict,
            None => match timeout(PATIENCE, self.ask(mark, token.into())).await {
                Ok(Answer::Told(verdict)) => verdict,
                Ok(Answer::Unknown(why)) => return Some(self.unknown(&why)),
                Ok(Answer::TooMany) => return Some(Refusal::Unknown),
                Err(_) => return Some(self.unknown("no answer in time")),
            },
        };
        match verdict {
            Verdict::Admitted => None,
            Verdict::Stranger => Some(Refusal::Stranger),
            Verdict::Forbidden => Some(Refusal::Forbidden(self.0.reviewer.right())),
        }
    }

    async fn ask(&self, mark: [u8; 32], token: SecretString) -> Answer {
        let Ok(turn) = self.0.asking.clone().acquire_owned().await else {
            return Answer::Unknown("closed".to_owned());
        };
        // Somebody else may have asked the same meanwhile: a page loads its parts at once.
        if let Some(verdict) = self.kept(mark) {
            return Answer::Told(verdict);
        }
        if !locked(&self.0.rate).takes(Instant::now()) {
            return Answer::TooMany;
        }
        // A peer that hangs up ends its request, not the question: that holds its turn and is answered for whoever comes next.
        let this = self.clone();
        let asked = tokio::spawn(async move {
            let answer = timeout(PATIENCE, this.0.reviewer.review(token)).await;
            let answer = answer.unwrap_or_else(|_| Err("no answer in time".to_owned()));
            if let Ok(verdict) = &answer {
                locked(&this.0.told).clear();
                this.keep(mark, verdict.clone());
            }
            drop(turn);
            answer
        });
        match asked.await {
            Ok(Ok(verdict)) => Answer::Told(verdict),
            Ok(Err(why)) => Answer::Unknown(why),
            Err(_) => Answer::Unknown("the question was broken off".to_owned()),
        }
    }

    /// Tells the log once, however many ask.
    fn unknown(&self, why: &str) -> Refusal {
        let mut told = locked(&self.0.told);
        if *told != why {
            tracing::warn!(
                why,
                "the dashboard lets nobody in: the cluster cannot be asked who may look"
            );
            why.clone_into(&mut told);
        }
        Refusal::Unknown
    }

    fn kept(&self, mark: [u8; 32]) -> Option<Verdict> {
        let kept = locked(&self.0.kept);
        let (verdict, until) = kept.get(&mark)?;
        (Instant::now() < *until).then(|| verdict.clone())
    }

    fn keep(&self, mark: [u8; 32], verdict: Verdict) {
        let now = Instant::now();
        let life = if verdict == Verdict::Admitted {
            ADMITTED_FOR
        } else {
            REFUSED_FOR
        };
        let mut kept = locked(&self.0.kept);
        if kept.len() >= MOST_KEPT {
            kept.retain(|_, (_, until)| *until > now);
        }
        // What is refused goes first: whoever makes up tokens pushes nobody out who was let in.
        let is_admitted = verdict == Verdict::Admitted;
        while kept.len() >= MOST_KEPT {
            let refused = kept.iter().find(|(_, (was, _))| *was != Verdict::Admitted);
            let goes = refused.or_else(|| kept.iter().next().filter(|_| is_admitted));
            let Some(goes) = goes.map(|(mark, _)| *mark) else {
                return;
            };
            kept.remove(&goes);
        }
        kept.insert(mark, (verdict, now + life));
    }
}

/// What a question came to.
enum Answer {
    Told(Verdict),
    /// Why nobody could be asked.
    Unknown(String),
    /// It was not asked, because so many others were.
    TooMany,
}

/// How many questions may be asked at a moment.
#[derive(Default)]
struct Rate {
    /// When the next would be due, were they asked one by one.
    due: Option<Instant>,
}

impl Rate {
    /// Takes one, if one is left.
    fn takes(&mut self, now: Instant) -> bool {
        let due = self.due.map_or(now, |due| due.max(now));
        let apart = Duration::from_secs(1) / PER_SECOND;
        if due - now > apart * (PER_SECOND - 1) {
            return false;
        }
        self.due = Some(due + apart);
        true
    }
}

fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl fmt::Debug for Reviewed {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("Reviewed")
    }
}

impl Drop for Inner {
    fn drop(&mut self) {
        self.asking.close();
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicUsize, Ordering};

    use secrecy::ExposeSecret as _;

    use super::*;

    /// Lets in `ada`, knows `bob`, cannot tell of `eve`, never answers about `zoe`; counts questions, and the most at once.
    #[derive(Clone, Default)]
    struct Gatekeeper {
        asked: Arc<AtomicUsize>,
        at_once: Arc<AtomicUsize>,
        most_at_once: Arc<AtomicUsize>,
    }

    impl Reviewer for Gatekeeper {
        fn review(&self, token: SecretString) -> BoxFuture<'_, Result<Verdict, String>> {
            Box::pin(async move {
                self.asked.fetch_add(1, Ordering::Relaxed);
                let now = self.at_once.fetch_add(1, Ordering::Relaxed) + 1;
                self.most_at_once.fetch_max(now, Ordering::Relaxed);
                tokio::time::sleep(Duration::from_millis(10)).await;
                self.at_once.fetch_sub(1, Ordering::Relaxed);
                match token.expose_secret() {
                    "ada" => Ok(Verdict::Admitted),
                    "bob" => Ok(Verdict::Forbidden),
                    "eve" => Err("away".to_owned()),
                    "zoe" => std::future::pending().await,
                    _ => Ok(Verdict::Stranger),
                }
            })
        }

        fn right(&self) -> String {
            "list workflowschedules".to_owned()
        }
    }

    fn mark(token: &str) -> [u8; 32] {
        let mut mark = [0; 32];
        mark[..token.len()].copy_from_slice(token.as_bytes());
        mark
    }

    fn gate() -> (Reviewed, Gatekeeper) {
        let keeper = Gatekeeper::default();
        (Reviewed::by(keeper.clone()), keeper)
    }

    async fn refuses(gate: &Reviewed, token: &str) -> Option<Refusal> {
        gate.refuses(mark(token), token.as_bytes()).await
    }

    // Time is paused: it passes where all wait.

    #[tokio::test(start_paused = true)]
    async fn who_may_is_let_in_and_everybody_else_is_refused_with_the_reason() {
        let (gate, _) = gate();
        let right = "list workflowschedules".to_owned();
        for (token, refusal) in [
            ("ada", None),
            ("bob", Some(Refusal::Forbidden(right))),
            ("mallory", Some(Refusal::Stranger)),
            ("", Some(Refusal::Stranger)),
            ("eve", Some(Refusal::Unknown)),
            ("zoe", Some(Refusal::Unknown)),
        ] {
            assert_eq!(refuses(&gate, token).await, refusal, "{token}");
        }
    }

    #[tokio::test(start_paused = true)]
    async fn what_is_no_token_is_no_question() {
        let (gate, keeper) = gate();
        let long = "a".repeat(LONGEST_TOKEN + 1);
        for token in [b"".as_slice(), b"\xff\xfe", long.as_bytes()] {
            let refused = gate.refuses([1; 32], token).await;
            assert_eq!(refused, Some(Refusal::Stranger));
        }
        assert_eq!(keeper.asked.load(Ordering::Relaxed), 0);
    }

    #[tokio::test(start_paused = true)]
    async fn an_answer_counts_for_a_moment_and_none_is_no_answer() {
        for (token, life) in [("ada", ADMITTED_FOR), ("bob", REFUSED_FOR)] {
            let (gate, keeper) = gate();
            for (pass, asked) in [(Duration::ZERO, 1), (life / 2, 1), (life, 2)] {
                tokio::time::advance(pass).await;
                refuses(&gate, token).await;
                assert_eq!(keeper.asked.load(Ordering::Relaxed), asked, "{token}");
            }
        }
        let (gate, keeper) = gate();
        refuses(&gate, "eve").await;
        refuses(&gate, "eve").await;
        assert_eq!(keeper.asked.load(Ordering::Relaxed), 2);
    }

    #[tokio::test(start_paused = true)]
    async fn a_page_with_many_parts_is_one_question_or_a_few_and_never_many_at_once() {
        let (gate, keeper) = gate();
        let parts = futures::future::join_all((0..100).map(|_| refuses(&gate, "ada"))).await;
        assert!(parts.iter().all(Option::is_none));
        assert!(keeper.asked.load(Ordering::Relaxed) <= AT_ONCE);
        let tokens: Vec<_> = (0..100).map(|number| format!("made up {number}")).collect();
        futures::future::join_all(tokens.iter().map(|token| refuses(&gate, token))).await;
        assert_eq!(keeper.most_at_once.load(Ordering::Relaxed), AT_ONCE);
    }

    #[tokio::test(start_paused = true)]
    async fn who_asks_and_hangs_up_holds_a_turn_until_the_answer_which_is_kept() {
        let (gate, keeper) = gate();
        let brief = Duration::from_millis(1);
        for number in 0..20 {
            let token = format!("made up {number}");
            assert!(timeout(brief, refuses(&gate, &token)).await.is_err());
        }
        assert_eq!(keeper.most_at_once.load(Ordering::Relaxed), AT_ONCE);

        tokio::time::advance(Duration::from_secs(5)).await;
        assert!(timeout(brief, refuses(&gate, "ada")).await.is_err());
        tokio::time::sleep(Duration::from_secs(1)).await;
        let asked = keeper.asked.load(Ordering::Relaxed);
        assert_eq!(refuses(&gate, "ada").await, None);
        assert_eq!(keeper.asked.load(Ordering::Relaxed), asked);
    }

    #[tokio::test(start_paused = true)]
    async fn so_many_questions_are_asked_in_a_second_and_whoever_comes_beyond_is_told_to_come_again()
     {
        let (gate, keeper) = gate();
        refuses(&gate, "ada").await;
        let mut last = None;
        for number in 0..100 {
            last = refuses(&gate, &format!("made up {number}")).await;
        }
        assert_eq!(last, Some(Refusal::Unknown));
        let asked = keeper.asked.load(Ordering::Relaxed);
        assert!((20..30).contains(&asked), "{asked}");
        assert_eq!(refuses(&gate, "ada").await, None, "who was let in stays");
        tokio::time::advance(Duration::from_secs(1)).await;
        assert_eq!(refuses(&gate, "new").await, Some(Refusal::Stranger));
    }

    #[tokio::test(start_paused = true)]
    async fn who_makes_up_tokens_fills_no_memory_and_pushes_nobody_out() {
        let (gate, keeper) = gate();
        refuses(&gate, "ada").await;
        for number in 0..2 * MOST_KEPT {
            gate.keep(mark(&number.to_string()), Verdict::Stranger);
        }
        assert_eq!(gate.0.kept.lock().unwrap().len(), MOST_KEPT);
        assert_eq!(refuses(&gate, "ada").await, None);
        assert_eq!(keeper.asked.load(Ordering::Relaxed), 1);
    }
}
