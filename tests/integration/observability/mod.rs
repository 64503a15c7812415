//! What operators see: metrics as a run really tells them, and everything that is built upon them.
//!
//! [`run`] makes rounds against the simulated GitHub and scrapes; [`exposition`] reads what comes out; every other file
//! judges one thing that people are given: the metrics, the alerts with their pages, the dashboards.

mod exposition;
mod promtool;
mod query;
mod run;

mod alerts;
mod dashboards;
mod metrics;
mod pages;
mod traces;
