//! A set of small numbers: what one field of a cron selects.
//!
//! Invariant: no member above 63; every field of a cron fits.

/// A set of numbers from 0 to 63, one bit each.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Values(u64);

impl Values {
    /// Whether a number is a member; none above 63 is.
    pub(super) const fn contains(self, number: u8) -> bool {
        number < 64 && self.0 >> number & 1 == 1
    }

    /// How many members there are.
    pub(super) const fn len(self) -> u32 {
        self.0.count_ones()
    }

    /// The members of either.
    pub(super) const fn union(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    /// The members, ascending.
    pub(super) fn iter(self) -> impl Iterator<Item = u8> + Clone {
        let mut rest = self.0;
        std::iter::from_fn(move || {
            let number = u8::try_from(rest.trailing_zeros())
                .ok()
                .filter(|number| *number < 64)?;
            rest &= rest - 1;
            Some(number)
        })
    }
}

impl FromIterator<u8> for Values {
    /// Collects numbers; those above 63 are left out.
    fn from_iter<I: IntoIterator<Item = u8>>(numbers: I) -> Self {
        Self(
            numbers
                .into_iter()
                .filter(|number| *number < 64)
                .fold(0, |bits, number| bits | 1 << number),
        )
    }
}
