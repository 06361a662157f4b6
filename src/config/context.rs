//! Where a key is pressed: the pane that has the focus, or what lies over the panes. One key may mean something else in each.
//!
//! Knows names and words, not what is drawn there.

use super::command::Command;

macro_rules! contexts {
    ($($variant:ident = $name:literal, $words:literal, $sort:ident;)*) => {
        /// Where keys are commands. Where text is written only those keys are that nobody writes.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub enum Context { $($variant,)* }

        impl Context {
            pub const ALL: &'static [Context] = &[$(Context::$variant,)*];

            /// As it is written in `[keys.in.NAME]`.
            pub const fn name(self) -> &'static str {
                match self { $(Context::$variant => $name,)* }
            }

            /// As a sentence says it, after "in".
            pub const fn words(self) -> &'static str {
                match self { $(Context::$variant => $words,)* }
            }

            const fn sort(self) -> Sort {
                match self { $(Context::$variant => Sort::$sort,)* }
            }
        }
    };
}

/// What a place does with keys.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Sort {
    /// Every command works, its own before those of everywhere.
    Pane,
    /// A short list over the panes: its own commands, those that move, open and leave.
    List,
    /// A plan that waits for a yes: its own commands and those that move; every other key leaves it.
    Question,
    /// One writes: its own commands alone, and none of them on a key that is written.
    Text,
}

contexts! {
    Alerts = "alerts", "the alerts", Pane;
    Budgets = "budgets", "the budgets", Pane;
    Timeline = "timeline", "the timeline", Pane;
    Alert = "alert", "an open alert", Pane;
    Budget = "budget", "an open budget", Pane;
    Answer = "answer", "an answer about a budget", Pane;
    Entry = "entry", "an open entry", Pane;
    Silences = "silences", "the list of silences", Pane;
    Silence = "silence", "an open silence", Pane;
    Incidents = "incidents", "the list of incidents", Pane;
    Incident = "incident", "an open incident", Pane;
    Runbook = "runbook", "an open runbook", Pane;
    Document = "document", "a document", Pane;
    Form = "form", "a form", Text;
    Menu = "menu", "a menu or a filter", Text;
    Chord = "chord", "a begun chord or count", Text;
    Question = "question", "a question", Question;
    Choices = "choices", "a list of choices", List;
    Link = "link", "a shown link", List;
    Themes = "themes", "the list of themes", List;
    Facets = "facets", "the facets", List;
    Returned = "returned", "the list of what returned", List;
    Batch = "batch", "a batch", List;
    Log = "log", "the log of what was sent", List;
    Run = "run", "a run of actions", List;
}

impl Context {
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|c| c.name() == name)
    }

    /// Whether one writes there: a key that can be written is text, and keys come one by one.
    pub fn is_text(self) -> bool {
        self.sort() == Sort::Text
    }

    /// Whether what lies there takes the keys itself: what works everywhere else does not.
    pub fn is_closed(self) -> bool {
        self.sort() != Sort::Pane
    }

    /// Whether a command that works everywhere works there.
    pub(super) fn lets_in(self, command: Command) -> bool {
        use Command::{Back, Bottom, Down, Help, Open, PageDown, PageUp, Quit, Top, Up};
        let moves = matches!(command, Down | Up | Top | Bottom | PageDown | PageUp);
        match self.sort() {
            Sort::Pane => true,
            Sort::List => moves || matches!(command, Back | Open | Help | Quit),
            Sort::Question => moves,
            Sort::Text => false,
        }
    }
}

/// `an open alert, an open budget or an open incident`
pub fn either(places: &[Context]) -> String {
    match places {
        [] => "everywhere".to_owned(),
        [one] => one.words().to_owned(),
        [first @ .., last] => {
            let first: Vec<&str> = first.iter().map(|c| c.words()).collect();
            format!("{} or {}", first.join(", "), last.words())
        }
    }
}
