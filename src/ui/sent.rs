//! The log: what was sent, newest first, and one act whole with the line that would do the same.

use ratatui::layout::Rect;

use crate::{
    app::{App, desk::layer::Log},
    config::theme::Role,
    domain::{
        deed::{Deed, SentDeed},
        duration,
        entry::Kind,
        op::{Outcome, Purpose},
        text::SafeText,
    },
};

use super::{
    Canvas, Caret,
    forms::paragraphs,
    widgets::text::{Pen, wrap},
};

const WIDTH: u16 = 116;

pub(crate) fn draw(c: &mut Canvas<'_>, area: Rect, log: &Log) -> Caret {
    let title = format!("sent: {}", log.deeds.len());
    let inner = c.dialog(area, (WIDTH, area.height), &title);
    match log.deeds.get(log.place) {
        None => {
            Pen::new(c.buf, inner, 0).put("nothing was sent in the last seven days", c.look.style(Role::Hint));
        }
        Some(deed) if log.open => one(c, inner, deed),
        Some(_) => list(c, inner, log),
    }
    Caret::default()
}

fn list(c: &mut Canvas<'_>, area: Rect, log: &Log) {
    let height = usize::from(area.height.max(1));
    let top = (log.place + 1).saturating_sub(height);
    for line in 0..area.height {
        let index = top + usize::from(line);
        let Some(deed) = log.deeds.get(index) else { break };
        let (act, role) = (act(deed), outcome(deed).1);
        let (word, took) = (outcome(deed).0, took(deed));
        let day = if deed.at().date_naive() == c.app.now.date_naive() { "%H:%M:%S" } else { "%m-%d %H:%M" };
        let mut pen = Pen::new(c.buf, area, line);
        pen.column(&deed.at().format(day).to_string(), 11, c.look.style(Role::Dim)).skip(1);
        pen.column(act, 14, c.look.base()).skip(1);
        pen.column(&word, 11, c.look.style(role)).skip(1);
        pen.column_right(&took, 6, c.look.style(Role::Dim)).skip(1);
        pen.column(&SafeText::new(deed.actor()).line(), 10, c.look.style(Role::Acked)).skip(1);
        let room = pen.left();
        pen.column(&target(deed), room, c.look.base());
        if index == log.place {
            c.choose(area, line);
        }
    }
}

fn one(c: &mut Canvas<'_>, area: Rect, deed: &Deed) {
    let columns = usize::from(area.width.max(2)) - 1;
    let mut lines: Vec<(String, Role)> = Vec::new();
    let mut say = |text: String, role: Role| lines.extend(wrap(&text, columns).into_iter().map(|l| (l, role)));
    say(format!("{} of {}", act(deed), target(deed)), Role::Text);
    say(format!("{} by {}", deed.at().format("%Y-%m-%d %H:%M:%S UTC"), SafeText::new(deed.actor()).line()), Role::Dim);
    match deed {
        Deed::Kept(entry) => {
            say("in the journal; nothing was sent".into(), Role::Dim);
            say(entry.body.text.as_ref().map(|t| t.line().into_owned()).unwrap_or_default(), Role::Text);
        }
        Deed::Sent(sent) => {
            say(ended(sent), outcome(deed).1);
            say(String::new(), Role::Text);
            say("the same by hand (y copies it; put your own secrets in):".into(), Role::Dim);
            say(SafeText::new(&c.app.world.command_of(&sent.intent)).line().into_owned(), Role::Text);
        }
    }
    paragraphs(c, area, &lines);
}

/// One act in whole lines, for who hears it: what, on what, how it ended, and the line that would do the same.
pub(crate) fn said(app: &App, deed: &Deed) -> Vec<String> {
    let (at, by) = (deed.at().format("%Y-%m-%d %H:%M:%S UTC"), SafeText::new(deed.actor()));
    let how = if let Deed::Sent(sent) = deed { ended(sent) } else { outcome(deed).0 };
    let mut said = vec![format!("{at} {} of {}, {how}, by {}", act(deed), target(deed), by.line())];
    if let Deed::Sent(sent) = deed {
        said.push(format!("by hand: {}", SafeText::new(&app.world.command_of(&sent.intent)).line()));
    }
    said
}

fn act(deed: &Deed) -> &'static str {
    let undone = deed.undoes().is_some();
    match deed {
        Deed::Sent(sent) => match sent.intent.purpose {
            Purpose::Ack if undone => "undo: ack",
            Purpose::Ack => "ack",
            Purpose::Unack if undone => "undo: unack",
            Purpose::Unack => "unack",
            Purpose::Extend => "keep ack alive",
            Purpose::Release => "release ack",
            Purpose::Silence if undone => "undo: silence",
            Purpose::Silence => "silence",
            Purpose::Amend if undone => "undo: change",
            Purpose::Amend => "change silence",
            Purpose::Expire if undone => "undo: expire",
            Purpose::Expire => "expire silence",
            Purpose::Ask => sent.intent.act.request().map_or("request", |r| r.verb.as_str()),
        },
        Deed::Kept(entry) => match entry.kind {
            Kind::NoteAdded if undone => "undo: note",
            Kind::NoteAdded => "note",
            Kind::ConfigChanged => "configuration",
            Kind::Incident(_) if undone => "undo: incident",
            Kind::Incident(_) => "incident",
            Kind::UnackConfirmed if undone => "undo: unack",
            Kind::UnackConfirmed => "unack",
            _ if undone => "undo: ack",
            _ => "ack",
        },
    }
}

fn outcome(deed: &Deed) -> (String, Role) {
    let (word, role) = match deed {
        Deed::Kept(_) => ("in journal", Role::Ok),
        Deed::Sent(sent) => match &sent.outcome {
            Some(Outcome::Confirmed { .. }) => ("confirmed", Role::Ok),
            Some(Outcome::Otherwise { .. }) => ("otherwise", Role::Warning),
            Some(Outcome::Refused { .. }) => ("refused", Role::ErrorText),
            Some(Outcome::Unknown { .. }) => ("UNKNOWN", Role::Unknown),
            None => ("on its way", Role::Hint),
        },
    };
    (word.into(), role)
}

fn took(deed: &Deed) -> String {
    let Deed::Sent(sent) = deed else { return String::new() };
    let Some(at) = sent.settled_at else { return String::new() };
    let took = (at - sent.intent.at).max(chrono::Duration::zero());
    if took < chrono::Duration::seconds(10) { format!("{:.1}s", took.as_seconds_f64()) } else { duration::short(took) }
}

fn target(deed: &Deed) -> String {
    match deed {
        Deed::Sent(sent) => format!("{} on {}", sent.intent.title.line(), sent.intent.act.source()),
        Deed::Kept(entry) => {
            entry.body.title.as_ref().map_or_else(|| entry.subject.to_string(), |t| t.line().into_owned())
        }
    }
}

fn ended(sent: &SentDeed) -> String {
    match &sent.outcome {
        Some(Outcome::Confirmed { silence, ends_at }) => {
            let silence = silence.as_ref().map(|s| format!(", silence {}", s.line())).unwrap_or_default();
            let until = ends_at.map(|t| format!(" until {}", t.format("%Y-%m-%d %H:%M UTC"))).unwrap_or_default();
            format!("confirmed by reading back{silence}{until}")
        }
        Some(Outcome::Otherwise { why }) => format!("done otherwise than asked: {}", why.line()),
        Some(Outcome::Refused { why }) => format!("refused: {}", why.line()),
        Some(Outcome::Unknown { why }) => format!("no word whether it happened: {}", why.line()),
        None => "on its way".into(),
    }
}
