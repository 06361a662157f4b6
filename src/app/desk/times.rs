//! Whether moments are told by their age or by a clock, and by whose: one choice for the board, the details and the
//! timeline, kept for the next time. Knows neither formats nor columns.

use crate::{
    app::{
        App,
        effect::{Effect, Effects},
    },
    domain::Time,
};

/// How moments are told.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Times {
    /// Ages on the board, times of day in the timeline, both in details; clocks show UTC.
    #[default]
    AsFits,
    /// By the clock everywhere, in UTC.
    Utc,
    /// By the clock everywhere, in the zone of the shifts, or of this machine where none is named.
    Here,
    /// By their age everywhere.
    Ages,
}

impl Times {
    const ALL: [Self; 4] = [Self::AsFits, Self::Utc, Self::Here, Self::Ages];

    fn name(self) -> &'static str {
        match self {
            Self::AsFits => "as-fits",
            Self::Utc => "utc",
            Self::Here => "here",
            Self::Ages => "ages",
        }
    }
}

fn key(app: &App) -> String {
    format!("times:{}", app.world.user)
}

/// Asks for what was chosen the last time.
pub(crate) fn load(app: &App) -> Effects {
    vec![Effect::LoadDraft { key: key(app) }]
}

/// What was chosen has come; answers whether it was this at all.
pub(crate) fn recall(app: &mut App, kept_as: &str, text: &str) -> bool {
    let is_this = kept_as == key(app);
    if let Some(times) = Times::ALL.into_iter().find(|t| is_this && t.name() == text) {
        app.desk.times = times;
    }
    is_this
}

/// The next way, round and round. Where the wall shows UTC, that is told once.
pub(crate) fn next(app: &mut App, now: Time) -> Effects {
    let zone = app.world.on_call.wall.zone(now);
    let times = match app.desk.times {
        Times::AsFits => Times::Utc,
        Times::Utc if zone != "UTC" => Times::Here,
        Times::Utc | Times::Here => Times::Ages,
        Times::Ages => Times::AsFits,
    };
    app.desk.times = times;
    let said = match times {
        Times::AsFits => "ages on the board, times in the timeline".to_owned(),
        Times::Utc => "times in UTC everywhere".to_owned(),
        Times::Here => format!("times in {zone} everywhere"),
        Times::Ages => "ages everywhere".to_owned(),
    };
    app.desk.say_good(now, said);
    vec![Effect::SaveDraft { key: key(app), text: times.name().to_owned() }]
}
