//! The graphs of a budget: what stands under the cursor, what was spent from here to there, and gaps that stay gaps.

use std::sync::Arc;

use serde_json::json;
use watchfire::{
    app::{
        App,
        effect::Effect,
        msg::{BudgetReport, Cost, GoalChange, JournalMsg, Msg},
    },
    config::{keymap::Chord, theme::Theme},
    domain::{
        entry::{Entry, Kind, Subject},
        slo::{
            Bucket, BucketSpan, BudgetRow, Objective, Slo,
            assess::assess,
            planned::{Planned, When},
            row::Trouble,
        },
        text::SafeText,
    },
    ui::{
        self,
        look::{GlyphSet, Look},
        still,
    },
};

use crate::screens::{demo_with, frame, press, written};

const DAY: i64 = 86_400;

fn text(app: &mut App, size: (u16, u16)) -> String {
    still::text(&frame(app, size))
}

/// The line that says in words what the cursor stands on: under the time.
fn readout(app: &mut App, size: (u16, u16)) -> String {
    let text = text(app, size);
    let lines: Vec<&str> = text.lines().collect();
    let sheet = lines.iter().position(|l| l.starts_with('━')).unwrap();
    lines[sheet - 1].trim().to_owned()
}

#[tokio::test]
async fn the_cursor_says_what_was_left_and_follows_the_news_at_the_end() {
    let mut app = demo_with("2 Enter").await;
    assert!(readout(&mut app, (120, 40)).starts_with("now, 20:20 UTC  27.6% left"), "{}", readout(&mut app, (120, 40)));
    press(&mut app, "h h h h h h h h h h h h");
    let then = readout(&mut app, (120, 40));
    assert!(then.contains("% left  burn ") && !then.starts_with("now"), "{then}");
    press(&mut app, "l l l l l l l l l l l l l l");
    assert!(readout(&mut app, (120, 40)).starts_with("now"), "the right edge follows the news again");
}

#[tokio::test]
async fn from_here_to_there_is_a_share_of_the_budget_with_its_counts() {
    let mut app = demo_with("2 Enter").await;
    drop(frame(&mut app, (160, 50)));
    press(&mut app, "Space H");
    let spent = readout(&mut app, (160, 50));
    assert!(spent.contains("of the budget from ") && spent.contains(" bad of "), "{spent}");
    press(&mut app, "Space");
    assert!(readout(&mut app, (160, 50)).contains("left"), "the mark is gone");
}

#[tokio::test]
async fn events_are_gone_through_one_by_one_and_named() {
    let mut app = demo_with("2 Enter + + + + + +").await;
    drop(frame(&mut app, (120, 40)));
    press(&mut app, "H H H");
    let event = readout(&mut app, (120, 40));
    assert!(["deploy ", "alert ", "silence ", "ack ", "note "].iter().any(|word| event.contains(word)), "{event}");
    press(&mut app, "L L L L L L L L L L L L L L L L L L L L L L L L L L");
    assert!(readout(&mut app, (120, 40)).starts_with("now"));
}

#[tokio::test]
async fn the_keys_of_the_graph_say_where_they_belong() {
    let mut app = demo_with("1 T").await;
    assert!(text(&mut app, (120, 40)).contains("open an alert, a budget or an incident first"));
}

#[tokio::test]
async fn every_graph_of_a_budget() {
    for (name, keys) in
        [("burn_down", "2 Enter"), ("burn_rate", "2 Enter t"), ("zoomed", "2 Enter t + + + + + + H Space H")]
    {
        let mut app = demo_with(keys).await;
        let frames: Vec<String> = [(80, 24), (160, 50)].map(|size| written(&frame(&mut app, size))).into();
        insta::assert_snapshot!(format!("graph_{name}"), frames.join("\n"));
    }
}

#[tokio::test]
async fn the_fleet_in_one_line_each() {
    let mut app = demo_with("2 z").await;
    let frames: Vec<String> = [(80, 24), (160, 50)].map(|size| written(&frame(&mut app, size))).into();
    insta::assert_snapshot!("graph_fleet", frames.join("\n"));
}

