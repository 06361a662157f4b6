//! The header: the verdict in a word, the counts, the clock; and the trust line, every source with its state and age.

use ratatui::layout::Rect;

use crate::{
    app::world::{
        World,
        elsewhere::Progress,
        sources::{SourceStatus, Standing},
        trust::Verdict,
    },
    config::theme::Role,
    domain::{Time, alert::Severity, duration},
};

use super::{
    Canvas,
    when::When,
    widgets::text::{Pen, width},
};

/// From this width on severities are spelled out.
const ROOMY: u16 = 110;

pub(crate) fn draw(c: &mut Canvas<'_>, area: Rect) {
    summary(c, area);
    trust(c, area);
}

fn summary(c: &mut Canvas<'_>, area: Rect) {
    let (world, look) = (&c.app.world, c.look);
    let plain = look.style(Role::Header);
    let roomy = area.width >= ROOMY;
    let clock = format!(" {} ", When::of(c.app).zoned(c.app.now, "%H:%M"));
    let (word, role) = verdict(world);
    let incident = super::incidents::word(c, roomy);
    let mut pen = Pen::new(c.buf, area, 0);
    pen.right(&clock, look.style(Role::Dim));
    if let Some(profile) = &world.profile {
        pen.put(&format!(" {} ", profile.shout()), look.band(profile.colour));
    }
    pen.put(" ", plain).put(&word, look.style(role)).put("  ", plain);
    for severity in Severity::ALL {
        let n = world.board.burning(severity);
        if n > 0 {
            let (glyph, letter) = look.mark(severity);
            let role = look.severity(severity);
            let name = if roomy { format!(" {}", severity.as_str()) } else { String::new() };
            pen.put(&format!("{glyph}{letter} {n}{name}"), look.style(role)).put("  ", plain);
        }
    }
    for (n, word, role) in [(world.board.pending(), "pending", Role::Hint), (world.board.acked(), "acked", Role::Acked)]
    {
        if n > 0 {
            pen.put(&format!("{n} {word}"), look.style(role)).put("  ", plain);
        }
    }
    if let Some(word) = incident {
        pen.put(&word, look.style(Role::Marker)).put("  ", plain);
    }
    if let Some((word, role)) = super::oncall::word(world, c.app.now) {
        pen.put(&word, look.style(role)).put("  ", plain);
    }
    // What other cockpits do, or what is being finished for one that was killed.
    if let Some(Progress { by, ended, all }) = world.elsewhere.progress() {
        pen.put(&format!("{}'s acts {ended}/{all}  ", by.line()), look.style(Role::Accent));
    }
    if let Some(word) = c.app.world.paging.word(c.app.now) {
        pen.put(&word, look.style(Role::Hint)).put("  ", plain);
    }
    if c.app.world.read_only {
        pen.put("read-only  ", look.style(Role::Hint));
    }
    if c.app.desk.mouse {
        pen.put("mouse  ", look.style(Role::Hint));
    }
}

/// The word over everything. Not knowing is said whatever else is true.
pub(crate) fn verdict(world: &World) -> (String, Role) {
    let blind = if world.is_blind() && world.verdict() == Verdict::Critical { " + UNKNOWN" } else { "" };
    match world.verdict() {
        Verdict::Critical => (format!("BURNING{blind}"), Role::Critical),
        Verdict::Unknown if world.sources.is_empty() => ("UNKNOWN: no source is configured".into(), Role::Unknown),
        Verdict::Unknown => ("UNKNOWN".into(), Role::Unknown),
        Verdict::Warning => ("WARNING".into(), Role::Warning),
        Verdict::Owned => ("ALL ACKED".into(), Role::Acked),
        Verdict::Calm => ("CALM".into(), Role::Ok),
    }
}

