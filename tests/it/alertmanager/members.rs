//! Members of one cluster that do not agree: the worst counts, each word is kept, and who goes away makes nothing calmer.

use std::sync::atomic::{AtomicBool, Ordering};

use watchfire::domain::{alert::AlertState, label::Fingerprint, members::Word, source::Snapshot};

use super::{SETTLED, alert, member, silence, source};
use crate::support::{
    recorded_at,
    server::{Reply, Server},
};

const BURNS: Word = Word::Says(AlertState::Firing);
const MUTED: Word = Word::Says(AlertState::Suppressed);

fn words(snapshot: &Snapshot, name: &str) -> Vec<Word> {
    let words = snapshot.members.words(&Fingerprint::new(name), AlertState::Firing);
    words.into_iter().map(|(_, word)| word).collect()
}

fn state(snapshot: &Snapshot, name: &str) -> AlertState {
    snapshot.alerts.iter().find(|a| a.name().raw() == name).unwrap().state
}

#[tokio::test]
async fn an_alert_that_burns_at_one_member_burns_whoever_spoke_last() {
    let one = member(
        &[alert("Both", "10", "active", ""), alert("Same", "10", "suppressed", r#""s1""#)],
        &[silence("s1", "10", "x")],
        SETTLED,
    )
    .await;
    let two = member(
        &[
            alert("Both", "20", "suppressed", r#""s1""#),
            alert("Only", "10", "active", ""),
            alert("Same", "20", "suppressed", r#""s1""#),
        ],
        &[silence("s1", "10", "x")],
        SETTLED,
    )
    .await;
    let snapshot = source(&[&one, &two]).await.poll(recorded_at()).await.unwrap();
    assert_eq!((state(&snapshot, "Both"), state(&snapshot, "Same")), (AlertState::Firing, AlertState::Suppressed));
    assert_eq!(words(&snapshot, "Both"), [BURNS, MUTED]);
    assert_eq!(words(&snapshot, "Only"), [Word::Lacks, BURNS]);
    assert_eq!(words(&snapshot, "Same"), [], "nothing is kept where they agree");
    assert_eq!(snapshot.members.dissent.len(), 2);
    let alone = source(&[&one]).await.poll(recorded_at()).await.unwrap();
    assert!(alone.members.names.is_empty() && alone.members.dissent.is_empty());
}

#[tokio::test]
async fn a_member_that_goes_away_makes_nothing_calmer() {
    let one = member(&[alert("A", "20", "suppressed", r#""s1""#)], &[silence("s1", "10", "x")], SETTLED).await;
    let away = std::sync::Arc::new(AtomicBool::new(false));
    let is_away = away.clone();
    let two = Server::start(move |request| match request.path.as_str() {
        _ if is_away.load(Ordering::SeqCst) => Reply::status(503, "gone"),
        "/api/v2/alerts" => Reply::json(format!("[{}]", alert("A", "10", "active", ""))),
        "/api/v2/silences" => Reply::json("[]"),
        _ => Reply::json(SETTLED),
    })
    .await;
    let source = source(&[&one, &two]).await;
    let both = source.poll(recorded_at()).await.unwrap();
    assert_eq!((state(&both, "A"), words(&both, "A")), (AlertState::Firing, vec![MUTED, BURNS]));
    away.store(true, Ordering::SeqCst);
    for _ in 0..3 {
        let left = source.poll(recorded_at()).await.unwrap();
        assert_eq!((state(&left, "A"), words(&left, "A")), (AlertState::Firing, vec![MUTED, Word::Away]));
        assert!(!left.complete);
    }
    away.store(false, Ordering::SeqCst);
    assert_eq!(words(&source.poll(recorded_at()).await.unwrap(), "A"), [MUTED, BURNS]);
}
