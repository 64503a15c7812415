//! The loop that looks at the lease, writes it, and runs the controller while it is held.

use std::{convert::Infallible, future::Future, pin::pin, time::Duration};

use k8s_openapi::{api::coordination::v1::Lease, jiff::Timestamp};
use kube::{Api, Client, Config, api::PostParams};
use tokio::sync::watch;

use super::{
    lead::{Clock, Lead},
    record,
};
use crate::{
    decide::lease::{Candidate, Claim, Holder, Look, Millis, Terms, Written},
    metrics::Metrics,
    web::{Admin, Readiness},
};

/// Which lease is held, and how.
#[derive(Clone, Debug)]
pub struct Settings {
    /// The Lease's name.
    pub name: String,
    /// Its namespace; none means that of the client's configuration, which in a cluster is the pod's.
    pub namespace: Option<String>,
    /// The holder's name. No two processes share one, not even one after the other.
    pub identity: String,
    /// How long it lasts.
    pub terms: Terms,
}

/// One candidate for a lease.
pub(in crate::controller) struct Election {
    api: Api<Lease>,
    namespace: String,
    settings: Settings,
    clock: Clock,
    candidate: Candidate<String>,
    /// What was last told of the API server's silence.
    silent: bool,
}

impl Election {
    /// Makes a candidate with a client of its own, which fails soon and never retries: a late renewal is worth nothing.
    ///
    /// # Errors
    /// When the configuration's address, certificates or credentials cannot be used.
    pub(in crate::controller) fn new(
        settings: Settings,
        mut config: Config,
    ) -> Result<Self, kube::Error> {
        let patience = duration(settings.terms.answer_within());
        config.default_retry = false;
        config.connect_timeout = Some(patience);
        config.read_timeout = Some(patience);
        config.write_timeout = Some(patience);
        let namespace = settings.namespace.clone();
        let namespace = namespace.unwrap_or_else(|| config.default_namespace.clone());
        Ok(Self {
            api: Api::namespaced(Client::try_from(config)?, &namespace),
            namespace,
            clock: Clock::start(),
            candidate: Candidate::new(settings.terms),
            settings,
            silent: false,
        })
    }

    /// The lease's `namespace/name`, which all of its candidates share.
    pub(in crate::controller) fn place(&self) -> String {
        format!("{}/{}", self.namespace, self.settings.name)
    }

    /// Looks once and writes what the protocol says; how long to wait before the next time.
    async fn step(&mut self) -> Duration {
        let (look, present) = self.look().await;
        let answered = look != Look::Silent;
        let Some(claim) = self.candidate.looked(look, self.clock.now()) else {
            self.tell_silence(!answered);
            return duration(self.settings.terms.look_every());
        };
        let sent = self.clock.now();
        let written = self.write(&claim, present).await;
        self.tell_silence(written == Written::Silent);
        duration(self.candidate.wrote(&claim, written, sent))
    }

    async fn look(&self) -> (Look<String>, Option<Lease>) {
        match self.limited(self.api.get_opt(&self.settings.name)).await {
            Some(Ok(Some(lease))) => {
                let record = record::read(&lease, &self.settings.identity);
                (Look::Found(record), Some(lease))
            }
            Some(Ok(None)) => (Look::Absent, None),
            Some(Err(error)) => {
                tracing::debug!(error = %error, "lease could not be read");
                (Look::Silent, None)
            }
            None => (Look::Silent, None),
        }
    }

    async fn write(&self, claim: &Claim<String>, present: Option<Lease>) -> Written {
        let Settings {
            name,
            identity,
            terms,
            ..
        } = &self.settings;
        let lease = match (claim, present) {
            (Claim::Make, _) => {
                let made = record::made(name, *terms);
                return self
                    .written(self.api.create(&PostParams::default(), &made))
                    .await;
            }
            (Claim::Take(_) | Claim::Renew(_), Some(present)) => {
                record::held(present, identity, *terms, Timestamp::now())
            }
            // What is claimed was read; nothing is written without it.
            (Claim::Take(_) | Claim::Renew(_), None) => return Written::Silent,
        };
        self.replace(&lease).await
    }

    /// Replaces the lease, which carries the version that was read.
    async fn replace(&self, lease: &Lease) -> Written {
        let parameters = PostParams::default();
        self.written(self.api.replace(&self.settings.name, &parameters, lease))
            .await
    }

