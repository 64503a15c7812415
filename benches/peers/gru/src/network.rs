//! The network: a GRU over the last runs, then two layers that add the moment and answer four quantiles.
//!
//! Guarantees: the quantiles never cross, and the same seed gives the same weights.

use anyhow::Result;
use candle_core::{DType, Device, Tensor, Var};
use candle_nn::{GRU, GRUConfig, Linear, Module, RNN, VarBuilder, VarMap, linear, ops, rnn::gru};
use rand::{Rng, SeedableRng, rngs::StdRng};

use crate::window::{Example, MOMENT_WIDTH, STEP_WIDTH, STEPS};

/// Quantiles in the order of the answer.
pub const QUANTILES: [f64; 4] = [0.05, 0.5, 0.9, 0.95];

/// Wide enough for the shapes in twenty values, small enough to train in minutes without an accelerator.
const HIDDEN: usize = 32;

pub struct Network {
    variables: VarMap,
    recurrent: GRU,
    joined: Linear,
    answer: Linear,
}

impl Network {
    /// An untrained network.
    pub fn new(seed: u64) -> Result<Self> {
        let variables = VarMap::new();
        let builder = VarBuilder::from_varmap(&variables, DType::F32, &Device::Cpu);
        let network = Self {
            recurrent: gru(
                STEP_WIDTH,
                HIDDEN,
                GRUConfig::default(),
                builder.pp("recurrent"),
            )?,
            joined: linear(HIDDEN + MOMENT_WIDTH, HIDDEN, builder.pp("joined"))?,
            answer: linear(HIDDEN, QUANTILES.len(), builder.pp("answer"))?,
            variables,
        };
        network.seed_weights(seed)?;
        Ok(network)
    }

    /// What training moves.
    pub fn variables(&self) -> Vec<Var> {
        self.variables.all_vars()
    }

    /// Quantiles relative to each row's base, in logarithms.
    pub fn forward(&self, rows: &[&Example]) -> Result<Tensor> {
        let steps = floats(rows, |row| &row.steps, &[rows.len(), STEPS, STEP_WIDTH])?;
        let moment = floats(rows, |row| &row.moment, &[rows.len(), MOMENT_WIDTH])?;
        let spread = floats(
            rows,
            |row| std::slice::from_ref(&row.spread),
            &[rows.len(), 1],
        )?;
        let mut state = self.recurrent.zero_state(rows.len())?;
        for step in 0..STEPS {
            let input = steps.narrow(1, step, 1)?.squeeze(1)?.contiguous()?;
            state = self.recurrent.step(&input, &state)?;
        }
        let joined = self
            .joined
            .forward(&Tensor::cat(&[state.h(), &moment], 1)?)?
            .relu()?;
        let raw = self.answer.forward(&joined)?;
        Ok(uncrossed(&raw)?.broadcast_mul(&spread)?)
    }

    /// The same as numbers, row by row.
    pub fn quantiles(&self, rows: &[Example]) -> Result<Vec<Vec<f32>>> {
        let rows: Vec<_> = rows.iter().collect();
        Ok(self.forward(&rows)?.to_vec2()?)
    }

    /// Overwrites candle's first weights, whose generator on the CPU takes no seed.
    fn seed_weights(&self, seed: u64) -> Result<()> {
        let mut random = StdRng::seed_from_u64(seed);
        let variables = self
            .variables
            .data()
            .lock()
            .expect("no thread has panicked with it");
        let mut named: Vec<_> = variables.iter().collect();
        named.sort_by_key(|(name, _)| name.as_str());
        for (_, variable) in named {
            let bound = (*variable.dims().last().unwrap_or(&1) as f32).powf(-0.5);
            let count = variable.elem_count();
            let values: Vec<f32> = (0..count)
                .map(|_| random.random_range(-bound..bound))
                .collect();
            variable.set(&Tensor::from_vec(values, variable.dims(), &Device::Cpu)?)?;
        }
        Ok(())
    }
}

/// A tensor of one part of every row.
pub fn floats<'a>(
    rows: &[&'a Example],
    part: impl Fn(&'a Example) -> &'a [f32],
    shape: &[usize],
) -> Result<Tensor> {
    let values: Vec<f32> = rows.iter().flat_map(|row| part(row)).copied().collect();
    Ok(Tensor::from_vec(values, shape, &Device::Cpu)?)
}

/// The median and three distances that cannot be negative, put together as quantiles.
fn uncrossed(raw: &Tensor) -> Result<Tensor> {
    let median = raw.narrow(1, 1, 1)?;
    let below = softplus(&raw.narrow(1, 0, 1)?)?;
    let above = softplus(&raw.narrow(1, 2, 1)?)?;
    let further = softplus(&raw.narrow(1, 3, 1)?)?;
    let p90 = (&median + above)?;
    let p95 = (&p90 + further)?;
    Ok(Tensor::cat(&[&(&median - below)?, &median, &p90, &p95], 1)?)
}

/// A smooth bend at zero, written so that it cannot overflow.
fn softplus(raw: &Tensor) -> Result<Tensor> {
    Ok((raw.relu()? - ops::sigmoid(&raw.abs()?)?.log()?)?)
}
