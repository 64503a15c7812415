//! Whole owners: what a set makes of them, what it follows, and what its limits hold back.

mod estate;
mod limits;
mod moves;
mod standalone;
mod survey;
