//! Every page over loopback, and who is let in.

use super::server::{Server, cronwright, history, root};

#[test]
fn every_page_tells_of_the_simulated_company_and_links_to_pages_that_are_there() {
    let server = Server::start(&[]);
    let told = [
        ("/", "Ready to apply"),
        (
            "/timetable",
            "When each workflow is expected to run on Monday, 2026-09-21",
        ),
        (
            "/timetable?by=runners&pool=acme-linux%2Cself-hosted&day=2",
            "6 run at once.",
        ),
        (
            "/load?pool=acme-linux%2Cself-hosted",
            "The next 24 hours on acme-linux,self-hosted",
        ),
        ("/workflows?q=mobile", "acme/mobile/devices.yml"),
        (
            "/workflows/acme/payments/nightly.yml",
            "What would change the answer",
        ),
        ("/accuracy", "lies in the 90% interval"),
        ("/cost", "By month"),
        ("/plan", "of job time beyond capacity a week"),
    ];
    for (path, words) in told {
        let answer = server.ask(path, &[]);
        assert_eq!(answer.status, 200, "{path}");
        assert!(
            answer.body.contains(words),
            "{path} lacks '{words}':\n{}",
            answer.body
        );
        assert!(
            answer.head.contains("cache-control: no-store"),
            "{}",
            answer.head
        );
        for link in answer.body.split("href=\"").skip(1) {
            let link = link.split('"').next().unwrap().replace("&#38;", "&");
            if link.starts_with('#') {
                continue;
            }
            assert_eq!(server.ask(&link, &[]).status, 200, "{path} links to {link}");
        }
    }
    assert_eq!(server.first_news(), "data: 1");
}

#[test]
fn the_dashboard_and_the_commands_tell_the_same() {
    let server = Server::start(&[]);
    let text = |args: &[&str]| {
        let output = cronwright(args).output().unwrap();
        String::from_utf8(output.stdout).unwrap()
    };
    let exported = text(&["export", "--store", history()]);
    let exported: serde_json::Value = serde_json::from_str(&exported).unwrap();
    let plan = server.ask("/plan", &[]).body;
    let ready = exported["groups"]["ready_to_apply"].as_array().unwrap();
    assert!(!ready.is_empty());
    for workflow in ready {
        assert!(plan.contains(workflow.as_str().unwrap()), "{workflow}");
    }
    let explained = text(&["explain", "acme/payments/nightly.yml", "--store", history()]);
    let page = server.ask("/workflows/acme/payments/nightly.yml", &[]).body;
    let page = page.replace("&#39;", "'");
    let sentences: Vec<&str> = explained
        .lines()
        .filter(|line| line.starts_with("  "))
        .collect();
    assert!(sentences.len() > 8, "{explained}");
    for sentence in sentences {
        assert!(page.contains(sentence.trim()), "{sentence}");
    }
}

#[test]
fn a_browser_that_was_led_here_by_another_name_gets_nothing() {
    let server = Server::start(&[]);
    for host in [
        "host: evil.example",
        "host: evil.example:8082",
        "host: 10.0.0.1",
    ] {
        let answer = server.ask("/", &[host]);
        assert_eq!(answer.status, 421, "{host}");
        assert!(!answer.body.contains("acme"), "{}", answer.body);
    }
}

#[test]
fn with_a_token_only_whoever_has_it_is_let_in() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("token");
    let token = "7e4f6c1a9b2d4e8fa0c3";
    std::fs::write(&file, format!("{token}\n")).unwrap();
    let server = Server::start(&["--dashboard-token-file", &file.to_string_lossy()]);
    let refused = server.ask("/", &[]);
    assert_eq!(refused.status, 401);
    assert!(
        refused.head.contains("www-authenticate: basic"),
        "{}",
        refused.head
    );
    assert_eq!(
        server.ask("/", &["authorization: Bearer wrong"]).status,
        401
    );
    let bearer = format!("authorization: Bearer {token}");
    assert_eq!(server.ask("/", &[&bearer, "host: ci.example"]).status, 200);
}

#[test]
fn on_an_address_that_others_reach_it_is_refused_without_a_token() {
    let output = cronwright(&["dashboard", "--store", history(), "--listen", "0.0.0.0:0"])
        .output()
        .unwrap();
    assert_eq!(output.status.code(), Some(1));
    let told = String::from_utf8_lossy(&output.stderr);
    assert!(
        told.contains("listen on 127.0.0.1, or give a token"),
        "{told}"
    );
}

#[test]
fn a_store_that_is_not_there_is_not_made_for_a_page() {
    let folder = tempfile::tempdir().unwrap();
    let missing = folder.path().join("none.db");
    let url = format!("sqlite://{}", missing.display());
    let output = cronwright(&["dashboard", "--store", &url, "--listen", "127.0.0.1:0"])
        .output()
        .unwrap();
    assert_eq!(output.status.code(), Some(1));
    assert!(!missing.exists());
}

#[test]
fn the_chart_library_is_the_one_of_the_lock_file() {
    let assets = root().join("src/web/dashboard/assets");
    let read = |file: &str| std::fs::read_to_string(assets.join(file)).unwrap();
    let lock: serde_json::Value = serde_json::from_str(&read("package-lock.json")).unwrap();
    let version = lock["packages"]["node_modules/uplot"]["version"]
        .as_str()
        .unwrap();
    let library = read("vendor/uPlot.iife.min.js");
    let first = library.lines().next().unwrap();
    assert!(
        first.contains(&format!("(v{version})")),
        "{first}; run `npm run vendor` in src/web/dashboard/assets"
    );
}
