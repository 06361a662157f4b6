//! The eyes: `&App` to cells. Never mutates, never waits, knows neither sources nor journal.
//!
//! ```text
//! ┌ header: the verdict, the counts, the clock ──────────┐
//! │ trust line: every source, its state, its age         │
//! ├ alerts ───────────────────────┬ budgets ─────────────┤
//! │                               │ burn-down            │
//! ├ timeline ─────────────────────┴──────────────────────┤
//! └ footer: the keys that work now, or what was just said┘
//! ```

pub mod acking;
pub mod action;
pub mod address;
pub mod alerts;
pub(crate) mod axis;
mod before;
pub mod beyond;
pub mod budgets;
pub mod bulk;
pub mod detail;
pub mod entry;
pub mod explained;
pub mod filter;
pub mod footer;
pub mod forms;
pub mod header;
pub(crate) mod hints;
pub mod hits;
pub mod incidents;
pub mod link;
pub mod links;
pub mod look;
pub mod menu;
pub mod oncall;
pub mod pages;
pub mod paper;
pub mod past;
pub mod picking;
pub mod plain;
pub mod profile;
pub mod related;
mod requests;
pub mod runbook;
pub mod sent;
pub mod settings;
pub mod silence;
pub mod silences;
pub mod silencing;
pub mod slo;
pub mod spell;
pub mod still;
pub mod theme;
pub mod themes;
pub mod timeline;
pub mod tiny;
pub mod title;
pub mod tour;
pub mod views;
pub mod when;
mod which;
pub mod why;
pub mod widgets;

use ratatui::{buffer::Buffer, layout::Rect};

use crate::{
    app::{
        App,
        desk::{
            layer::Layer,
            layout::{Area, Regions, SMALLEST},
            touch::Spot,
        },
        world::lanes::Of,
    },
    config::theme::Role,
};

use self::{hits::Hits, link::Link, look::Look, widgets::frame::dialog};

/// What a pane needs to draw itself.
pub struct Canvas<'a> {
    pub app: &'a App,
    pub look: &'a Look,
    pub buf: &'a mut Buffer,
    /// What lies where, as it is drawn.
    pub hits: Hits,
    /// Where links stand on the frame.
    pub links: Vec<Link>,
    /// Where the selected row begins, once it is drawn.
    pub chosen: Option<(u16, u16)>,
}

impl<'a> Canvas<'a> {
    /// An empty one.
    pub(crate) fn on(app: &'a App, look: &'a Look, buf: &'a mut Buffer) -> Self {
        Self { app, look, buf, hits: Hits::default(), links: Vec::new(), chosen: None }
    }

    /// The box of a dialog in the middle of an area, at most so wide and high; answers its inside.
    pub(crate) fn dialog(&mut self, area: Rect, size: (u16, u16), title: &str) -> Rect {
        dialog(self.buf, area, size, title, self.look.edge())
    }

    /// Shows that a line of an area is the selected one: by its ground, and by a mark where there is none yet, for a ground
    /// is nothing to who sees no colours.
    pub(crate) fn choose(&mut self, area: Rect, line: u16) {
        let row = Rect { y: area.y + line, height: 1, ..area }.intersection(self.buf.area);
        if row.is_empty() {
            return;
        }
        self.buf.set_style(row, self.look.style(Role::Selection));
        self.chosen = Some((row.x, row.y));
        let mark = self.look.glyph("▌", ">");
        // A row that begins with text has its mark before it.
        let first = self.buf[(row.x, row.y)].symbol();
        let x = if first == " " { row.x } else { row.x.saturating_sub(1) };
        let is_marked = matches!(first, "▌" | ">");
        if !is_marked && self.buf[(x, row.y)].symbol() == " " {
            self.buf[(x, row.y)].set_symbol(mark);
        }
    }
}

/// Where the terminal's own cursor is to stand, for magnifiers and screen readers, and whether it is seen.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Caret {
    pub at: Option<(u16, u16)>,
}

/// Draws everything; answers where the text cursor stands.
pub fn view(app: &App, look: &Look, buf: &mut Buffer) -> Caret {
    seen(app, look, buf).caret
}

/// What a screen needs to know of a frame beside its cells.
#[derive(Debug, Default)]
pub struct Seen {
    pub caret: Caret,
    /// What lies where, for a mouse.
    pub hits: Hits,
    /// Where links stand.
    pub links: Vec<Link>,
    /// Where the selected row begins.
    pub chosen: Option<(u16, u16)>,
}

/// As [`view`]; answers all that was seen.
pub fn seen(app: &App, look: &Look, buf: &mut Buffer) -> Seen {
    let worn = app.desk.dress.worn().map(|theme| look.wearing(theme));
    let look = worn.as_ref().unwrap_or(look);
    let mut canvas = Canvas::on(app, look, buf);
    let caret = drawn(&mut canvas);
    look.spell(canvas.buf);
    Seen { caret, hits: canvas.hits, links: canvas.links, chosen: canvas.chosen }
}

