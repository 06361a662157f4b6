//! What is known: sources, the board they merge into, budgets, the timeline, and acts in flight.
//!
//! Knows nothing of panes or keys; a run without a screen is a world without a desk.

mod absence;
pub mod acks;
pub mod actions;
pub mod acts;
pub mod before;
pub mod beyond;
pub mod board;
pub mod budgets;
pub mod bulk;
pub mod carriers;
pub mod causes;
mod contracts;
mod echo;
pub mod elsewhere;
pub mod explained;
pub mod goals;
pub mod happened;
pub mod incidents;
pub mod inquiry;
mod keeping;
pub mod lanes;
pub mod links;
pub mod marks;
mod merge;
mod muted_on;
pub mod noise;
pub mod oncall;
pub mod ops;
pub mod pages;
pub mod paging;
pub mod parting;
pub mod plan;
pub mod planning;
pub mod pulse;
pub mod related;
pub mod requests;
mod resettle;
pub mod retold;
pub mod returned;
pub mod routes;
pub mod runbooks;
pub mod seen;
pub mod sent;
pub mod signals;
pub mod silence_rows;
pub mod silences;
pub mod sources;
mod standing;
pub mod storm;
pub mod study;
pub mod summary;
pub mod telling;
pub mod timeline;
pub mod trust;
pub mod twins;
pub mod undo;
mod untold;
pub mod why;

use std::collections::BTreeMap;

use crate::{
    app::{
        effect::{Effect, Effects},
        msg::SourceMsg,
    },
    domain::{
        Time,
        contract::AckRules,
        delta::Delta,
        entry::{Kind, NewEntry},
        filter::Facts,
        silence::ACK_PREFIX,
        source::{Description, SourceName},
    },
};

use self::{
    acks::Acks,
    board::{Board, Row},
    budgets::Budgets,
    bulk::Bulk,
    echo::Echoes,
    explained::Explained,
    ops::Ops,
    sent::Reach,
    silences::Silencing,
    sources::SourceStatus,
    standing::Standing,
    study::Study,
    timeline::Timeline,
};

/// Everything that is known.
#[derive(Debug)]
pub struct World {
    pub user: String,
    pub session: String,
    pub read_only: bool,
    /// Which part of the configuration is in force: what is confirmed is confirmed for it.
    pub profile: Option<crate::config::profile::Profile>,
    pub ack: AckRules,
    pub sources: Vec<SourceStatus>,
    pub board: Board,
    pub acks: Acks,
    pub ops: Ops,
    /// What sources say they would do.
    pub plans: planning::Plans,
    /// What other cockpits do now.
    pub elsewhere: elsewhere::Elsewhere,
    /// Acts on many at once.
    pub bulk: Bulk,
    /// How many exact silences one plan gives a source; above it fewer cover more.
    pub silences_max: usize,
    /// How each source is reached by other programs, for the log.
    pub reaches: BTreeMap<SourceName, Reach>,
    pub silencing: Silencing,
    pub budgets: Budgets,
    /// How the service behind the objective that is open does.
    pub signals: signals::Signals,
    pub timeline: Timeline,
    pub actions: actions::Actions,
    pub runbooks: runbooks::Runbooks,
    pub incidents: incidents::Known,
    /// By which routes each source tells people.
    pub routes: routes::Routes,
    pub on_call: oncall::OnCall,
    /// What was told of, and what waits to be.
    pub paging: paging::Paging,
    /// When each alert fired of late.
    pub pulse: pulse::Pulse,
    /// When this person last looked.
    pub seen: seen::Seen,
    /// What came and went meanwhile.
    pub returned: returned::Queue,
    pub noise: noise::Noise,
    pub storm: storm::Storm,
    /// What the sources tell of the alert that was opened last.
    pub explained: Option<Explained>,
    /// What is known around it: why it paged or not, when it burned before, what burns beside it.
    pub studied: Option<Study>,
    /// What was told of the axis that is open.
    lanes: lanes::Memo,
    /// What sources remember of the alerts on it.
    recalled: lanes::Recalled,
    /// Which rows tell the same alert.
    pub twins: twins::Twins,
    pages: pages::Pages,
    /// Why the journal cannot be written, where it cannot.
    pub journal_fault: Option<crate::domain::text::SafeText>,
    /// What a person must hear at once: taken by whoever has one before it.
    pub news: Vec<String>,
    /// How many changes within which time make an alert flap.
    flaps: (usize, chrono::Duration),
    started_at: Time,
    /// Whether entries were made since the last tick.
    is_telling: bool,
    standing: Standing,
    echoes: Echoes,
}

