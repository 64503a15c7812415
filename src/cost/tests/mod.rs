//! Examples and properties of what runs cost, and of what could be spared.

mod advice;
mod examples;
mod properties;
mod support;
