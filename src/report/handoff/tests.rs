//! The handoff of the shift that is written down in [`crate::report::sample`].

use super::*;
use crate::{
    domain::{alert::AlertId, entry::Kind, source::AckVia},
    report::{
        sample::{about, alert, at, budget, fired, story},
        spend::{Lasting, spend},
        template::HANDOFF,
    },
};

struct Night {
    ids: Vec<AlertId>,
    names: Vec<SafeText>,
    ack: Ack,
    silence: SafeText,
    source: SourceName,
    text: SafeText,
}

fn night() -> Night {
    let ack = Ack {
        by: "ana".into(),
        reason: "waiting for the | vendor".into(),
        at: at(30),
        until: Some(at(120)),
        via: AckVia::Silence,
        breaks_on: Vec::new(),
        silence: None,
    };
    Night {
        ids: (0..4).map(alert).collect(),
        names: ["DiskFull", "HighLatency", "ApiDown", "Old_Thing"].map(SafeText::new).to_vec(),
        ack,
        silence: "s-1".into(),
        source: SourceName::new("prod"),
        text: "rollout".into(),
    }
}

impl Night {
    fn firing(&self, n: usize, severity: Severity, minute: i64) -> Firing<'_> {
        Firing {
            id: &self.ids[n],
            name: &self.names[n],
            severity,
            state: AlertState::Firing,
            told: AlertState::Firing,
            since: at(minute),
            service: None,
            summary: None,
            ack: None,
        }
    }

    fn muting(&self, ends: i64, mutes: Option<usize>) -> Muting<'_> {
        Muting {
            source: &self.source,
            id: &self.silence,
            matchers: "team=\"web\"",
            by: &self.text,
            comment: &self.text,
            ends_at: at(ends),
            mutes,
            pending: false,
            is_ack: false,
        }
    }
}

fn text(handoff: &Handoff) -> String {
    handoff.written(Template { name: "handoff.md", text: HANDOFF }).unwrap()
}

fn of(night: &Night, unknown: &[Blind], entries: &[Entry]) -> Handoff {
    let alerts = [
        night.firing(0, Severity::Warning, 10),
        Firing { state: AlertState::Unknown, ..night.firing(1, Severity::Critical, 20) },
        night.firing(3, Severity::Critical, -600),
        Firing { ack: Some(&night.ack), ..night.firing(2, Severity::Error, 25) },
        Firing { told: AlertState::Suppressed, ..night.firing(0, Severity::Info, 1) },
    ];
    let silences = [night.muting(200, Some(3)), night.muting(5_000, Some(0)), night.muting(5_000, None)];
    let mut lost = budget("search", 90);
    lost.numbers = None;
    Handoff::of(&Given {
        now: at(90),
        since: at(90 - 720),
        until: at(90 + 720),
        me: "ana",
        alerts: &alerts,
        silences: &silences,
        budgets: &[budget("checkout", 90), lost],
        policy: Policy::default(),
        incidents: &Incidents::of(entries),
        entries,
        unknown,
        posts: &[],
        names: &Names::default(),
    })
}

#[test]
fn the_document_reads_well() {
    let mut entries = story();
    entries.retain(|e| !e.id.contains("ana-5"));
    entries.extend((0..4).map(|n| fired(9, 60 + n * 5, "BatchLate", "batch")));
    entries.extend((0..4).map(|n| about(Kind::AlertResolved, 9, 62 + n * 5, "watchfire", "")));
    entries.sort_by_key(|e| e.at);
    let unknown = [Blind::new("source prod-eu", "connection refused", Some(1_260))];
    let text = text(&of(&night(), &unknown, &entries));
    insta::with_settings!({
        snapshot_path => concat!(env!("CARGO_MANIFEST_DIR"), "/tests/fixtures/documents"),
        prepend_module_to_snapshot => false,
    }, { insta::assert_snapshot!("handoff", text) });
}

#[test]
fn the_worst_and_oldest_comes_first_and_mine_before_others() {
    let handoff = of(&night(), &[], &[]);
    let names: Vec<&str> = handoff.unowned.iter().map(|a| a.name.raw()).collect();
    assert_eq!(names, ["Old_Thing", "HighLatency", "DiskFull"]);
    assert!(handoff.owned[0].ack.as_ref().is_some_and(|a| a.mine && a.ends_next));
    assert_eq!((handoff.silenced, handoff.silences_ending.len(), handoff.silences_idle.len()), (1, 1, 1));
}

#[test]
fn a_quiet_night_that_nobody_could_see_is_not_called_quiet() {
    let given = Given {
        now: at(0),
        since: at(-720),
        until: at(720),
        me: "ana",
        alerts: &[],
        silences: &[],
        budgets: &[],
        policy: Policy::default(),
        incidents: &Incidents::default(),
        entries: &[],
        posts: &[],
        names: &Default::default(),
        unknown: &[Blind::new("source prod", "connection refused", None)],
    };
    let handoff = Handoff::of(&given);
    let text = text(&handoff);
    assert!(!handoff.complete);
    assert!(text.contains("**source prod**: connection refused; never read"), "{text}");
    assert!(text.contains("None that could be seen.") && !text.contains("\nNone.\n\n## Owned"), "{text}");
}

#[test]
fn what_a_shift_cost_is_split_among_its_incidents_and_sums_up() {
    let entries = story();
    let incidents = Incidents::of(&entries);
    let row = budget("checkout", 90);
    let lasting: Vec<Lasting<'_>> =
        incidents.iter().map(|i| Lasting::of(i, &crate::domain::incident::Clues::of(i, &entries), at(90))).collect();
    let spent = spend(&row, &lasting, (at(-600), at(90))).unwrap();
    let parts: f64 = spent.by.iter().map(|p| p.share).sum();
    assert!((parts + spent.unattributed - spent.share.unwrap()).abs() < 1e-9, "{spent:?}");
    let own = crate::domain::slo::span::spent_by(&row, at(-2), at(60)).unwrap();
    assert!((spent.by[0].share - own.share.unwrap()).abs() < 1e-9);
    // Two that last at the same time share what was spent.
    let twice = spend(&row, &[lasting[0], lasting[0]], (at(-600), at(90))).unwrap();
    assert!((twice.by[0].share - parts / 2.0).abs() < 1e-9);
}
