//! Which of several processes acts: the protocol of a Lease, as a state machine that neither waits nor asks the time.
//!
//! Owns what a [`Candidate`] does about what it read and what became of what it wrote. It knows neither Kubernetes nor
//! clocks: instants are whole milliseconds of *this* process's monotonic clock, and another's clock is never compared with
//! it. The rules, each of which the model next door needs:
//!
//! - Every write names the version that was read; whoever comes second is refused.
//! - A holder acts until its lease's duration, less a margin, after it *sent* the last write that was confirmed. That write
//!   came to be no sooner, so nobody else has counted to the end by then, whatever was lost since.
//! - Another's record has expired when it was seen unchanged for its whole duration, counted from when its answer was *here*.
//! - A record that is gone tells nothing about who acts. A new one is nobody's, and waited for like another's: for as long as
//!   the longest of any that was seen lasted, because its holder may not know yet.
//! - A released record is free at once: who releases has stopped before.

#[cfg(test)]
mod model;
#[cfg(test)]
mod tests;

/// An instant or a stretch of the local monotonic clock, in whole milliseconds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Millis(pub u64);

impl Millis {
    const fn plus(self, other: Self) -> Self {
        Self(self.0.saturating_add(other.0))
    }

    const fn minus(self, other: Self) -> Self {
        Self(self.0.saturating_sub(other.0))
    }
}

/// How long a lease lasts, and what follows from it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Terms {
    duration: Millis,
    margin: Millis,
}

impl Terms {
    /// The shortest duration in seconds: a request and its repetition must fit into it.
    pub const SHORTEST_SECONDS: u64 = 3;
    /// The longest duration in seconds; a record that claims more is one that we did not write.
    pub const LONGEST_SECONDS: u64 = 300;

    /// The terms of a lease of this many seconds, within the bounds.
    ///
    /// The holder stops a quarter of the duration before it ends. Two clocks that are each off by a tenth would take a fifth,
    /// and no clock is; what was sent just before the stop has the rest to arrive.
    #[must_use]
    pub fn of_seconds(seconds: u64) -> Self {
        let seconds = seconds.clamp(Self::SHORTEST_SECONDS, Self::LONGEST_SECONDS);
        let duration = Millis(seconds * 1000);
        Self {
            duration,
            margin: Millis(duration.0 / 4),
        }
    }

    /// How long a lease lasts, in whole seconds as the record tells it.
    #[must_use]
    pub const fn seconds(self) -> u64 {
        self.duration.0 / 1000
    }

    /// How long the holder acts after it sent a write that was confirmed.
    #[must_use]
    pub const fn acts_for(self) -> Millis {
        self.duration.minus(self.margin)
    }

    /// How long a holder waits after a renewal: several of them fit into the time it acts for.
    #[must_use]
    pub const fn renew_every(self) -> Millis {
        Millis(self.duration.0 / 5)
    }

    /// How long everybody else waits between two looks; a lease that was released is found within it.
    #[must_use]
    pub fn look_every(self) -> Millis {
        Millis((self.duration.0 / 10).min(500))
    }

    /// How long an answer is waited for.
    #[must_use]
    pub const fn answer_within(self) -> Millis {
        Millis(self.duration.0 / 5)
    }
}

/// Who holds a lease, by its record.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Holder {
    /// This very process.
    Us,
    /// Somebody else, who may be dead.
    Other,
    /// Somebody held it and has let it go.
    Released,
    /// Nobody has held it since it was made.
    Unclaimed,
}

/// A lease's record as it was read.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Record<V> {
    /// Who holds it.
    pub holder: Holder,
    /// How long it lasts by its own word.
    pub lasts: Option<Millis>,
    /// Its version: a token that never comes again.
    pub version: V,
}

/// What a look at the lease came to.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Look<V> {
    /// There is no record.
    Absent,
    /// There is one.
    Found(Record<V>),
    /// Nobody answered.
    Silent,
}

/// A write to the lease.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Claim<V> {
    /// Make the record, held by nobody; refused where there is one.
    Make,
    /// Become the holder; refused when the record has another version by then.
    Take(V),
    /// Stay the holder; refused when the record has another version by then.
    Renew(V),
}

