//! `cronwright dashboard`: serves what a store holds as pages, read-only.

use std::{
    io::Write,
    net::SocketAddr,
    path::{Path, PathBuf},
    process::ExitCode,
    sync::Arc,
    time::Duration,
};

use anyhow::Context as _;
use clap::Args;
use tokio::{net::TcpListener, sync::watch};

use super::{now, stop};
use crate::{
    round::{Opened, Opening},
    store::{Store, StoreError},
    web::{
        dashboard::{Access, Clock, Dashboard, Pull},
        listen,
    },
};

/// Where a person finds it: beside the admin server (8080) and the receiver of webhooks (8081).
const LISTEN: &str = "127.0.0.1:8082";
/// How long after a first picture that could not be taken the next attempt is made.
const AGAIN_AFTER: Duration = Duration::from_secs(10);

/// How a dashboard's token is handed in.
#[derive(Clone, Debug, Default, Args)]
pub struct TokenArgs {
    /// A file with the token that whoever looks at the dashboard must have; without one it is served on this machine alone.
    #[arg(
        long,
        value_name = "FILE",
        env = "CRONWRIGHT_DASHBOARD_TOKEN_FILE",
        hide_env_values = true
    )]
    pub dashboard_token_file: Option<PathBuf>,
}

/// Arguments of `cronwright dashboard`.
#[derive(Clone, Debug, Args)]
#[command(
    after_help = "Examples:\n  cronwright dashboard --store sqlite://history.db\n  cronwright simulate --store sqlite://trial.db && cronwright dashboard --store sqlite://trial.db\n  cronwright dashboard --listen 0.0.0.0:8082 --dashboard-token-file token\n\nOn loopback it needs no token. Anywhere else it is refused without one; a browser asks for it as a password, with any user."
)]
pub struct DashboardArgs {
    /// The store with the history.
    #[arg(
        long,
        value_name = "URL",
        env = "CRONWRIGHT_STORE",
        default_value = "sqlite://cronwright.db"
    )]
    store: String,
    /// Where the pages are served; port 0 takes a free one.
    #[arg(long, value_name = "ADDRESS", default_value = LISTEN)]
    listen: SocketAddr,
    #[command(flatten)]
    token: TokenArgs,
}

/// Serves until a signal comes. The store must exist: a page is no reason to make one.
///
/// # Errors
/// When the store cannot be read, the address cannot be had, or others could reach it without a token.
pub async fn run(args: DashboardArgs, out: &mut dyn Write) -> anyhow::Result<ExitCode> {
    let stop = stop::on_signal()?;
    let access = access(&args.token, args.listen)?;
    let (store, _) = Store::open_to_report(&args.store).await?;
    let dashboard = Dashboard::open(store.clone(), access, Arc::new(now)).await?;
    let listener = bind(args.listen).await?;
    writeln!(out, "http://{}", listener.local_addr()?)?;
    out.flush()?;
    dashboard.serve_on(listener, stopped(stop)).await?;
    store.close().await;
    Ok(ExitCode::SUCCESS)
}

/// Serves beside rounds, where an address is given, and shows the pull requests that are told to what is answered here. It ends
/// with the process.
///
/// The first picture of a large store takes a while, which no round waits for.
///
/// # Errors
/// When the address cannot be had, or others could reach it without a token.
pub(super) async fn beside(
    address: Option<SocketAddr>,
    token: &TokenArgs,
    store: &Store,
    clock: Clock,
    stop: watch::Receiver<bool>,
) -> anyhow::Result<watch::Sender<Vec<Pull>>> {
    let (pulls, told) = watch::channel(Vec::new());
    let Some(address) = address else {
        return Ok(pulls);
    };
    let access = access(token, address)?;
    let listener = bind(address).await?;
    let store = store.clone();
    tokio::spawn(async move {
        if let Err(error) = serve(store, access, clock, listener, told, stop).await {
            tracing::error!(error = %error, "the dashboard is not served; rounds go on");
        }
    });
    Ok(pulls)
}

/// Serves beside rounds that open the store themselves, as soon as it is there, and shows the pull requests that are told to what
/// is answered here.
///
/// # Errors
/// When the address cannot be had.
pub(super) async fn once_there(
    address: SocketAddr,
    access: Access,
    store: &str,
    clock: Clock,
    stop: watch::Receiver<bool>,
) -> anyhow::Result<watch::Sender<Vec<Pull>>> {
    let (pulls, told) = watch::channel(Vec::new());
    let listener = bind(address).await?;
    let mut opening = Opening::new(store);
    tokio::spawn(async move {
        let served = async {
            let store = loop {
                match opening.step().await? {
                    Opened::Store(store) => break store,
                    Opened::Again(wait) => tokio::time::sleep(wait).await,
                }
            };
            serve(store, access, clock, listener, told, stop).await
        };
        if let Err(error) = served.await {
            tracing::error!(error = %error, "the dashboard is not served; rounds go on");
        }
    });
    Ok(pulls)
}

async fn serve(
    store: Store,
    access: Access,
    clock: Clock,
    listener: TcpListener,
    told: watch::Receiver<Vec<Pull>>,
    stop: watch::Receiver<bool>,
) -> anyhow::Result<()> {
    let open = || Dashboard::open(store.clone(), access.clone(), clock.clone());
    let dashboard = patiently(open).await?;
    tokio::select! {
        served = dashboard.serve_on(listener, stopped(stop)) => Ok(served?),
        () = follow(&dashboard, told) => Ok(()),
    }
}