fn trust(c: &mut Canvas<'_>, area: Rect) {
    let (app, look) = (c.app, c.look);
    let mut pen = Pen::new(c.buf, area, 1);
    pen.skip(1);
    if let Some(fault) = &app.world.journal_fault {
        pen.put(&format!("{} journal: {}", look.glyph("✗", "x"), fault.line()), look.style(Role::Bad)).skip(2);
    }
    if let Some((word, bad)) = app.settings.mark() {
        let role = if bad { Role::Bad } else { Role::Warning };
        pen.put(&format!("{} {word}", look.glyph("✗", "x")), look.style(role)).skip(2);
    }
    let mut chips: Vec<(String, Role)> = app.world.sources.iter().map(|s| chip(s, app.now, look.frugal)).collect();
    chips.extend(budgets(&app.world, app.now));
    // What cannot be believed is said first: it must not be what falls off the edge.
    chips.sort_by_key(|(_, role)| matches!(role, Role::Ok | Role::Hint));
    chips.extend(app.desk.link.map(|ms| (format!("link {ms} ms"), Role::Hint)));
    let all = chips.len();
    for (i, (text, role)) in chips.into_iter().enumerate() {
        let mark = match role {
            Role::Ok => look.glyph("●", "*"),
            Role::Hint => look.glyph("◌", "."),
            _ => look.glyph("✗", "x"),
        };
        if pen.left() < width(&text).min(20) + 2 {
            pen.put(&format!("+{}", all - i), look.style(Role::Hint));
            return;
        }
        pen.put(mark, look.style(role)).put(" ", look.base()).put(&text, look.style(role)).skip(2);
    }
}

pub(crate) fn chip(source: &SourceStatus, now: Time, frugal: bool) -> (String, Role) {
    let name = source.about.name.as_str();
    let age = source.good_at.map(|at| quiet_age(at, now));
    match (source.state, age) {
        (Standing::Connecting, _) => (format!("{name} {}", connecting(source, now)), Role::Hint),
        (Standing::Is(_), Some(age)) if source.state.is_live() => match (&source.error, source.missing_members.len()) {
            (Some(_), _) => (format!("{name} retrying, {age} old"), Role::Warning),
            (None, 0) if source.problems.is_empty() && source.changes_unread.is_some() => {
                (format!("{name} {age}, changes unread"), Role::Warning)
            }
            (None, 0) if source.problems.is_empty() => (format!("{name} {}", calm_age(source, now, frugal)), Role::Ok),
            (None, 0) => (format!("{name} {age}, {} unreadable", source.problems.len()), Role::Warning),
            (None, n) => (format!("{name} {age}, {n} member{} away", if n == 1 { "" } else { "s" }), Role::Warning),
        },
        (standing, Some(age)) => (format!("{name} {} UNKNOWN for {age}", standing.as_str()), Role::Bad),
        (standing, None) => (format!("{name} {} never read", standing.as_str()), Role::Bad),
    }
}

/// One that takes its time is not known, and since when.
fn connecting(source: &SourceStatus, now: Time) -> String {
    match source.asked_at.filter(|at| (now - *at).num_seconds() >= 5) {
        Some(at) => format!("connecting UNKNOWN for {}", quiet_age(at, now)),
        None => "connecting".to_owned(),
    }
}

/// An age in steps of five seconds below a minute: a clock that ticks costs bytes and says nothing more.
fn quiet_age(at: Time, now: Time) -> String {
    match (now - at).num_seconds() {
        s @ 0..60 => format!("{}s", s / 5 * 5),
        _ => duration::age(at, now),
    }
}

/// An age that nobody need worry about goes in steps of half a minute, or of a whole one: an idle screen costs next to nothing.
fn calm_age(source: &SourceStatus, now: Time, frugal: bool) -> String {
    let step = if frugal { 60 } else { 30 };
    match source.good_at {
        Some(at) if (now - at).num_seconds() < 60 => format!("{}s", (now - at).num_seconds().max(0) / step * step),
        Some(at) => duration::age(at, now),
        None => String::new(),
    }
}

pub(crate) fn budgets(world: &World, now: Time) -> Option<(String, Role)> {
    let budgets = &world.budgets;
    if budgets.rows.is_empty() && budgets.error.is_none() {
        return None;
    }
    match (&budgets.error, budgets.counted_at) {
        (Some(error), at) if budgets.is_blind(now) => {
            let age = at.map_or_else(|| "never read".into(), |at| format!("UNKNOWN for {}", duration::age(at, now)));
            Some((format!("budgets {age} ({})", error.state().as_str()), Role::Bad))
        }
        (_, None) => Some(("budgets: counting".into(), Role::Hint)),
        _ if budgets.progress < 1.0 => {
            Some((format!("budgets: {:.0} % of history read", budgets.progress * 100.0), Role::Hint))
        }
        _ => None,
    }
}
