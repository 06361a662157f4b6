//! How the panes share the screen: by rules until somebody says otherwise, and then as they said, kept for each kind of
//! screen apart. Knows percentages and panes; where the cells lie is `layout`'s business.

use serde::{Deserialize, Serialize};

use crate::{
    app::{
        App,
        effect::{Effect, Effects},
    },
    config::keymap::Command,
    domain::Time,
};

use super::layout::Pane;

/// One key moves a border by this, in percent.
const STEP: u8 = 5;
/// No pane is pressed below this or spread above its rest, in percent.
const LEAST: u8 = 20;
const MOST: u8 = 80;

/// The panes' parts of the screen, in percent.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Shares {
    /// Of the height, what the alerts have.
    pub upper: u8,
    /// Of the width, what the alerts have where the budgets stand beside them.
    pub left: u8,
    /// Of the height, what the budgets have between alerts and timeline; none: as many rows as they need, within bounds.
    pub budgets: Option<u8>,
}

impl Default for Shares {
    fn default() -> Self {
        Self { upper: 60, left: 55, budgets: None }
    }
}

impl Shares {
    /// What was read may be anything.
    fn bounded(self) -> Self {
        let bound = |share: u8| share.clamp(LEAST, MOST);
        Self { upper: bound(self.upper), left: bound(self.left), budgets: self.budgets.map(|b| b.clamp(10, 60)) }
    }
}

/// Whether panes stand side by side: each kind of screen keeps its own shares.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Kept {
    pub narrow: Shares,
    pub wide: Shares,
}

impl Kept {
    /// The same on every kind of screen.
    pub fn all(shares: Shares) -> Self {
        Self { narrow: shares, wide: shares }
    }

    fn of_mut(&mut self, wide: bool) -> &mut Shares {
        if wide { &mut self.wide } else { &mut self.narrow }
    }
}

/// A border that a key moves, to the better of the focused pane.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Change {
    Taller,
    Shorter,
    Wider,
    Narrower,
}

fn key(app: &App) -> String {
    format!("layout:{}", app.world.user)
}

/// Asks for what was kept the last time.
pub(crate) fn load(app: &App) -> Effects {
    vec![Effect::LoadDraft { key: key(app) }]
}

/// What was kept has come; answers whether it was this at all.
pub(crate) fn recall(app: &mut App, kept_as: &str, text: &str) -> bool {
    if kept_as != key(app) {
        return false;
    }
    // One that cannot be read is as good as none.
    if let Ok(Kept { narrow, wide }) = serde_json::from_str(text) {
        app.desk.shares = Kept { narrow: narrow.bounded(), wide: wide.bounded() };
        app.desk.scroll(&app.world);
    }
    true
}

/// Moves a border, or says why there is none to move.
pub(crate) fn change(app: &mut App, now: Time, change: Change) -> Effects {
    let (wide, focus) = (app.desk.is_wide(), app.desk.focus);
    if app.desk.is_alone() {
        let key = app.key_of(Command::Zoom);
        app.desk.say_bad(now, format!("one pane has the whole screen; {key} shows the others"));
        return Vec::new();
    }
    if !wide && matches!(change, Change::Wider | Change::Narrower) {
        app.desk.say_bad(now, "the panes lie above each other here: each has the whole width");
        return Vec::new();
    }
    if focus == Pane::Timeline && matches!(change, Change::Wider | Change::Narrower) {
        app.desk.say_bad(now, "the timeline has the whole width");
        return Vec::new();
    }
    let shown = app.desk.regions(&app.world);
    let shares = app.desk.shares.of_mut(wide);
    let before = *shares;
    let more = matches!(change, Change::Taller | Change::Wider);
    let step = |share: u8, more: bool| if more { share.saturating_add(STEP) } else { share.saturating_sub(STEP) };
    match (change, focus) {
        (Change::Wider | Change::Narrower, pane) => shares.left = step(shares.left, more == (pane == Pane::Alerts)),
        (_, Pane::Budgets) if !wide => {
            let now = u32::from(shown.budgets.height) * 100 / u32::from(shown.body.height.max(1));
            shares.budgets = Some(step(shares.budgets.unwrap_or(u8::try_from(now).unwrap_or(MOST)), more));
        }
        (_, pane) => shares.upper = step(shares.upper, more == (pane != Pane::Timeline)),
    }
    *shares = shares.bounded();
    if *shares == before {
        app.desk.say_bad(now, format!("the {} pane has all it can have", focus.name()));
        return Vec::new();
    }
    changed(app)
}

/// The shares are those of the rules again, on this kind of screen.
pub(crate) fn even(app: &mut App, now: Time) -> Effects {
    *app.desk.shares.of_mut(app.desk.is_wide()) = Shares::default();
    app.desk.say_good(now, "the panes share the screen as they did at first");
    changed(app)
}

fn changed(app: &mut App) -> Effects {
    app.desk.scroll(&app.world);
    let text = serde_json::to_string(&app.desk.shares).unwrap_or_default();
    vec![Effect::SaveDraft { key: key(app), text }]
}
