//! The heart. `update` takes what has happened and answers what must be done; it never waits, never reads a clock, never fails.
//!
//! Two halves: the [`world`] (what is known) and the [`desk`] (what this person has before them).

pub mod desk;
pub mod effect;
pub mod msg;
pub mod settings;
pub mod world;

use std::sync::Arc;

use crate::{
    config::{
        AlertsConfig,
        keymap::{Key, Keymap},
        types::ViewConfig,
    },
    domain::{
        Time,
        entry::Entry,
        filter::Filter,
        op::OpId,
        routing::Policy,
        source::{SourceError, SourceName},
        text::SafeText,
    },
};

use self::{
    desk::{Desk, acking, forms, layout::Pane, many, naming, running, silence_list, silencing, views::Views},
    effect::{Effect, Effects},
    msg::{JournalMsg, Msg, OpMsg, SourceMsg},
    world::{Setup, World},
};

/// All state, with one owner.
#[derive(Debug)]
pub struct App {
    pub world: World,
    pub desk: Desk,
    pub keymap: Keymap,
    /// The configuration: in force, and as it was read since.
    pub settings: settings::Settings,
    /// The time of the last message: what the screen calls now.
    pub now: Time,
    /// Whether the last message changed nothing that is seen.
    quiet: bool,
}

impl App {
    pub fn new(setup: Setup, keymap: Keymap) -> Self {
        let now = setup.started_at;
        Self {
            world: World::new(setup),
            desk: Desk::default(),
            keymap,
            settings: Default::default(),
            now,
            quiet: false,
        }
    }

    /// As the configuration wants the alerts seen.
    #[must_use]
    pub fn with_alerts(mut self, config: &AlertsConfig) -> Self {
        self.world.configure(config);
        self.desk.view = desk::view::View::new(config);
        self
    }

    /// With saved views, and only for the alerts that are to ring.
    #[must_use]
    pub fn with_views(mut self, views: Vec<ViewConfig>, rings: Filter) -> Self {
        self.desk.views = Views::of(views);
        self.desk.rings = rings;
        self
    }

    /// The only door: everything that changes the state comes through here.
    pub fn update(&mut self, now: Time, msg: Msg) -> Effects {
        self.now = now.max(self.now);
        self.quiet = false;
        let mut effects = self.take(now, msg);
        effects.extend(desk::nearby::follow(self));
        effects.extend(desk::watching::follow(self));
        effects.extend(desk::golden::follow(self));
        effects.extend(desk::requests::follow(self));
        effects.extend(settings::follow(self));
        silencing::follow(self);
        silence_list::follow(self);
        desk::tour::follow(self);
        desk::view::watch::after(self, effects)
    }

    fn take(&mut self, now: Time, msg: Msg) -> Effects {
        match msg {
            Msg::Key(key) => self.on_key(key),
            Msg::Paste(text) => forms::paste(self, now, &text),
            Msg::Touch(touch) => desk::touch::take(self, now, touch),
            Msg::Named(pick) => naming::pick(self, now, &pick),
            Msg::Asked(command) => naming::run(self, now, command),
            Msg::Resized { width, height } => self.on_resize(width, height),
            Msg::Link(took) => self.on_link(took),
            Msg::TypedAhead => desk::asking::typed_ahead(self, now),
            Msg::Ticked => self.on_tick(),
            Msg::Idle => self.go_on(),
            Msg::Source(name, msg) => self.on_source(&name, msg),
            Msg::Journal(msg) => self.on_journal(msg),
            Msg::Op(op, msg) => self.on_op(&op, msg),
            Msg::Budgets(report) => self.on_budgets(report),
            Msg::Goals(changes) => world::goals::entries(changes),
            Msg::Editor(msg) => forms::edited(self, now, msg),
            Msg::Explained { id, told } => self.world.explained(&id, told),
            Msg::Studied { id, found } => self.world.studied(now, &id, found),
            Msg::Recalled { id, found } => self.world.recalled(now, &id, found),
            Msg::Routes(name, told) => self.on_routes(name, told),
            Msg::OnCall(name, told) => {
                self.world.on_call_told(now, name, told);
                Vec::new()
            }
            Msg::Beyond { matchers, told } => {
                self.world.beyond_told(&matchers, told);
                Vec::new()
            }
            Msg::Planned(answers) => {
                self.world.plans.told(answers);
                Vec::new()
            }
            Msg::Inquired(question, answer) => {
                self.world.inquired(&question, answer);
                Vec::new()
            }
            Msg::Written(written) => desk::paper::written(self, written),
            Msg::Kept(kept) => desk::paper::kept(self, kept),
            Msg::Terminal(told) => desk::dress::told(self, &told),
            Msg::ThemeKept(kept) => desk::paper::kept(self, kept),
            Msg::Action(op, msg) => running::told(self, now, &op, msg),
            Msg::RunbookRead { places, told } => {
                self.world.runbook_read(&places, told);
                Vec::new()
            }
            Msg::Signals(golden) => {
                self.world.golden_came(*golden);
                Vec::new()
            }
            Msg::Copied { letters, sent, file } => desk::address::copied(self, letters, sent, file),
            Msg::LinkTold { url, opened } => desk::address::told(self, url, opened),
            Msg::Config(msg) => settings::told(self, msg),
            Msg::Hook(told) => self.on_hook(told),
            Msg::QuitAsked => vec![Effect::Quit],
        }
    }

