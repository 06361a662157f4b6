//! What happened under the graph of a budget: the moments that may explain why it was spent.

use crate::domain::{
    Time,
    alert::Severity,
    entry::{Entry, Kind, Subject},
    slo::SloId,
    text::SafeText,
};

use super::World;

/// What kind of thing happened; of two in one column the later in this list is drawn.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum MarkKind {
    /// A critical alert fired, or one that names this objective.
    Alert,
    Note,
    Silence,
    /// Somebody took an alert.
    Ack,
    Deploy,
}

impl MarkKind {
    /// Under the graph.
    pub fn letter(self) -> &'static str {
        match self {
            Self::Alert => "A",
            Self::Note => "N",
            Self::Silence => "S",
            Self::Ack => "K",
            Self::Deploy => "D",
        }
    }

    pub fn word(self) -> &'static str {
        match self {
            Self::Alert => "alert",
            Self::Note => "note",
            Self::Silence => "silence",
            Self::Ack => "ack",
            Self::Deploy => "deploy",
        }
    }
}

/// Most alerts on the board that are drawn under one graph.
const MOST: usize = 1_000;

/// A moment on the axis of an objective.
#[derive(Clone, Debug, PartialEq)]
pub struct Mark {
    pub at: Time,
    pub kind: MarkKind,
    /// What is said where the cursor stands on it.
    pub text: SafeText,
}

impl World {
    /// What happened, in the order in which it was told; deploys and critical alerts may explain any budget, notes only
    /// their own.
    pub fn marks(&self, id: &SloId) -> Vec<Mark> {
        let own = Subject::slo(id.as_str());
        let told = self.timeline.entries.iter().filter_map(|e| mark(e, &own));
        told.chain(self.burning(id)).collect()
    }

    /// The alerts on the board that are about an objective.
    fn burning(&self, id: &SloId) -> Vec<Mark> {
        let Some(slo) = self.budgets.get(id).map(|row| &row.slo) else { return Vec::new() };
        let found = slo.clues().into_iter().flat_map(|(name, value)| self.board.with_label(name, value));
        let about = found.map(|(_, row)| row).filter(|row| slo.concerns(&row.alert.labels)).take(MOST);
        let mut marks: Vec<Mark> = about
            .map(|row| Mark { at: row.alert.starts_at, kind: MarkKind::Alert, text: row.name().clone() })
            .collect();
        marks.sort_by(|a, b| (a.at, &a.text).cmp(&(b.at, &b.text)));
        marks.dedup();
        marks
    }
}

fn mark(entry: &Entry, own: &Subject) -> Option<Mark> {
    let kind = match entry.kind {
        Kind::Deploy => MarkKind::Deploy,
        Kind::NoteAdded if entry.subject == *own => MarkKind::Note,
        Kind::AlertFired if entry.body.severity == Some(Severity::Critical) => MarkKind::Alert,
        Kind::AckConfirmed => MarkKind::Ack,
        Kind::SilenceCreated | Kind::SilenceConfirmed => MarkKind::Silence,
        _ => return None,
    };
    let text = entry.body.title.clone().or_else(|| entry.body.text.clone());
    Some(Mark { at: entry.at, kind, text: text.unwrap_or_else(|| SafeText::new(entry.subject.as_str())) })
}
