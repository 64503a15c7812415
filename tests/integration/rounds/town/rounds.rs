//! The order of rounds, as a shell has it, and the passing of simulated time.

use chrono::TimeDelta;
use cronwright::{
    api::condition::{Condition, find},
    decide::{
        Known, Object, Rivals, Wish,
        connection::ConnectionObject,
        ration::{Ration, Tally, is_waiting},
    },
    domain::{Host, Seconds, Timestamp},
    github::webhook::News,
    observe::{Site, concerns},
    round::{connection_round, rationed_round},
};

use super::{INTERVAL, Resident, Town, telling::short};

impl Town {
    /// Makes every round that is due now, the connection's before and after, as the shells do.
    pub async fn round(&mut self) {
        let site = self.site.clone();
        self.round_through(&site).await;
    }

    async fn round_through(&mut self, site: &Site) {
        let now = self.now();
        if self.connection_due.is_none_or(|due| due <= now) {
            self.connection_round(site).await;
        }
        let due = |resident: &Resident| resident.due.is_none_or(|due| due <= now);
        let names: Vec<_> = self.names(due);
        let looked = !names.is_empty();
        for name in names {
            self.schedule_round(site, &name).await;
        }
        if looked {
            for name in self.connection_round(site).await {
                self.schedule_round(site, &name).await;
            }
        }
    }

    /// Hears news, as a shell does; how many residents are due by it.
    pub fn hear(&mut self, news: &News) -> usize {
        let (now, Known::Known(observatory)) = (self.now(), self.site.clone()) else {
            return 0;
        };
        let concerned = |one: &&mut Resident| {
            Wish::read(&one.spec).is_ok_and(|wish| concerns(news, &wish.workflow))
        };
        let concerned: Vec<_> = self.residents.values_mut().filter(concerned).collect();
        if concerned.is_empty() || !observatory.hear(news, now) {
            return 0;
        }
        let count = concerned.len();
        for one in concerned {
            one.due = None;
        }
        count
    }

    fn names(&self, which: impl Fn(&Resident) -> bool) -> Vec<String> {
        let named = self.residents.iter().filter(|(_, one)| which(one));
        named.map(|(name, _)| name.clone()).collect()
    }

    /// Makes the connection's round; the names of those whose line of the timetable is new.
    pub async fn connection_round(&mut self, site: &Site) -> Vec<String> {
        let now = self.now();
        let input = ConnectionObject {
            identity: "ci/acme".to_owned(),
            generation: 1,
            requested_at: None,
            suspend: false,
            interval: INTERVAL,
            before: self.connection.clone(),
        };
        let wishes = self
            .residents
            .iter()
            .filter(|(name, _)| self.elder(name).is_none())
            .filter_map(|(name, resident)| Some((name.clone(), Wish::read(&resident.spec).ok()?)));
        let round = connection_round(&input, site, wishes.collect(), now).await;
        self.connection = round.conclusion.status;
        self.connection_events.extend(round.conclusion.events);
        self.connection_due = Some(now + round.conclusion.again.to_delta());
        round.changed.into_iter().collect()
    }

    /// An object as a shell hands it to its round.
    pub fn object(&self, name: &str) -> Object {
        let resident = &self.residents[name];
        Object {
            identity: format!("ci/{name}"),
            generation: resident.generation,
            requested_at: None,
            deleting: resident.deleting,
            finalizer: resident.finalizer,
            elder: self.elder(name),
            ration: None,
            wish: Wish::read(&resident.spec),
            before: resident.status.clone(),
        }
    }

    /// The older resident that acts on the same workflow.
    fn elder(&self, name: &str) -> Option<String> {
        let mut rivals = Rivals::default();
        for (name, one) in &self.residents {
            rivals.put(&format!("ci/{name}"), Some(one.created_at), &one.spec);
        }
        rivals.elder(&format!("ci/{name}"), |_| Some(Host::default()))
    }

