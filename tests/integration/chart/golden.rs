//! What comes out, as text that a reviewer reads: `make bless` rewrites it.

use super::render::{SETS, rendered};

#[test]
fn manifests_of_every_value_set_are_as_reviewed() {
    for set in SETS {
        insta::assert_snapshot!(set, rendered(set));
    }
}
