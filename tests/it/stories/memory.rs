//! Nothing said is lost: crashes between any two steps of an act, a journal that cannot be written, an end in the middle.

use chrono::Duration;
use watchfire::{
    domain::{
        Time,
        alert::AlertId,
        entry::Kind,
        op::{Act, Intent, OpId, Purpose},
        silence::SilenceDraft,
        source::SourceName,
    },
    runtime::cockpit::Ended,
};

use crate::support::{
    cockpit::{Opening, Story, length, on_disk, silences, work_on},
    spy::Trick,
};

/// An ack of DiskFull as a cockpit that crashed had meant it.
async fn meant(opening: &Opening, at: Time) -> Intent {
    let source = opening.world().sources().remove(0);
    let alert = source.poll(at).await.unwrap().alerts.remove(0);
    let draft = SilenceDraft::ack(&alert.labels, "ana", "looking", at, at + Duration::hours(1));
    Intent {
        op: OpId("crashed-1".into()),
        at,
        actor: "ana".into(),
        purpose: Purpose::Ack,
        alert: Some(AlertId { source: SourceName::new("am"), fingerprint: alert.fingerprint.clone() }),
        title: alert.name().clone(),
        reason: "looking".into(),
        act: Act::PutSilence { source: SourceName::new("am"), draft },
        batch: None,
        undoes: None,
        covers: Vec::new(),
        before: None,
    }
}

/// A cockpit meant an ack at `at` and then its process was killed: the intent is on disk, and its claim was never let go.
async fn crashed(opening: &Opening, at: Time) -> Intent {
    let intent = meant(opening, at).await;
    let written = intent.clone();
    work_on(&opening.journal_path(), at, |j, now| async move { j.intend(&written, &[], now).await }).await;
    intent
}

fn begins(opening: &Opening) -> Time {
    opening.world().epoch() + length("10s")
}

#[tokio::test(start_paused = true)]
async fn an_act_that_was_kept_and_never_sent_is_sent_once_after_a_crash() {
    let opening = Opening::of("trials");
    crashed(&opening, begins(&opening) - Duration::minutes(2)).await;
    let mut c = opening.open().await;
    c.sees_beside("acked", "DiskFull").await;
    c.has(1, Kind::AckConfirmed).await;
    c.at("50s").await;
    assert_eq!((c.silences("am").await.len(), c.writes().len()), (1, 1));
    assert!(c.work(|j, _| async move { j.undone().await }).await.is_empty());
}

#[tokio::test(start_paused = true)]
async fn an_act_that_was_sent_and_never_settled_is_not_sent_again() {
    let opening = Opening::of("trials");
    let intent = crashed(&opening, begins(&opening) - Duration::minutes(2)).await;
    let Act::PutSilence { draft, .. } = &intent.act else { unreachable!() };
    let source = opening.world().sources().remove(0);
    source.silences().unwrap().put(draft, intent.at).await.unwrap();
    let mut c = opening.open().await;
    c.has(1, Kind::AckConfirmed).await;
    c.at("50s").await;
    assert_eq!((c.silences("am").await.len(), c.writes().len()), (1, 0));
}

#[tokio::test(start_paused = true)]
async fn an_act_that_another_cockpit_may_still_be_sending_is_left_to_it_for_its_lease() {
    let opening = Opening::of("lasting");
    crashed(&opening, begins(&opening)).await;
    let mut c = opening.open().await;
    c.at("55s").await;
    assert!(c.writes().is_empty(), "{:?}", c.writes());
    c.at("1m50s").await.sees_beside("acked", "DiskFull").await;
    assert_eq!(c.silences("am").await.len(), 1);
}

#[tokio::test(start_paused = true)]
async fn an_act_from_before_the_night_is_not_sent_any_more() {
    let opening = Opening::of("trials");
    crashed(&opening, begins(&opening) - Duration::minutes(11)).await;
    let mut c = opening.open().await;
    c.has(1, Kind::AckRefused).await;
    c.sees("too old to be sent now").await;
    assert!(c.writes().is_empty() && c.silences("am").await.is_empty());
}

#[tokio::test(start_paused = true)]
async fn a_read_only_cockpit_leaves_what_a_crash_cut_off_to_others() {
    let opening = Opening::of("trials").read_only();
    crashed(&opening, begins(&opening) - Duration::minutes(2)).await;
    let mut c = opening.open().await;
    c.at("50s").await;
    assert!(c.writes().is_empty(), "{:?}", c.writes());
    assert_eq!(c.work(|j, _| async move { j.undone().await }).await.len(), 1, "it stays to be done");
}

#[tokio::test(start_paused = true)]
async fn a_defect_while_finishing_an_act_does_not_end_the_cockpit() {
    let opening = Opening::of("trials").trick("am", Trick::PanicsInPut);
    crashed(&opening, begins(&opening) - Duration::minutes(2)).await;
    let mut c = opening.open().await;
    c.has(1, Kind::AckRefused).await;
    c.at("50s").await.sees_beside("firing", "DiskFull").await;
}