    /// What the set of all residents grants, where there is one.
    fn ration(&self) -> Option<Ration> {
        let mut tally = Tally::default();
        for resident in self.residents.values() {
            let workflow = Wish::read(&resident.spec).unwrap().workflow;
            tally.members.insert(workflow.clone());
            let status = &resident.status;
            let in_sync = find(&status.conditions, "InSync");
            match (&status.pull_request, in_sync) {
                (Some(pull), _) if pull.state == "Open" => drop(tally.open.insert(workflow)),
                (_, Some(told)) if is_waiting(&told.reason) => {
                    tally.waiting.insert((told.last_transition_time, workflow));
                }
                _ => {}
            }
        }
        let limits = Some(self.limits.clone()?);
        Some(Ration { limits, tally })
    }

    pub async fn schedule_round(&mut self, site: &Site, name: &str) {
        let (now, object) = (self.now(), self.object(name));
        let ration = || self.ration();
        let end = rationed_round(&object, site, async || Ok(()), ration, now).await;
        let resident = self.residents.get_mut(name).unwrap();
        resident.status = end.status;
        resident.finalizer = end.finalizer;
        resident.events.extend(end.events);
        resident.again = end.again;
        resident.due = Some(now + end.again.to_delta());
        if resident.deleting && !resident.finalizer {
            self.residents.remove(name);
        }
    }

    /// When the next round is due.
    fn next(&self) -> Timestamp {
        let residents = self.residents.values().map(|resident| resident.due);
        let due = residents.chain([self.connection_due]).flatten().min();
        due.unwrap_or_else(|| self.now() + INTERVAL.to_delta())
    }

    /// Makes rounds, each when it is due, until two in a row change nothing and ask for nothing sooner than an interval.
    pub async fn rest(&mut self) {
        let mut quiet = 0;
        for _ in 0..80 {
            let before = self.picture();
            self.round().await;
            let calm = self.residents.values().all(|one| one.again >= INTERVAL);
            quiet = if calm && self.picture() == before {
                quiet + 1
            } else {
                0
            };
            if quiet == 2 {
                return;
            }
            let next = self.next().max(self.now() + TimeDelta::seconds(1));
            self.on(|world| world.advance_to(next));
        }
        panic!("no rest after 80 rounds: {:#?}", self.connection);
    }

    /// Everything that rest must leave alone: statuses without their counters of time, and GitHub's branches and pulls.
    fn picture(&self) -> String {
        let status = |resident: &Resident| {
            let pull = resident.status.pull_request.clone();
            format!("{:?} {pull:?}", reasons(&resident.status.conditions))
        };
        let statuses: Vec<_> = self.residents.values().map(status).collect();
        let names = self.on(|world| world.repositories());
        let pulls: Vec<_> = names.iter().map(|name| self.pulls_of(name)).collect();
        format!("{statuses:?} {pulls:?}")
    }

    /// Lets time pass with the rounds that come due.
    pub async fn pass(&mut self, span: Seconds) {
        let end = self.now() + span.to_delta();
        while self.now() < end {
            let next = self.next().max(self.now() + TimeDelta::seconds(1)).min(end);
            self.on(|world| world.advance_to(next));
            self.round().await;
        }
    }

    /// Looks and plans through one of several observatories, without acting: every object is as if suspended meanwhile.
    pub async fn round_of_one(&mut self, site: &Site) {
        let before = self.residents.clone();
        for resident in self.residents.values_mut() {
            resident.spec.policy.mode = cronwright::api::Mode::Recommend;
        }
        for name in self.names(|_| true) {
            self.schedule_round(site, &name).await;
        }
        self.residents = before;
        self.connection_round(site).await;
    }
}

fn reasons(conditions: &[Condition]) -> Vec<String> {
    let told = |one: &&Condition| {
        ["Ready", "InSync", "Stalled", "Reconciling"].contains(&one.kind.as_str())
    };
    conditions
        .iter()
        .filter(told)
        .map(|one| format!("{} {}", one.kind, short(one)))
        .collect()
}
