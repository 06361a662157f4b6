//! What the monkey's world is made of: a heart with two sources, alerts that want to do harm, budgets beyond all measure.

use std::sync::LazyLock;

use chrono::{DateTime, Duration};
use futures_util::FutureExt;
use watchfire::{
    app::{
        App,
        msg::{BudgetReport, Cost},
        world::Setup,
    },
    config::keymap::Keymap,
    domain::{
        Time,
        alert::{Alert, AlertState},
        entry::{Body, Entry, Kind, Subject},
        label::Labels,
        silence::{Silence, SilenceState, exact_matchers},
        slo::{
            BudgetRow, Counted, Indicator, Objective, Origin, OriginKind, Slo, Window,
            assess::{Assessment, BURN_WINDOWS, RunsOut, assess},
            budget::BudgetState,
            history::History,
        },
        source::{AckVia, Capabilities, Description, SourceError, SourceName},
        text::SafeText,
    },
    sources::sim::SimWorld,
};

use crate::support::cockpit::scenario;

/// A silence carries the acks of the first, the journal those of the second, which evaluates.
pub fn heart() -> App {
    let can = |ack, evaluates: bool| Capabilities {
        alerts: true,
        ack: Some(ack),
        silences: !evaluates,
        counts: evaluates,
        evaluates,
        ..Capabilities::default()
    };
    let source = |i: usize, can| Description { name: name(i), kind: "sim", can, interval: Duration::seconds(10) };
    let setup = Setup {
        user: "ana".into(),
        session: "s".into(),
        read_only: false,
        ack: watchfire::domain::contract::AckRules::lasting(Duration::minutes(10)),
        sources: vec![source(0, can(AckVia::Silence, false)), source(1, can(AckVia::Journal, true))],
        started_at: began(),
    };
    App::new(setup, Keymap::default())
}

pub fn name(i: usize) -> SourceName {
    SourceName::new(["am", "prom"][i % 2])
}

fn began() -> Time {
    static BEGAN: LazyLock<Time> = LazyLock::new(|| scenario("hostile").start);
    *BEGAN
}

/// The alerts of the hostile scenario.
static HOSTILE: LazyLock<Vec<std::sync::Arc<Alert>>> = LazyLock::new(|| {
    let world = SimWorld::new(scenario("hostile"), began());
    let answer = world.sources()[0].poll(began() + Duration::minutes(1)).now_or_never();
    answer.expect("a simulated source without a fault answers at once").expect("it does not fail").alerts
});

/// One of the hostile scenario, or one with labels of the monkey's own.
pub fn alert(pick: usize, labels: &[(String, String)], when: usize) -> Alert {
    let mut alert = (*HOSTILE[pick % HOSTILE.len()]).clone();
    if !labels.is_empty() {
        alert.labels = labels.iter().map(|(n, v)| (n.as_str(), v.as_str())).collect::<Labels>();
        alert.fingerprint = alert.labels.fingerprint();
    }
    let states = [AlertState::Firing, AlertState::Pending, AlertState::Suppressed];
    alert.state = states[pick % states.len()];
    alert.starts_at = moment(when);
    alert
}

/// Moments a server may name, the impossible ones among them.
pub fn moment(pick: usize) -> Time {
    let near = began() - Duration::minutes(i64::try_from(pick % 90).unwrap_or(0));
    let odd = [Time::MIN_UTC, Time::MAX_UTC, DateTime::UNIX_EPOCH, began() + Duration::days(4_000)];
    if pick.is_multiple_of(11) { odd[pick / 11 % odd.len()] } else { near }
}

/// A silence on exactly this alert; an ack where `pick` is even.
pub fn silence(alert: &Alert, pick: usize, now: Time) -> Silence {
    let comment = if pick.is_multiple_of(2) { "ACK! \u{202e}mine\u{1b}[2J" } else { "maintenance\n\u{200b}" };
    let by = if pick.is_multiple_of(3) { "ana" } else { "m\u{0}ei" };
    Silence {
        id: SafeText::new(&format!("id-{}", pick % 5)),
        matchers: exact_matchers(&alert.labels),
        starts_at: moment(pick),
        ends_at: if pick.is_multiple_of(7) { moment(pick + 4) } else { now + Duration::seconds(pick as i64 % 900) },
        created_by: SafeText::new(by),
        comment: SafeText::new(comment),
        annotations: Default::default(),
        state: [SilenceState::Active, SilenceState::Pending, SilenceState::Expired][pick / 7 % 3],
    }
}

