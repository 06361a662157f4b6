//! What the members of one cluster say, and an alert that is told before it fires: in the detail and in the list.

use std::sync::Arc;

use ratatui::{buffer::Buffer, layout::Rect};
use watchfire::{
    app::{
        App,
        msg::{Msg, SourceMsg},
    },
    config::keymap::{Key, KeyCode},
    domain::{
        alert::Alert,
        label::Labels,
        members::{Dissent, Members},
        source::{AckVia, Snapshot, SourceError, SourceName},
    },
    ui::{self, still},
};

use crate::support::{
    cockpit::look,
    heart::{heart, t},
};

fn alert(name: &str) -> Arc<Alert> {
    let labels: Labels = [("alertname", name), ("severity", "critical")].into_iter().collect();
    Arc::new(Alert::firing(labels.fingerprint(), labels, Labels::default(), t(-60)))
}

fn tell(app: &mut App, at: i64, members: Members) {
    let missing = members.names.iter().enumerate().filter(|(i, _)| members.away & (1 << i) != 0);
    let missing = missing.map(|(_, name)| (name.clone(), SourceError::unreachable("no"))).collect();
    let snapshot = Snapshot {
        alerts: vec![alert("Full"), alert("Agreed")],
        complete: members.away == 0,
        missing_members: missing,
        members: Arc::new(members),
        ..Snapshot::empty(t(at))
    };
    drop(app.update(t(at), Msg::Source(SourceName::new("am"), SourceMsg::Answered(Box::new(snapshot)))));
}

fn screen(app: &mut App) -> String {
    drop(app.update(app.now, Msg::Resized { width: 120, height: 40 }));
    let mut buf = Buffer::empty(Rect::new(0, 0, 120, 40));
    ui::view(app, &look(), &mut buf);
    still::text(&buf)
}

fn open(app: &mut App, name: &str) -> String {
    drop(app.update(app.now, Msg::Key(Key::new(KeyCode::Esc))));
    let place = app.world.board.iter().position(|r| r.name().raw() == name).unwrap();
    drop(app.update(app.now, Msg::Key(Key::char('g'))));
    (0..place).for_each(|_| drop(app.update(app.now, Msg::Key(Key::char('j')))));
    drop(app.update(app.now, Msg::Key(Key::new(KeyCode::Enter))));
    screen(app)
}

fn members(away: u64, told: u64, muted: u64) -> Members {
    let dissent = vec![Dissent { fingerprint: alert("Full").fingerprint.clone(), told, muted }];
    Members { names: vec!["am-1:9093".into(), "am-2:9093".into(), "am-3:9093".into()], away, dissent }
}

#[test]
fn members_that_do_not_agree_are_told_each_with_its_word() {
    let mut app = heart(AckVia::Silence);
    tell(&mut app, 10, members(0, 0b101, 0b001));
    let text = open(&mut app, "Full");
    for wanted in [
        "the members of am do not agree; the worst counts: firing",
        "am-1:9093  member, says muted",
        "am-2:9093  member, does not tell it",
        "am-3:9093  member, says firing",
    ] {
        assert!(text.contains(wanted), "{wanted}:\n{text}");
    }
    assert!(!open(&mut app, "Agreed").contains("member"), "{}", screen(&mut app));
    // The open alert follows what its members say, though its source says nothing new of it.
    open(&mut app, "Full");
    tell(&mut app, 20, members(0, 0b111, 0b011));
    assert!(screen(&mut app).contains("am-2:9093  member, says muted"), "{}", screen(&mut app));
}

#[test]
fn a_member_that_does_not_answer_is_unknown_for_every_alert() {
    let mut app = heart(AckVia::Silence);
    tell(&mut app, 10, members(0b010, 0b101, 0b001));
    for name in ["Full", "Agreed"] {
        let text = open(&mut app, name);
        assert!(text.contains("am-2:9093  member, does not answer: UNKNOWN"), "{text}");
    }
}
