//! What a moved cron means for the texts that `github.event.schedule` is compared with.
//!
//! Either every comparison keeps its answer for every entry of the schedule, by changing the literals along, or the
//! edit is refused. Invariant: a literal is changed only where its bytes are known exactly.

use super::{
    Literal, LiteralKind, Refusal,
    literal::{Found, Function, find, same_cron},
    locate::Located,
    scalar::Splice,
};

/// What one entry says before and after the edit.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Move {
    /// The cron as it is written.
    pub(super) from: String,
    /// The cron afterwards.
    pub(super) to: String,
}

impl Move {
    fn is_real(&self) -> bool {
        !same_cron(&self.from, &self.to)
    }
}

/// A literal that changes along.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct LiteralMove {
    /// Its bytes and its new text.
    pub(super) splice: Splice,
    /// The literal and its place in the scalar's value.
    pub(super) found: Found,
}

/// Tells which literals must change when the schedule's entries move as given, one [`Move`] an entry.
///
/// # Errors
/// `LiteralCompared` for the first literal whose comparison could not keep its meaning, `ScheduleHandedOn` where the
/// schedule goes on to something that is not followed.
pub(super) fn literal_moves(
    file: &Located<'_>,
    moves: &[Move],
) -> Result<Vec<LiteralMove>, Refusal> {
    let crons: Vec<&str> = moves
        .iter()
        .flat_map(|each| [each.from.as_str(), each.to.as_str()])
        .collect();
    let moved = find(file, &crons)?
        .into_iter()
        .map(|found| literal_move(found, moves));
    moved.filter_map(Result::transpose).collect()
}

/// Decides about one literal: changed, left alone, or in the way.
fn literal_move(found: Found, moves: &[Move]) -> Result<Option<LiteralMove>, Refusal> {
    let text = found.literal.text.as_str();
    let mut real = moves.iter().filter(|each| each.is_real());
    let is_altered = match found.literal.kind {
        LiteralKind::Unclear => real.next().is_some(),
        LiteralKind::Partial => real.any(|each| alters(text, found.function, each)),
        LiteralKind::Quoted | LiteralKind::Elsewhere => return whole_move(found, moves),
    };
    if is_altered {
        Err(refusal(&found.literal))
    } else {
        Ok(None)
    }
}

/// Decides about a literal that is a whole cron.
fn whole_move(found: Found, moves: &[Move]) -> Result<Option<LiteralMove>, Refusal> {
    let text = found.literal.text.as_str();
    let mut real = moves.iter().filter(|each| each.is_real());
    let Some(own) = real.clone().find(|each| same_cron(&each.from, text)) else {
        // A comparison that never held, or held for another entry, would begin to hold for the moved one.
        let begins = real.any(|each| same_cron(&each.to, text));
        return if begins {
            Err(refusal(&found.literal))
        } else {
            Ok(None)
        };
    };
    // It stands for exactly the entries that it stood for: all of them move alike, and no other arrives there.
    let stays_true = moves
        .iter()
        .all(|each| same_cron(&each.from, text) == same_cron(&each.to, &own.to));
    if found.literal.kind != LiteralKind::Quoted || !stays_true {
        return Err(refusal(&found.literal));
    }
    let splice = Splice {
        bytes: found.bytes.clone(),
        text: own.to.clone(),
        event: found.event,
    };
    Ok(Some(LiteralMove { splice, found }))
}

/// Whether a comparison with a part of the schedule would answer differently.
fn alters(part: &str, function: Option<Function>, each: &Move) -> bool {
    let part = part.to_ascii_lowercase();
    let (from, to) = (each.from.to_ascii_lowercase(), each.to.to_ascii_lowercase());
    let starts = from.starts_with(&part) != to.starts_with(&part);
    let ends = from.ends_with(&part) != to.ends_with(&part);
    let contains = from.contains(&part) != to.contains(&part);
    match function {
        Some(Function::StartsWith) => starts,
        Some(Function::EndsWith) => ends,
        Some(Function::Contains) => contains,
        None => starts || ends || contains,
    }
}

fn refusal(literal: &Literal) -> Refusal {
    let (line, text) = (literal.line, literal.text.clone());
    match literal.kind {
        LiteralKind::Unclear => Refusal::ScheduleHandedOn { line, text },
        LiteralKind::Quoted | LiteralKind::Elsewhere | LiteralKind::Partial => {
            Refusal::LiteralCompared { line, text }
        }
    }
}
