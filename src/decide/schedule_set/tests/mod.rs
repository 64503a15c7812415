//! Decisions about sets, by example and by property.

mod conclusions;
mod crowds;
mod examples;
mod properties;
mod support;
