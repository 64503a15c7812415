//! A report as a page: the numbers first, then the groups, then why, and the hours of the day.

use super::gantt::gantt;
use crate::{
    cli::{
        anomalies::alarms,
        cost,
        page::{Content, Page},
    },
    plan::Conflict,
    report::{
        Entry, Group, Report, Source,
        words::{dash, or_dash, schedules},
    },
};

/// How many conflicts the page names; the data has all of them.
const CONFLICTS: usize = 20;
/// How much advice the page gives; the dearest first.
const ADVICE: usize = 10;
/// The width of the longest bar of the histogram.
const BAR: u32 = 24;

/// The page of a report.
pub(super) fn page(report: &Report) -> Page {
    let counts = &report.inventory;
    let title = format!(
        "{} workflows: {} by cron, {} by other events only",
        counts.total, counts.schedulable, counts.manual_only
    );
    let mut page = Page::new(title).with("", Content::Facts(facts(report)));
    for group in Group::ALL {
        let inside: Vec<&Entry> = report
            .workflows
            .iter()
            .filter(|entry| entry.group == group)
            .collect();
        if !inside.is_empty() {
            page = page.with(group.heading(), workflows(&inside));
        }
    }
    let why: Vec<String> = report
        .workflows
        .iter()
        .filter(|entry| entry.moves())
        .map(why)
        .collect();
    page = with_lines(page, "Why", why);
    page = with_rows(
        page,
        "Conflicts now",
        &["workflow", "with", ">a week", "runners"],
        conflicts(report),
    );
    page = with_lines(page, "Cannot hold", violations(report));
    if !report.alarms.is_empty() {
        page = page.with("Has become otherwise", alarms(&report.alarms));
    }
    for source in &report.timetables {
        page = with_rows(
            page,
            &format!("Starts per hour of {} (UTC, a week)", source.connection),
            &[">hour", ">now", ">after", "now #, after ="],
            hours(source),
        );
        page = with_rows(
            page,
            &format!(
                "Most jobs at once of {}, as scheduled runs usually go",
                source.connection
            ),
            &["runners", ">capacity", ">now", ">after"],
            peaks(source),
        );
    }
    page = with_costs(page, report);
    if let Some(gantt) = gantt(report) {
        page = page.with("First runs of the day that follows (UTC)", gantt);
    }
    with_lines(page, "By other events only", report.manual_only.clone())
}

/// What the runs cost; `cronwright cost` tells the rest.
fn with_costs(page: Page, report: &Report) -> Page {
    let Some(spent) = report.cost.as_ref().filter(|spent| spent.is_known()) else {
        return page;
    };
    let heading = format!("Cost of the last {} days", spent.days);
    let page = page.with(&heading, Content::Facts(cost::page::facts(&spent.total)));
    let advice = spent.advice.iter().take(ADVICE);
    let advice = advice.map(|one| format!("{}: {}", one.workflow, one.says));
    with_lines(page, "Could be spared", advice.collect())
}

fn facts(report: &Report) -> Vec<(String, String)> {
    let groups = &report.groups;
    let (mut facts, impact) = (Vec::new(), &report.impact);
    let mut fact = |name: &str, value: String| facts.push((name.to_owned(), value));
    fact(
        "ready / review / more data / stay",
        format!(
            "{} / {} / {} / {}",
            groups.ready_to_apply.len(),
            groups.needs_review.len(),
            groups.more_data_needed.len(),
            groups.nothing_to_do.len()
        ),
    );
    let confidence = report.average_confidence;
    fact("average confidence", or_dash(confidence));
    fact(
        "impact high / medium / low",
        format!("{} / {} / {}", impact.high, impact.medium, impact.low),
    );
    fact(
        "without a forecast",
        report.inventory.without_forecast.to_string(),
    );
    for source in &report.timetables {
        fact(
            &format!("timetable of {}", source.connection),
            format!(
                "{} of {}",
                source.digest,
                source.made_at.format("%Y-%m-%d %H:%M UTC")
            ),
        );
        let (now, after) = (source.now.overlap_seconds, source.after.overlap_seconds);
        fact(
            "weighed overlap a week, now and after",
            format!("{} and {}", now.rounded(), after.rounded()),
        );
    }
    facts
}