/// The demo's first budget with half of its window not counted.
fn with_a_gap(app: &App) -> BudgetReport {
    let row = &app.world.budgets.rows[0];
    let mut history = (*row.history).clone();
    let now = app.now.timestamp();
    let span = BucketSpan { from: now - 20 * DAY, to: now - 10 * DAY, step: 3_600 };
    history.answer(span, std::iter::empty::<Bucket>());
    let numbers = assess(&row.slo, &history, app.now);
    let row = BudgetRow { numbers: Some(Arc::new(numbers)), history: Arc::new(history), ..row.clone() };
    let (at, counted_at) = (app.now, Some(app.now));
    BudgetReport {
        at,
        rows: vec![row],
        error: None,
        counted_at,
        problems: Vec::new(),
        progress: 1.0,
        cost: Cost::default(),
    }
}

#[tokio::test]
async fn what_was_not_counted_is_a_gap_in_every_graph_and_says_so() {
    let mut app = demo_with("").await;
    let report = with_a_gap(&app);
    drop(app.update(app.now, Msg::Budgets(report)));
    press(&mut app, "2 Enter");
    let whole = text(&mut app, (160, 50));
    let traffic = whole.lines().find(|l| l.starts_with("events")).unwrap().to_owned();
    assert!(traffic.chars().skip(7 + 52).take(46).all(|c| c == ' '), "{traffic}");
    press(&mut app, &"h ".repeat(75));
    assert!(readout(&mut app, (160, 50)).contains("not counted"), "{}", readout(&mut app, (160, 50)));
    press(&mut app, "Esc");
    assert!(text(&mut app, (160, 50)).contains("67% counted"), "the list says what its number stands on");
}

#[tokio::test]
async fn a_graph_in_ascii_holds_nothing_but_ascii() {
    let mut app = demo_with("2 Enter").await;
    drop(frame(&mut app, (120, 40)));
    let look = Look::new(Theme::mono(), GlyphSet::Ascii);
    for _ in 0..3 {
        let mut buf = ratatui::buffer::Buffer::empty(ratatui::layout::Rect::new(0, 0, 120, 40));
        ui::view(&app, &look, &mut buf);
        let text = still::text(&buf);
        assert!(text.is_ascii(), "{}", text.lines().filter(|l| !l.is_ascii()).collect::<Vec<_>>().join("\n"));
        assert!(text.contains('*'), "a line is drawn");
        press(&mut app, "t");
    }
}

#[tokio::test]
async fn a_graph_in_blocks_holds_no_braille() {
    let mut app = demo_with("2 Enter").await;
    drop(frame(&mut app, (120, 40)));
    let look = Look::new(Theme::mono(), GlyphSet::Block);
    for _ in 0..3 {
        let mut buf = ratatui::buffer::Buffer::empty(ratatui::layout::Rect::new(0, 0, 120, 40));
        ui::view(&app, &look, &mut buf);
        let text = still::text(&buf);
        assert!(!text.contains(|c| ('\u{2800}'..='\u{28ff}').contains(&c)), "{text}");
        assert!(text.contains(|c| "▘▝▖▗▚▞▀▄".contains(c)), "a line is drawn: {text}");
        press(&mut app, "t");
    }
}

fn entry(app: &App, kind: &str, subject: &str, minutes_ago: i64, body: serde_json::Value) -> Entry {
    let at = app.now - chrono::Duration::minutes(minutes_ago);
    Entry {
        id: format!("{kind}{minutes_ago}"),
        seq: 1_000_000 - minutes_ago,
        at,
        recorded_at: at,
        actor: SafeText::new("ana"),
        kind: Kind::read(kind),
        subject: Subject::new(subject),
        body: serde_json::from_value(body).unwrap(),
        source: None,
        prev_hash: String::new(),
        hash: String::new(),
    }
}

fn take(app: &mut App, entries: Vec<Entry>) {
    drop(app.update(app.now, Msg::Journal(JournalMsg::Entries(entries))));
}

const HOURS: &str = "2 Enter + + + + + + +";

