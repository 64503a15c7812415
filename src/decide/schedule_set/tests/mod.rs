//! Decisions about sets, by example and by property.

mod conclusions;
mod examples;
mod properties;
mod support;
