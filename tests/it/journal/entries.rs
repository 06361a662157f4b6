//! Entries and drafts: in, out, once.

use serde_json::json;
use tokio::task::JoinSet;
use watchfire::domain::{acks::journal_acks, alert::Severity, source::AckVia};

use super::*;

#[tokio::test]
async fn entries_are_read_as_they_were_written_in_the_order_they_were_written() {
    let place = place();
    let journal = open(&place.path).await;
    let full = NewEntry {
        source: Some(SourceName::new("prod")),
        body: Body {
            title: Some(SafeText::new("DiskFull \u{1b}[31m")),
            severity: Some(Severity::Critical),
            until: Some(at(60)),
            via: Some(AckVia::Journal),
            ..Body::default()
        },
        ..note("")
    };
    let written = journal.append(&[note("one"), full, note("three")], at(5)).await.unwrap();
    assert_eq!(written.iter().map(|e| e.seq).collect::<Vec<_>>(), [1, 2, 3]);
    assert_eq!((written[1].at, written[1].recorded_at), (at(0), at(5)));
    assert_eq!(journal.tail(0, 10).await.unwrap(), written);
    assert_eq!(journal.tail(1, 1).await.unwrap(), written[1..2]);
    assert_eq!(journal.recent(2).await.unwrap(), written[1..]);
    assert_eq!(journal.last_seq().await.unwrap(), 3);
    journal.close().await.unwrap();
    assert_eq!(open(&place.path).await.tail(0, 10).await.unwrap(), written);
}

#[tokio::test]
async fn a_kind_and_a_field_of_a_newer_version_survive() {
    let place = place();
    let journal = open(&place.path).await;
    let mut new = note("hello");
    new.kind = Kind::Other("weather.changed".to_owned());
    new.body.more.insert("commander".to_owned(), json!({"name": "bo", "since": [1, 2.5, null]}));
    journal.append(std::slice::from_ref(&new), at(0)).await.unwrap();
    let read = journal.recent(1).await.unwrap().remove(0);
    assert_eq!((read.kind, read.body), (new.kind, new.body));
}

#[tokio::test]
async fn since_tells_what_happened_later_about_one_subject_or_all_in_the_order_it_happened() {
    let place = place();
    let journal = open(&place.path).await;
    let about = |subject: &str, seconds| NewEntry {
        at: at(seconds),
        ..entry(Kind::NoteAdded, &Subject::new(subject), &format!("{subject}{seconds}"))
    };
    let new = [about("b", 40), about("a", 10), about("a", 30), about("b", 20)];
    journal.append(&new, at(50)).await.unwrap();
    let all = journal.since(at(20), None, 10).await.unwrap();
    assert_eq!(texts(&all), ["b20", "a30", "b40"]);
    assert_eq!(texts(&journal.since(at(0), None, 2).await.unwrap()), ["a30", "b40"]);
    let about_a = journal.since(at(0), Some(&Subject::new("a")), 10).await.unwrap();
    assert_eq!(texts(&about_a), ["a10", "a30"]);
}

#[tokio::test]
async fn two_cockpits_that_see_the_same_thing_write_it_once() {
    let place = place();
    let mut set = JoinSet::new();
    for _ in 0..2 {
        let path = place.path.clone();
        set.spawn(async move {
            let journal = open(&path).await;
            let mut written = 0;
            for n in 0..20 {
                let seen = NewEntry { once: Some(format!("fired-{n}")), ..note("seen") };
                written += journal.append(&[seen, note("own")], at(n)).await.unwrap().len();
            }
            written
        });
    }
    let written: usize = set.join_all().await.into_iter().sum();
    let journal = open(&place.path).await;
    let entries = journal.tail(0, 1000).await.unwrap();
    assert_eq!((written, entries.len()), (60, 60));
    assert_eq!(entries.iter().filter(|e| texts(std::slice::from_ref(e)) == ["seen"]).count(), 20);
    assert!(journal.verify().await.unwrap().is_ok());
}

