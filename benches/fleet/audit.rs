//! What the API server says of the controller's writes: its audit log, read as it grows.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs::File,
    io::{BufRead as _, BufReader},
    time::{Duration, Instant},
};

use chrono::{DateTime, Utc};
use serde_json::Value;

use crate::control_plane::ControlPlane;

/// How long to wait for anything.
const PATIENCE: Duration = Duration::from_secs(900);

/// The writes of one account, from now on.
pub struct Audit {
    log: BufReader<File>,
    /// The end of the log that is no whole line yet.
    rest: String,
    user: String,
}

/// The writes of statuses of WorkflowSchedules.
pub struct Written {
    pub first: DateTime<Utc>,
    pub last: DateTime<Utc>,
    pub objects: usize,
    pub count: u32,
}

impl Written {
    /// Writes a second from the first to the last.
    pub fn rate(&self) -> f64 {
        f64::from(self.count) / (self.last - self.first).as_seconds_f64()
    }
}

impl Audit {
    /// Begins where the log ends now.
    pub fn of(plane: &ControlPlane, user: &str) -> Self {
        let mut audit = Self {
            log: BufReader::new(File::open(&plane.ready().audit_log).unwrap()),
            rest: String::new(),
            user: user.to_owned(),
        };
        audit.read();
        audit
    }

    /// Waits until so many objects have had their status written.
    pub async fn until_written(&mut self, objects: usize) -> Written {
        let (start, mut seen) = (Instant::now(), BTreeSet::new());
        let mut written: Option<Written> = None;
        while seen.len() < objects {
            assert!(start.elapsed() < PATIENCE, "only {} statuses", seen.len());
            tokio::time::sleep(Duration::from_millis(500)).await;
            for event in self.events() {
                let is_status = event["objectRef"]["resource"] == "workflowschedules"
                    && event["objectRef"]["subresource"] == "status"
                    && event["responseStatus"]["code"] == 200;
                if !is_status || !is_write(&event) {
                    continue;
                }
                let name = event["objectRef"]["name"].as_str().unwrap_or_default();
                let at: DateTime<Utc> = event["stageTimestamp"].as_str().unwrap().parse().unwrap();
                let is_new = seen.insert(name.to_owned());
                let so_far = written.get_or_insert(Written {
                    first: at,
                    last: at,
                    objects: 0,
                    count: 0,
                });
                so_far.count += 1;
                if is_new {
                    so_far.last = so_far.last.max(at);
                    so_far.objects += 1;
                }
            }
        }
        written.unwrap()
    }

    /// Waits until nothing is written for a while.
    pub async fn until_quiet(&mut self, span: Duration) {
        let start = Instant::now();
        loop {
            self.read();
            tokio::time::sleep(span).await;
            let writes = self.read();
            if writes.is_empty() {
                return;
            }
            println!("not quiet yet: {writes:?}");
            assert!(start.elapsed() < PATIENCE, "writes do not end");
        }
    }

    /// The writes since the last reading, by verb, kind and status code.
    pub fn read(&mut self) -> BTreeMap<String, u32> {
        let mut counts = BTreeMap::new();
        for event in self.events().into_iter().filter(is_write) {
            let object = &event["objectRef"];
            let key = format!(
                "{} {}/{} {}",
                event["verb"].as_str().unwrap_or_default(),
                object["resource"].as_str().unwrap_or_default(),
                object["subresource"].as_str().unwrap_or_default(),
                event["responseStatus"]["code"]
            );
            *counts.entry(key).or_default() += 1;
        }
        counts
    }

    fn events(&mut self) -> Vec<Value> {
        let mut events = Vec::new();
        while self.log.read_line(&mut self.rest).unwrap() > 0 && self.rest.ends_with('\n') {
            if let Ok(event) = serde_json::from_str::<Value>(&self.rest)
                && event["user"]["username"] == self.user.as_str()
            {
                events.push(event);
            }
            self.rest.clear();
        }
        events
    }
}

fn is_write(event: &Value) -> bool {
    !["get", "list", "watch"].contains(&event["verb"].as_str().unwrap_or_default())
}
