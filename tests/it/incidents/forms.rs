//! The form of a declaration without a runtime: what is written, what is refused, and that strange text is harmless.

use watchfire::{
    app::{
        App,
        effect::Effect,
        msg::{JournalMsg, Msg},
    },
    config::keymap::{Chord, Key},
    domain::{
        entry::{Entry, NewEntry},
        incident::{Incidents, Moment},
        op::OpId,
        source::AckVia,
        text::SafeText,
    },
};

use crate::support::heart::{heart, t};

fn press(app: &mut App, chord: &str) -> Vec<Effect> {
    Chord::parse(chord).unwrap().0.into_iter().flat_map(|key| app.update(app.now, Msg::Key(key))).collect()
}

fn write(app: &mut App, text: &str) {
    for c in text.chars() {
        drop(app.update(app.now, Msg::Key(Key::char(c))));
    }
}

/// What would go to the journal.
fn recorded(effects: Vec<Effect>) -> Vec<NewEntry> {
    let entries =
        effects.into_iter().filter_map(|e| if let Effect::Record { entries, .. } = e { Some(entries) } else { None });
    entries.flatten().collect()
}

fn kept(new: NewEntry, seq: i64) -> Entry {
    let NewEntry { at, actor, kind, subject, source, body, .. } = new;
    let op = body.op.clone().map_or_else(String::new, |OpId(op)| op);
    let (prev_hash, hash) = (String::new(), String::new());
    Entry { id: format!("{kind}:{op}"), seq, at, recorded_at: at, actor, kind, subject, body, source, prev_hash, hash }
}

/// An app in which one incident with this title was declared and is open.
fn declared(title: &str) -> App {
    let mut app = heart(AckVia::Silence);
    press(&mut app, "I i");
    write(&mut app, title);
    let told = recorded(press(&mut app, "Enter"));
    assert_eq!(told.len(), 1, "{:?}", app.desk.top_layer());
    let entries = told.into_iter().map(|e| kept(e, 1)).collect();
    drop(app.update(t(1), Msg::Journal(JournalMsg::Entries(entries))));
    app
}

#[test]
fn a_title_of_nothing_is_refused_and_the_form_stays() {
    let mut app = heart(AckVia::Silence);
    press(&mut app, "I i");
    write(&mut app, "   ");
    assert!(recorded(press(&mut app, "Enter")).is_empty());
    write(&mut app, "now it has one");
    assert_eq!(recorded(press(&mut app, "Enter")).len(), 1);
}

#[test]
fn a_title_with_escapes_in_two_scripts_is_shown_and_not_obeyed() {
    let mut app = heart(AckVia::Silence);
    press(&mut app, "I i");
    drop(app.update(t(0), Msg::Paste("\u{1b}[2J支払い \u{202e}שלום".into())));
    let told = recorded(press(&mut app, "Enter"));
    let title = told[0].body.title.as_ref().unwrap().line().into_owned();
    assert!(title.contains("支払い") && title.contains("<U+202E>") && !title.contains('\u{1b}'), "{title}");
}

#[test]
fn a_filter_that_means_everything_or_nothing_at_all_is_refused() {
    for filter in ["", "{}", "team=~(", "@nosuch=1"] {
        let mut app = heart(AckVia::Silence);
        press(&mut app, "I i");
        write(&mut app, "title");
        press(&mut app, "Tab Tab Tab Tab Tab");
        write(&mut app, filter);
        let told = recorded(press(&mut app, "Enter"));
        assert_eq!(told.len(), usize::from(filter.is_empty()), "{filter}");
    }
}

#[test]
fn a_time_to_come_is_refused_and_a_word_on_a_time_is_kept_beside_the_older_one() {
    let mut app = declared("checkout is down");
    press(&mut app, "T Tab");
    write(&mut app, "2030-01-01T00:00");
    assert!(recorded(press(&mut app, "Enter")).is_empty());
    press(&mut app, "ctrl-u");
    write(&mut app, "19:40");
    let first = recorded(press(&mut app, "Enter"));
    drop(app.update(t(2), Msg::Journal(JournalMsg::Entries(vec![kept(first[0].clone(), 2)]))));
    press(&mut app, "T Tab");
    write(&mut app, "19:50");
    let second = recorded(press(&mut app, "Enter"));
    drop(app.update(t(3), Msg::Journal(JournalMsg::Entries(vec![kept(second[0].clone(), 3)]))));
    let incident = app.world.incidents.all.iter().next().unwrap();
    assert_eq!(incident.times[&Moment::Started].len(), 2);
    assert_eq!(app.world.times(incident)[0].1.at, t(-600));
}

#[test]
fn what_the_journal_does_not_take_is_said_to_be_undone() {
    let mut app = heart(AckVia::Silence);
    press(&mut app, "I i");
    write(&mut app, "checkout is down");
    let effects = press(&mut app, "Enter");
    let Some(Effect::Record { op, .. }) = effects.into_iter().find(|e| matches!(e, Effect::Record { .. })) else {
        panic!("nothing is written");
    };
    let why = SafeText::new("the disk is full");
    drop(app.update(t(1), Msg::Journal(JournalMsg::NotRecorded { op, why })));
    let said = format!("{:?}", app.desk.toast);
    assert!(said.contains("NOT done") && said.contains("the disk is full"), "{said}");
    assert!(app.world.incidents.all.is_empty());
}

#[test]
fn entries_come_in_any_order_and_twice_and_the_incident_is_the_same() {
    let mut app = declared("checkout is down");
    let mut entries: Vec<Entry> = app.world.timeline.entries.iter().cloned().collect();
    press(&mut app, "s m");
    entries.extend(recorded(press(&mut app, "Enter")).into_iter().map(|e| kept(e, 2)));
    drop(app.update(t(2), Msg::Journal(JournalMsg::Entries(entries.clone()))));
    let mut other = heart(AckVia::Silence);
    entries.reverse();
    for entry in entries.iter().chain(&entries) {
        drop(other.update(t(2), Msg::Journal(JournalMsg::Entries(vec![entry.clone()]))));
    }
    assert_eq!(other.world.incidents.all, app.world.incidents.all);
    assert_eq!(app.world.incidents.all, Incidents::of(&entries));
}