    /// Whether there is nothing to draw for the last message: a source was asked, or said what it had said before.
    pub fn was_quiet(&self) -> bool {
        self.quiet
    }

    fn on_key(&mut self, key: Key) -> Effects {
        self.desk.toast = None;
        if key.is_ctrl_c() {
            return running::quit(self, self.now);
        }
        if let Some(effects) = desk::tight::key(self, key) {
            return effects;
        }
        let now = self.now;
        if self.desk.focus == Pane::Alerts {
            self.world.looked(now);
        }
        if let Some(effects) = settings::panel::key(self, key) {
            return effects;
        }
        match self.desk.taking() {
            Some(here) => desk::strokes::key(self, now, here, key),
            None => desk::pressing::key(self, key),
        }
    }

    fn on_resize(&mut self, width: u16, height: u16) -> Effects {
        (self.desk.width, self.desk.height) = (width, height);
        self.desk.scroll(&self.world);
        Vec::new()
    }

    fn on_link(&mut self, took: Option<u64>) -> Effects {
        self.desk.link = took;
        Vec::new()
    }

    fn on_tick(&mut self) -> Effects {
        self.desk.on_tick(self.now);
        self.say_quietly();
        let effects = self.world.on_tick(self.now);
        self.desk.follow(&self.world, self.now);
        effects
    }

    fn on_source(&mut self, name: &crate::domain::source::SourceName, msg: SourceMsg) -> Effects {
        let answered = matches!(msg, SourceMsg::Answered(_) | SourceMsg::Told(_));
        let first = self.world.source(name).is_some_and(|s| s.good_at.is_none());
        self.world.board.take_came();
        let (mut effects, changed) = self.world.on_source(self.now, name, msg);
        if !changed {
            self.quiet = true;
            return effects;
        }
        let mut came = self.world.board.take_came();
        let (world, mut rings, now) = (&self.world, self.desk.rings.sieve(), self.now);
        came.retain(|c| {
            let row = world.board.at(c.slot).filter(|r| !world.paging.rules.ways(r.severity).is_empty());
            row.is_some_and(|r| rings.passes(&world.facts(r, now)))
        });
        if answered {
            effects.extend(self.world.page(self.now, came, first));
        }
        self.hear();
        self.world.restudy(self.now);
        self.desk.follow(&self.world, self.now);
        effects
    }

    /// Groups that follow the routes are made anew where those changed.
    fn on_routes(&mut self, name: SourceName, told: Result<Arc<Policy>, SourceError>) -> Effects {
        if self.world.routes_told(name, told) {
            desk::view::act::routes_changed(self);
        } else {
            self.quiet = true;
        }
        Vec::new()
    }

    fn on_hook(&mut self, told: Result<(), crate::domain::text::SafeText>) -> Effects {
        let effects = self.world.hook_told(self.now, told);
        self.say_quietly();
        effects
    }

    /// A word that can wait is said where no other stands: what burns comes first.
    fn say_quietly(&mut self) {
        if self.desk.toast.is_none()
            && let Some(word) = self.world.unsaid()
        {
            self.desk.say_good(self.now, word);
        }
    }

