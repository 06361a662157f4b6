//! What actions and runbooks look like.

use watchfire::{
    app::{
        effect::Effect,
        msg::{ActionMsg, JournalMsg, Msg},
    },
    cli::start,
    domain::{
        action::{Ended, How, Tape},
        runbook,
    },
};

use super::demo;
use crate::screens::{demo_with, frame, press, written};

async fn shown(name: &str, keys: &str) {
    let mut app = demo_with("").await;
    start::equip(&mut app.world, &demo());
    press(&mut app, "/ H i g h Enter");
    for key in keys.split_whitespace() {
        let chord = watchfire::config::keymap::Chord::parse(key).unwrap();
        let mut waiting: Vec<Msg> = chord.0.into_iter().map(Msg::Key).collect();
        while let Some(msg) = waiting.pop() {
            let effects = app.update(app.now, msg);
            waiting.extend(effects.into_iter().filter_map(answered));
        }
    }
    let frames: Vec<String> = [(80, 24), (120, 40)].map(|size| written(&frame(&mut app, size))).into();
    insta::with_settings!({ snapshot_path => "../screens/snapshots", prepend_module_to_snapshot => false }, {
        insta::assert_snapshot!(format!("action_{name}"), frames.join("\n"));
    });
}

/// What the shell would answer, without a shell.
fn answered(effect: Effect) -> Option<Msg> {
    match effect {
        Effect::Record { op, .. } => Some(Msg::Journal(JournalMsg::Recorded(op))),
        Effect::RunAction(order) => {
            let mut tape = Tape::new(60);
            tape.push(b"one\n\x1b[31mtwo\x1b[0m\n");
            tape.push("and so on and on\n".repeat(20).as_bytes());
            let ended = Ended {
                how: How::Exited(137),
                took: chrono::Duration::milliseconds(1_234),
                output: tape.read(),
                lingers: false,
                asked: false,
            };
            Some(Msg::Action(order.op, ActionMsg::Ended(Box::new(ended))))
        }
        Effect::ReadRunbook(places) => {
            let runbook::Place::BuiltIn { text, .. } = places[0] else { return None };
            let told = Ok((places[0].name(), runbook::parse(text)));
            Some(Msg::RunbookRead { places, told })
        }
        _ => None,
    }
}

#[tokio::test]
async fn the_layers_of_an_action() {
    shown("menu", "x").await;
    shown("plan", "x Down Down Enter").await;
    shown("script", "x Down Enter").await;
    shown("run", "x Enter").await;
}

#[tokio::test]
async fn a_runbook_is_a_checklist() {
    shown("runbook", "K Tab").await;
    shown("runbook_command", "K Tab Tab Tab x").await;
}
