//! `cronwright probe`: asks a controller how it is, from where no other program can.

use std::{io::Write, process::ExitCode, time::Duration};

use anyhow::{Context as _, bail};
use clap::Args;

use crate::web::{Answer, ask};

/// How long to wait between two questions.
const BETWEEN: Duration = Duration::from_secs(1);

/// Arguments of `cronwright probe`.
#[derive(Debug, Args)]
#[command(
    after_help = "Examples:\n  cronwright probe http://localhost:8080/readyz\n  cronwright probe http://cronwright.cronwright.svc:8080/readyz --wait-seconds 60"
)]
pub struct ProbeArgs {
    /// What to ask, as in `http://localhost:8080/readyz`.
    pub url: String,
    /// How long to ask again while the answer is not a good one.
    #[arg(long, default_value_t = 0, value_parser = clap::value_parser!(u64).range(0..=3600))]
    pub wait_seconds: u64,
}

/// Asks until the answer is a good one, and prints it.
///
/// # Errors
/// When the URL is not of this kind, or there was no good answer in time.
pub async fn run(args: ProbeArgs, out: &mut dyn Write) -> anyhow::Result<ExitCode> {
    let (authority, path) = split(&args.url)?;
    let mut ticks = tokio::time::interval(BETWEEN);
    let mut last = once(&authority, &path, &mut ticks).await;
    for _ in 0..args.wait_seconds {
        if last.is_ok() {
            break;
        }
        last = once(&authority, &path, &mut ticks).await;
    }
    let answer = last.with_context(|| format!("{} gave no good answer", args.url))?;
    write!(out, "{}", answer.body)?;
    Ok(ExitCode::SUCCESS)
}

/// One question at the next tick; an answer other than 2xx is an error.
async fn once(
    authority: &str,
    path: &str,
    ticks: &mut tokio::time::Interval,
) -> anyhow::Result<Answer> {
    ticks.tick().await;
    let (authority, path) = (authority.to_owned(), path.to_owned());
    let answer = tokio::task::spawn_blocking(move || ask(&authority, &path)).await??;
    if !(200..300).contains(&answer.status) {
        bail!("it answers {}: {}", answer.status, answer.body.trim());
    }
    Ok(answer)
}

/// `http://host:port/path` as `host:port` and `/path`.
fn split(url: &str) -> anyhow::Result<(String, String)> {
    let rest = url.strip_prefix("http://");
    let rest = rest.with_context(|| format!("'{url}' does not begin with http://"))?;
    let (authority, path) = rest.split_once('/').unwrap_or((rest, ""));
    let is_clean = !authority.is_empty() && !url.contains(|c: char| c.is_whitespace());
    if !is_clean {
        bail!("'{url}' names no host; write http://HOST:PORT/PATH");
    }
    let authority = if authority.contains(':') {
        authority.to_owned()
    } else {
        format!("{authority}:80")
    };
    Ok((authority, format!("/{path}")))
}

#[cfg(test)]
mod tests {
    use std::{
        io::{Read as _, Write as _},
        net::TcpListener,
    };

    use super::*;

    /// A server that gives these answers, one a connection.
    fn server(answers: &'static [&'static str]) -> String {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        std::thread::spawn(move || {
            for answer in answers {
                let (mut stream, _) = listener.accept().unwrap();
                let _ = stream.read(&mut [0; 1024]).unwrap();
                stream.write_all(answer.as_bytes()).unwrap();
            }
        });
        format!("http://{address}/readyz")
    }

    async fn probed(answers: &'static [&'static str], wait_seconds: u64) -> anyhow::Result<String> {
        let url = server(answers);
        let mut out = Vec::new();
        run(ProbeArgs { url, wait_seconds }, &mut out).await?;
        Ok(String::from_utf8(out)?)
    }

    const READY: &str = "HTTP/1.0 200 OK\r\n\r\nready\n";
    const NOT_READY: &str = "HTTP/1.0 503 Service Unavailable\r\n\r\nnot ready\n";

    #[tokio::test(start_paused = true)]
    async fn a_good_answer_is_printed_and_a_bad_one_is_told() {
        assert_eq!(probed(&[READY], 0).await.unwrap(), "ready\n");
        let error = format!("{:#}", probed(&[NOT_READY], 0).await.unwrap_err());
        assert!(error.contains("it answers 503: not ready"), "{error}");
    }

    #[tokio::test(start_paused = true)]
    async fn a_controller_that_is_not_ready_yet_is_asked_again() {
        let printed = probed(&[NOT_READY, NOT_READY, READY], 5).await;
        assert_eq!(printed.unwrap(), "ready\n");
    }

    #[test]
    fn a_url_is_taken_apart_and_what_is_none_is_refused() {
        let parts = |url| split(url).unwrap();
        let (host, path) = parts("http://a.b.svc:8080/readyz?x=1");
        assert_eq!(
            (host.as_str(), path.as_str()),
            ("a.b.svc:8080", "/readyz?x=1")
        );
        assert_eq!(parts("http://a").0, "a:80");
        for wrong in ["https://a/readyz", "a:8080", "http:///x", "http://a/x y"] {
            assert!(split(wrong).is_err(), "{wrong}");
        }
    }
}
