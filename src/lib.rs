//! cronwright learns how scheduled GitHub Actions workflows really behave, plans schedules that meet the intent
//! across all repositories, opens the pull requests that make it so, and proves afterwards that it helped.
//!
//! The house has floors, and imports run downhill only:
//!
//! | floor | rooms |
//! |---|---|
//! | 6 | [`controller`] and [`cli`]: the shells; [`telemetry`]: where logs and traces go |
//! | 5 | [`round`]: look, decide, perform, conclude; [`web`]: the admin server, the dashboard |
//! | 4 | [`observe`]: looks at the world; [`act`]: performs effects; [`report`]: what a store comes to |
//! | 3 | [`decide`]: pure and total, the waist |
//! | 2 | [`api`], [`predict`], [`track`], [`plan`], [`edit`], [`cost`] (pure); [`github`], [`store`], [`metrics`], [`simulate`] |
//! | 1 | [`domain`]: the words |

pub mod act;
pub mod api;
pub mod cli;
pub mod controller;
pub mod cost;
pub mod decide;
pub mod domain;
pub mod edit;
pub mod github;
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
