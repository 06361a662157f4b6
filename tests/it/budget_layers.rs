//! The layers of an open budget: what if, explained, drilled into; and the sections of its detail.

use watchfire::{
    app::{
        App,
        effect::Effect,
        msg::Msg,
        world::inquiry::{Answer, Question},
    },
    config::keymap::{Chord, Key},
    domain::{
        slo::drill::{Counted, Portion},
        text::SafeText,
    },
    ui::still,
};

use crate::screens::{demo_with, frame, press, written};

const SIZE: (u16, u16) = (120, 40);

fn text(app: &mut App) -> String {
    still::text(&frame(app, SIZE))
}

fn write(app: &mut App, text: &str) {
    for c in text.chars() {
        drop(app.update(app.now, Msg::Key(Key::char(c))));
    }
}

/// Presses one key and answers what it asks.
fn asked(app: &mut App, key: &str) -> Question {
    let key = Chord::parse(key).unwrap().0[0];
    let effects = app.update(app.now, Msg::Key(key));
    let question = effects.into_iter().find_map(|e| match e {
        Effect::Inquire { question, .. } => Some(question),
        _ => None,
    });
    question.expect("it asks")
}

#[tokio::test]
async fn an_open_budget_says_what_burns_it_now_and_what_the_policy_makes_of_it() {
    let mut app = demo_with("2 Enter").await;
    let shown = text(&mut app);
    for wanted in ["burning now, ", "if fixed now", "policy OK", "/min"] {
        assert!(shown.contains(wanted), "{wanted}\n{shown}");
    }
    press(&mut app, "ctrl-d ctrl-d");
    press(&mut app, "G");
    let end = text(&mut app);
    for wanted in ["consumed in all", "unattributed", "what comes back", "each day", "days, today first"] {
        assert!(end.contains(wanted), "{wanted}\n{end}");
    }
}

#[tokio::test]
async fn what_if_is_counted_anew_with_every_key_and_leaves_nothing_behind() {
    let mut app = demo_with("2 Enter").await;
    let before = text(&mut app);
    press(&mut app, "w");
    assert!(text(&mut app).contains("of the budget; as it is 27."), "{}", text(&mut app));
    press(&mut app, "Backspace Backspace Backspace Backspace");
    write(&mut app, "99.5");
    assert!(text(&mut app).contains("99.5 % over 30d") && text(&mut app).contains("85.5 % of the budget; as it is"));
    press(&mut app, "Tab Tab");
    write(&mut app, "30m@50%");
    assert!(text(&mut app).contains("outage       takes "), "{}", text(&mut app));
    write(&mut app, "x");
    assert!(text(&mut app).contains("is no outage"), "{}", text(&mut app));
    press(&mut app, "Esc");
    assert_eq!(text(&mut app), before);
}

#[tokio::test]
async fn the_source_is_asked_for_its_queries_and_the_numbers_need_no_answer() {
    let mut app = demo_with("2 Enter").await;
    let question = asked(&mut app, "E");
    let shown = text(&mut app);
    assert!(shown.contains("asking by which queries") && shown.contains("C = B / A"), "{shown}");
    drop(app.update(app.now, Msg::Inquired(question, Answer::Queries(None))));
    assert!(text(&mut app).contains("its source needs no query"));
    press(&mut app, "Esc");
    assert!(text(&mut app).contains("burn-down"));
}

#[tokio::test]
async fn drilling_asks_about_the_marked_span_and_ranks_the_answer() {
    let mut app = demo_with("2 Enter").await;
    drop(frame(&mut app, SIZE));
    press(&mut app, "Space h h h");
    let question = asked(&mut app, "d");
    let Question::Drill(_, (from, to)) = &question else { panic!("{question:?}") };
    assert!(to - from > 3_600, "from the mark to the cursor, not the last hour");
    assert!(text(&mut app).contains("asking its source"));
    let portion = |value: &str, bad, total| Portion { value: SafeText::new(value), bad, total: Some(total) };
    let portions = vec![portion("a-1", 90.0, 100.0), portion("a-2", 10.0, 900.0)];
    let counted = Counted { label: SafeText::new("pod"), portions, bad: 100.0, total: 1_000.0 };
    // What answers another question is no answer to this one.
    let other = Question::Drill(watchfire::domain::slo::SloId::new("other"), (0, 1));
    drop(app.update(app.now, Msg::Inquired(other, Answer::Drilled(Ok(Vec::new())))));
    assert!(text(&mut app).contains("asking its source"));
    drop(app.update(app.now, Msg::Inquired(question, Answer::Drilled(Ok(vec![counted])))));
    let shown = text(&mut app);
    assert!(shown.contains("pod=a-1") && shown.contains("90.0 % of the bad events, 9.0x its share"), "{shown}");
}

#[tokio::test]
async fn the_keys_of_a_budget_say_where_they_belong() {
    for key in ["E", "d"] {
        let mut app = demo_with("1").await;
        press(&mut app, key);
        assert!(text(&mut app).contains("open a budget first"), "{key}");
    }
}

#[tokio::test]
async fn every_layer_of_a_budget() {
    for (name, keys) in [("account", "2 Enter G"), ("what_if", "2 Enter w Tab Tab 3 0 m"), ("explained", "2 Enter E")] {
        let mut app = demo_with(keys).await;
        let frames: Vec<String> = [(80, 24), (160, 50)].map(|size| written(&frame(&mut app, size))).into();
        insta::with_settings!({ snapshot_path => "screens/snapshots", prepend_module_to_snapshot => false }, {
            insta::assert_snapshot!(format!("budget_{name}"), frames.join("\n"));
        });
    }
}
