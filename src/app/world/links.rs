//! The same alert as other sources tell it: found by configured labels, told beside each other, never made one.
//!
//! Each source keeps its own tale, so that two that disagree are seen to, and one that is blind says so.

use crate::domain::{
    Time,
    alert::{AlertId, AlertState},
    correlation::{self, Correlation},
    entry::Subject,
    label::Labels,
    members::Word,
    source::SourceName,
    text::SafeText,
};

use super::{
    World,
    board::{Row, Slot},
    pages::Pages,
    sources::SourceStatus,
    twins::Twins,
};

/// Why two tales are of one alert.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LinkKind {
    /// The rule engine's own word on an alert that another source delivers.
    Echo,
    /// Another source's alert that the configuration says is the same.
    Twin,
    /// What one member of its own source says of it.
    Member,
    /// The page that was sent for it.
    Page,
    /// What it was sent for.
    Paged,
}

impl LinkKind {
    /// Whether it is another source's tale of the same alert.
    pub fn is_same(self) -> bool {
        matches!(self, Self::Echo | Self::Twin)
    }

    pub fn as_str(self) -> &'static str {
        match self {
            Self::Echo => "echo",
            Self::Twin => "twin",
            Self::Member => "member",
            Self::Page => "page",
            Self::Paged => "paged",
        }
    }
}

/// One more tale of the same alert.
#[derive(Clone, Debug, PartialEq)]
pub struct Link {
    pub kind: LinkKind,
    pub id: AlertId,
    /// The member whose word it is, by its address.
    pub member: Option<SafeText>,
    /// `Unknown` while it cannot be read; none where a member does not tell it.
    pub state: Option<AlertState>,
    /// As it was last told.
    pub told: AlertState,
    pub starts_at: Time,
    pub acked_by: Option<SafeText>,
    /// Labels in which it is told otherwise: `cluster=us (here eu)`.
    pub differs: Vec<String>,
}

impl World {
    /// From now on these sources tell the same alerts.
    pub fn correlate(&mut self, correlations: Vec<Correlation>) {
        let (pages, twins) = correlations.into_iter().partition(|c: &Correlation| c.link == correlation::Link::Page);
        self.twins = Twins::new(twins);
        self.twins.follow(&self.board);
        self.pages = Pages::new(pages);
        self.follow_pages();
    }

    /// The row that tells of an alert: its own, or that of the source which delivers it.
    pub fn slot_of(&self, id: &AlertId) -> Option<Slot> {
        self.board.slot(id).or_else(|| {
            let at = self.sources.iter().position(|s| s.about.name == id.source)?;
            self.echoes.lodges_at(&(at, id.fingerprint.clone()))
        })
    }

    /// Twins on the board, in its order.
    pub fn twins<'a>(&'a self, row: &'a Row) -> Vec<&'a Row> {
        let slot = if self.twins.is_off() { None } else { self.board.slot(&row.id) };
        let beside = slot.map(|slot| self.twins.beside(&self.board, slot)).unwrap_or_default();
        beside.into_iter().filter_map(|slot| self.board.at(slot)).collect()
    }

    /// How many other sources tell the same alert.
    pub fn told_also(&self, row: &Row) -> usize {
        let mut others: Vec<&SourceName> = self.twins(row).into_iter().map(|t| &t.id.source).collect();
        others.sort();
        others.dedup();
        others.retain(|source| **source != row.id.source);
        row.also.len() + others.len()
    }

    /// Every other tale of the alert.
    pub fn links(&self, row: &Row) -> Vec<Link> {
        let echoes = row.also.iter().filter_map(|source| self.echo(row, source));
        let twins = self.twins(row).into_iter().map(|twin| of_row(row, twin));
        echoes.chain(twins).chain(self.words_of_members(row)).chain(self.page_links(row)).collect()
    }

