//! Tests of the whole room: golden edits of every fixture, single promises, and properties.

mod bounds;
mod document;
mod golden;
mod literals;
mod properties;
mod schedule_use;
mod support;
mod values;
