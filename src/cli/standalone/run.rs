//! `cronwright run`: rounds without a cluster, once or for ever.

use std::{
    io::Write, net::SocketAddr, path::PathBuf, process::ExitCode, sync::Arc, time::Duration,
};

use anyhow::Context as _;
use clap::Args;
use tokio::sync::{mpsc, watch};

use super::{Concluded, Manifests, Shell, table};
use crate::{
    cli::{
        dashboard::{self, TokenArgs},
        now, progress, stop,
    },
    decide::EventKind,
    domain::Seconds,
    metrics::Metrics,
    round::{Opened, Opening, Upkeep},
    store::{Retention, Store},
    web::{
        Admin, Readiness, listen,
        webhooks::{Heard, Receiver},
    },
};

/// Arguments of `cronwright run`.
#[derive(Debug, Args)]
#[command(
    after_help = "Examples:\n  cronwright run --manifests examples --store sqlite://cronwright.db --once\n  cronwright run --manifests ./declared\n\nSecrets are v1 Secret manifests in the same folder; keep that folder private."
)]
pub struct StandaloneArgs {
    /// The folder, or the file, with the manifests that kubectl would apply.
    #[arg(long, value_name = "PATH")]
    pub manifests: PathBuf,
    /// Where the history is kept.
    #[arg(
        long,
        env = "CRONWRIGHT_STORE",
        default_value = "sqlite://cronwright.db"
    )]
    pub store: String,
    /// Makes one round of everything and ends.
    #[arg(long)]
    pub once: bool,
    /// Where GitHub's webhooks are received, such as `[::]:8081`, with TLS ended in front of it; left out, nowhere.
    #[arg(long, env = "CRONWRIGHT_WEBHOOKS_ADDRESS", conflicts_with = "once")]
    pub webhooks_address: Option<SocketAddr>,
    /// Where health and metrics are served, such as 127.0.0.1:8080; left out, nowhere.
    #[arg(long, env = "CRONWRIGHT_ADMIN_ADDRESS", conflicts_with = "once")]
    pub admin_address: Option<SocketAddr>,
    /// Where the dashboard is served, such as 127.0.0.1:8082; left out, nowhere.
    #[arg(long, env = "CRONWRIGHT_DASHBOARD_ADDRESS", conflicts_with = "once")]
    pub dashboard_address: Option<SocketAddr>,
    /// Who may see it.
    #[command(flatten)]
    pub dashboard_token: TokenArgs,
    /// How long runs and their scores are kept, such as 400d; of each workflow the newest stay in any case.
    #[arg(long, env = "CRONWRIGHT_KEEP_HISTORY", default_value = "400d")]
    pub keep_history: Retention,
}

/// Makes rounds until it is told to stop, and prints the table of schedules after each that changed something.
///
/// # Errors
/// When the manifests or the store cannot be read.
pub async fn run(args: StandaloneArgs, out: &mut dyn Write) -> anyhow::Result<ExitCode> {
    let mut stop = stop::on_signal()?;
    let manifests = Manifests::read(&args.manifests)?;
    anyhow::ensure!(
        !manifests.declares_nothing(),
        "{} declares no WorkflowSchedule and no WorkflowScheduleSet: its own .yaml and .yml files are read, those of folders in it are not",
        args.manifests.display()
    );
    let metrics = Metrics::default();
    let admin = serve(args.admin_address, metrics.clone(), stop.clone()).await?;
    let Some(store) = open(&args, &admin, stop.clone()).await? else {
        return Ok(ExitCode::SUCCESS);
    };
    let upkeep =
        (!args.once).then(|| tokio::spawn(keep_up(Upkeep::new(store.clone(), args.keep_history))));
    let mut shell = Shell::new(manifests, store.clone(), metrics.clone(), Arc::new(now));
    let (address, token) = (args.dashboard_address, &args.dashboard_token);
    let pulls = dashboard::beside(address, token, &store, Arc::new(now), stop.clone()).await?;
    let mut heard = receive(args.webhooks_address, &shell, metrics, stop.clone()).await?;
    let mut shown = String::new();
    loop {
        let bar = progress::counted(shell.manifests().schedules.len(), progress::NAMED_STEPS);
        let concluded = shell
            .round(|object| {
                bar.set_message(object.to_owned());
                bar.inc(1);
            })
            .await;
        bar.finish_and_clear();
        admin.set_ready(true);
        tell(&concluded);
        pulls.send_replace(shell.pulls());
        let table = table(&shell);
        if table != shown {
            write!(out, "{table}").context("the table could not be printed")?;
            shown = table;
        }
        if args.once {
            break;
        }
        if is_over(&mut shell, &mut heard, &mut stop).await {
            break;
        }
    }
    if let Some(upkeep) = upkeep {
        // A step that is cut off is undone.
        upkeep.abort();
    }
    store.close().await;
    Ok(if shell.is_ready() {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    })
}

