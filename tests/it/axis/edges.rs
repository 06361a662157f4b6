//! What an axis has to bear: nothing, a source that went blind, clocks that disagree, thousands of entries, notes of a
//! megabyte in any script.

use std::sync::Arc;

use chrono::Duration;
use watchfire::{
    app::{
        App,
        msg::{JournalMsg, Msg, SourceMsg},
        world::{
            lanes::{Lanes, Of},
            marks::MarkKind,
        },
    },
    domain::{
        Time,
        alert::{Alert, AlertId},
        delta::LastWord,
        entry::{Body, Entry, Kind, Subject},
        label::{Fingerprint, Labels},
        past::Was,
        source::{AckVia, Snapshot, SourceError, SourceName},
        text::SafeText,
    },
};

use super::text;
use crate::{
    screens::press,
    support::heart::{heart, t},
};

const SIZES: [(u16, u16); 4] = [(80, 24), (100, 30), (120, 40), (200, 60)];

/// One alert that fires since a moment, as its source tells it at another.
fn told(app: &mut App, last: &mut LastWord, since: Option<Time>, now: Time) {
    let alert = |starts_at| {
        Alert::firing(
            Fingerprint::new("f"),
            Labels::from_iter([("alertname", "Hot"), ("severity", "critical")]),
            Labels::default(),
            starts_at,
        )
    };
    let alerts = since.into_iter().map(|at| Arc::new(alert(at))).collect();
    let delta = last.take(Snapshot { alerts, ..Snapshot::empty(now) });
    drop(app.update(now, Msg::Source(SourceName::new("am"), SourceMsg::Told(Box::new(delta)))));
}

fn entry(n: i64, at: Time, kind: Kind, subject: &Subject, text: &str) -> Entry {
    Entry {
        id: format!("e{n}"),
        seq: n,
        at,
        recorded_at: at,
        actor: SafeText::new("ana"),
        kind,
        subject: subject.clone(),
        body: Body { text: Some(SafeText::new(text)), ..Body::default() },
        source: None,
        prev_hash: String::new(),
        hash: String::new(),
    }
}

/// The alert fires since a moment, and is open.
fn opened(since: Time, now: Time) -> (App, AlertId) {
    let mut app = heart(AckVia::Silence);
    told(&mut app, &mut LastWord::default(), Some(since), now);
    let id = app.world.board.iter().next().unwrap().id.clone();
    press(&mut app, "Enter");
    (app, id)
}

fn lanes(app: &App, id: &AlertId) -> Arc<Lanes> {
    app.world.lanes(&Of::Alert(id.clone()), app.now)
}

#[test]
fn where_nothing_is_known_that_is_said_at_every_size() {
    let (mut app, _) = opened(t(60), t(120));
    for size in SIZES {
        let drawn = text(&mut app, size);
        assert!(drawn.contains("no budget is known of it") && drawn.contains("Hot"), "{drawn}");
        press(&mut app, "H H Space h + + + + + + + + + + + + + + + + + + + +");
        text(&mut app, size);
        press(&mut app, "Space - - - - - - - - - - - - - - - - - - - - l l L L");
    }
}