/// Takes the first picture, again and again while what is in its way passes: a store that is busy or away at the start is no
/// reason to have no dashboard from then on.
///
/// # Errors
/// When no waiting helps.
async fn patiently<T, F>(mut open: impl FnMut() -> F) -> Result<T, StoreError>
where
    F: Future<Output = Result<T, StoreError>>,
{
    let mut told = String::new();
    loop {
        let why = match open().await {
            Err(error) if error.passes() => error.to_string(),
            opened => return opened,
        };
        if why != told {
            tracing::warn!(error = %why, "the dashboard waits for the store");
            told = why;
        }
        tokio::time::sleep(AGAIN_AFTER).await;
    }
}

/// Shows what is told, for ever.
async fn follow(dashboard: &Dashboard, mut told: watch::Receiver<Vec<Pull>>) {
    // What was told before there was somebody to show it counts, too.
    told.mark_changed();
    while told.changed().await.is_ok() {
        dashboard.tell_pulls(told.borrow_and_update().clone());
    }
    // Nobody tells any more; pages are served on.
    std::future::pending().await
}

async fn bind(address: SocketAddr) -> anyhow::Result<TcpListener> {
    listen(address)
        .await
        .with_context(|| format!("the dashboard cannot listen on {address}"))
}

/// Who may see it, if that is allowed on this address.
///
/// # Errors
/// When others could reach it without a token, or the token cannot be read.
pub(super) fn access(token: &TokenArgs, address: SocketAddr) -> anyhow::Result<Access> {
    let token = token
        .dashboard_token_file
        .as_deref()
        .map(read)
        .transpose()?;
    let access = Access::by(token.map(Into::into))?;
    access.allows(address)?;
    Ok(access)
}

/// A token from its file, without the end of its line.
fn read(file: &Path) -> anyhow::Result<String> {
    let text = std::fs::read_to_string(file)
        .with_context(|| format!("the dashboard's token in {} cannot be read", file.display()))?;
    Ok(text.trim().to_owned())
}

/// Resolves when it is time to stop.
async fn stopped(mut stop: watch::Receiver<bool>) {
    // A sender that is gone means the same as a stop.
    let _ = stop.wait_for(|stop| *stop).await;
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{report::sample, web};

    #[test]
    fn the_token_of_a_file_is_what_stands_in_it_without_its_end() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("token");
        std::fs::write(&file, "0123456789abcdef\n").unwrap();
        assert_eq!(read(&file).unwrap(), "0123456789abcdef");
        let missing = read(&folder.path().join("none")).unwrap_err();
        assert!(
            missing.to_string().contains("none cannot be read"),
            "{missing}"
        );
    }

    #[test]
    fn an_address_that_others_reach_is_refused_without_a_token_and_says_what_to_do() {
        let refused = access(&TokenArgs::default(), "0.0.0.0:8082".parse().unwrap()).unwrap_err();
        assert!(
            refused
                .to_string()
                .contains("listen on 127.0.0.1, or give a token"),
            "{refused}"
        );
    }

    #[tokio::test(start_paused = true)]
    async fn a_first_picture_is_taken_again_while_the_store_is_busy_and_not_where_no_waiting_helps()
    {
        let path = || "history.db".to_owned();
        let mut attempts = 0;
        let opened = patiently(|| {
            attempts += 1;
            let busy = attempts < 4;
            std::future::ready(if busy {
                Err(StoreError::Busy { path: path() })
            } else {
                Ok(())
            })
        });
        opened.await.unwrap();
        assert_eq!(attempts, 4);

        let damaged =
            patiently(|| std::future::ready(Err::<(), _>(StoreError::Corrupt { path: path() })));
        assert!(matches!(damaged.await, Err(StoreError::Corrupt { .. })));
    }

    #[tokio::test]
    async fn pull_requests_that_were_told_before_the_first_picture_are_shown_after_it() {
        let store = Store::open("sqlite::memory:").await.unwrap();
        let timetable = sample::inventory().planned.remove(0).timetable;
        sample::put(&store, "ci/acme", &timetable, sample::now()).await;
        let (_stop, stopped) = watch::channel(false);
        let listener = bind("127.0.0.1:0".parse().unwrap()).await.unwrap();
        let address = listener.local_addr().unwrap();
        let pull = Pull {
            workflow: sample::id("acme/app/nightly.yml").into(),
            number: 12,
            url: "https://github.com/acme/app/pull/12".to_owned(),
            state: "Open".to_owned(),
        };
        let (_pulls, told) = watch::channel(vec![pull]);
        let clock = Arc::new(sample::now);
        tokio::spawn(serve(
            store,
            Access::Loopback,
            clock,
            listener,
            told,
            stopped,
        ));
        let asked = move || web::ask(&address.to_string(), "/").unwrap().body;
        // Whoever asks before the pull requests were taken over asks again.
        let mut page = String::new();
        for _ in 0..100 {
            page = tokio::task::spawn_blocking(asked).await.unwrap();
            if page.contains("acme/app#12") {
                return;
            }
            tokio::task::yield_now().await;
        }
        panic!("the pull request is not shown: {page}");
    }
}
