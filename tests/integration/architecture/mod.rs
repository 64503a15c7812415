//! Guards of the house: walls that a compiler of one crate does not see, kept by the tests.
//!
//! [`imports`] knows which room may name which, [`packages`] through which door an outside package enters, [`pure`] what
//! pure rooms must not do, [`tidy`] and [`text`] how code and text are kept, [`manifest`] and [`workflow`] how the
//! crate and its own CI are. [`source`] reads the code for them and [`finding`] is how they speak: file, line, rule
//! and what to do instead. Each guard is fed bad code too, so that it is known to bite.

mod finding;
mod reader;
mod source;
pub(crate) use source::files;
mod tokens;

mod imports;
mod manifest;
mod packages;
mod pure;
mod text;
mod tidy;
mod workflow;
