//! What the monkey may do, and the messages it makes.

use chrono::Duration;
use proptest::{collection::vec, prelude::*};
use watchfire::{
    app::{
        effect::Effect,
        msg::{EditorMsg, JournalMsg, Msg, OpMsg, SourceMsg},
    },
    config::keymap::{Key, KeyCode},
    domain::{
        Time,
        acks::JournalAcks,
        alert::Ack,
        entry::Subject,
        op::{Act, Intent, Outcome},
        silence::{Silence, SilenceState},
        source::{AckVia, Change, Problem, Snapshot},
        text::SafeText,
    },
};

use super::world;

type Pairs = Vec<(String, String)>;

#[derive(Clone, Debug)]
pub enum Step {
    Press(Key),
    Paste(String),
    Resize(u16, u16),
    /// Seconds pass, and a tick tells.
    Wait(i64),
    Answer {
        source: usize,
        alerts: Vec<(usize, Pairs, usize)>,
        silenced: Vec<usize>,
        complete: bool,
        asked_ago: i64,
    },
    Fail {
        source: usize,
        kind: usize,
        why: String,
    },
    Change(String),
    /// The shell answers the oldest thing that waits.
    Shell {
        how: usize,
        why: String,
    },
    Entries(Vec<(usize, String)>),
    Health(Option<String>),
    /// The draft of the last note that was opened.
    Draft(String),
    History(String),
    Acks(Vec<(usize, String)>),
    Budgets(Vec<f64>, String),
    Editor(Result<String, String>),
    QuitAsked,
}

pub fn steps() -> impl Strategy<Value = Vec<Step>> {
    vec(step(), 1..80)
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        30 => key().prop_map(Step::Press),
        2 => text().prop_map(Step::Paste),
        3 => (0..250_u16, 0..70_u16).prop_map(|(w, h)| Step::Resize(w, h)),
        5 => prop_oneof![0..60_i64, 0..4_000_i64].prop_map(Step::Wait),
        12 => answer(),
        3 => (0..2_usize, 0..100_usize, text()).prop_map(|(source, kind, why)| Step::Fail { source, kind, why }),
        1 => text().prop_map(Step::Change),
        10 => (0..8_usize, text()).prop_map(|(how, why)| Step::Shell { how, why }),
        4 => vec((0..200_usize, text()), 0..8).prop_map(Step::Entries),
        1 => proptest::option::of(text()).prop_map(Step::Health),
        2 => text().prop_map(Step::Draft),
        1 => text().prop_map(Step::History),
        1 => vec((0..40_usize, text()), 0..3).prop_map(Step::Acks),
        4 => (vec(number(), 0..24), text()).prop_map(|(n, t)| Step::Budgets(n, t)),
        1 => prop_oneof![text().prop_map(Ok), text().prop_map(Err)].prop_map(Step::Editor),
        1 => Just(Step::QuitAsked),
    ]
}

fn answer() -> impl Strategy<Value = Step> {
    let labels = prop_oneof![3 => Just(Vec::new()), 1 => vec((text(), text()), 1..4)];
    let alerts = vec((0..40_usize, labels, 0..300_usize), 0..14);
    (0..2_usize, alerts, vec(0..60_usize, 0..3), any::<bool>(), 0..30_i64).prop_map(
        |(source, alerts, silenced, complete, asked_ago)| Step::Answer {
            source,
            alerts,
            silenced,
            complete,
            asked_ago,
        },
    )
}

/// The keys that do something, most of all, and any other.
fn key() -> impl Strategy<Value = Key> {
    let command =
        proptest::sample::select("?:rq123zjkgG/aAneyx\\!=\"~@".chars().collect::<Vec<_>>()).prop_map(Key::char);
    let named = proptest::sample::select(vec![
        KeyCode::Enter,
        KeyCode::Enter,
        KeyCode::Esc,
        KeyCode::Tab,
        KeyCode::BackTab,
        KeyCode::Backspace,
        KeyCode::Delete,
        KeyCode::Up,
        KeyCode::Down,
        KeyCode::Left,
        KeyCode::Right,
        KeyCode::Home,
        KeyCode::End,
        KeyCode::PageUp,
        KeyCode::PageDown,
        KeyCode::F(5),
    ])
    .prop_map(Key::new);
    let held = proptest::sample::select("duwjcele".chars().collect::<Vec<_>>()).prop_map(Key::ctrl);
    let wild = (any::<char>(), any::<bool>()).prop_map(|(c, alt)| Key { code: KeyCode::Char(c), ctrl: false, alt });
    prop_oneof![10 => command, 6 => named, 2 => held, 1 => wild]
}

fn text() -> impl Strategy<Value = String> {
    prop_oneof![
        "[a-z =~\"!@()]{0,12}",
        "\\PC{0,30}",
        any::<String>(),
        Just("severity=critical".into()),
        Just("\u{1b}[2J\u{202e}\u{200b}\u{feff}\u{9b}31m\n\r\t\u{0}".into()),
        Just("火👨‍👩‍👧‍👦e\u{301}\u{301}\u{301}\u{301}\u{301}\u{301}❤️".repeat(9)),
        Just("x".repeat(20_000)),
        Just("line\n".repeat(60)),
    ]
}

fn number() -> impl Strategy<Value = f64> {
    prop_oneof![
        any::<f64>(),
        0.0..1.0,
        proptest::sample::select(vec![
            f64::NAN,
            f64::INFINITY,
            f64::NEG_INFINITY,
            f64::MAX,
            f64::MIN,
            f64::MIN_POSITIVE,
            1e307,
            -0.0,
            0.0,
            1.0,
        ]),
    ]
}

