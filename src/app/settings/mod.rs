//! The configuration while the cockpit runs: what is in force, what was read since, and what stands between the two.
//!
//! What is read takes effect at once, with a line that says what changed. It waits while a plan is before somebody, who
//! must get what the plan shows; and it waits for a yes where more may happen under it than before. Knows no files.

mod apply;
pub mod panel;

use std::{collections::BTreeSet, path::PathBuf, sync::Arc};

use crate::{
    config::{
        Config,
        change::{self, Change, Sources},
        keymap::Command,
    },
    domain::{Time, silence::rules::Rules, slo::Slo, source::Description, text::SafeText},
};

use super::{App, desk::layer::Layer, effect::Effects, msg::ConfigMsg};

/// A configuration as it was read, with what only the shell can find out about it.
#[derive(Clone, Debug)]
pub struct Reading {
    pub config: Arc<Config>,
    pub slos: Arc<[Slo]>,
    pub slo_problems: Vec<SafeText>,
    /// Its sources, without those of a simulated day.
    pub about: Vec<Description>,
    /// What it says of silences, in the zone of the machine.
    pub silences: Rules,
    /// Files that were written since the reading before.
    pub touched: BTreeSet<PathBuf>,
}

/// What has been read and is not in force.
#[derive(Clone, Debug)]
pub struct Offer {
    pub reading: Reading,
    pub changes: Vec<Change>,
    pub sources: Sources,
}

impl Offer {
    /// Why somebody must say yes first.
    pub fn dangers(&self) -> impl Iterator<Item = (&Change, &'static str)> {
        self.changes.iter().filter_map(|c| Some((c, c.danger?)))
    }

    pub fn is_dangerous(&self) -> bool {
        self.dangers().next().is_some()
    }
}

/// For the shell: what to run on from now on.
#[derive(Clone, Debug)]
pub struct Adoption {
    pub reading: Reading,
    pub sources: Sources,
}

impl PartialEq for Adoption {
    fn eq(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.reading.config, &other.reading.config) && self.sources == other.sources
    }
}

/// What was taken up last.
#[derive(Clone, Debug, PartialEq)]
pub struct Taken {
    pub at: Time,
    pub changes: Vec<Change>,
}

/// Where the configuration stands.
#[derive(Debug, Default)]
pub struct Settings {
    /// None where there is no configuration to be read again, as in a demonstration.
    in_force: Option<Reading>,
    pub waiting: Option<Box<Offer>>,
    /// What is wrong in the files as they are now; what is in force is older.
    pub mistakes: Vec<SafeText>,
    pub taken: Option<Taken>,
    touched: BTreeSet<PathBuf>,
}

impl Settings {
    /// A cockpit that runs on this.
    pub fn of(reading: Reading) -> Self {
        Self { in_force: Some(reading), ..Self::default() }
    }

    pub fn can_reload(&self) -> bool {
        self.in_force.is_some()
    }

    /// A word for the header while the files say something else than what is in force, and whether it is bad.
    pub fn mark(&self) -> Option<(String, bool)> {
        let s = |n: usize| if n == 1 { "" } else { "s" };
        match (self.mistakes.len(), &self.waiting) {
            (0, None) => None,
            (0, Some(offer)) => {
                let n = offer.changes.len();
                Some((format!("config: {n} change{} wait{} to be seen", s(n), if n == 1 { "s" } else { "" }), false))
            }
            (n, _) => Some((format!("config: {n} mistake{}, the old one holds", s(n)), true)),
        }
    }
}

/// The files were read again.
pub(crate) fn told(app: &mut App, msg: ConfigMsg) -> Effects {
    match msg {
        ConfigMsg::Read { reading, asked } => read(app, *reading, asked),
        ConfigMsg::Wrong { mistakes, asked } => wrong(app, mistakes, asked),
    }
}

fn wrong(app: &mut App, mistakes: Vec<SafeText>, asked: bool) -> Effects {
    let settings = &mut app.settings;
    if settings.mistakes == mistakes && !asked {
        return Vec::new();
    }
    settings.waiting = None;
    let first = mistakes.first().map(|m| m.line().into_owned()).unwrap_or_default();
    let more = if mistakes.len() > 1 { format!(" (and {} more)", mistakes.len() - 1) } else { String::new() };
    settings.mistakes = mistakes;
    close_panel(app);
    let told = format!("the configuration stays as it was: {first}{more}");
    // A file that was written meanwhile fails nothing that was asked for here.
    if asked {
        app.desk.say_bad(app.now, told)
    } else {
        app.desk.warn(app.now, told)
    }
    Vec::new()
}

fn read(app: &mut App, reading: Reading, asked: bool) -> Effects {
    let now = app.now;
    let Settings { in_force, touched, mistakes, .. } = &mut app.settings;
    let Some(old) = in_force else { return Vec::new() };
    let mended = !std::mem::take(mistakes).is_empty();
    touched.extend(reading.touched.iter().cloned());
    let mut changes = change::compare(&old.config, &reading.config, touched);
    changes.extend(change::objectives(&old.slos, &reading.slos));
    let sources = change::sources(&old.config, &reading.config, touched);
    app.settings.waiting = None;
    if changes.is_empty() && sources.is_empty() {
        close_panel(app);
        if mended || asked {
            let word = if mended { "is right again, and says" } else { "says" };
            app.desk.say_good(now, format!("the configuration {word} what is in force"));
        }
        return Vec::new();
    }
    let offer = Offer { reading, changes, sources };
    let must_be_seen = offer.is_dangerous();
    let is_busy = app.desk.top_layer().is_some_and(Layer::is_of_a_plan);
    app.settings.waiting = Some(Box::new(offer));
    match (is_busy, must_be_seen) {
        (true, _) => {
            app.desk.say_good(now, "the configuration changed; it holds when this is closed");
            Vec::new()
        }
        // A panel that opened by itself would take a key that was meant for something else.
        (false, true) => {
            let keys = app.keymap.chords(Command::Settings).join(" or ");
            app.desk.warn(now, format!("the configuration changed and waits for a yes: {keys} shows it"));
            Vec::new()
        }
        (false, false) => apply::take(app),
    }
}

/// After each message: what waited only for a plan to be closed need wait no longer.
pub(crate) fn follow(app: &mut App) -> Effects {
    let Some(offer) = &app.settings.waiting else { return Vec::new() };
    let is_busy = app.desk.top_layer().is_some_and(Layer::is_of_a_plan);
    if is_busy || offer.is_dangerous() {
        return Vec::new();
    }
    apply::take(app)
}

fn close_panel(app: &mut App) {
    app.desk.layers.retain(|l| !matches!(l, Layer::Settings { .. }));
}