    /// What each member of its source says, where they do not agree or one does not answer.
    fn words_of_members<'a>(&'a self, row: &'a Row) -> impl Iterator<Item = Link> + 'a {
        let source = self.source(&row.id.source).filter(|_| row.resolved_at.is_none());
        let words = source.map(|s| s.members.words(&row.id.fingerprint, row.told)).unwrap_or_default();
        let blind = source.is_some_and(SourceStatus::is_blind);
        words.into_iter().map(move |(member, word)| Link {
            kind: LinkKind::Member,
            id: row.id.clone(),
            member: Some(member.clone()),
            state: match word {
                Word::Lacks => None,
                Word::Says(state) if !blind => Some(state),
                Word::Says(_) | Word::Away => Some(AlertState::Unknown),
            },
            told: row.told,
            starts_at: row.alert.starts_at,
            acked_by: None,
            differs: Vec::new(),
        })
    }

    /// The alert of a rule engine that a row delivers: of several the closest.
    fn echo(&self, row: &Row, source: &SourceName) -> Option<Link> {
        let at = self.sources.iter().position(|s| s.about.name == *source)?;
        let status = &self.sources[at];
        let same = self.echoes.guests(self.board.slot(&row.id)?, at).filter_map(|f| status.known.get(f));
        let known = same.max_by_key(|k| k.alert.labels.len())?;
        let told = if known.resolved_at.is_some() { AlertState::Resolved } else { known.alert.state };
        let id = status.alert_id(&known.alert.fingerprint);
        Some(Link {
            kind: LinkKind::Echo,
            acked_by: self.acks.journal.get(&Subject::alert(&id)).map(|ack| ack.by.clone()),
            id,
            member: None,
            state: Some(if status.is_blind() { AlertState::Unknown } else { told }),
            told,
            starts_at: known.alert.starts_at,
            differs: differences(&row.alert.labels, &known.alert.labels),
        })
    }
}

fn of_row(row: &Row, twin: &Row) -> Link {
    Link {
        kind: LinkKind::Twin,
        id: twin.id.clone(),
        member: None,
        state: Some(twin.state),
        told: twin.told,
        starts_at: twin.alert.starts_at,
        acked_by: twin.ack.as_ref().map(|a| a.by.clone()),
        differs: differences(&row.alert.labels, &twin.alert.labels),
    }
}

fn differences(here: &Labels, there: &Labels) -> Vec<String> {
    let line = |l: &Labels, name: &str| l.get(name).map_or_else(|| "absent".to_owned(), |v| v.line().into_owned());
    let mut names: Vec<&SafeText> = here.iter().chain(there.iter()).map(|(n, _)| n).collect();
    names.sort();
    names.dedup();
    let differ = names.into_iter().filter(|n| here.get(n.raw()) != there.get(n.raw()));
    differ.map(|n| format!("{}={} (here {})", n.line(), line(there, n.raw()), line(here, n.raw()))).collect()
}

/// What to say where the tales of one alert do not agree: the worst counts.
pub fn disagreement(row: &Row, links: &[Link]) -> Option<String> {
    let others = links.iter().filter(|l| l.kind.is_same());
    let mut told: Vec<(AlertState, &SourceName)> = others.filter_map(|l| Some((l.state?, &l.id.source))).collect();
    told.push((row.state, &row.id.source));
    told.sort_by_key(|(state, _)| badness(*state));
    let (worst, _) = *told.first()?;
    if told.iter().all(|(state, _)| *state == worst) {
        return None;
    }
    let each: Vec<String> = told.iter().map(|(state, source)| format!("{source} says {}", word(*state))).collect();
    Some(format!("the sources do not agree: {}; the worst counts: {}", each.join(", "), word(worst)))
}

/// What to say where the members of its own source do not agree.
pub fn dissent(row: &Row, links: &[Link]) -> Option<String> {
    let words: Vec<Option<AlertState>> = links.iter().filter(|l| l.kind == LinkKind::Member).map(|l| l.state).collect();
    let first = words.first()?;
    (!words.iter().all(|word| word == first))
        .then(|| format!("the members of {} do not agree; the worst counts: {}", row.id.source, word(row.state)))
}

/// What is seen to burn comes before what nobody can see, and that before what is calm.
fn badness(state: AlertState) -> u8 {
    match state {
        AlertState::Firing => 0,
        AlertState::Unknown => 1,
        AlertState::Pending => 2,
        AlertState::Suppressed => 3,
        AlertState::Resolved => 4,
    }
}

pub fn word(state: AlertState) -> &'static str {
    match state {
        AlertState::Unknown => "UNKNOWN",
        AlertState::Suppressed => "muted",
        other => other.as_str(),
    }
}