#[test]
fn while_its_source_was_lost_nothing_is_called_calm_and_the_gap_has_a_mark() {
    let (mut app, mut last) = (heart(AckVia::Silence), LastWord::default());
    let am = SourceName::new("am");
    told(&mut app, &mut last, None, t(10));
    let failed = SourceMsg::Failed(SourceError::unreachable("gone"));
    drop(app.update(t(600), Msg::Source(am.clone(), failed)));
    told(&mut app, &mut last, Some(t(1_300)), t(1_310));
    let subject = Subject::source(&am);
    let entries =
        vec![entry(1, t(600), Kind::SourceLost, &subject, "gone"), entry(2, t(1_200), Kind::SourceBack, &subject, "")];
    drop(app.update(t(1_400), Msg::Journal(JournalMsg::Entries(entries))));
    press(&mut app, "Enter");
    let id = app.world.board.iter().next().unwrap().id.clone();
    let axis = lanes(&app, &id);
    let was = |seconds| axis.rows[0].at(t(seconds)).map(|s| s.was);
    assert_eq!([was(300), was(900), was(1_250), was(1_350)], [None, Some(Was::Unknown), None, Some(Was::Firing)]);
    let outage = axis.marks.iter().find(|m| m.kind == MarkKind::Outage).unwrap();
    assert_eq!((outage.from, outage.to), (t(600), Some(t(1_200))));
    let drawn = text(&mut app, (100, 30));
    let row =
        |name: &str| drawn.lines().find(|l| l.contains(name)).unwrap_or_else(|| panic!("{name}: {drawn}")).to_owned();
    assert!(row("C Hot").contains('?') && row("blind").contains('U'), "{drawn}");
    // H goes back over the beginning of the alert to the end of the gap, and then to where it began.
    press(&mut app, "H H");
    assert!(text(&mut app, (100, 30)).contains("the source answers again"), "{}", text(&mut app, (100, 30)));
    press(&mut app, "H");
    assert!(text(&mut app, (100, 30)).contains("LOST"), "{}", text(&mut app, (100, 30)));
}

#[test]
fn an_alert_of_a_clock_that_is_ahead_burns_and_is_not_called_calm() {
    let (mut app, id) = opened(t(7_200), t(120));
    let axis = lanes(&app, &id);
    assert_eq!(axis.rows[0].at(app.now).map(|s| s.was), Some(Was::Firing), "{:?}", axis.rows[0].past);
    for size in SIZES {
        let drawn = text(&mut app, size);
        assert!(drawn.contains("Hot firing since"), "{drawn}");
    }
}

#[test]
fn thousands_of_entries_and_a_note_of_a_megabyte_in_any_script_are_told_as_far_as_there_is_room() {
    let (mut app, id) = opened(t(60), t(7_000));
    let subject = Subject::alert(&id);
    let long = |word: &str| word.repeat(1_000_000 / word.len());
    let mut entries: Vec<Entry> =
        (0..5_000).map(|n| entry(n, t(1_000), Kind::NoteAdded, &subject, "the same moment")).collect();
    let scripts = ["\u{706b}\u{4e8b}", "\u{5e9}\u{5dc}\u{5d5}\u{5dd} ", "no\u{1b}[31mspaces"];
    for (n, word) in (5_000..).zip(scripts) {
        entries.push(entry(n, t(2_000 + (n - 5_000) * 100), Kind::NoteAdded, &subject, &long(word)));
    }
    drop(app.update(app.now, Msg::Journal(JournalMsg::History { subject, entries })));
    assert!(lanes(&app, &id).marks.len() > 5_000);
    for size in SIZES {
        text(&mut app, size);
        for sign in ["no", "\u{5e9}", "\u{706b}", "the same moment"] {
            press(&mut app, "H");
            let drawn = text(&mut app, size);
            assert!(drawn.contains(sign), "{sign}: {drawn}");
            assert!(drawn.contains(" lines"), "what is left out is counted: {drawn}");
            assert!(!drawn.contains('\u{1b}'));
        }
        press(&mut app, "L L L L L L L L");
    }
}

#[test]
fn from_a_minute_to_a_month_every_zoom_has_the_cursor_in_sight() {
    let (mut app, _) = opened(t(-28 * 86_400), t(60));
    app.now += Duration::seconds(1);
    press(&mut app, "h h h h h h h h");
    for size in SIZES {
        for keys in ["+ + + + + + + + + + + + + +", "- - - - - - -", "- - - - - - -"] {
            press(&mut app, keys);
            let drawn = text(&mut app, size);
            assert!(drawn.contains('\u{25b2}'), "the foot of the cursor is on the line of the time: {drawn}");
        }
    }
}
