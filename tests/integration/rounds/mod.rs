//! The rounds against the simulated GitHub, through the real client and a real store, on simulated time.

mod anomalies;
mod faults;
mod forks;
mod gitops;
mod history;
mod hosts;
mod limits;
mod persons;
mod place;
mod rivals;
mod secrets;
mod sets;
mod storing;
mod story;
mod tending;
mod thrift;
mod town;
mod webhooks;
mod wording;
