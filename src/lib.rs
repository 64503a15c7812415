//! cronwright learns how scheduled GitHub Actions workflows really behave, plans schedules that meet the intent
//! across all repositories, opens the pull requests that make it so, and proves afterwards that it helped.
//!
//! The program is made of a library of pure functions: values and an instant in, values out. They need no GitHub, no store and no
//! runtime. `docs/library.md` has the whole list; `examples/` has programs to run.
//!
//! # Forecast: a history in, what to expect out
//!
//! ```
//! use chrono::TimeDelta;
//! use cronwright::domain::{Permille, Run, RunId, Seconds, Timestamp};
//! use cronwright::predict::{Evidence, forecast};
//!
//! let first: Timestamp = "2026-09-01T02:00:00Z".parse()?;
//! // Twenty nights of a quarter of an hour and a few seconds.
//! let runs: Vec<Run> = (0..20)
//!     .map(|night| {
//!         let start = first + TimeDelta::days(night);
//!         let end = start + TimeDelta::seconds(900 + night % 7);
//!         let file = "nightly.yml".parse().expect("a workflow file's name");
//!         Run::told(RunId(night.unsigned_abs()), file, "schedule", [start, end], true)
//!     })
//!     .collect();
//!
//! let evidence = Evidence { runs: &runs, ..Evidence::default() };
//! let told = forecast(&evidence, first + TimeDelta::days(20)).expect("runs that succeeded");
//!
//! assert!((Seconds(900)..=Seconds(907)).contains(&told.duration.p50));
//! assert!(told.duration.p50 <= told.duration.p90 && told.interval.contains(told.duration.p50));
//! assert!(told.success > Permille(900));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! # Recommend: several workflows in, one timetable out
//!
//! ```
//! # use cronwright::domain::{Forecast, Percent, Quantiles, Seconds, Timestamp};
//! use cronwright::domain::{Schedule, TimeZone, WorkflowId};
//! use cronwright::plan::{Action, Intent, Item, JobDemand, Pool, check, plan};
//!
//! # let now: Timestamp = "2026-09-14T06:00:00Z".parse()?;
//! # let sure = |seconds| Quantiles { p50: Seconds(seconds), p90: Seconds(seconds) };
//! # let forecast = Forecast {
//! #     made_at: now, model: "by-hand/1".to_owned(), duration: sure(1_800), interval: Default::default(),
//! #     queue: sure(0), lateness: sure(0), success: Default::default(), success_interval: Default::default(),
//! #     confidence: Percent(90), samples: 40, drift_since: None,
//! # };
//! // Three nightlies of half an hour meet at midnight, and one runner serves them.
//! let item = |repository: &str| Item {
//!     id: WorkflowId {
//!         repository: repository.parse().expect("owner/name"),
//!         file: "nightly.yml".parse().expect("a workflow file's name"),
//!     },
//!     schedules: vec![Schedule { cron: "0 0 * * *".parse().expect("a cron"), time_zone: TimeZone::UTC }],
//!     asked: Vec::new(),
//!     intent: Intent::default(),
//!     forecast: Some(forecast.clone()),
//!     jobs: vec![JobDemand { labels: vec!["linux".to_owned()], count: 1 }],
//!     movable: true,
//! };
//! let items = ["acme/api", "acme/app", "acme/site"].map(item);
//! let pools = [Pool { labels: vec!["linux".to_owned()], capacity: 1 }];
//!
//! let timetable = plan(&items, &pools, now);
//!
//! assert_eq!(timetable.before.peaks[0].peak_jobs, 3);
//! assert_eq!(timetable.after.peaks[0].peak_jobs, 1);
//! assert!(timetable.lines.values().any(|line| line.action == Action::Apply));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! # Track: a forecast and its run in, what it was worth out
//!
//! ```
//! # use chrono::TimeDelta;
//! # use cronwright::domain::{Forecast, Interval, Percent, Quantiles, Run, RunId, Seconds, Timestamp};
//! use cronwright::track::{Health, accuracy, score};
//!
//! # let made_at: Timestamp = "2026-09-14T00:00:00Z".parse()?;
//! # let forecast = Forecast {
//! #     made_at, model: "by-hand/1".to_owned(), duration: Quantiles { p50: Seconds(900), p90: Seconds(990) },
//! #     interval: Interval { lower: Seconds(850), upper: Seconds(1_000) }, queue: Default::default(),
//! #     lateness: Default::default(), success: Default::default(), success_interval: Default::default(),
//! #     confidence: Percent(90), samples: 40, drift_since: None,
//! # };
//! // Forecast were fifteen minutes; the run that followed took sixteen.
//! let start = made_at + TimeDelta::hours(2);
//! let end = start + TimeDelta::minutes(16);
//! let run = Run::told(RunId(1), "nightly.yml".parse()?, "schedule", [start, end], true);
//!
//! let score = score(&forecast, None, &run).expect("the forecast is older than its run");
//! let duration = score.duration.as_ref().expect("the run succeeded");
//! assert_eq!(duration.error_permille, 62); // One minute of sixteen: errors are relative to what happened.
//!
//! let accuracy = accuracy(&[score]).expect("a comparison");
//! assert_eq!((accuracy.score, accuracy.health), (Percent(100), Health::Good));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! # The house
//!
//! It has floors, and imports run downhill only:
//!
//! | floor | rooms |
//! |---|---|
//! | 6 | [`controller`] and [`cli`]: the shells; [`telemetry`]: where logs and traces go |
//! | 5 | [`round`]: look, decide, perform, conclude; [`web`]: the admin server, the dashboard |
//! | 4 | [`observe`]: looks at the world; [`act`]: performs effects; [`report`]: what a store comes to |
//! | 3 | [`decide`]: pure and total, the waist |
//! | 2 | [`api`], [`predict`], [`track`], [`plan`], [`edit`], [`anomaly`], [`load`], [`cost`] (pure); [`github`], [`store`], [`metrics`], [`simulate`] |
//! | 1 | [`domain`]: the words |

pub mod act;
pub mod anomaly;
pub mod api;
pub mod cli;
pub mod controller;
pub mod cost;
pub mod decide;
pub mod domain;
pub mod edit;
pub mod github;
pub mod load;
pub mod metrics;
pub mod observe;
pub mod plan;
pub mod predict;
pub mod report;
pub mod round;
pub mod simulate;
pub mod store;
pub mod telemetry;
pub mod track;
pub mod web;
