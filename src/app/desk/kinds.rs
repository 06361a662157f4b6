//! Which kinds of entries the timeline shows: one key goes round.

use crate::{
    app::{App, effect::Effects},
    domain::entry::{Entry, Kind},
};

/// What is shown of the timeline.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Kinds {
    #[default]
    All,
    /// What somebody changed on purpose.
    Meant,
    /// That, and what happened by itself: crashes, builds, audit.
    Changes,
    Alerts,
    /// What people said and did.
    Acts,
}

impl Kinds {
    fn next(self) -> Self {
        match self {
            Self::All => Self::Meant,
            Self::Meant => Self::Changes,
            Self::Changes => Self::Alerts,
            Self::Alerts => Self::Acts,
            Self::Acts => Self::All,
        }
    }

    /// Under the pane's title; empty where nothing is left out.
    pub fn in_words(self) -> &'static str {
        match self {
            Self::All => "",
            Self::Meant => "deploys and other changes alone",
            Self::Changes => "changes, crashes and events alone",
            Self::Alerts => "alerts alone",
            Self::Acts => "acks, silences, notes and actions alone",
        }
    }

    pub fn shows(self, entry: &Entry) -> bool {
        match self {
            Self::All => true,
            Self::Meant => entry.is_marker(),
            Self::Changes => entry.kind.change().is_some(),
            Self::Alerts => matches!(entry.kind, Kind::AlertFired | Kind::AlertResolved),
            Self::Acts => !entry.is_of_a_machine() && entry.kind.change().is_none(),
        }
    }
}

/// Goes on to the next.
pub(super) fn next(app: &mut App) -> Effects {
    app.desk.kinds = app.desk.kinds.next();
    app.desk.timeline.forget();
    app.desk.follow_others(&app.world);
    app.desk.scroll(&app.world);
    let text = match app.desk.kinds {
        Kinds::All => "every entry is shown".to_owned(),
        kinds => format!("the timeline shows {}", kinds.in_words()),
    };
    app.desk.say_good(app.now, text);
    Vec::new()
}
