//! The protocol's record as Kubernetes' Lease, and back.

use k8s_openapi::{
    api::coordination::v1::{Lease, LeaseSpec},
    apimachinery::pkg::apis::meta::v1::{MicroTime, ObjectMeta},
    jiff::Timestamp,
};

use crate::decide::lease::{Holder, Millis, Record, Terms};

/// What the protocol makes of a Lease.
pub(super) fn read(lease: &Lease, us: &str) -> Record<String> {
    let spec = lease.spec.as_ref();
    let named = spec.and_then(|spec| spec.holder_identity.as_deref());
    let acquired = spec.is_some_and(|spec| spec.acquire_time.is_some());
    let holder = match named.filter(|name| !name.is_empty()) {
        Some(name) if name == us => Holder::Us,
        Some(_) => Holder::Other,
        None if acquired => Holder::Released,
        None => Holder::Unclaimed,
    };
    let seconds = spec.and_then(|spec| spec.lease_duration_seconds);
    let seconds = seconds.and_then(|seconds| u64::try_from(seconds).ok());
    Record {
        holder,
        lasts: seconds.map(|seconds| Millis(seconds * 1000)),
        version: lease.metadata.resource_version.clone().unwrap_or_default(),
    }
}

/// A Lease that nobody holds.
pub(super) fn made(name: &str, terms: Terms) -> Lease {
    Lease {
        metadata: ObjectMeta {
            name: Some(name.to_owned()),
            ..ObjectMeta::default()
        },
        spec: Some(LeaseSpec {
            lease_duration_seconds: seconds(terms),
            ..LeaseSpec::default()
        }),
    }
}

/// The Lease as it is with us as its holder; a change of holders is counted. Its times are for people to read.
pub(super) fn held(mut lease: Lease, us: &str, terms: Terms, now: Timestamp) -> Lease {
    let spec = lease.spec.get_or_insert_default();
    if spec.holder_identity.as_deref() != Some(us) {
        let before = spec.lease_transitions.unwrap_or_default();
        spec.lease_transitions = Some(before.saturating_add(1));
        spec.acquire_time = Some(MicroTime(now));
        spec.holder_identity = Some(us.to_owned());
    }
    spec.lease_duration_seconds = seconds(terms);
    spec.renew_time = Some(MicroTime(now));
    lease
}

/// The Lease as it is without a holder.
pub(super) fn released(mut lease: Lease, now: Timestamp) -> Lease {
    let spec = lease.spec.get_or_insert_default();
    spec.holder_identity = None;
    spec.renew_time = Some(MicroTime(now));
    lease
}

fn seconds(terms: Terms) -> Option<i32> {
    i32::try_from(terms.seconds()).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn now() -> Timestamp {
        "2026-09-14T18:00:00Z".parse().unwrap()
    }

    #[test]
    fn a_lease_is_made_taken_renewed_and_released() {
        let terms = Terms::of_seconds(15);
        let made = made("cronwright", terms);
        assert_eq!(read(&made, "a").holder, Holder::Unclaimed);
        assert_eq!(read(&made, "a").lasts, Some(Millis(15_000)));

        let taken = held(made, "a", terms, now());
        assert_eq!(read(&taken, "a").holder, Holder::Us);
        assert_eq!(read(&taken, "b").holder, Holder::Other);
        let transitions = |lease: &Lease| lease.spec.as_ref().unwrap().lease_transitions;
        assert_eq!(transitions(&taken), Some(1));
        let renewed = held(taken, "a", terms, now());
        assert_eq!(transitions(&renewed), Some(1));

        let free = released(renewed, now());
        assert_eq!(read(&free, "a").holder, Holder::Released);
        assert_eq!(transitions(&held(free, "b", terms, now())), Some(2));
    }

    #[test]
    fn a_lease_that_somebody_else_wrote_is_read_with_care() {
        let lease = |spec| {
            serde_json::from_value::<Lease>(serde_json::json!({
                "metadata": {"name": "cronwright", "resourceVersion": "7"}, "spec": spec,
            }))
            .unwrap()
        };
        let empty = read(&lease(serde_json::json!({})), "a");
        assert_eq!((empty.holder, empty.lasts), (Holder::Unclaimed, None));
        assert_eq!(empty.version, "7");
        let odd = lease(serde_json::json!({"holderIdentity": "", "leaseDurationSeconds": -1}));
        assert_eq!(read(&odd, "a"), empty);
    }
}