fn drawn(canvas: &mut Canvas<'_>) -> Caret {
    let (app, area) = (canvas.app, canvas.buf.area);
    canvas.buf.set_style(area, canvas.look.base());
    if area.width < SMALLEST.0 || area.height < SMALLEST.1 {
        tiny::draw(canvas);
        return Caret::default();
    }
    let regions = app.desk.regions(&app.world);
    let body = rect(regions.body, area);
    header::draw(canvas, rect(regions.header, area));
    match app.desk.layers.iter().rev().find(|l| l.covers()) {
        Some(layer) => {
            canvas.hits.add(body, Spot::Layer);
            cover(canvas, layer, body);
        }
        None => panes(canvas, regions),
    }
    footer::draw(canvas, rect(regions.footer, area));
    let rows = app.desk.tour.rows(app.desk.height);
    let panel = Area { y: regions.footer.y.saturating_sub(rows), height: rows, ..regions.footer };
    tour::draw(canvas, rect(panel, area));
    if app.desk.top_layer().is_some_and(|l| !l.covers()) {
        canvas.hits.cover(body);
    }
    let caret = match app.desk.top_layer() {
        Some(layer) => over(canvas, layer, regions),
        None => Caret::default(),
    };
    which::draw(canvas, body);
    footer::said_over(canvas, rect(regions.footer, area));
    caret
}

fn panes(canvas: &mut Canvas<'_>, regions: Regions) {
    let whole = canvas.buf.area;
    alerts::draw(canvas, rect(regions.alerts, whole));
    let (budgets, graph) = (rect(regions.budgets, whole), rect(regions.graph, whole));
    if canvas.look.frugal && !graph.is_empty() {
        budgets::draw(canvas, budgets.union(graph));
    } else {
        budgets::draw(canvas, budgets);
        slo::draw_beside(canvas, graph);
    }
    timeline::draw(canvas, rect(regions.timeline, whole));
}

fn cover(canvas: &mut Canvas<'_>, layer: &Layer, area: Rect) {
    match layer {
        Layer::Alert { id, scroll, sight, .. } => {
            let of = Of::Alert(id.clone());
            axis::over(canvas, area, (&of, sight), |canvas, rest| detail::draw(canvas, rest, id, *scroll));
        }
        Layer::Slo { id, scroll, sight } => slo::draw(canvas, area, id, *scroll, sight),
        Layer::Inquiry { question, scroll } => slo::asking::draw(canvas, area, question, *scroll),
        Layer::Entry { id, scroll } => entry::draw(canvas, area, id, *scroll),
        Layer::Silences(list) => silences::draw(canvas, area, list),
        Layer::SilenceDetail { id, scroll } => silence::draw(canvas, area, id, *scroll),
        Layer::Paper(paper) => paper::draw(canvas, area, paper),
        Layer::OnCall { scroll } => oncall::draw(canvas, area, *scroll),
        Layer::Address(shown) => address::draw(canvas, area, shown),
        Layer::Runbook(reading) => runbook::draw(canvas, area, *reading),
        Layer::Incidents(list) => incidents::draw(canvas, area, list),
        Layer::Incident(opened) => {
            let of = Of::Incident(opened.id.clone());
            axis::over(canvas, area, (&of, &opened.sight), |canvas, rest| incidents::opened(canvas, rest, opened));
        }
        _ => {}
    }
}

fn over(canvas: &mut Canvas<'_>, layer: &Layer, regions: Regions) -> Caret {
    let whole = canvas.buf.area;
    let body = profile::over(canvas, layer, rect(regions.body, whole));
    match layer {
        Layer::Menu(m) => menu::draw(canvas, body, m),
        Layer::Filter { text, list, .. } => filter::draw(canvas, rect(regions.footer, whole), body, (text, list)),
        Layer::Ack(form) => acking::draw(canvas, body, form),
        Layer::Ask(sheet) => requests::draw(canvas, body, sheet),
        Layer::Unack(plan) => forms::unack(canvas, body, plan),
        Layer::Note(form) => forms::note(canvas, body, form),
        Layer::Seeing(seeing) => alerts::layers::draw(canvas, body, seeing),
        Layer::Bulk(form) => bulk::plan(canvas, body, form),
        Layer::Batch { id, scroll } => bulk::batch(canvas, body, id, *scroll),
        Layer::Undo { plan, scroll } => bulk::undo(canvas, body, plan, *scroll),
        Layer::Log(log) => sent::draw(canvas, body, log),
        Layer::Silence(form) => silencing::draw(canvas, body, form),
        Layer::Pick(pick) => {
            picking::draw(canvas, body, pick);
            Caret::default()
        }
        Layer::Suppose(form) => slo::suppose::draw(canvas, body, form),
        Layer::Extend(plan) => silence::extend(canvas, body, plan),
        Layer::Expire(plan) => silence::expire(canvas, body, plan),
        Layer::Action(sheet) => action::draw(canvas, body, sheet),
        Layer::Settings { scroll } => settings::draw(canvas, body, *scroll),
        Layer::Tell(form) => incidents::form(canvas, body, form),
        Layer::Themes(list) => {
            themes::draw(canvas, body, list);
            Caret::default()
        }
        Layer::Silences(list) => silences::caret(canvas, rect(regions.footer, whole), list),
        Layer::Alert { .. }
        | Layer::Slo { .. }
        | Layer::Inquiry { .. }
        | Layer::Entry { .. }
        | Layer::Runbook(_)
        | Layer::Address(_)
        | Layer::SilenceDetail { .. }
        | Layer::Paper(_)
        | Layer::OnCall { .. }
        | Layer::Incidents(_)
        | Layer::Incident(_) => Caret::default(),
    }
}

/// The heart's area as ratatui's, clamped to the screen: a rect that leaves it would panic.
fn rect(a: Area, whole: Rect) -> Rect {
    Rect { x: a.x, y: a.y, width: a.width, height: a.height }.intersection(whole)
}
