//! The stage: a simulated GitHub that listens on loopback, and a standalone shell that looks at it.

use std::{
    net::SocketAddr,
    sync::{Arc, PoisonError},
};

use anyhow::Context as _;
use chrono::TimeDelta;

use super::{DemoArgs, runs};
use crate::{
    cli::{
        dashboard::{self, TokenArgs},
        folder::Folder,
        standalone::{Concluded, Manifests, Shell},
        stop,
    },
    domain::{Seconds, Timestamp},
    metrics::Metrics,
    simulate::{self, DEMO_TOKEN, SharedWorld, World, demo_world},
    store::Store,
    web::Admin,
};

/// The manifests of `examples`, so that the demo needs no sources.
const EXAMPLES: [(&str, &str); 5] = [
    (
        "01-connection.yaml",
        include_str!("../../../examples/01-connection.yaml"),
    ),
    (
        "02-payments.yaml",
        include_str!("../../../examples/02-payments.yaml"),
    ),
    (
        "03-storefront.yaml",
        include_str!("../../../examples/03-storefront.yaml"),
    ),
    (
        "04-data-pipeline.yaml",
        include_str!("../../../examples/04-data-pipeline.yaml"),
    ),
    (
        "05-platform.yaml",
        include_str!("../../../examples/05-platform.yaml"),
    ),
];

/// A Monday evening: the first night of the story is a working one.
const BEGINS: &str = "2026-09-14T18:00:00Z";

/// A simulated GitHub with a shell that looks at it.
pub(super) struct Stage {
    pub(super) world: SharedWorld,
    pub(super) shell: Shell,
    pub(super) store: Store,
    pub(super) address: SocketAddr,
    metrics: Metrics,
    /// Kept for its end: the folder vanishes with it.
    _folder: Folder,
}

impl Stage {
    /// Builds the world, serves it, and reads the manifests.
    pub(super) async fn set(args: &DemoArgs) -> anyhow::Result<Self> {
        let folder = Folder::new("demo")?;
        let begins: Timestamp = BEGINS.parse().context("the story's first instant")?;
        let recorded = args.runs.as_deref().map(runs::read).transpose()?;
        let recorded = recorded.unwrap_or_default();
        let world = demo_world(args.seed, &folder.path().join("github"), begins, &recorded);
        let world = world
            .map_err(|refusal| anyhow::anyhow!("{refusal:?}"))?
            .share();
        let listener = tokio::net::TcpListener::bind(args.address).await?;
        let address = listener.local_addr()?;
        tokio::spawn(simulate::face::serve(world.clone(), listener));
        let manifests = match &args.manifests {
            Some(path) => Manifests::read(path)?,
            None => Manifests::built_in(&EXAMPLES)?,
        };
        anyhow::ensure!(
            !manifests.declares_nothing(),
            "the manifests declare no WorkflowSchedule"
        );
        let manifests = redirected(manifests, address);
        let store = Store::open(&format!(
            "sqlite://{}",
            folder.path().join("history.db").display()
        ))
        .await?;
        let metrics = Metrics::default();
        let clock = {
            let world = world.clone();
            Arc::new(move || now(&world))
        };
        let shell = Shell::new(manifests, store.clone(), metrics.clone(), clock);
        Ok(Self {
            world,
            shell,
            store,
            address,
            metrics,
            _folder: folder,
        })
    }

    /// The world, for a person's deed or a look behind the scenes.
    pub(super) fn with_world<T>(&self, deed: impl FnOnce(&mut World) -> T) -> T {
        deed(&mut self.world.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// Lets simulated time pass, with the rounds that come due.
    pub(super) async fn pass(&mut self, span: Seconds, progress: impl Fn(&str)) -> Vec<Concluded> {
        let end = now(&self.world) + span.to_delta();
        let mut concluded = Vec::new();
        while now(&self.world) < end {
            let due = self.shell.next_due().unwrap_or(end);
            let next = due.max(now(&self.world) + TimeDelta::seconds(1)).min(end);
            self.with_world(|world| world.advance_to(next));
            concluded.extend(self.shell.round(&progress).await);
        }
        concluded
    }

    /// Keeps serving until a signal comes.
    pub(super) async fn stay(self, quiet: bool) -> anyhow::Result<()> {
        let mut stop = stop::on_signal()?;
        let admin = Admin::new(self.metrics.clone());
        admin.set_ready(true);
        let address = SocketAddr::from(([127, 0, 0, 1], 8080));
        let world = self.world.clone();
        let clock = Arc::new(move || now(&world));
        let pages = SocketAddr::from(([127, 0, 0, 1], 8082));
        let nobody = TokenArgs::default();
        let pulls =
            dashboard::beside(Some(pages), &nobody, &self.store, clock, stop.clone()).await?;
        pulls.send_replace(self.shell.pulls());
        if !quiet {
            eprintln!("The dashboard is at http://{pages},");
            eprintln!(
                "the simulated GitHub at http://{} (token {DEMO_TOKEN}),",
                self.address
            );
            eprintln!("metrics at http://{address}/metrics. Ctrl-C ends.");
        }
        let mut stopped = stop.clone();
        admin
            .serve(address, async move {
                let _ = stopped.wait_for(|stop| *stop).await;
            })
            .await?;
        let _ = stop.wait_for(|stop| *stop).await;
        Ok(())
    }
}

/// The world's present.
pub(super) fn now(world: &SharedWorld) -> Timestamp {
    world.lock().unwrap_or_else(PoisonError::into_inner).now()
}

/// The manifests with every connection pointed to the simulated GitHub.
fn redirected(mut manifests: Manifests, address: SocketAddr) -> Manifests {
    for connection in manifests.connections.values_mut() {
        connection.spec.url = format!("http://{address}");
    }
    for secret in manifests.secrets.values_mut() {
        for value in secret.values_mut() {
            DEMO_TOKEN.clone_into(value);
        }
    }
    manifests
}
