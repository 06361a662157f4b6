//! Where a key is pressed: the pane that has the focus, or what lies over the panes. One key may mean something else in each.
//!
//! Knows names and words, not what is drawn there.

macro_rules! contexts {
    ($($variant:ident = $name:literal, $words:literal;)*) => {
        /// Where keys are commands. Where text is written they are text, and no context.
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
        }
    };
}

contexts! {
    Alerts = "alerts", "the alerts";
    Budgets = "budgets", "the budgets";
    Timeline = "timeline", "the timeline";
    Alert = "alert", "an open alert";
    Budget = "budget", "an open budget";
    Answer = "answer", "an answer about a budget";
    Entry = "entry", "an open entry";
    Silences = "silences", "the list of silences";
    Silence = "silence", "an open silence";
    Incidents = "incidents", "the list of incidents";
    Incident = "incident", "an open incident";
    Runbook = "runbook", "an open runbook";
    Document = "document", "a document";
}

impl Context {
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|c| c.name() == name)
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