fn workflows(entries: &[&Entry]) -> Content {
    let row = |entry: &&Entry| {
        vec![
            entry.workflow.clone(),
            schedules(&entry.current),
            if entry.moves() {
                schedules(&entry.proposed)
            } else {
                dash()
            },
            or_dash(entry.confidence),
            or_dash(entry.duration.map(|duration| duration.p50.rounded())),
            or_dash(entry.success),
            or_dash(entry.impact),
            entry.action.to_string(),
        ]
    };
    Content::Table {
        header: vec![
            "workflow",
            "now",
            "proposed",
            ">confidence",
            ">p50",
            ">success",
            "impact",
            "action",
        ],
        rows: entries.iter().map(row).collect(),
    }
}

fn why(entry: &Entry) -> String {
    let mut says = format!("{}: {}", entry.workflow, entry.reasons.join("; "));
    if entry.saves.0 > 0 {
        says.push_str(&format!("; moving saves {} a week", entry.saves.rounded()));
    }
    if let Some(demotion) = entry.demotion {
        let since = demotion.since.format("%Y-%m-%d");
        says.push_str(&format!("; its forecasts are not acted on since {since}"));
    }
    says
}

/// The heaviest pairs, each once.
fn conflicts(report: &Report) -> Vec<Vec<String>> {
    let mut pairs: Vec<(&Conflict, &str)> = Vec::new();
    for entry in &report.workflows {
        for conflict in &entry.conflicts {
            let with = conflict.with.to_string();
            let known = |(one, of): &(&Conflict, &str)| {
                one.pool == conflict.pool && *of == with && one.with.to_string() == entry.workflow
            };
            if !pairs.iter().any(known) {
                pairs.push((conflict, entry.workflow.as_str()));
            }
        }
    }
    let rank = |(one, of): &(&Conflict, &str)| {
        let names = ((*of).to_owned(), one.with.to_string());
        (
            std::cmp::Reverse(one.overlap_seconds),
            names,
            one.pool.clone(),
        )
    };
    pairs.sort_by_cached_key(rank);
    let row = |(one, of): (&Conflict, &str)| {
        // A status does not tell the runners.
        let pool = Some(&one.pool).filter(|pool| !pool.is_empty());
        vec![
            of.to_owned(),
            one.with.to_string(),
            one.share(),
            or_dash(pool),
        ]
    };
    pairs.into_iter().take(CONFLICTS).map(row).collect()
}

fn violations(report: &Report) -> Vec<String> {
    let broken = |entry: &Entry| {
        let of = |violation: &String| format!("{}: {violation}", entry.workflow);
        entry.violations.iter().map(of).collect::<Vec<_>>()
    };
    report.workflows.iter().flat_map(broken).collect()
}

fn hours(source: &Source) -> Vec<Vec<String>> {
    let (now, after) = (source.now.starts_per_hour, source.after.starts_per_hour);
    let most = now.iter().chain(&after).copied().max().unwrap_or(0).max(1);
    let bar = |count: u32, letter: &str| letter.repeat((count * BAR).div_ceil(most) as usize);
    let row = |(hour, (now, after)): (usize, (u32, u32))| {
        let bars = [bar(now, "#"), bar(after, "=")]
            .into_iter()
            .filter(|bar| !bar.is_empty());
        vec![
            format!("{hour:02}"),
            now.to_string(),
            after.to_string(),
            bars.collect::<Vec<_>>().join(" "),
        ]
    };
    now.into_iter().zip(after).enumerate().map(row).collect()
}

fn peaks(source: &Source) -> Vec<Vec<String>> {
    let row = |(now, after): (&crate::plan::PoolPeak, &crate::plan::PoolPeak)| {
        vec![
            now.pool.clone(),
            or_dash(now.capacity),
            now.peak_jobs.to_string(),
            after.peak_jobs.to_string(),
        ]
    };
    source
        .now
        .peaks
        .iter()
        .zip(&source.after.peaks)
        .map(row)
        .collect()
}

/// The page with lines, where there are any.
pub(in crate::cli) fn with_lines(page: Page, heading: &str, lines: Vec<String>) -> Page {
    if lines.is_empty() {
        return page;
    }
    page.with(heading, Content::Lines(lines))
}

/// The page with a table, where it has rows.
pub(in crate::cli) fn with_rows(
    page: Page,
    heading: &str,
    header: &[&'static str],
    rows: Vec<Vec<String>>,
) -> Page {
    if rows.is_empty() {
        return page;
    }
    let header = header.to_vec();
    page.with(heading, Content::Table { header, rows })
}
