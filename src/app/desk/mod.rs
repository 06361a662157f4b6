//! What this person has in front of them: focus, selections, filter, layers. The world knows nothing of it.

pub mod acking;
pub mod act;
pub mod address;
pub mod asking;
pub mod axis;
pub mod completing;
pub mod copying;
pub mod cursor;
pub mod drafts;
pub mod dress;
pub mod filtering;
pub(crate) mod finding;
pub mod forms;
mod fuzzy;
pub(crate) mod golden;
pub mod here;
pub mod incidents;
pub mod kinds;
pub mod layer;
pub mod layout;
pub mod many;
pub mod marks;
pub mod menu;
pub mod naming;
pub(crate) mod nearby;
pub mod noting;
pub mod paper;
pub mod picking;
mod pointing;
pub(crate) mod pressing;
pub mod reading;
pub mod requests;
pub mod running;
pub mod shares;
mod sight;
pub mod silence_form;
pub mod silence_list;
pub mod silencing;
pub mod strokes;
pub mod supposing;
pub mod telling;
pub mod terms;
pub mod text;
pub mod tight;
pub mod times;
pub mod touch;
pub mod tour;
pub mod view;
pub mod views;
pub(crate) mod watching;

use crate::{
    app::world::{World, acts::Told, board::Slot},
    config::keymap::{Command, Key},
    domain::{Time, filter::Filter, slo::SloId},
};

use self::{
    cursor::{ListCursor, Motion},
    drafts::Drafts,
    filtering::FilterLine,
    layer::Layer,
    layout::{Pane, Regions, regions},
    marks::Marks,
    shares::Kept,
    sight::Sight,
    view::{LineKey, View},
    views::Views,
};

/// One person's desk.
#[derive(Debug)]
pub struct Desk {
    pub width: u16,
    pub height: u16,
    /// Milliseconds that the terminal takes to answer, where that is worth a word.
    pub link: Option<u64>,
    pub focus: Pane,
    pub zoomed: bool,
    pub shares: Kept,
    pub alerts: ListCursor<LineKey>,
    pub view: View,
    /// Alerts that the next act is about.
    pub marks: Marks,
    pub budgets: ListCursor<SloId>,
    pub timeline: ListCursor<String>,
    /// What machines wrote is left out of the timeline.
    pub folded: bool,
    /// Whether moments are told by age or by a clock.
    pub times: times::Times,
    /// Which kinds of its entries are shown.
    pub kinds: kinds::Kinds,
    pub tour: tour::Tour,
    pub filter: FilterLine,
    pub views: Views,
    /// The objectives that somebody looks at, as it was told last.
    pub(crate) watched: crate::app::effect::Eyes,
    /// Whose signals somebody looks at, as it was told last.
    pub(crate) look: Option<Box<crate::domain::signals::Look>>,
    /// Which new alerts ring.
    pub rings: Filter,
    /// Rows of the board that pass the filter, in its order.
    pub visible: Vec<Slot>,
    sight: Sight,
    wanted: finding::Wanted,
    /// The last is on top.
    pub layers: Vec<Layer>,
    pub toast: Option<Toast>,
    /// What was written and not yet kept as a note.
    pub drafts: Drafts,
    /// Which theme is worn.
    pub dress: dress::Dress,
    /// When somebody asked to leave while something runs.
    pub leaving: Option<Time>,
    /// Keys of a chord that is not finished.
    pub pending: Vec<Key>,
    /// How often the next motion is to be done.
    pub count: Option<usize>,
    /// What was run from the palette, the last first.
    pub recent: Vec<Command>,
    /// Whether the terminal is to tell of the mouse.
    pub mouse: bool,
    /// Where on the axis a button went down.
    pub(crate) pressed: Option<Time>,
}

/// A sentence at the foot of the screen.
#[derive(Clone, Debug, PartialEq)]
pub struct Toast {
    pub told: Told,
    pub at: Time,
}

/// How long a good word stays; a bad one stays until the next key.
const TOAST_STAYS: chrono::Duration = chrono::Duration::seconds(8);

impl Default for Desk {
    fn default() -> Self {
        Self {
            width: 80,
            height: 24,
            link: None,
            focus: Pane::Alerts,
            zoomed: false,
            shares: Kept::default(),
            alerts: ListCursor::default(),
            view: View::new(&crate::config::AlertsConfig::default()),
            marks: Marks::default(),
            budgets: ListCursor::default(),
            timeline: ListCursor::at_end(),
            folded: false,
            kinds: kinds::Kinds::default(),
            times: times::Times::default(),
            tour: tour::Tour::default(),
            filter: FilterLine::default(),
            views: Views::default(),
            watched: crate::app::effect::Eyes::default(),
            look: None,
            rings: Filter::default(),
            visible: Vec::new(),
            sight: Sight::default(),
            wanted: finding::Wanted::default(),
            layers: Vec::new(),
            toast: None,
            drafts: Drafts::default(),
            dress: dress::Dress::default(),
            leaving: None,
            pending: Vec::new(),
            count: None,
            recent: Vec::new(),
            mouse: false,
            pressed: None,
        }
    }
}