#[tokio::test]
async fn the_same_key_twice_in_one_call_is_one_entry() {
    let place = place();
    let journal = open(&place.path).await;
    let seen = NewEntry { once: Some("k".to_owned()), ..note("seen") };
    assert_eq!(journal.append(&[seen.clone(), seen], at(0)).await.unwrap().len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn many_writers_in_two_journals_on_one_file_never_hear_locked() {
    let place = place();
    let journals = [open(&place.path).await, open(&place.path).await].map(std::sync::Arc::new);
    let mut set = JoinSet::new();
    for task in 0..4 {
        let journal = journals[task % 2].clone();
        set.spawn(async move {
            for n in 0..50 {
                journal.append(&[note(&format!("{task}-{n}"))], at(n)).await.unwrap();
            }
        });
    }
    set.join_all().await;
    let verified = journals[0].verify().await.unwrap().unwrap();
    assert_eq!(verified.entries, 200);
    assert_eq!(journals[1].last_seq().await.unwrap(), 200);
    assert_eq!(journals[1].recent(1).await.unwrap()[0].hash, verified.head);
}

#[tokio::test]
async fn the_entries_for_the_acks_in_force_are_few_and_enough() {
    let place = place();
    let journal = open(&place.path).await;
    let acked = |subject: &str, via| {
        let body = Body { via: Some(via), until: Some(at(3600)), ..Body::default() };
        NewEntry { body, ..entry(Kind::AckConfirmed, &Subject::new(subject), "") }
    };
    let of = |kind, subject: &str| entry(kind, &Subject::new(subject), r#""via":"journal""#);
    let new = [
        acked("alert:a", AckVia::Journal),
        acked("alert:b", AckVia::Journal),
        acked("alert:c", AckVia::Silence),
        of(Kind::AckReleased, "alert:b"),
        of(Kind::AlertResolved, "alert:a"),
        of(Kind::NoteAdded, "alert:a"),
        of(Kind::AckConfirmed, "alert:e"),
    ];
    journal.append(&new, at(0)).await.unwrap();
    let entries = journal.active_ack_entries(at(10)).await.unwrap();
    assert_eq!(entries.iter().map(|e| e.seq).collect::<Vec<_>>(), [1, 2, 3, 4, 7]);
    let acks = journal_acks(&entries, at(10)).acks;
    assert_eq!(acks.keys().map(Subject::as_str).collect::<Vec<_>>(), ["alert:a"]);
}

#[tokio::test]
async fn a_draft_is_kept_until_it_is_said_and_then_gone_in_the_same_step() {
    let place = place();
    let journal = open(&place.path).await;
    journal.draft_save("note:watch", "disk is fu", at(1)).await.unwrap();
    journal.draft_save("note:watch", "disk is full", at(2)).await.unwrap();
    journal.draft_save("note:other", "…", at(0)).await.unwrap();
    journal.close().await.unwrap();
    let journal = open(&place.path).await;
    assert_eq!(journal.draft_load("note:watch").await.unwrap().as_deref(), Some("disk is full"));
    let keys: Vec<_> = journal.drafts().await.unwrap().into_iter().map(|d| (d.key, d.at)).collect();
    assert_eq!(keys, [("note:other".to_owned(), at(0)), ("note:watch".to_owned(), at(2))]);
    let said = journal.append_and_clear_draft(&[note("disk is full")], "note:watch", at(3)).await.unwrap();
    assert_eq!(said.len(), 1);
    assert_eq!(journal.draft_load("note:watch").await.unwrap(), None);
    journal.draft_clear("note:other").await.unwrap();
    assert!(journal.drafts().await.unwrap().is_empty());
}

#[tokio::test(start_paused = true)]
async fn nothing_hangs_or_times_out_under_a_paused_clock() {
    let place = place();
    let (one, two) = (open(&place.path).await, open(&place.path).await);
    one.intend(&intent("op1"), &[intended("op1")], at(0)).await.unwrap();
    two.append(&[note("hello")], at(0)).await.unwrap();
    one.settle(&OpId("op1".to_owned()), &[confirmed("op1")], at(1)).await.unwrap();
    assert_eq!(two.recent(10).await.unwrap().len(), 3);
}
