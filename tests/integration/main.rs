//! Every integration test in one binary, because linking is the dear part of a test build.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on says where")]

mod actions;
mod architecture;
mod backtest;
mod chart;
mod cluster;
mod commands;
mod dashboard;
mod demo;
mod generated;
mod observability;
mod payloads;
#[path = "../support/postgres.rs"]
#[allow(dead_code, reason = "the tests of the store share it")]
mod postgres;
mod restart;
mod rounds;
mod simulate;
mod sources;
