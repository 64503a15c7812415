//! Training by the quantile loss, for a fixed number of passes: there is no set to stop early on that would not cost data.

use anyhow::Result;
use candle_core::Tensor;
use candle_nn::{AdamW, Optimizer, ParamsAdamW};
use indicatif::ProgressBar;
use rand::{SeedableRng, rngs::StdRng, seq::SliceRandom};

use crate::network::{Network, QUANTILES, floats};
use crate::window::Example;

/// Rows a step: larger batches learn less from a pass, smaller ones cost more calls.
pub const BATCH: usize = 512;

/// Where the rate of learning begins; it falls to nothing along half a cosine.
const RATE: f64 = 4e-3;

/// How long and from which seed to train.
pub struct Schedule {
    epochs: usize,
    seed: u64,
}

impl Schedule {
    pub fn new(epochs: usize, seed: u64) -> Self {
        Self { epochs, seed }
    }

    /// The rate of learning after this share of the steps.
    fn rate(share: f64) -> f64 {
        RATE * (1.0 + (share * std::f64::consts::PI).cos()) / 2.0
    }
}

/// Trains the network in place.
pub fn fit(network: &Network, rows: &[Example], schedule: &Schedule) -> Result<()> {
    let mut random = StdRng::seed_from_u64(schedule.seed);
    let mut optimizer = AdamW::new(network.variables(), ParamsAdamW::default())?;
    let mut order: Vec<_> = rows.iter().collect();
    let steps = schedule.epochs * rows.len().div_ceil(BATCH);
    let bar = ProgressBar::new(steps as u64);
    for epoch in 0..schedule.epochs {
        order.shuffle(&mut random);
        let mut sum = 0.0;
        for batch in order.chunks(BATCH) {
            optimizer.set_learning_rate(Schedule::rate(bar.position() as f64 / steps as f64));
            let loss = loss(network, batch)?;
            optimizer.backward_step(&loss)?;
            sum += f64::from(loss.to_scalar::<f32>()?) * batch.len() as f64;
            bar.inc(1);
        }
        let mean = sum / rows.len() as f64;
        bar.suspend(|| eprintln!("pass {} of {}: loss {mean:.5}", epoch + 1, schedule.epochs));
    }
    bar.finish_and_clear();
    Ok(())
}

/// The weighted mean over rows of the quantile loss, summed over quantiles.
fn loss(network: &Network, rows: &[&Example]) -> Result<Tensor> {
    let shape = [rows.len(), 1];
    let target = floats(rows, |row| std::slice::from_ref(&row.target), &shape)?;
    let weight = floats(rows, |row| std::slice::from_ref(&row.weight), &shape)?;
    let gap = target.broadcast_sub(&network.forward(rows)?)?;
    let mut total = weight.zeros_like()?;
    for (at, quantile) in QUANTILES.iter().enumerate() {
        let gap = gap.narrow(1, at, 1)?;
        total = (total + (&gap * *quantile)?.maximum(&(&gap * (quantile - 1.0))?)?)?;
    }
    Ok(((total * &weight)?.sum_all()? / f64::from(weight.sum_all()?.to_scalar::<f32>()?))?)
}
