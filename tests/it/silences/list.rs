//! The list of all silences: two keys extend, one and a yes end, and what could not be read has a line.

use chrono::Duration;
use watchfire::{
    app::{
        App,
        desk::layer::Layer,
        msg::{Msg, SourceMsg},
    },
    config::keymap::Chord,
    domain::{
        entry::Kind,
        matcher::Matcher,
        silence::{Silence, SilenceState},
        source::{AckVia, Problem, Snapshot, SourceError, SourceName},
    },
};

use crate::support::{
    cockpit::Story,
    heart::{heart, t},
};

async fn silenced() -> Story {
    let mut c = Story::open("trials").await;
    c.sees_beside("firing", "DiskFull").await.keys("s").await.types("new disk").await.keys("Enter").await;
    c.sees("silenced").await;
    c
}

#[tokio::test(start_paused = true)]
async fn two_keys_extend_a_silence_that_keeps_its_id_its_comment_and_its_creator() {
    let c = silenced().await;
    let before = c.silences("am").await.remove(0);
    let mut mei = c.beside("mei").await;
    mei.sees("silenced").await.keys("S").await.sees_beside("active", "new disk").await;
    mei.keys("+").await.sees("until Tue 03 Mar 00:00 UTC, 2h longer; the same id").await.keys("Enter").await;
    mei.sees("as before").await;
    let after = c.silences("am").await.remove(0);
    let kept = |s: &Silence| (s.id.clone(), s.comment.clone(), s.created_by.clone(), s.starts_at, s.matchers.clone());
    assert_eq!(kept(&after), kept(&before));
    assert_eq!(after.ends_at, before.ends_at + Duration::hours(2));
}

#[tokio::test(start_paused = true)]
async fn an_end_shows_what_pages_again_and_waits_for_a_yes() {
    let mut c = silenced().await;
    c.keys("S")
        .await
        .sees_beside("active", "new disk")
        .await
        .keys("x")
        .await
        .sees("pages again: 1 other alert: DiskFull")
        .await;
    c.keys("j").await.sees("nothing was changed").await;
    assert_eq!(c.silences("am").await.len(), 1);
    c.keys("x y").await.sees("has ended").await.sees_beside("expired", "new disk").await;
    assert!(c.silences("am").await.is_empty());
    c.has(2, Kind::SilenceConfirmed).await;
    c.passes(Duration::seconds(20)).await;
    assert!(c.entries(Kind::SilenceExpired).await.is_empty(), "our own end is told once");
}

#[tokio::test(start_paused = true)]
async fn an_edit_of_the_end_keeps_the_id_and_one_of_the_matchers_does_not() {
    let mut c = silenced().await;
    let first = c.silences("am").await.remove(0);
    c.keys("S").await.sees_beside("active", "new disk").await.keys("s").await.sees("keeps its id").await;
    c.types("5h").await.keys("Enter").await.sees("as before").await;
    assert_eq!(c.silences("am").await[0].id, first.id);
    c.passes(Duration::seconds(1)).await.keys("s ctrl-t ctrl-u").await.types("alertname=\"DiskFull\"").await;
    c.sees("the server ends").await.keys("Enter").await.sees("by a new silence").await;
    let now = c.silences("am").await;
    assert_eq!(now.len(), 1);
    assert!(now[0].id != first.id && now[0].matchers == [Matcher::equal("alertname", "DiskFull")]);
}

fn silence(id: &str, from: i64, until: i64) -> Silence {
    let (starts_at, ends_at) = (t(from), t(until));
    let state = if until <= 0 {
        SilenceState::Expired
    } else if from > 0 {
        SilenceState::Pending
    } else {
        SilenceState::Active
    };
    let matchers = vec![Matcher::equal("team", id)];
    Silence {
        id: id.into(),
        matchers,
        starts_at,
        ends_at,
        created_by: "mei".into(),
        comment: "why".into(),
        annotations: Default::default(),
        state,
    }
}

fn told(app: &mut App, silences: Vec<Silence>, problems: Vec<Problem>) {
    let snapshot = Snapshot { silences, problems, ..Snapshot::empty(t(1)) };
    drop(app.update(t(1), Msg::Source(SourceName::new("am"), SourceMsg::Answered(Box::new(snapshot)))));
}

fn press(app: &mut App, chord: &str) {
    for key in Chord::parse(chord).unwrap().0 {
        drop(app.update(t(2), Msg::Key(key)));
    }
}

fn shown(app: &App) -> Vec<(String, &'static str, bool)> {
    let Some(Layer::Silences(list)) = app.desk.top_layer() else { panic!("the list is open") };
    list.rows.iter().map(|r| (r.silence.id.raw().to_owned(), r.state.as_str(), r.ends_soon)).collect()
}