impl Desk {
    pub fn regions(&self, world: &World) -> Regions {
        let rows = self.tour.rows(self.height);
        let size = (self.width, self.height - rows);
        let mut regions = regions(size, self.focus, self.zoomed, world.budgets.rows.len(), &self.shares);
        regions.footer.y += rows;
        regions
    }

    /// Whether panes stand side by side.
    pub(crate) fn is_wide(&self) -> bool {
        layout::is_wide(self.width, self.height)
    }

    /// Whether one pane has the whole screen.
    pub(crate) fn is_alone(&self) -> bool {
        self.zoomed || layout::is_alone(self.height)
    }

    pub fn top_layer(&self) -> Option<&Layer> {
        self.layers.last()
    }

    pub(crate) fn say(&mut self, now: Time, told: Told) {
        self.toast = Some(Toast { told, at: now });
    }

    pub(crate) fn say_good(&mut self, now: Time, text: impl Into<String>) {
        self.say(now, Told::Good(text.into()));
    }

    pub(crate) fn say_bad(&mut self, now: Time, text: impl Into<String>) {
        self.say(now, Told::Bad(text.into()));
    }

    /// Bad news that comes by itself.
    pub(crate) fn warn(&mut self, now: Time, text: impl Into<String>) {
        self.say(now, Told::Warned(text.into()));
    }

    /// The selection of the focused pane was acted on: it stays where it is.
    pub(crate) fn hold(&mut self) {
        match self.focus {
            Pane::Alerts => self.alerts.hold(),
            Pane::Budgets => self.budgets.hold(),
            Pane::Timeline => self.timeline.hold(),
        }
    }

    /// A good word has had its time.
    pub(crate) fn on_tick(&mut self, now: Time) {
        let over = |t: &Toast| matches!(t.told, Told::Good(_)) && now - t.at >= TOAST_STAYS;
        if self.toast.as_ref().is_some_and(over) {
            self.toast = None;
        }
    }

    /// The board changed, or the filter: which rows are seen, and where the selections stand now.
    pub(crate) fn follow(&mut self, world: &World, now: Time) {
        self.views.count(world, now);
        let filters = [self.views.filter(), self.filter.holds.as_ref()];
        self.sight.look(&mut self.visible, world, filters, now);
        self.follow_seen(world);
    }

    fn follow_seen(&mut self, world: &World) {
        self.follow_lines(world);
        self.follow_others(world);
        self.scroll(world);
    }

    /// What a filter asks may be answered otherwise though the board is as it was.
    pub(crate) fn look_again(&mut self, world: &World, now: Time) {
        self.sight.doubt();
        self.follow(world, now);
    }

    /// The budgets or the timeline changed; the board did not.
    pub(crate) fn follow_others(&mut self, world: &World) {
        let budgets = &world.budgets.rows;
        self.budgets.follow(
            budgets.len(),
            |id| budgets.iter().position(|r| &r.slo.id == id),
            |i| budgets.get(i).map(|r| r.slo.id.clone()),
        );
        self.follow_timeline(world);
    }

    /// Keeps every selection inside its window.
    pub(crate) fn scroll(&mut self, world: &World) {
        let r = self.regions(world);
        let inner = |height: u16| usize::from(height.saturating_sub(1));
        self.alerts
            .scroll(inner(r.alerts.height).saturating_sub(usize::from(self.band(world))), self.view.len(&self.visible));
        self.budgets.scroll(inner(r.budgets.height), world.budgets.rows.len());
        let told = self.told(world).len();
        self.timeline.scroll(inner(r.timeline.height), told);
    }

    pub(crate) fn go(&mut self, world: &World, motion: Motion) {
        match self.focus {
            Pane::Alerts => self.go_lines(world, motion),
            Pane::Budgets => {
                let budgets = &world.budgets.rows;
                self.budgets.go(motion, budgets.len(), |i| budgets.get(i).map(|r| r.slo.id.clone()));
            }
            Pane::Timeline => self.go_timeline(world, motion),
        }
        self.scroll(world);
    }

    /// Rows a page key moves by in the focused pane.
    pub(crate) fn half_page(&self, world: &World) -> usize {
        let r = self.regions(world);
        let height = match self.focus {
            Pane::Alerts => r.alerts.height,
            Pane::Budgets => r.budgets.height,
            Pane::Timeline => r.timeline.height,
        };
        usize::from(height / 2).max(1)
    }
}
