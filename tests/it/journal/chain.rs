//! Nobody edits what was said; who does it anyway is found out.

use watchfire::journal::{Broken, GENESIS};

use super::*;

async fn three(path: &Path) {
    let journal = open(path).await;
    journal.append(&[note("one"), note("two"), note("three")], at(0)).await.unwrap();
    journal.close().await.unwrap();
}

/// Does `sql` behind the journal's back, with its guards taken away, and asks the chain.
async fn broken_after(sql: &'static str) -> Broken {
    let place = place();
    three(&place.path).await;
    let mut conn = raw(&place.path).await;
    run(&mut conn, "DROP TRIGGER entries_are_never_changed; DROP TRIGGER entries_are_never_removed").await.unwrap();
    run(&mut conn, sql).await.unwrap();
    open(&place.path).await.verify().await.unwrap().unwrap_err()
}

#[tokio::test]
async fn the_chain_of_an_untouched_journal_holds_from_the_first_entry_to_the_head() {
    let place = place();
    let journal = open(&place.path).await;
    assert_eq!(journal.verify().await.unwrap().unwrap().head, GENESIS);
    let written = journal.append(&[note("one"), note("two")], at(0)).await.unwrap();
    assert_eq!(written[0].prev_hash, GENESIS);
    assert_eq!(written[1].prev_hash, written[0].hash);
    let verified = journal.verify().await.unwrap().unwrap();
    assert_eq!((verified.entries, &verified.head), (2, &written[1].hash));
}

#[tokio::test]
async fn a_chain_longer_than_a_page_is_walked_to_its_end() {
    let place = place();
    let journal = open(&place.path).await;
    let many: Vec<_> = (0..2500).map(|n| note(&n.to_string())).collect();
    journal.append(&many, at(0)).await.unwrap();
    assert_eq!(journal.verify().await.unwrap().unwrap().entries, 2500);
}

#[tokio::test]
async fn an_entry_can_be_neither_changed_nor_removed() {
    let place = place();
    three(&place.path).await;
    let mut conn = raw(&place.path).await;
    for sql in ["UPDATE entries SET actor = 'bo' WHERE seq = 2", "DELETE FROM entries WHERE seq = 2"] {
        let error = run(&mut conn, sql).await.unwrap_err();
        assert!(error.to_string().contains("an entry is never"), "{error}");
    }
    assert_eq!(texts(&open(&place.path).await.recent(10).await.unwrap()), ["one", "two", "three"]);
}

#[tokio::test]
async fn a_changed_field_is_found_whatever_it_is() {
    for sql in [
        "UPDATE entries SET actor = 'bo' WHERE seq = 2",
        "UPDATE entries SET at = at + 1 WHERE seq = 2",
        "UPDATE entries SET recorded_at = recorded_at - 1 WHERE seq = 2",
        "UPDATE entries SET kind = 'ack.confirmed' WHERE seq = 2",
        "UPDATE entries SET subject = 'alert:x' WHERE seq = 2",
        "UPDATE entries SET source = '' WHERE seq = 2",
        "UPDATE entries SET once = '' WHERE seq = 2",
        "UPDATE entries SET id = 'x' WHERE seq = 2",
        "UPDATE entries SET body = replace(body, 'two', 'twO') WHERE seq = 2",
        "UPDATE entries SET body = ' ' || body WHERE seq = 2",
        "UPDATE entries SET body = CAST(x'ff' AS TEXT) WHERE seq = 2",
        "UPDATE entries SET hash = prev_hash WHERE seq = 2",
    ] {
        let broken = broken_after(sql).await;
        assert_eq!((broken.seq, broken.why), (2, "its content is not what was written"), "{sql}");
    }
}

#[tokio::test]
async fn a_removed_entry_is_found_at_the_start_in_the_middle_and_at_the_end() {
    let at = |broken: Broken| (broken.seq, broken.why);
    let before = "entries before it are missing";
    assert_eq!(at(broken_after("DELETE FROM entries WHERE seq = 1").await), (2, before));
    assert_eq!(at(broken_after("DELETE FROM entries WHERE seq = 2").await), (3, before));
    let after = "it and any after it are missing";
    assert_eq!(at(broken_after("DELETE FROM entries WHERE seq = 3").await), (3, after));
}

#[tokio::test]
async fn a_renumbered_chain_with_an_entry_cut_out_is_found() {
    let sql = "DELETE FROM entries WHERE seq = 2; UPDATE entries SET seq = 2 WHERE seq = 3";
    let broken = broken_after(sql).await;
    assert_eq!((broken.seq, broken.why), (2, "it does not follow the entry before it"));
}

#[tokio::test]
async fn a_byte_edited_in_the_file_itself_is_found() {
    let place = place();
    three(&place.path).await;
    let mut bytes = std::fs::read(&place.path).unwrap();
    let text = br#""text":"two""#;
    let found = bytes.windows(text.len()).position(|w| w == text).unwrap();
    bytes[found + 8] = b'T';
    std::fs::write(&place.path, bytes).unwrap();
    let journal = open(&place.path).await;
    assert_eq!(journal.verify().await.unwrap().unwrap_err().seq, 2);
    assert_eq!(texts(&journal.recent(10).await.unwrap()), ["one", "Two", "three"]);
}
