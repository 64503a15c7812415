//! The client against small scripted servers in this process: real requests, real answers, paused time, no port.

mod app;
mod conditional;
mod failures;
mod fake;
mod limits;
mod listings;
mod reading;
mod secrets;
mod writing;