    fn on_journal(&mut self, msg: JournalMsg) -> Effects {
        let now = self.now;
        let mut effects = Vec::new();
        match msg {
            JournalMsg::Entries(entries) => return self.on_entries(entries),
            JournalMsg::Incidents(entries) => {
                let news = self.world.hear_of_incidents(&entries);
                effects = desk::incidents::heard(self, news);
            }
            JournalMsg::Story { id, entries } => self.world.story_came(id, entries),
            JournalMsg::Past(entries) => return self.world.remember(now, &entries),
            JournalMsg::Observed => return self.on_observed(),
            JournalMsg::Intended(op) => return self.world.intended(&op),
            JournalMsg::AllIntended(batch) => return self.on_all_intended(&batch),
            JournalMsg::NoneIntended { batch, why } => {
                let told = self.world.none_intended(now, &batch, &why);
                self.tell(told);
            }
            JournalMsg::Deeds { wanted, deeds } => many::deeds_came(self, now, wanted, deeds),
            JournalMsg::NotRecorded { op, why } if self.world.actions.run(&op).is_some() => {
                let told = self.world.action_dropped(&op, &why);
                self.tell(told);
            }
            JournalMsg::NotIntended { op, why } | JournalMsg::NotRecorded { op, why } => self.on_dropped(&op, &why),
            JournalMsg::Recorded(op) => {
                if let Some(effects) = self.world.action_recorded(&op) {
                    return effects;
                }
                let told = self.world.recorded(now, &op);
                self.tell(told);
            }
            JournalMsg::Draft { key, text } if self.world.recall(&key, &text) => {}
            JournalMsg::Draft { key, text } if desk::shares::recall(self, &key, &text) => {}
            JournalMsg::Draft { key, text } if desk::times::recall(self, &key, &text) => {}
            JournalMsg::Draft { key, text } => return forms::draft_came(self, now, &key, &text),
            JournalMsg::History { subject, entries } => self.world.timeline.history = Some((subject, entries)),
            JournalMsg::Acks(told) => effects = self.world.learn(now, *told),
            JournalMsg::Health(fault) => self.world.journal_fault = fault,
        }
        self.hear();
        self.desk.follow(&self.world, now);
        effects
    }

    /// What is new in the journal, by whomever it was written.
    fn on_entries(&mut self, entries: Vec<Entry>) -> Effects {
        let now = self.now;
        let mut effects = self.world.remember(now, &entries);
        let lost = self.world.lost_actions(&entries);
        let news = self.world.hear_of_incidents(&entries);
        if !self.world.timeline.is_read {
            effects.extend(desk::shares::load(self));
            effects.extend(desk::times::load(self));
        }
        self.world.timeline.take(entries);
        effects.extend(desk::incidents::heard(self, news));
        self.hear();
        lost.into_iter().for_each(|lost| self.desk.warn(now, lost));
        self.desk.follow(&self.world, now);
        effects
    }

    /// The journal did not take an act: what was written for it is before its writer again.
    fn on_dropped(&mut self, op: &OpId, why: &SafeText) {
        let note = self.world.ops.note(op).cloned();
        let ack = self.world.ops.ack(op);
        let told = self.world.dropped(self.now, op, why);
        self.tell(told);
        note.into_iter().for_each(|note| forms::note_refused(self, note));
        ack.into_iter().for_each(|ack| acking::refused(self, self.now, ack));
    }

    /// Nothing that is shown has changed.
    fn on_observed(&mut self) -> Effects {
        self.quiet = true;
        self.world.tell_more()
    }

    fn on_all_intended(&mut self, batch: &crate::domain::op::BatchId) -> Effects {
        let (effects, told) = self.world.all_intended(self.now, batch);
        self.tell(told);
        self.desk.follow(&self.world, self.now);
        effects
    }

    fn on_op(&mut self, op: &OpId, msg: OpMsg) -> Effects {
        let (effects, told) = self.world.op_ended(self.now, op, msg);
        self.tell(told);
        self.desk.follow(&self.world, self.now);
        effects
    }

    fn on_budgets(&mut self, report: msg::BudgetReport) -> Effects {
        self.world.budgets.take(report);
        let effects = self.world.on_budgets(self.now);
        self.hear();
        if effects.is_empty() {
            self.desk.follow_others(&self.world);
            self.desk.scroll(&self.world);
        } else {
            self.desk.follow(&self.world, self.now);
        }
        effects
    }

    /// What must be heard at once stays until a key is pressed.
    fn hear(&mut self) {
        let news = std::mem::take(&mut self.world.news);
        match news.as_slice() {
            [] => {}
            [one] => self.desk.warn(self.now, one),
            [first, more @ ..] => self.desk.warn(self.now, format!("{first} (and {} more acks)", more.len())),
        }
    }

    fn tell(&mut self, told: Option<world::acts::Told>) {
        if let Some(told) = told {
            self.desk.say(self.now, told);
        }
    }
}
