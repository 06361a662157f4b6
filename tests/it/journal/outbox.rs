//! Writes on their way: kept, finished once, by one cockpit.

use super::*;

fn lease() -> Duration {
    Duration::seconds(30)
}

fn op(name: &str) -> OpId {
    OpId(name.to_owned())
}

#[tokio::test]
async fn an_intent_and_its_end_survive_reopening() {
    let place = place();
    let journal = open(&place.path).await;
    let written = journal.intend(&intent("op1"), &[intended("op1")], at(0)).await.unwrap();
    assert_eq!(texts(&written), ["op1"]);
    journal.close().await.unwrap();

    let journal = open(&place.path).await;
    assert_eq!(journal.undone().await.unwrap(), [intent("op1")]);
    journal.settle(&op("op1"), &[confirmed("op1")], at(1)).await.unwrap();
    journal.close().await.unwrap();

    let journal = open(&place.path).await;
    assert!(journal.undone().await.unwrap().is_empty());
    assert!(journal.pending(at(1000), lease()).await.unwrap().is_empty());
    let kinds: Vec<_> = journal.recent(10).await.unwrap().into_iter().map(|e| e.kind).collect();
    assert_eq!(kinds, [Kind::UnackIntended, Kind::UnackConfirmed]);
}

#[tokio::test]
async fn after_a_crash_the_acts_go_oldest_first_to_one_of_two_cockpits() {
    let place = place();
    let crashed = open(&place.path).await;
    for name in ["op2", "op1", "op3"] {
        crashed.intend(&intent(name), &[intended(name)], at(0)).await.unwrap();
    }
    drop(crashed);
    let (one, two) = (open(&place.path).await, open(&place.path).await);
    assert!(one.pending(at(59), lease()).await.unwrap().is_empty(), "may still be on its way");
    assert_eq!(one.undone().await.unwrap().len(), 3, "and is shown all the same");
    assert_eq!(ops(&one.pending(at(60), lease()).await.unwrap()), ["op2", "op1", "op3"]);
    assert!(two.pending(at(61), lease()).await.unwrap().is_empty());
    assert_eq!(one.pending(at(80), lease()).await.unwrap().len(), 3, "its own are told again");
    assert!(two.pending(at(109), lease()).await.unwrap().is_empty(), "which renewed the lease");
    assert_eq!(two.pending(at(110), lease()).await.unwrap().len(), 3);
    assert!(!one.renew(&op("op1"), at(111), lease()).await.unwrap());
    assert!(two.renew(&op("op1"), at(111), lease()).await.unwrap());
}

#[tokio::test]
async fn two_cockpits_that_start_at_once_share_no_act() {
    let place = place();
    let crashed = open(&place.path).await;
    for n in 0..10 {
        crashed.intend(&intent(&format!("op{n}")), &[], at(0)).await.unwrap();
    }
    crashed.release().await.unwrap();
    let (one, two) = (open(&place.path).await, open(&place.path).await);
    let (mine, yours) = tokio::join!(one.pending(at(1), lease()), two.pending(at(1), lease()));
    assert_eq!(mine.unwrap().len() + yours.unwrap().len(), 10);
}

#[tokio::test]
async fn a_clean_exit_leaves_its_acts_to_the_next_cockpit_at_once() {
    let place = place();
    let first = open(&place.path).await;
    first.intend(&intent("op1"), &[], at(0)).await.unwrap();
    first.release().await.unwrap();
    assert_eq!(ops(&open(&place.path).await.pending(at(1), lease()).await.unwrap()), ["op1"]);
}

#[tokio::test]
async fn a_claim_made_under_a_wrong_clock_does_not_hold_for_a_year() {
    let place = place();
    open(&place.path).await.intend(&intent("op1"), &[], at(365 * 86_400)).await.unwrap();
    assert_eq!(open(&place.path).await.pending(at(0), lease()).await.unwrap().len(), 1);
}

#[tokio::test]
async fn the_same_intent_and_the_same_end_are_written_once() {
    let place = place();
    let (one, two) = (open(&place.path).await, open(&place.path).await);
    one.intend(&intent("op1"), &[intended("op1")], at(0)).await.unwrap();
    assert!(one.intend(&intent("op1"), &[intended("op1")], at(1)).await.unwrap().is_empty());
    assert_eq!(one.settle(&op("op1"), &[confirmed("op1")], at(2)).await.unwrap().len(), 1);
    assert!(two.settle(&op("op1"), &[confirmed("op1")], at(3)).await.unwrap().is_empty());
    assert_eq!(one.last_seq().await.unwrap(), 2);
}

#[tokio::test]
async fn an_act_of_a_newer_version_hides_no_other_and_stays() {
    let place = place();
    let journal = open(&place.path).await;
    for name in ["op1", "op2"] {
        journal.intend(&intent(name), &[], at(0)).await.unwrap();
    }
    let newer = r#"UPDATE outbox SET intent = '{"act":"teleport"}' WHERE op = 'op1'"#;
    run(&mut raw(&place.path).await, newer).await.unwrap();
    assert_eq!(ops(&journal.pending(at(1), lease()).await.unwrap()), ["op2"]);
    let kept: i64 = sqlx::query_scalar("SELECT COUNT(*) FROM outbox WHERE state = 'pending'")
        .fetch_one(&mut raw(&place.path).await)
        .await
        .unwrap();
    assert_eq!(kept, 2);
}
