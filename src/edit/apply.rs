//! The edit itself: check what is asked, gather the splices, write them, prove the result.

use std::collections::BTreeMap;

use crate::domain::Schedule;

use super::{
    Change, Edited, Note, Options, Refusal, Replacement, ScheduleEntry, WorkflowDocument,
    literal_change::{LiteralMove, Move, literal_moves},
    locate::Located,
    prove::prove,
    scalar::{Rewrite, Splice, rewrite},
};

/// Changes entries of a workflow file's schedule.
///
/// # Guarantees
/// Outside of the replaced scalars, and of the literals that [`Note::LiteralAlsoChanged`] names, the new file is byte
/// for byte the old one; read again it has the same YAML events and exactly the schedules asked for. A change that
/// leaves its entry as it is does nothing.
///
/// # Errors
/// A [`Refusal`], and then nothing is changed.
pub fn edit(bytes: &[u8], changes: &[Change], options: Options) -> Result<Edited, Refusal> {
    let file = Located::read(bytes)?;
    let document = WorkflowDocument::of(&file)?;
    refuse_generated(&document, options)?;
    let wanted = wanted(&document, changes)?;
    let scalars = scalar_rewrites(&file, &wanted)?;
    let literals = literal_moves(&file, &moves(&document, &wanted))?;
    let (splices, expected) = gather(&file, &scalars, &literals);
    let bytes = splice(&file, &splices);
    prove(
        &file,
        &bytes,
        &splices,
        &expected,
        &schedules(&document, &wanted),
    )?;
    Ok(Edited {
        bytes,
        replaced: replacements(&file, &scalars),
        notes: notes(&document, &wanted, &literals),
    })
}

/// Refuses a file that something else writes, unless that is allowed.
fn refuse_generated(document: &WorkflowDocument, options: Options) -> Result<(), Refusal> {
    match &document.generated {
        Some(mark) if !options.allow_generated => Err(Refusal::Generated {
            line: mark.line,
            text: mark.text.clone(),
        }),
        Some(_) | None => Ok(()),
    }
}

/// The changes that change something, by entry, each checked against what stands there.
fn wanted<'a>(
    document: &WorkflowDocument,
    changes: &'a [Change],
) -> Result<BTreeMap<usize, &'a Change>, Refusal> {
    let mut wanted = BTreeMap::new();
    for change in changes {
        let entry = believed(document, change)?;
        if wanted.insert(entry.index, change).is_some() {
            return Err(Refusal::ChangedTwice { index: entry.index });
        }
    }
    wanted.retain(|_, change| change.from != change.to);
    if wanted.is_empty() {
        Err(Refusal::NothingToChange)
    } else {
        Ok(wanted)
    }
}

/// The entry that a change is about, when it says what the caller believes.
fn believed<'a>(
    document: &'a WorkflowDocument,
    change: &Change,
) -> Result<&'a ScheduleEntry, Refusal> {
    let entry = document.entry(change.index)?;
    if entry.schedule.as_ref() == Ok(&change.from) {
        return Ok(entry);
    }
    let found = entry
        .schedule
        .as_ref()
        .map_or_else(|_| entry.text.trim().to_owned(), ToString::to_string);
    Err(Refusal::NoSuchCron {
        expected: change.from.to_string(),
        found: Some(found),
    })
}

/// New bytes for the scalars of all changed entries.
fn scalar_rewrites(
    file: &Located<'_>,
    wanted: &BTreeMap<usize, &Change>,
) -> Result<Vec<Rewrite>, Refusal> {
    let mut rewrites = Vec::new();
    for (index, change) in wanted {
        let entry = &file.entries[*index];
        let cron = entry.cron.ok_or(Refusal::NoSchedule)?;
        let mut add = |event: usize, text: &str| {
            let found = rewrite(&file.parsed, event, text, entry.in_flow);
            found
                .map(|found| rewrites.push(found))
                .ok_or(Refusal::Unlocatable {
                    line: file.parsed.line_of(event),
                })
        };
        if change.from.cron != change.to.cron {
            add(cron, change.to.cron.as_str())?;
        }
        if change.from.time_zone != change.to.time_zone {
            let zone = change.to.time_zone.to_string();
            let missing = || Refusal::NoTimeZoneScalar {
                line: file.parsed.line_of(cron),
                add: format!("timezone: {zone}"),
            };
            add(entry.time_zone.ok_or_else(missing)?, &zone)?;
        }
    }
    Ok(rewrites)
}