/// What became of a write.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Written {
    /// It was confirmed.
    Done,
    /// Somebody else was first.
    Refused,
    /// Nobody answered: it may have come to be, or still do so.
    Silent,
}

/// One who wants to hold the lease, and what it knows.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Candidate<V> {
    terms: Terms,
    sighting: Option<Sighting<V>>,
    /// The longest that any record lasted that was seen here, or ours would.
    longest: Millis,
    acts_until: Option<Millis>,
}

/// A version of the record, when it was here first, and how long it lasts from then on.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
struct Sighting<V> {
    version: V,
    since: Millis,
    lasts: Millis,
}

impl<V: Clone + Eq> Candidate<V> {
    /// A candidate that has seen nothing yet.
    #[must_use]
    pub const fn new(terms: Terms) -> Self {
        Self {
            terms,
            sighting: None,
            longest: terms.duration,
            acts_until: None,
        }
    }

    /// Takes in what a look came to, `now` that its answer is here; what to write, if anything.
    pub fn looked(&mut self, look: Look<V>, now: Millis) -> Option<Claim<V>> {
        let record = match look {
            Look::Silent => return None,
            Look::Absent => {
                self.sighting = None;
                self.acts_until = None;
                return Some(Claim::Make);
            }
            Look::Found(record) => record,
        };
        let expired = self.has_expired(&record, now);
        let Record {
            holder, version, ..
        } = record;
        if holder != Holder::Us {
            self.acts_until = None;
        }
        match holder {
            Holder::Us => Some(Claim::Renew(version)),
            Holder::Released => Some(Claim::Take(version)),
            Holder::Other | Holder::Unclaimed => expired.then_some(Claim::Take(version)),
        }
    }

    /// Whether a record has been seen unchanged for its whole duration.
    fn has_expired(&mut self, record: &Record<V>, now: Millis) -> bool {
        let duration = self.duration_of(record);
        self.longest = self.longest.max(duration);
        let unclaimed = record.holder == Holder::Unclaimed;
        let lasts = if unclaimed { self.longest } else { duration };
        let known = self.sighting.take();
        let known = known.filter(|sighting| sighting.version == record.version);
        let sighting = known.unwrap_or_else(|| Sighting {
            version: record.version.clone(),
            since: now,
            lasts,
        });
        let expired = now.minus(sighting.since) >= sighting.lasts;
        self.sighting = Some(sighting);
        expired
    }

    /// What a record claims, or our own duration where it claims nothing that one of ours would write.
    fn duration_of(&self, record: &Record<V>) -> Millis {
        let longest = Millis(Terms::LONGEST_SECONDS * 1000);
        let claimed = record.lasts.filter(|lasts| lasts.0 > 0);
        claimed.unwrap_or(self.terms.duration).min(longest)
    }

    /// Takes in what became of a write that was sent at `sent`; how long to wait before the next look.
    pub fn wrote(&mut self, claim: &Claim<V>, written: Written, sent: Millis) -> Millis {
        match (claim, written) {
            (Claim::Take(_) | Claim::Renew(_), Written::Done) => {
                self.acts_until = Some(sent.plus(self.terms.acts_for()));
                self.terms.renew_every()
            }
            // Until when we act rests on writes that were confirmed, so nothing here shortens it; nor does it get longer.
            (Claim::Make, Written::Done) | (_, Written::Refused | Written::Silent) => {
                self.terms.look_every()
            }
        }
    }

    /// Until when this one may act, if nothing is confirmed any more.
    #[must_use]
    pub const fn acts_until(&self) -> Option<Millis> {
        self.acts_until
    }

    /// Whether this one may act now.
    #[must_use]
    pub fn acts(&self, now: Millis) -> bool {
        self.acts_until.is_some_and(|until| now < until)
    }

    /// Stops acting, whatever was confirmed. To be called before the lease is released.
    pub fn step_down(&mut self) {
        self.acts_until = None;
    }

    /// The terms.
    #[must_use]
    pub const fn terms(&self) -> Terms {
        self.terms
    }
}