/// Opens the store. Who stays waits for it, until it is time to stop; who makes one round and ends does not.
async fn open(
    args: &StandaloneArgs,
    admin: &Admin,
    stop: watch::Receiver<bool>,
) -> anyhow::Result<Option<Store>> {
    if args.once {
        return Ok(Some(Store::open(&args.store).await?));
    }
    let mut opening = Opening::new(&args.store);
    let opened = async {
        loop {
            match opening.step().await? {
                Opened::Store(store) => return anyhow::Ok(Some(store)),
                Opened::Again(wait) => {
                    admin.set_readiness(Readiness::NoStore);
                    tokio::time::sleep(wait).await;
                }
            }
        }
    };
    tokio::select! {
        opened = opened => opened,
        () = stopped(stop) => Ok(None),
    }
}

/// Starts the admin server, where one is asked for. Ends with the process.
async fn serve(
    address: Option<SocketAddr>,
    metrics: Metrics,
    stop: watch::Receiver<bool>,
) -> anyhow::Result<Admin> {
    let admin = Admin::new(metrics);
    let Some(address) = address else {
        return Ok(admin);
    };
    let listener = listen(address)
        .await
        .with_context(|| format!("the admin server cannot listen on {address}"))?;
    let server = admin.clone();
    tokio::spawn(async move {
        if let Err(error) = server.serve_on(listener, stopped(stop)).await {
            tracing::error!(error = %error, "health and metrics are served no more; rounds go on");
        }
    });
    Ok(admin)
}

/// Resolves when it is time to stop.
async fn stopped(mut stop: watch::Receiver<bool>) {
    // A sender that is gone means the same as a stop.
    let _ = stop.wait_for(|stop| *stop).await;
}

/// Starts to receive webhooks, where that is asked for; what they tell. Ends with the process.
async fn receive(
    address: Option<SocketAddr>,
    shell: &Shell,
    metrics: Metrics,
    stop: watch::Receiver<bool>,
) -> anyhow::Result<Option<mpsc::Receiver<Heard>>> {
    let Some(address) = address else {
        return Ok(None);
    };
    let listener = Receiver::bind(address).await?;
    let (receiver, heard) = Receiver::new(metrics);
    shell.put_webhook_secrets(&receiver.keyring());
    tokio::spawn(async move {
        if let Err(error) = receiver.serve_on(listener, stopped(stop)).await {
            tracing::error!(error = %error, "webhooks are received no more; polling goes on");
        }
    });
    Ok(Some(heard))
}

/// Waits until a round is due, by the clock or by what was heard; whether it is time to stop instead.
async fn is_over(
    shell: &mut Shell,
    heard: &mut Option<mpsc::Receiver<Heard>>,
    stop: &mut watch::Receiver<bool>,
) -> bool {
    loop {
        let due = shell.next_due();
        let wait = due.map_or(Seconds::minutes(1), |due| Seconds::between(now(), due));
        let next = async {
            match heard {
                Some(queue) => queue.recv().await,
                None => std::future::pending().await,
            }
        };
        tokio::select! {
            _ = stop.wait_for(|stop| *stop) => return true,
            () = tokio::time::sleep(Duration::from_secs(wait.0.max(1))) => return false,
            news = next => match news {
                Some(news) => {
                    shell.hear(&news);
                    if shell.next_due().is_some_and(|due| due <= now()) {
                        return false;
                    }
                }
                None => *heard = None,
            },
        }
    }
}

/// Lets go of old history, a little at a time.
async fn keep_up(mut upkeep: Upkeep) {
    let mut wait = upkeep.first();
    loop {
        tokio::time::sleep(wait).await;
        wait = upkeep.step(now()).await;
    }
}

fn tell(concluded: &[Concluded]) {
    for Concluded { object, events } in concluded {
        for event in events {
            match event.kind {
                EventKind::Normal => {
                    tracing::info!(object, reason = event.reason, "{}", event.message)
                }
                EventKind::Warning => {
                    tracing::warn!(object, reason = event.reason, "{}", event.message)
                }
            }
        }
    }
}