/// The messages of a step; an answer of the shell takes from what waits.
pub fn messages(step: &Step, now: Time, waiting: &mut Vec<Effect>) -> Vec<Msg> {
    let journal = |msg| vec![Msg::Journal(msg)];
    match step {
        Step::Press(key) => vec![Msg::Key(*key)],
        Step::Paste(text) => vec![Msg::Paste(text.clone())],
        Step::Resize(width, height) => vec![Msg::Resized { width: *width, height: *height }],
        Step::Wait(_) => vec![Msg::Ticked],
        Step::Answer { source, .. } => vec![Msg::Source(world::name(*source), answered(step, now))],
        Step::Fail { source, kind, why } => {
            vec![Msg::Source(world::name(*source), SourceMsg::Failed(world::error(*kind, why, now)))]
        }
        Step::Change(text) => vec![Msg::Source(world::name(0), SourceMsg::Changed(vec![change(text, now)]))],
        Step::Shell { how, why } => shell(*how, why, now, waiting),
        Step::Entries(picks) => journal(JournalMsg::Entries(
            (1..).zip(picks).map(|(seq, (pick, text))| world::entry(*pick, text, seq, now)).collect(),
        )),
        Step::Health(why) => journal(JournalMsg::Health(why.as_deref().map(SafeText::new))),
        Step::Draft(text) => journal(JournalMsg::Draft { key: "note:watch".into(), text: text.clone() }),
        Step::History(text) => {
            journal(JournalMsg::History { subject: Subject::new(text), entries: vec![world::entry(2, text, 9, now)] })
        }
        Step::Acks(picks) => journal(JournalMsg::Acks(Box::new(acks(picks, now)))),
        Step::Budgets(numbers, text) => vec![Msg::Budgets(world::budgets(numbers, text, now))],
        Step::Editor(Ok(text)) => vec![Msg::Editor(EditorMsg::Wrote(text.clone()))],
        Step::Editor(Err(why)) => vec![Msg::Editor(EditorMsg::Failed(SafeText::new(why)))],
        Step::QuitAsked => vec![Msg::QuitAsked],
    }
}

fn answered(step: &Step, now: Time) -> SourceMsg {
    let Step::Answer { alerts, silenced, complete, asked_ago, .. } = step else { return SourceMsg::Asked };
    let mut snapshot = Snapshot::empty(now - Duration::seconds(*asked_ago));
    snapshot.complete = *complete;
    snapshot.alerts = alerts.iter().map(|(pick, labels, when)| world::alert(*pick, labels, *when).into()).collect();
    snapshot.silences = silenced.iter().map(|pick| world::silence(&world::alert(*pick, &[], 1), *pick, now)).collect();
    if !complete {
        let bad = SafeText::new("\u{1b}]0;x\u{7}");
        snapshot.problems = vec![Problem { at: bad.clone(), why: bad.clone() }];
        snapshot.missing_members = vec![(bad, world::error(2, "away", now))];
    }
    SourceMsg::Answered(Box::new(snapshot))
}

fn change(text: &str, now: Time) -> Change {
    let text = SafeText::new(text);
    Change {
        at: now,
        kind: text.clone(),
        title: text.clone(),
        by: text.clone(),
        text,
        service: None,
        id: None,
        url: None,
    }
}

fn acks(picks: &[(usize, String)], now: Time) -> JournalAcks {
    let ack = |text: &String| Ack {
        by: SafeText::new(text),
        reason: SafeText::new(text),
        at: now,
        until: Some(now + Duration::minutes(5)),
        via: AckVia::Journal,
        breaks_on: Vec::new(),
        silence: None,
    };
    let subject = |pick: usize| {
        let alert = world::alert(pick, &[], 1);
        Subject::new(&format!("alert:{}/{}", world::name(1), alert.fingerprint))
    };
    let acks = picks.iter().map(|(pick, text)| (subject(*pick), ack(text))).collect();
    JournalAcks { acks, ..JournalAcks::default() }
}

/// Answers what has waited longest, each way that the shell may; now and then twice.
fn shell(how: usize, why: &str, now: Time, waiting: &mut Vec<Effect>) -> Vec<Msg> {
    if waiting.is_empty() {
        return Vec::new();
    }
    let effect = if how == 7 { waiting[0].clone() } else { waiting.remove(0) };
    let why = SafeText::new(why);
    match effect {
        Effect::Intend(intent, _) if how == 0 => {
            vec![Msg::Journal(JournalMsg::NotIntended { op: intent.op.clone(), why })]
        }
        Effect::Intend(intent, _) => vec![Msg::Journal(JournalMsg::Intended(intent.op))],
        Effect::Record { op, .. } if how == 0 => vec![Msg::Journal(JournalMsg::NotRecorded { op, why })],
        Effect::Record { op, .. } => vec![Msg::Journal(JournalMsg::Recorded(op))],
        Effect::Send(intent) => vec![Msg::Op(intent.op.clone(), ended(&intent, how, why, now))],
        _ => Vec::new(),
    }
}

fn ended(intent: &Intent, how: usize, why: SafeText, now: Time) -> OpMsg {
    let outcome = match how {
        0 | 1 => Outcome::Refused { why },
        2 => Outcome::Unknown { why },
        _ => Outcome::Confirmed { silence: Some(SafeText::new("id-1")), ends_at: Some(now + Duration::minutes(9)) },
    };
    let silence = match &intent.act {
        Act::PutSilence { draft, .. } if how > 3 => Some(Box::new(Silence {
            id: SafeText::new("id-1"),
            matchers: draft.matchers.clone(),
            starts_at: draft.starts_at,
            ends_at: draft.ends_at,
            created_by: SafeText::new(&draft.created_by),
            comment: SafeText::new(&draft.comment),
            annotations: draft.annotations.clone(),
            state: SilenceState::Active,
        })),
        _ => None,
    };
    OpMsg::Ended { outcome, silence }
}
