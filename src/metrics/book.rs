//! Makes registered metrics out of declarations, so that what is told is what the table says.

use std::sync::LazyLock;

use prometheus_client::{
    encoding::EncodeMetric,
    metrics::{
        TypedMetric,
        counter::Counter,
        family::Family,
        gauge::Gauge,
        histogram::{Histogram, exponential_buckets},
    },
    registry::{Metric, Registry, Unit},
};

use super::declared::{Declared, PREFIX};

/// The labels of a series, in the order of the declaration.
type Labels<const N: usize> = [(&'static str, &'static str); N];

/// A metric by its labels.
#[derive(Clone, Debug)]
pub(super) struct By<const N: usize, M> {
    labels: [&'static str; N],
    family: Family<Labels<N>, M, fn() -> M>,
}

/// A gauge of real numbers.
pub(super) type Real = Gauge<f64, std::sync::atomic::AtomicU64>;

impl<const N: usize, M: Clone> By<N, M> {
    /// The series with these values of its labels.
    pub(super) fn of(&self, values: [&'static str; N]) -> M {
        let labels = std::array::from_fn(|at| (self.labels[at], values[at]));
        self.family.get_or_create_owned(&labels)
    }

    /// Forgets every series: for gauges that are told whole each time.
    pub(super) fn clear(&self) {
        self.family.clear();
    }
}

/// Registers declared metrics.
pub(super) struct Book(Registry);

impl Book {
    pub(super) fn new() -> Self {
        Self(Registry::with_prefix(PREFIX))
    }

    pub(super) fn counters<const N: usize>(
        &mut self,
        declared: &'static Declared<N>,
    ) -> By<N, Counter> {
        self.by(declared, Counter::default)
    }

    pub(super) fn gauges<const N: usize>(&mut self, declared: &'static Declared<N>) -> By<N, Real> {
        self.by(declared, Real::default)
    }

    pub(super) fn histograms<const N: usize>(
        &mut self,
        declared: &'static Declared<N>,
    ) -> By<N, Histogram> {
        self.by(declared, histogram)
    }

    /// A counter without labels, which is told from the beginning.
    pub(super) fn counter(&mut self, declared: &'static Declared<0>) -> Counter {
        self.alone(declared, Counter::default())
    }

    /// A gauge without labels, which is told from the beginning.
    pub(super) fn gauge(&mut self, declared: &'static Declared<0>) -> Gauge {
        self.alone(declared, Gauge::default())
    }

    pub(super) fn finish(self) -> Registry {
        self.0
    }

    fn by<const N: usize, M>(&mut self, declared: &'static Declared<N>, make: fn() -> M) -> By<N, M>
    where
        M: Clone + EncodeMetric + TypedMetric + Send + Sync + std::fmt::Debug + 'static,
    {
        let family = Family::new_with_constructor(make);
        By {
            labels: declared.labels,
            family: self.alone(declared, family),
        }
    }

    fn alone<const N: usize, M: Clone + Metric>(
        &mut self,
        declared: &'static Declared<N>,
        metric: M,
    ) -> M {
        let told = metric.clone();
        let (name, help) = (declared.name, declared.help);
        match declared.unit {
            Some(unit) => {
                let unit = Unit::Other(unit.to_owned());
                self.0.register_with_unit(name, help, unit, told);
            }
            None => self.0.register(name, help, told),
        }
        metric
    }
}

/// Sixteen buckets from a millisecond to half a minute, doubling: a row of the store takes the first, an act on GitHub is cut
/// off at the last.
static BUCKETS: LazyLock<Vec<f64>> =
    LazyLock::new(|| exponential_buckets(0.001, 2.0, 16).collect());

fn histogram() -> Histogram {
    Histogram::new(BUCKETS.iter().copied())
}