    async fn written(&self, call: impl Future<Output = kube::Result<Lease>>) -> Written {
        match self.limited(call).await {
            Some(Ok(_)) => Written::Done,
            Some(Err(kube::Error::Api(status))) if [404, 409].contains(&status.code) => {
                Written::Refused
            }
            Some(Err(error)) => {
                tracing::debug!(error = %error, "lease could not be written");
                Written::Silent
            }
            None => Written::Silent,
        }
    }

    /// A call that ends in time; none when it was not answered by then.
    async fn limited<T>(&self, call: impl Future<Output = T>) -> Option<T> {
        let patience = duration(self.settings.terms.answer_within());
        tokio::time::timeout(patience, call).await.ok()
    }

    /// Tells once when the API server falls silent, and once when it is back.
    fn tell_silence(&mut self, silent: bool) {
        if silent && !self.silent {
            tracing::warn!(
                lease = self.settings.name,
                "the lease can neither be read nor written: is the API server there, and may leases be got, created and updated?"
            );
        }
        if !silent && self.silent {
            tracing::info!(lease = self.settings.name, "the lease answers again");
        }
        self.silent = silent;
    }

    /// Stands by until this one leads.
    async fn acquire(&mut self, admin: &Admin) -> Lead {
        loop {
            let wait = self.step().await;
            if let Some(until) = self.candidate.acts_until()
                && self.candidate.acts(self.clock.now())
            {
                return Lead::until(self.clock, until);
            }
            if !self.silent {
                admin.set_readiness(Readiness::Standby);
            }
            tokio::time::sleep(wait).await;
        }
    }

    /// Keeps the lease, and returns when it was lost or is about to end.
    async fn keep(&mut self, lead: &Lead) {
        let mut wait = duration(self.settings.terms.renew_every());
        while let Some(until) = self.candidate.acts_until() {
            let end = self.clock.instant(until);
            let renewed = tokio::time::timeout_at(end, async {
                tokio::time::sleep(wait).await;
                self.step().await
            });
            match renewed.await {
                Ok(next) => wait = next,
                Err(_) => return,
            }
            match self.candidate.acts_until() {
                Some(until) if lead.lengthen(until) => {}
                Some(_) | None => return,
            }
        }
    }

    /// Lets the lease go, if it is ours, so that another one need not wait for its end.
    async fn release(&mut self) {
        self.candidate.step_down();
        let (look, present) = self.look().await;
        let ours = matches!(look, Look::Found(record) if record.holder == Holder::Us);
        let Some(present) = present.filter(|_| ours) else {
            return;
        };
        match self
            .replace(&record::released(present, Timestamp::now()))
            .await
        {
            Written::Done => tracing::info!(lease = self.settings.name, "lease released"),
            Written::Refused | Written::Silent => tracing::warn!(
                lease = self.settings.name,
                "the lease could not be released; another one takes it when it has expired"
            ),
        }
    }
}

/// Runs `work` whenever, and as long as, the lease is held, and `meanwhile` while it is not; until `work` ends by itself, or
/// `stop` turns true in between.
///
/// # Guarantees
/// What `work` does under its [`Lead`] ends before the lease can expire. The lease is released when everything has ended.
/// `meanwhile` has ended before `work` begins.
pub(in crate::controller) async fn lead_by_turns<
    Work: Future<Output = ()>,
    Meanwhile: Future<Output = Infallible>,
>(
    mut election: Election,
    metrics: &Metrics,
    admin: &Admin,
    mut stop: watch::Receiver<bool>,
    work: impl Fn(Lead) -> Work,
    meanwhile: impl Fn() -> Meanwhile,
) {
    loop {
        let lead = tokio::select! {
            lead = election.acquire(admin) => lead,
            never = meanwhile() => match never {},
            // A sender that is gone means the same as a stop.
            _ = stop.wait_for(|stop| *stop) => break,
        };
        metrics.leads(true);
        tracing::info!(
            lease = election.settings.name,
            holder = election.settings.identity,
            "leading"
        );
        let worked_to_its_end = {
            let working = pin!(work(lead.clone()));
            tokio::select! {
                () = working => true,
                () = election.keep(&lead) => false,
            }
        };
        // Work under a lease that is lost stops as well, and may be the first to notice.
        let ended = worked_to_its_end && lead.holds();
        lead.end();
        metrics.leads(false);
        if ended {
            break;
        }
        election.candidate.step_down();
        admin.set_readiness(Readiness::No);
        tracing::warn!(
            lease = election.settings.name,
            "the lease was lost or not renewed in time; nothing is done until it is held again"
        );
    }
    election.release().await;
}

const fn duration(millis: Millis) -> Duration {
    Duration::from_millis(millis.0)
}
