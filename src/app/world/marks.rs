//! The kinds of what is marked under the graph of a budget: a letter and a word each.

/// What kind of thing happened; of two in one column the later in this list is drawn.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum MarkKind {
    /// A critical alert fired, or one that is about this objective.
    Alert,
    Note,
    Silence,
    /// Somebody took an alert.
    Ack,
    /// A command that somebody ran.
    Action,
    /// Time that is left out of the adjusted number.
    Maintenance,
    /// Something happened in a system by itself, or in what builds it.
    Event,
    /// What a pager did with a page.
    Page,
    /// Something fell over.
    Crash,
    Deploy,
    /// A source could not be read.
    Outage,
    /// The file asks for another objective or window than before.
    Objective,
    Incident,
}

impl MarkKind {
    /// Under the graph.
    pub fn letter(self) -> &'static str {
        match self {
            Self::Alert => "A",
            Self::Note => "N",
            Self::Silence => "S",
            Self::Ack => "K",
            Self::Action => "X",
            Self::Maintenance => "M",
            Self::Event => "E",
            Self::Page => "P",
            Self::Crash => "C",
            Self::Deploy => "D",
            Self::Outage => "U",
            Self::Objective => "O",
            Self::Incident => "I",
        }
    }

    pub fn word(self) -> &'static str {
        match self {
            Self::Alert => "alert",
            Self::Note => "note",
            Self::Silence => "silence",
            Self::Ack => "ack",
            Self::Action => "action",
            Self::Maintenance => "maintenance",
            Self::Event => "event",
            Self::Page => "page",
            Self::Crash => "crash",
            Self::Deploy => "deploy",
            Self::Outage => "source outage",
            Self::Objective => "objective",
            Self::Incident => "incident",
        }
    }

    /// Whether how long it lasted is drawn.
    pub fn is_bar(self) -> bool {
        matches!(self, Self::Incident | Self::Maintenance | Self::Outage)
    }
}
