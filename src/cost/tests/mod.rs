//! Examples and properties of what runs cost.

mod examples;
mod properties;
mod support;