#[tokio::test(start_paused = true)]
async fn quitting_with_an_act_under_way_loses_nothing() {
    let mut c = Opening::of("trials").trick("am", Trick::HangsInPut).open().await;
    c.sees_beside("firing", "DiskFull").await.keys("a").await.types("late").await.keys("Enter").await;
    c.sees_beside("acking", "DiskFull").await;
    let closed = c.quits().await;
    assert_eq!((closed.ended, closed.writes.len()), (Ended::Quit, 1));
    let mut c = closed.reopens().await;
    c.sees_beside("acked", "DiskFull").await;
    c.has(1, Kind::AckConfirmed).await;
    let silences = c.silences("am").await;
    assert_eq!((silences.len(), silences[0].comment.raw()), (1, "ACK! late"));
}

#[tokio::test(start_paused = true)]
async fn quitting_at_the_very_key_that_confirms_an_ack_loses_nothing() {
    let mut c = Story::open("trials").await;
    c.sees_beside("firing", "DiskFull").await.keys("a").await.sees("ack DiskFull").await;
    let world = c.world.clone();
    let mut c = c.confirms_and_quits().await.reopens().await;
    c.sees_beside("acked", "DiskFull").await;
    assert_eq!(silences(&world, "am", c.now()).await.len(), 1);
}

#[tokio::test(start_paused = true)]
async fn a_closed_connection_ends_the_cockpit_and_says_so() {
    let mut c = Story::open("trials").await;
    c.sees_beside("firing", "DiskFull").await;
    assert_eq!(c.hangs_up().await.ended, Ended::TerminalGone);
}

#[tokio::test(start_paused = true)]
async fn an_ack_is_refused_before_it_is_sent_where_no_journal_can_be_opened() {
    let dir = tempfile::tempdir().unwrap();
    let mut c = Opening::of("trials").journal(dir.path()).open().await;
    c.sees_beside("firing", "DiskFull").await.sees("journal:").await.keys("a").await;
    c.sees("nothing is sent that the journal cannot keep").await;
    c.at("50s").await;
    assert!(c.writes().is_empty() && c.silences("am").await.is_empty());
}

/// Makes every insert into a table fail, as a disk does that is full, or heals it.
async fn breaks(c: &Story, sql: &'static str) {
    let path = c.journal_path();
    on_disk(async move {
        use sqlx::{ConnectOptions, sqlite::SqliteConnectOptions};
        let mut conn = SqliteConnectOptions::new().filename(path).connect().await.unwrap();
        sqlx::raw_sql(sql).execute(&mut conn).await.unwrap();
    })
    .await;
}

const NO_INTENTS: &str =
    "CREATE TRIGGER broken BEFORE INSERT ON outbox BEGIN SELECT RAISE(ABORT, 'the disk is gone'); END";
const NO_ENTRIES: &str =
    "CREATE TRIGGER broken BEFORE INSERT ON entries BEGIN SELECT RAISE(ABORT, 'the disk is gone'); END";
const HEALED: &str = "DROP TRIGGER broken";

#[tokio::test(start_paused = true)]
async fn an_ack_that_the_journal_did_not_take_is_not_sent_and_can_be_sent_once_it_does() {
    let mut c = Story::open("trials").await;
    c.sees_beside("firing", "DiskFull").await;
    breaks(&c, NO_INTENTS).await;
    c.keys("a").await.types("worth keeping").await.keys("Tab").await.types("x").await;
    c.keys("Enter").await.sees("`1hx` is no duration").await;
    c.keys("ctrl-u").await.types("30m").await.keys("Tab Tab Enter").await;
    c.sees("the ack of DiskFull was NOT done, the journal cannot keep it").await;
    c.sees("reason: worth keeping").await.sees("lasts: 30m").await.sees("journal:").await;
    assert!(c.writes().is_empty());
    breaks(&c, HEALED).await;
    c.sees_not("journal:").await.keys("Enter").await.sees_beside("acked", "DiskFull").await;
    assert_eq!(c.silences("am").await[0].comment.raw(), "ACK! worth keeping");
}

#[tokio::test(start_paused = true)]
async fn a_note_that_the_journal_did_not_take_is_not_lost() {
    let mut c = Story::open("trials").await;
    c.sees_beside("firing", "DiskFull").await.keys("n").await.types("worth keeping").await;
    breaks(&c, NO_ENTRIES).await;
    c.keys("Enter").await.sees("the note was NOT done").await.sees("worth keeping").await;
    breaks(&c, HEALED).await;
    c.passes(length("5s")).await.keys("Enter").await.sees("note kept in the journal").await;
    assert_eq!(c.has(1, Kind::NoteAdded).await[0].body.text.as_ref().unwrap().raw(), "worth keeping");
}
