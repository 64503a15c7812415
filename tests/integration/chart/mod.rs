//! The chart as files: what Helm makes of it, judged without a cluster where that is possible.
//!
//! [`render`] runs Helm on the value sets of `values/`, which stand for what people install; every other file judges
//! what comes out. That it works is proven in `cluster::install`.

pub(crate) mod render;
mod schemas;

mod agreement;
mod checkers;
mod golden;
mod habits;
mod kustomize;
mod refusals;
