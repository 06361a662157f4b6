//! A simulated day behind the same trait as every backend: the demo, the drills and the test double.
//!
//! A scenario is a TOML file (`assets/scenarios/` has those that are built in, and `payment-outage.toml` explains the
//! keys). Everything but the silences people write follows from the file and the time that is asked for: no clock, no
//! randomness. Refuses to know who asks: a demo, a test and a benchmark get the same answers.

mod beyond;
mod budget;
mod experiment;
mod ledger;
mod page;
mod page_log;
mod requests;
mod scenario;
mod signals;
mod source;
mod split;
mod tales;
mod wave;
mod wire;

use std::{
    borrow::Cow,
    path::PathBuf,
    sync::{Arc, Mutex},
};

use crate::{
    domain::{
        Time,
        silence::{Silence, SilenceState},
        source::{Capabilities, Change, Description, SourceName},
        text::{SafeText, sanitise},
    },
    sources::Source,
};

pub use scenario::{DutyPlan, EventPlan, FaultKind, FaultPlan, Imitates, Paging, Scenario, SilencePlan, SourcePlan};
pub use wave::AlertPlan;

use ledger::Ledger;
use source::{Shared, SimSource};

/// The scenarios that are built in, by name; the first is the demo's.
pub fn builtin() -> &'static [(&'static str, &'static str)] {
    &[
        ("payment-outage", include_str!("../../../assets/scenarios/payment-outage.toml")),
        ("bad-push", include_str!("../../../assets/scenarios/bad-push.toml")),
        ("source-dies", include_str!("../../../assets/scenarios/source-dies.toml")),
        ("quiet", include_str!("../../../assets/scenarios/quiet.toml")),
        ("storm", include_str!("../../../assets/scenarios/storm.toml")),
    ]
}

/// Reads a built-in scenario by its name, or a file whose path ends in `.toml`.
///
/// # Errors
/// What is wrong and where; for an unknown name, which names there are. Harmless to show.
pub fn load(name_or_path: &str) -> Result<Scenario, String> {
    Scenario::parse(name_or_path, &text(name_or_path)?)
}

/// The text of a scenario, as [`load`] reads it.
///
/// # Errors
/// As [`load`], where there is none of that name, or the file cannot be read.
pub fn text(name_or_path: &str) -> Result<Cow<'static, str>, String> {
    if let Some((_, text)) = builtin().iter().find(|(name, _)| *name == name_or_path) {
        return Ok(Cow::Borrowed(text));
    }
    if name_or_path.ends_with(".toml") {
        let read = std::fs::read_to_string(name_or_path);
        return read
            .map(Cow::Owned)
            .map_err(|e| sanitise(&format!("{name_or_path}: cannot read it: {e}")).into_owned());
    }
    let names: Vec<&str> = builtin().iter().map(|(name, _)| *name).collect();
    let shown = sanitise(name_or_path);
    Err(format!("no scenario is named `{shown}`; there is {}, or a path that ends in .toml", names.join(", ")))
}

/// A scenario set on the clock. Clones share the silences that people write.
#[derive(Clone, Debug)]
pub struct SimWorld {
    shared: Arc<Shared>,
}

impl SimWorld {
    /// The day begins at `epoch`; to open a demo where its scenario wants it, `epoch` is that much before now.
    pub fn new(scenario: Scenario, epoch: Time) -> Self {
        Self::of(scenario, epoch, None)
    }

    /// The same, whose silences outlive the process in a file: whoever names the file next goes on with them.
    pub fn kept(scenario: Scenario, epoch: Time, silences: PathBuf) -> Self {
        Self::of(scenario, epoch, Some(silences))
    }

    fn of(scenario: Scenario, epoch: Time, kept: Option<PathBuf>) -> Self {
        let mut ledger = Ledger::default();
        for plan in &scenario.silences {
            ledger.foresee(plan.source, foreseen(plan, epoch));
        }
        Self { shared: Arc::new(Shared { scenario, epoch, ledger: Mutex::new(ledger), kept }) }
    }

    pub fn scenario(&self) -> &Scenario {
        &self.shared.scenario
    }

    pub fn epoch(&self) -> Time {
        self.shared.epoch
    }

    /// One source for each of the scenario's, in its order.
    pub fn sources(&self) -> Vec<Arc<dyn Source>> {
        let source = |index| Arc::new(SimSource::new(Arc::clone(&self.shared), index)) as Arc<dyn Source>;
        (0..self.shared.scenario.sources.len()).map(source).collect()
    }

    /// What was changed on purpose up to `now`, over all sources, oldest first.
    pub fn events(&self, now: Time) -> Vec<Change> {
        self.shared.changes(Time::MIN_UTC, now, |_| true)
    }
}

/// What is told of a day whose scenario cannot be read.
pub fn describe(name: &str) -> Description {
    let can = Capabilities {
        alerts: true,
        ack: None,
        silences: false,
        counts: false,
        evaluates: false,
        ..Capabilities::default()
    };
    Description { name: SourceName::new(name), kind: "sim", can, interval: chrono::Duration::minutes(1) }
}

fn foreseen(plan: &SilencePlan, epoch: Time) -> Silence {
    Silence {
        id: SafeText::default(),
        matchers: plan.matchers.clone(),
        starts_at: epoch + plan.at,
        ends_at: epoch + plan.until,
        created_by: plan.by.clone(),
        comment: plan.comment.clone(),
        annotations: Default::default(),
        state: SilenceState::Active,
    }
}
