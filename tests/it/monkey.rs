//! A monkey at the keyboard and a hostile world behind it: whatever happens, the heart holds its promises and the eyes draw.

mod steps;
mod world;

use std::{collections::BTreeMap, sync::LazyLock};

use chrono::Duration;
use proptest::prelude::*;
use ratatui::{buffer::Buffer, layout::Rect};
use watchfire::{
    app::{App, desk::cursor::ListCursor, effect::Effect, msg::Msg},
    config::theme::Theme,
    domain::{
        Time,
        op::{Intent, OpId},
    },
    ui::{
        self,
        look::{GlyphSet, Look},
    },
};

use steps::Step;

use crate::support::cockpit::defaults;

/// How often each thing was done for one act.
#[derive(Debug, Default)]
struct Deeds {
    intended: u32,
    on_disk: bool,
    sent: u32,
    settled: u32,
}

/// The heart, and a shell that answers when the monkey lets it.
struct Trial {
    app: App,
    now: Time,
    deeds: BTreeMap<OpId, Deeds>,
    /// Acts and records that wait for an answer.
    waiting: Vec<Effect>,
}

impl Trial {
    fn new() -> Self {
        let app = world::heart();
        Self { now: app.now, app, deeds: BTreeMap::new(), waiting: Vec::new() }
    }

    fn takes(&mut self, step: &Step) {
        if let Step::Wait(seconds) = step {
            self.now += Duration::seconds(*seconds);
        }
        for msg in steps::messages(step, self.now, &mut self.waiting) {
            self.hears(msg);
        }
        self.selections_are_real();
    }

    fn hears(&mut self, msg: Msg) {
        if let Msg::Journal(watchfire::app::msg::JournalMsg::Intended(op)) = &msg {
            self.deeds.entry(op.clone()).or_default().on_disk = true;
        }
        for effect in self.app.update(self.now, msg) {
            self.does(effect);
        }
    }

    fn does(&mut self, effect: Effect) {
        match &effect {
            Effect::Intend(intent, _) => self.deed(&intent.op, |d| d.intended += 1),
            Effect::Send(intent) => self.is_sent(intent),
            Effect::Settle(op, _) => self.deed(op, |d| d.settled += 1),
            Effect::Record { op, .. } => self.deed(op, |d| d.intended += 1),
            _ => return,
        }
        if !matches!(effect, Effect::Settle(..)) {
            self.waiting.push(effect);
        }
    }

    fn is_sent(&mut self, intent: &Intent) {
        self.deed(&intent.op, |d| d.sent += 1);
        assert!(self.deeds[&intent.op].on_disk, "{} was sent before it was on disk", intent.op);
    }

    fn deed(&mut self, op: &OpId, done: impl FnOnce(&mut Deeds)) {
        let deeds = self.deeds.entry(op.clone()).or_default();
        done(deeds);
        assert!(deeds.intended <= 1 && deeds.sent <= 1 && deeds.settled <= 1, "{op}: {deeds:?}");
    }

    fn selections_are_real(&self) {
        let (desk, world) = (&self.app.desk, &self.app.world);
        let lines = 0..desk.view.len(&desk.visible);
        let shown: Vec<_> = lines.filter_map(|at| desk.view.key(world, &desk.visible, at)).collect();
        is_real(&desk.alerts, &shown.iter().collect::<Vec<_>>());
        is_real(&desk.budgets, &world.budgets.rows.iter().map(|r| &r.slo.id).collect::<Vec<_>>());
        is_real(&desk.timeline, &desk.told(world).iter().map(|e| &e.id).collect::<Vec<_>>());
    }
}

/// What is selected stands where the cursor says it does, and inside the window.
fn is_real<K: Clone + PartialEq + std::fmt::Debug>(cursor: &ListCursor<K>, items: &[&K]) {
    assert_eq!(cursor.selected(), cursor.place().map(|place| items[place]), "{cursor:?}");
    assert!(cursor.top <= items.len().saturating_sub(1), "{cursor:?} of {}", items.len());
}

/// Nothing in any cell moves the cursor, hides, or turns the line around.
fn is_harmless(buf: &Buffer) {
    for cell in &buf.content {
        for c in cell.symbol().chars() {
            let turns =
                matches!(c, '\u{61c}' | '\u{200e}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
            let hides = matches!(c, '\u{ad}' | '\u{200b}'..='\u{200d}' | '\u{2028}'..='\u{2029}' | '\u{2060}'..='\u{2065}'
                | '\u{3164}' | '\u{fe00}'..='\u{fe0f}' | '\u{feff}' | '\u{e0000}'..='\u{e007f}');
            assert!(!c.is_control() && !turns && !hides, "{:?} reached the screen", cell.symbol());
        }
    }
}

fn draw(app: &App, look: &Look, (width, height): (u16, u16)) {
    let mut buf = Buffer::empty(Rect::new(0, 0, width, height));
    let caret = ui::view(app, look, &mut buf);
    is_harmless(&buf);
    // A terminal that was resized just now has not told the heart yet; it keeps the caret inside by itself.
    if let Some((x, y)) = caret.at.filter(|_| (app.desk.width, app.desk.height) == (width, height)) {
        assert!(x <= width && y < height, "the caret is at {x},{y} of {width}x{height}");
    }
}

/// Every theme with both sets of glyphs.
static LOOKS: LazyLock<Vec<Look>> = LazyLock::new(|| {
    let themes = Theme::built_in_names().into_iter().map(|name| defaults(name).theme);
    themes
        .flat_map(|t| [GlyphSet::Unicode, GlyphSet::Block, GlyphSet::Ascii].map(|g| Look::new(t.clone(), g)))
        .collect()
});

fn sizes() -> impl Strategy<Value = (u16, u16)> {
    prop_oneof![(0..250_u16, 0..70_u16), Just((80, 24)), Just((40, 10)), Just((120, 40))]
}

/// The eyes are asked after every few steps, as drawing is most of the work.
const DRAWN_EVERY: usize = 7;

proptest! {
    #![proptest_config(ProptestConfig { cases: 256, max_shrink_iters: 2_000, ..ProptestConfig::default() })]

    #[test]
    fn whatever_happens_is_drawn_and_nothing_is_done_twice(steps in steps::steps(), size in sizes()) {
        let mut trial = Trial::new();
        for (i, step) in steps.iter().enumerate() {
            trial.takes(step);
            if i % DRAWN_EVERY == 0 {
                draw(&trial.app, &LOOKS[i % LOOKS.len()], (trial.app.desk.width, trial.app.desk.height));
            }
        }
        for look in &*LOOKS {
            draw(&trial.app, look, size);
        }
    }
}
