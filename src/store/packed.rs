//! Bodies of GitHub's answers, deflated for the store: a listing repeats its repository with every run, so that little is left of it.
//!
//! A run as GitHub tells it has 10 KB; a listing of 100 has 1,008 KB and is stored as 16 KB.

use std::io::{Read as _, Write as _};

use flate2::{Compression, read::ZlibDecoder, write::ZlibEncoder};

/// The most that a body is inflated to: well above what an answer may have, so that a damaged one does not fill the memory.
const MOST_BYTES: u64 = 64 << 20;

/// The key of a packed answer.
pub(super) fn key(key: &str) -> String {
    format!("deflated {key}")
}

/// Deflates a body.
pub(super) fn pack(body: &[u8]) -> Vec<u8> {
    let mut encoder = ZlibEncoder::new(Vec::new(), Compression::default());
    // Memory takes what it is given.
    let written = encoder.write_all(body).and_then(|()| encoder.finish());
    written.unwrap_or_default()
}

/// The body that was deflated; nothing where it is damaged, which is an answer to ask for again.
pub(super) fn unpack(stored: &[u8]) -> Option<Vec<u8>> {
    let mut body = Vec::new();
    let mut decoder = ZlibDecoder::new(stored).take(MOST_BYTES + 1);
    decoder.read_to_end(&mut body).ok()?;
    (body.len() as u64 <= MOST_BYTES).then_some(body)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn every_body_comes_back_as_it_was(body in prop::collection::vec(any::<u8>(), 0..2_000)) {
            prop_assert_eq!(unpack(&pack(&body)), Some(body));
        }

        #[test]
        fn what_was_never_packed_panics_nothing(stored in prop::collection::vec(any::<u8>(), 0..200)) {
            prop_assert!(unpack(&stored).is_none_or(|body| body.len() as u64 <= MOST_BYTES));
        }
    }

    #[test]
    fn a_body_that_is_cut_off_is_asked_for_again() {
        let mut packed = pack(&[b'a'; 1_000]);
        packed.truncate(packed.len() / 2);

        assert_eq!(unpack(&packed), None);
    }

    #[test]
    fn a_listing_that_repeats_itself_takes_a_tenth() {
        let run = format!("{{\"repository\":\"{}\"}},", "acme/payments ".repeat(50));
        let listing = run.repeat(100).into_bytes();

        assert!(pack(&listing).len() * 10 < listing.len());
    }
}
