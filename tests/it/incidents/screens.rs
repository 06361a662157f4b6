//! How incidents look, at the sizes that people have.

use watchfire::{
    app::{
        App,
        effect::Effect,
        msg::{JournalMsg, Msg},
    },
    domain::entry::{Entry, NewEntry},
};

use crate::screens::{demo_with, frame, press, write, written};

/// Presses keys and writes what they record, as the journal would.
fn keeps(app: &mut App, chord: &str) {
    for key in watchfire::config::keymap::Chord::parse(chord).unwrap().0 {
        let effects = app.update(app.now, Msg::Key(key));
        let new = effects
            .into_iter()
            .filter_map(|e| if let Effect::Record { entries, .. } = e { Some(entries) } else { None });
        let entries: Vec<Entry> = new.flatten().map(|e| kept(e, app)).collect();
        if !entries.is_empty() {
            let op = entries[0].body.op.clone().unwrap();
            drop(app.update(app.now, Msg::Journal(JournalMsg::Entries(entries))));
            drop(app.update(app.now, Msg::Journal(JournalMsg::Recorded(op))));
        }
    }
}

fn kept(new: NewEntry, app: &App) -> Entry {
    let NewEntry { at, actor, kind, subject, source, body, .. } = new;
    let id = format!("{kind}:{}", body.op.as_ref().map_or("-", |op| op.0.as_str()));
    let (prev_hash, hash) = (String::new(), String::new());
    Entry { id, seq: 9_000, at, recorded_at: app.now, actor, kind, subject, body, source, prev_hash, hash }
}

fn at_sizes(name: &str, app: &mut App) {
    let frames: Vec<String> = [(80, 24), (120, 40)].iter().map(|size| written(&frame(app, *size))).collect();
    insta::assert_snapshot!(name, frames.join("\n"));
}

async fn declared() -> App {
    let mut app = demo_with("* i").await;
    press(&mut app, "ctrl-u");
    write(&mut app, "checkout is down");
    keeps(&mut app, "Enter");
    press(&mut app, "t");
    write(&mut app, "roll back checkout 4.12.0");
    keeps(&mut app, "Tab b o Enter");
    press(&mut app, "n");
    write(&mut app, "#hypothesis @20:15 the pool is full");
    keeps(&mut app, "Enter");
    keeps(&mut app, "s i i Enter Esc");
    app
}

#[tokio::test]
async fn the_form_of_a_declaration() {
    at_sizes("incident_declare", &mut demo_with("* i").await);
}

#[tokio::test]
async fn an_incident_that_is_open() {
    let mut app = declared().await;
    press(&mut app, "I Enter");
    at_sizes("incident", &mut app);
}

#[tokio::test]
async fn the_list_of_incidents_and_the_header() {
    let mut app = declared().await;
    press(&mut app, "I");
    at_sizes("incident_list", &mut app);
}