pub fn error(pick: usize, text: &str, now: Time) -> SourceError {
    let why = SafeText::new(text);
    match pick % 7 {
        0 => SourceError::Auth { why },
        1 => SourceError::RateLimited { until: if pick > 50 { Time::MAX_UTC } else { now } },
        2 => SourceError::Unreachable { why },
        3 => SourceError::Rejected { why },
        4 => SourceError::Malformed { why },
        5 => SourceError::Redirected { to: why },
        _ => SourceError::Crashed { why },
    }
}

pub fn entry(pick: usize, text: &str, seq: i64, now: Time) -> Entry {
    let kinds = ["alert.fired", "ack.confirmed", "note.added", "source.lost", "change.deploy", "\u{1b}[31mnew\u{202e}"];
    let text = SafeText::new(text);
    Entry {
        id: format!("{pick}-{seq}"),
        seq,
        at: moment(pick),
        recorded_at: now,
        actor: text.clone(),
        kind: Kind::read(kinds[pick % kinds.len()]),
        subject: Subject::new(text.raw()),
        body: Body { title: Some(text.clone()), text: Some(text), until: Some(moment(pick + 1)), ..Body::default() },
        source: None,
        prev_hash: String::new(),
        hash: String::new(),
    }
}

fn slo(i: usize, text: &str) -> Slo {
    let text = SafeText::new(text);
    let objective = Objective::percent(["99.9", "100", "0.001"][i % 3]).expect("an objective");
    let window = Window::rolling([2_592_000, 3_600, 86_400][i % 3]);
    let indicator = Indicator::events(Counted::Bad(String::new()), "", false);
    Slo {
        service: text.clone(),
        name: text.clone(),
        title: text.clone(),
        origin: Origin { kind: OriginKind::OpenSlo, place: text },
        ..Slo::new(&format!("slo-{i}"), objective, window, indicator)
    }
}

/// Budgets whose every number is one of those that break arithmetic.
pub fn budgets(numbers: &[f64], text: &str, now: Time) -> BudgetReport {
    let number = |i: usize| numbers.get(i % numbers.len().max(1)).copied();
    let slos = (0..numbers.len() % 6).map(|i| {
        let slo = slo(i, text);
        let numbers = (i != 3).then(|| beyond(assess(&slo, &History::default(), now), i, &number, now));
        BudgetRow::new(slo, numbers)
    });
    BudgetReport {
        at: now,
        rows: slos.collect(),
        error: (numbers.len() % 5 == 1).then(|| error(numbers.len(), text, now)),
        counted_at: (!numbers.len().is_multiple_of(4)).then_some(now),
        problems: vec![SafeText::new(text); numbers.len() % 3],
        progress: number(0).unwrap_or(1.0),
        cost: Cost::default(),
    }
}

fn beyond(mut a: Assessment, i: usize, number: &dyn Fn(usize) -> Option<f64>, now: Time) -> Assessment {
    let states =
        [BudgetState::Ok, BudgetState::Exhausted, BudgetState::NoTraffic, BudgetState::NoData, BudgetState::Invalid];
    a.state = states[i % states.len()];
    a.sli = number(i);
    a.total = number(i + 1);
    a.bad = number(i + 2);
    a.allowed_bad = number(i + 3);
    a.remaining = number(i + 4);
    a.consumed = number(i + 5);
    a.coverage = number(i + 6);
    a.quantum = number(i + 7);
    for (k, (_, _)) in BURN_WINDOWS.iter().enumerate() {
        a.burn[k].1 = number(i + k);
    }
    for (k, tier) in a.tiers.iter_mut().enumerate() {
        (tier.long_burn, tier.short_burn, tier.firing) = (number(k), number(k + 1), k == i);
        tier.factor = number(k + 2).unwrap_or(0.0);
    }
    let outs =
        [RunsOut::Exhausted, RunsOut::At(moment(i * 11)), RunsOut::NotAtPace, RunsOut::TooLittleData, RunsOut::NoData];
    a.runs_out = outs[i % outs.len()];
    (a.exhausts_at, a.recovers_at, a.since, a.until) =
        (Some(moment(i * 11)), Some(moment(i)), Some(moment(i + 22)), Some(now));
    a.burn_down = (0..40).map(|k| (moment(k * 3 + i), number(k).filter(|_| k % 9 != 0))).collect();
    a
}