#[tokio::test]
async fn an_incident_is_a_bar_under_the_graph_of_the_budgets_it_names() {
    let mut app = demo_with("").await;
    let id = app.world.budgets.rows[0].slo.id.as_str().to_owned();
    let told = [
        entry(&app, "incident.declared", "incident:7", 180, json!({"title": "shop is down", "slos": [id]})),
        entry(&app, "incident.status", "incident:7", 60, json!({"status": "resolved"})),
        entry(&app, "incident.declared", "incident:8", 100, json!({"title": "mail is slow", "slos": ["mail"]})),
    ];
    take(&mut app, told.into());
    press(&mut app, HOURS);
    let screen = text(&mut app, (160, 50));
    let marks = screen.lines().find(|l| l.contains("I━━━")).unwrap_or_else(|| panic!("{screen}"));
    assert!(marks.matches('━').count() > 30 && marks.matches('I').count() == 1, "{marks}");
    press(&mut app, "h h h h h h h h h h h h h h h h h h h h h h h h h h h h h");
    let there = readout(&mut app, (160, 50));
    assert!(there.contains("incident shop is down (2h)"), "{there}");
    press(&mut app, "Space H H H");
    let spent = readout(&mut app, (160, 50));
    assert!(spent.contains("of the budget from ") && spent.contains("(incident shop is down"), "{spent}");
}

#[tokio::test]
async fn an_alert_that_left_the_board_is_still_marked_and_named_as_a_cause() {
    let mut app = demo_with("").await;
    let slo = app.world.budgets.rows[0].slo.clone();
    let began = app.now - chrono::Duration::days(10);
    let minutes = 10 * 24 * 60;
    let body = json!({"title": "CheckoutBurns", "starts_at": began, "slo": slo.id.as_str()});
    let fired = entry(&app, "alert.fired", "alert:old/1", minutes, body.clone());
    let resolved = entry(&app, "alert.resolved", "alert:old/1", minutes - 1_440, body);
    let elsewhere = json!({"title": "DiskFull", "starts_at": began, "service": "disks"});
    let other = entry(&app, "alert.fired", "alert:old/2", minutes + 1, elsewhere);
    take(&mut app, vec![other, fired, resolved]);
    let causes = app.world.causes(&slo, app.now);
    let named: Vec<&str> = causes.iter().map(|c| c.name.raw()).collect();
    assert!(named.contains(&"CheckoutBurns") && !named.contains(&"DiskFull"), "{named:?}");
    let cause = causes.iter().find(|c| c.name.raw() == "CheckoutBurns").unwrap();
    assert_eq!((cause.from, cause.to - cause.from), (began.timestamp(), DAY));
    press(&mut app, "2 Enter t");
    let screen = text(&mut app, (160, 50));
    assert!(screen.contains("alerts as they fired") && screen.contains("replayed"), "{screen}");
}

#[tokio::test]
async fn planned_maintenance_is_a_bar_under_the_graph_of_its_budgets_alone() {
    let mut app = demo_with("").await;
    let now = app.now.timestamp();
    let when = || When::Once { from: now - 25 * DAY, to: now - DAY };
    let plan = |name: &str, service: &str| Planned {
        name: SafeText::new(name),
        slo: None,
        service: Some(service.to_owned()),
        when: when(),
    };
    app.world.budgets.planned = vec![plan("database move", "checkout"), plan("mail move", "mail")];
    press(&mut app, "2 Enter");
    let screen = text(&mut app, (160, 50));
    assert!(screen.lines().any(|l| l.contains("M━━━━━━━━━━")), "{screen}");
    press(&mut app, &"h ".repeat(60));
    let there = readout(&mut app, (160, 50));
    assert!(there.contains("maintenance database move") && !there.contains("mail"), "{there}");
}