/// What a world needs to begin.
#[derive(Clone, Debug)]
pub struct Setup {
    pub user: String,
    /// Unique to this run: the root of operation ids.
    pub session: String,
    pub read_only: bool,
    pub ack: AckRules,
    pub sources: Vec<Description>,
    pub started_at: Time,
}

impl World {
    pub fn new(setup: Setup) -> Self {
        let engines = setup.sources.iter().enumerate().filter(|(_, s)| s.can.evaluates);
        Self {
            echoes: Echoes::new(engines.map(|(at, s)| (at, s.name.clone())).collect()),
            standing: Standing::default(),
            is_telling: false,
            board: Board::new(setup.sources.iter().map(|s| s.name.clone())),
            sources: setup.sources.into_iter().map(SourceStatus::new).collect(),
            user: setup.user,
            session: setup.session,
            read_only: setup.read_only,
            profile: None,
            ack: setup.ack,
            acks: Acks::default(),
            ops: Ops::default(),
            plans: planning::Plans::default(),
            elsewhere: elsewhere::Elsewhere::default(),
            bulk: Bulk::default(),
            silences_max: bulk::SILENCES_MAX,
            reaches: BTreeMap::new(),
            silencing: Silencing::default(),
            budgets: Budgets::default(),
            signals: signals::Signals::default(),
            timeline: Timeline::default(),
            actions: actions::Actions::default(),
            runbooks: runbooks::Runbooks::default(),
            incidents: incidents::Known::default(),
            routes: routes::Routes::default(),
            on_call: oncall::OnCall::default(),
            paging: paging::Paging::default(),
            pulse: pulse::Pulse::new(setup.started_at),
            seen: seen::Seen::new(setup.started_at),
            returned: returned::Queue::default(),
            noise: noise::Noise::default(),
            storm: storm::Storm::new(crate::config::AlertsConfig::default().storm),
            flaps: (0, chrono::Duration::zero()),
            explained: None,
            studied: None,
            lanes: lanes::Memo::default(),
            recalled: lanes::Recalled::default(),
            twins: twins::Twins::default(),
            pages: pages::Pages::default(),
            journal_fault: None,
            news: Vec::new(),
            started_at: setup.started_at,
        }
    }

    /// What the configuration says of the alerts.
    pub(crate) fn configure(&mut self, config: &crate::config::AlertsConfig) {
        self.seen.away = config.away;
        self.storm.config = config.storm;
        self.flaps = (config.flap_changes, config.flap_window);
    }

    /// One that is asked once and of which nothing is written down.
    pub fn unrecorded(setup: Setup) -> Self {
        let mut world = Self::new(setup);
        world.sources.iter_mut().for_each(|s| s.is_recorded = false);
        world
    }

    pub fn source(&self, name: &SourceName) -> Option<&SourceStatus> {
        self.sources.iter().find(|s| &s.about.name == name)
    }

    /// Takes what a source said; answers what the journal should keep of it, and whether anything that is shown changed.
    pub(crate) fn on_source(&mut self, now: Time, name: &SourceName, msg: SourceMsg) -> (Effects, bool) {
        let delivered_elsewhere = self.is_echo(name);
        let waits = self.has_untold();
        let Some(source) = self.sources.iter_mut().find(|s| &s.about.name == name) else {
            return (Vec::new(), false);
        };
        let told_before = source.untold.len();
        let complete = match &msg {
            SourceMsg::Answered(answer) => Some(answer.complete),
            SourceMsg::Told(delta) => Some(delta.complete),
            _ => None,
        };
        let (mut seen, changed) = match msg {
            SourceMsg::Asked => {
                source.asked(now);
                return (Vec::new(), false);
            }
            SourceMsg::Answered(answer) => {
                let delta = source.changes(*answer);
                self.take(now, name, delta)
            }
            SourceMsg::Told(delta) => self.take(now, name, *delta),
            SourceMsg::Failed(error) => (source.failed(now, error), true),
            SourceMsg::Paced(pace) => {
                source.pace = pace;
                (Vec::new(), false)
            }
            SourceMsg::Changed(changes) => return (observe(source.change_entries(changes)), true),
            SourceMsg::ChangesUnread(unread) => return (Vec::new(), source.lacks_changes(unread)),
            SourceMsg::Met(about) => return (Vec::new(), source.met(*about)),
        };
        self.alerts_came(now, name, told_before, delivered_elsewhere);
        let user = self.user.as_str();
        // Our own acks tell of themselves when they are read back.
        seen.retain(|e| !is_own_ack_silence(e, user));
        seen.retain(|e| !self.is_told(e));
        let changed = changed || self.standing.is_due(now);
        if changed {
            self.refresh(now);
        }
        // Where some wait already, these wait behind them.
        if !waits {
            seen.extend(self.tell_batch());
        }
        let mut effects = observe(seen);
        let watched = complete.map(|complete| self.watch_acks(now, name, (complete, changed))).unwrap_or_default();
        let changed = changed || !watched.is_empty();
        effects.extend(watched);
        effects.extend(self.make_up(name, complete == Some(true)));
        if changed {
            effects.extend(self.join_incidents(now));
        }
        (effects, changed)
    }

