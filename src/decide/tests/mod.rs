//! What is decided and told, as sentences.

mod anomalies;
mod events;
mod farewells;
mod pulls;
mod rations;
mod rounds;
mod standings;
mod statuses;
mod support;
mod timetables;
mod totality;
mod wishes;