#[tokio::test]
async fn another_objective_is_a_mark_of_its_own() {
    let mut app = demo_with("").await;
    let row = &app.world.budgets.rows[0];
    let change = GoalChange {
        id: row.slo.id.clone(),
        title: row.slo.title.clone(),
        at: app.now - chrono::Duration::hours(2),
        was: "99.5 % over 30d".into(),
        asks: "99.9 % over 30d".into(),
    };
    let effects = app.update(app.now, Msg::Goals(vec![change]));
    let [Effect::Observe(entries)] = &effects[..] else { panic!("{effects:?}") };
    let body = serde_json::to_value(&entries[0].body).unwrap();
    assert_eq!(body["text"], "asks for 99.9 % over 30d, was 99.5 % over 30d");
    let subject = entries[0].subject.as_str().to_owned();
    let kept = entry(&app, entries[0].kind.as_str(), &subject, 120, body);
    take(&mut app, vec![kept]);
    press(&mut app, HOURS);
    let screen = text(&mut app, (160, 50));
    let time = screen.lines().position(|l| l.contains(" now ")).unwrap();
    assert!(screen.lines().nth(time - 1).unwrap().contains('O'), "{screen}");
}

#[tokio::test]
async fn a_rule_that_would_help_is_shown_and_copied() {
    let mut app = demo_with("2 Enter y").await;
    assert!(!text(&mut app, (120, 40)).contains("recording rule"), "it needs none");
    press(&mut app, "Esc");
    let yaml = "groups:\n- name: slo\n  rules:\n  - record: slo:bad:rate5m";
    let trouble =
        Trouble { what: SafeText::new("too expensive, even an hour at a time"), rule: Some(SafeText::new(yaml)) };
    let row = BudgetRow { trouble: Some(trouble), ..app.world.budgets.rows[0].clone() };
    let report = BudgetReport { rows: vec![row], ..with_a_gap(&app) };
    drop(app.update(app.now, Msg::Budgets(report)));
    let screen = text(&mut app, (120, 40));
    assert!(screen.contains("cannot be counted: too expensive") && screen.contains("  - record: slo:bad:rate5m"));
    assert!(screen.contains("(y copies it)"), "{screen}");
    let keys = Chord::parse("y r").unwrap().0;
    let copied: Vec<Effect> = keys.into_iter().flat_map(|key| app.update(app.now, Msg::Key(key))).collect();
    assert!(matches!(&copied[..], [Effect::Copy(text)] if text == yaml), "{copied:?}");
}

#[tokio::test]
async fn this_month_and_the_rolling_window_are_a_key_away_and_back() {
    let mut app = demo_with("2 Enter m").await;
    let month = text(&mut app, (120, 40));
    assert!(month.contains("this month ") && month.contains("projected to its end"), "{month}");
    press(&mut app, "V");
    assert!(text(&mut app, (120, 40)).contains("left, rolling "));
    press(&mut app, "V");
    assert!(text(&mut app, (120, 40)).contains("─ burn-down "));
}

#[tokio::test]
async fn a_budget_that_is_all_left_spent_or_gone_can_be_drawn_at_any_size() {
    let sizes = [(20, 5), (21, 9), (33, 14), (40, 10), (79, 23), (80, 24), (81, 60), (120, 15), (160, 50), (300, 100)];
    let looks = [GlyphSet::Ascii, GlyphSet::Unicode].map(|glyphs| Look::new(Theme::mono(), glyphs));
    for objective in ["90", "99.9", "99.9999", "100"] {
        let mut app = demo_with("").await;
        let mut report = with_a_gap(&app);
        for row in &mut report.rows {
            let slo = Slo { objective: Objective::percent(objective).unwrap(), ..(*row.slo).clone() };
            row.numbers = Some(Arc::new(assess(&slo, &row.history, app.now)));
            row.slo = Arc::new(slo);
        }
        drop(app.update(app.now, Msg::Budgets(report)));
        press(&mut app, "2 Enter h h h h Space h h");
        for graph in 0..4 {
            for size in sizes {
                drop(app.update(app.now, Msg::Resized { width: size.0, height: size.1 }));
                for look in &looks {
                    let area = ratatui::layout::Rect::new(0, 0, size.0, size.1);
                    let mut buf = ratatui::buffer::Buffer::empty(area);
                    ui::view(&app, look, &mut buf);
                    let text = still::text(&buf);
                    let told = format!("{objective} {graph} {size:?}\n{text}");
                    assert!(look.glyphs == GlyphSet::Unicode || text.is_ascii(), "{told}");
                    assert!(!text.contains("NaN") && !text.contains("inf%"), "{told}");
                }
            }
            press(&mut app, "t + +");
        }
    }
}