fn screen(app: &mut App) -> String {
    drop(app.update(app.now, Msg::Resized { width: 120, height: 30 }));
    let mut buf = ratatui::buffer::Buffer::empty(ratatui::layout::Rect::new(0, 0, 120, 30));
    watchfire::ui::view(app, &crate::support::cockpit::look(), &mut buf);
    watchfire::ui::still::text(&buf)
}

#[test]
fn those_that_end_first_stand_first_and_those_that_are_over_last() {
    let mut app = heart(AckVia::Silence);
    let silences = vec![
        silence("late", -60, 9_000),
        silence("over", -900, -60),
        silence("soon", -60, 600),
        silence("to-come", 300, 4_000),
    ];
    told(&mut app, silences, Vec::new());
    press(&mut app, "S");
    let wanted = [
        ("soon", "active", true),
        ("to-come", "pending", false),
        ("late", "active", false),
        ("over", "expired", false),
    ];
    assert_eq!(shown(&app), wanted.map(|(id, state, soon)| (id.to_owned(), state, soon)));
    assert!(screen(&mut app).contains("[ends soon] [matches nothing]"));
    press(&mut app, "/ t o - c Enter");
    assert_eq!(shown(&app), [("to-come".to_owned(), "pending", false)]);
    press(&mut app, "Esc");
    assert_eq!(shown(&app).len(), 4);
    press(&mut app, "Esc");
    assert!(app.desk.layers.is_empty());
}

#[test]
fn a_silence_that_cannot_be_read_is_a_line_and_one_of_a_lost_source_is_unknown() {
    let mut app = heart(AckVia::Silence);
    let problem = Problem { at: "silences".into(), why: "refused: multiple matcher sets".into() };
    told(&mut app, vec![silence("web", -60, 9_000)], vec![problem]);
    press(&mut app, "S");
    assert!(screen(&mut app).contains("am: not read: silences: refused: multiple matcher sets"));
    drop(app.update(t(200), Msg::Source(SourceName::new("am"), SourceMsg::Failed(SourceError::unreachable("away")))));
    assert_eq!(shown(&app), [("web".to_owned(), "UNKNOWN", false)]);
    assert!(screen(&mut app).contains("UNK 3m"), "{}", screen(&mut app));
}

#[test]
fn several_that_are_marked_are_extended_together_and_each_by_its_own_act() {
    let mut app = heart(AckVia::Silence);
    told(&mut app, vec![silence("a", -60, 3_540), silence("b", -60, 7_140), silence("c", -60, 9_000)], Vec::new());
    press(&mut app, "S Space Space +");
    let Some(Layer::Extend(plan)) = app.desk.top_layer() else { panic!("a plan") };
    let ends: Vec<i64> = plan.items.iter().map(|(_, _, until)| (*until - t(0)).num_seconds()).collect();
    assert_eq!(ends, [7_140, 14_340], "each by as long as it was made for");
    press(&mut app, "Enter");
    assert!(app.world.ops.flying.is_empty(), "they are one batch");
    assert_eq!(app.world.bulk.last().map(|b| b.items.len()), Some(2));
    assert!(screen(&mut app).contains("extend 2 silences"), "{}", screen(&mut app));
}

#[tokio::test(start_paused = true)]
async fn what_is_done_to_marked_silences_is_told_for_each_and_one_key_takes_all_of_it_back() {
    let mut c = Story::open("many").await;
    c.sees_beside("firing", "NodeDown")
        .await
        .keys("s")
        .await
        .types("rack 7")
        .await
        .keys("Enter")
        .await
        .sees("silenced")
        .await;
    c.keys("g s").await.types("rack 8").await.keys("Enter").await.passes(Duration::seconds(2)).await;
    let before = c.silences("am").await;
    assert_eq!(before.len(), 2, "{}", c.screen());
    c.keys("S g space space +").await.keys("Enter").await.sees("2 of 2 extended").await;
    let longer = c.silences("am").await;
    assert!(before.iter().all(|s| longer.iter().any(|l| l.id == s.id && l.ends_at > s.ends_at)), "{longer:?}");
    c.keys("Esc u").await.sees("takes back").await.keys("y").await.sees("2 of 2 taken back").await;
    let back =
        |all: &[Silence]| all.iter().map(|s| (s.id.clone(), s.ends_at)).collect::<std::collections::BTreeSet<_>>();
    assert_eq!(back(&c.silences("am").await), back(&before));
    c.keys("Esc g space space x y").await.sees("2 of 2 ended").await;
    assert!(c.silences("am").await.is_empty());
    c.passes(Duration::seconds(20)).await;
    assert!(c.entries(Kind::SilenceExpired).await.is_empty(), "our own ends are told once");
    c.keys("Esc u").await.sees("takes back").await.keys("y").await.sees("2 of 2 taken back").await;
    assert_eq!(c.silences("am").await.len(), 2);
}