/// What every entry's cron says before and after.
fn moves(document: &WorkflowDocument, wanted: &BTreeMap<usize, &Change>) -> Vec<Move> {
    let to = |entry: &ScheduleEntry| {
        wanted
            .get(&entry.index)
            .map(|change| change.to.cron.to_string())
    };
    let each = |entry: &ScheduleEntry| Move {
        from: entry.text.trim().to_owned(),
        to: to(entry).unwrap_or_else(|| entry.text.trim().to_owned()),
    };
    document.entries.iter().map(each).collect()
}

/// What every entry must say afterwards.
fn schedules(
    document: &WorkflowDocument,
    wanted: &BTreeMap<usize, &Change>,
) -> Vec<Result<Schedule, String>> {
    let after = |entry: &ScheduleEntry| {
        wanted
            .get(&entry.index)
            .map_or_else(|| entry.schedule.clone(), |change| Ok(change.to.clone()))
    };
    document.entries.iter().map(after).collect()
}

/// All splices in the file's order, and the value that each touched scalar must have afterwards.
fn gather(
    file: &Located<'_>,
    scalars: &[Rewrite],
    literals: &[LiteralMove],
) -> (Vec<Splice>, BTreeMap<usize, String>) {
    let mut expected: BTreeMap<usize, String> = scalars
        .iter()
        .map(|rewrite| (rewrite.splice.event, rewrite.value.clone()))
        .collect();
    // From the last to the first, so that the places of those still to come stay true.
    for each in literals.iter().rev() {
        let event = each.splice.event;
        let value = expected.entry(event).or_insert_with(|| {
            file.parsed
                .scalar(event)
                .map_or_else(String::new, |(value, _)| value.to_owned())
        });
        value.replace_range(each.found.value.clone(), &each.splice.text);
    }
    let scalars = scalars.iter().map(|rewrite| &rewrite.splice);
    let mut splices: Vec<Splice> = scalars
        .chain(literals.iter().map(|each| &each.splice))
        .cloned()
        .collect();
    splices.sort_by_key(|splice| splice.bytes.start);
    (splices, expected)
}

/// Writes the file with the splices in it.
fn splice(file: &Located<'_>, splices: &[Splice]) -> Vec<u8> {
    let mut text = file.parsed.text.to_owned();
    for splice in splices.iter().rev() {
        text.replace_range(splice.bytes.clone(), &splice.text);
    }
    let mark = if file.parsed.mark_length > 0 {
        "\u{feff}"
    } else {
        ""
    };
    [mark.as_bytes(), text.as_bytes()].concat()
}

/// Tells the replaced scalars.
fn replacements(file: &Located<'_>, scalars: &[Rewrite]) -> Vec<Replacement> {
    let mut ordered: Vec<&Rewrite> = scalars.iter().collect();
    ordered.sort_by_key(|rewrite| rewrite.splice.bytes.start);
    let told = |rewrite: &Rewrite| Replacement {
        line: file.parsed.lines.number(rewrite.splice.bytes.start),
        from: file
            .parsed
            .scalar(rewrite.splice.event)
            .map_or("", |(value, _)| value.trim())
            .to_owned(),
        to: rewrite.value.trim().to_owned(),
    };
    ordered.into_iter().map(told).collect()
}

/// Tells what needs a human eye.
fn notes(
    document: &WorkflowDocument,
    wanted: &BTreeMap<usize, &Change>,
    literals: &[LiteralMove],
) -> Vec<Note> {
    let entries = wanted
        .keys()
        .filter_map(|index| document.entries.get(*index));
    let comments = entries.flat_map(|entry| &entry.comments);
    let mut stale: Vec<Note> = comments
        .map(|comment| Note::StaleComment {
            line: comment.line,
            text: comment.text.clone(),
        })
        .collect();
    stale.sort();
    stale.dedup();
    let changed = literals.iter().map(|each| Note::LiteralAlsoChanged {
        line: each.found.literal.line,
        from: each.found.literal.text.clone(),
        to: each.splice.text.clone(),
    });
    stale.into_iter().chain(changed).collect()
}