    /// Those that fired and resolved just now; what another source tells as well is written down once.
    fn alerts_came(&mut self, now: Time, name: &SourceName, before: usize, delivered_elsewhere: bool) {
        let Some(source) = self.sources.iter_mut().find(|s| &s.about.name == name) else { return };
        if delivered_elsewhere {
            source.untold.truncate(before);
        }
        self.storm.arrived(now, name, source.untold.fired(before));
    }

    fn take(&mut self, now: Time, name: &SourceName, delta: Delta) -> (Vec<NewEntry>, bool) {
        let settled = self.acks.settle(name, delta.requested_at);
        delta.silences.iter().for_each(|silences| self.acks.read(silences));
        let asked = self.acks.settle_asked(name, delta.requested_at);
        let settled = settled || !asked.is_empty();
        let Some(source) = self.sources.iter_mut().find(|s| &s.about.name == name) else {
            return (Vec::new(), false);
        };
        source.news.alerts.extend(asked);
        let (seen, changed) = source.answered(now, delta);
        (seen, changed || settled)
    }

    /// Time passed: sources may have gone stale, resolved rows and acks may have had their time.
    pub(crate) fn on_tick(&mut self, now: Time) -> Effects {
        let mut lost = Vec::new();
        let mut changed = std::mem::take(&mut self.bulk.is_behind) || self.standing.is_due(now);
        if self.elsewhere.forget(now) {
            self.ops.others = self.elsewhere.activities();
            changed = true;
        }
        for source in &mut self.sources {
            changed |= source.age(now, &mut lost);
        }
        if changed {
            self.refresh(now);
        }
        if self.is_calm(now) {
            self.let_places_go();
        }
        // Before anybody asks: a key waits for no index of a hundred thousand alerts.
        self.board.index_labels();
        self.storm.judge(now);
        lost.extend(self.tell_on_tick());
        let mut effects = observe(lost);
        effects.extend(self.tick_seen(now));
        effects.extend(self.ask_routes(now));
        effects.extend(self.ask_on_call(now, false));
        effects.extend(self.page_on_tick(now));
        effects
    }

    /// When its source last told a row.
    pub fn seen_at(&self, row: &Row) -> Time {
        let told = || self.source(&row.id.source).and_then(|s| s.told_at);
        row.left_out.or_else(told).unwrap_or(row.alert.starts_at)
    }

    /// A source that evaluates rules tells what an alert source will tell again.
    fn is_echo(&self, name: &SourceName) -> bool {
        let evaluates = |s: &SourceStatus| s.about.can.evaluates;
        self.source(name).is_some_and(evaluates) && self.sources.iter().any(|s| s.about.can.alerts && !evaluates(s))
    }

    /// What a filter may ask of a row.
    pub fn facts<'a>(&'a self, row: &'a board::Row, now: Time) -> Facts<'a> {
        Facts { is_new: self.is_new(row), ..self.facts_asked(row, now, false) }
    }

    /// As [`Self::facts`], where whether it is new is not always asked.
    pub(crate) fn facts_asked<'a>(&'a self, row: &'a board::Row, now: Time, asks_new: bool) -> Facts<'a> {
        if asks_new {
            return self.facts(row, now);
        }
        Facts { incident: self.incidents.on(&row.id), ..row.facts(self.silence_authors(row), now) }
    }

    /// Who made the silences that hold this row: for the filter.
    pub fn silence_authors<'a>(&'a self, row: &'a Row) -> Vec<&'a str> {
        if row.alert.silenced_by.is_empty() {
            return Vec::new();
        }
        let silences = self.source(&row.id.source).map_or(&[][..], |s| &s.silences[..]);
        silences.iter().filter(|s| row.alert.silenced_by.contains(&s.id)).map(|s| s.created_by.raw()).collect()
    }

    /// When this world began: nothing is known from before but what the journal says.
    pub fn started_at(&self) -> Time {
        self.started_at
    }
}

fn is_own_ack_silence(entry: &NewEntry, user: &str) -> bool {
    let of_silence = matches!(entry.kind, Kind::SilenceCreated | Kind::SilenceExpired);
    let is_ack = entry.body.text.as_ref().is_some_and(|t| t.raw().starts_with(ACK_PREFIX));
    of_silence && is_ack && entry.actor == user
}

fn observe(entries: Vec<NewEntry>) -> Effects {
    if entries.is_empty() { Vec::new() } else { vec![Effect::Observe(entries)] }
}
