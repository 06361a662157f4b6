//! The note that a cockpit leaves beside its journal, for whoever only wants a line.

use watchfire::runtime::standing::Standing;

use crate::support::cockpit::Opening;

#[tokio::test(start_paused = true)]
async fn a_cockpit_notes_how_things_stand_and_never_as_calm_what_it_cannot_see() {
    let mut c = Opening::of("source-dies").open().await;
    c.at("14m").await;
    let path = c.journal_path().with_file_name("standing.json");
    let noted: Standing = serde_json::from_slice(&std::fs::read(path).unwrap()).unwrap();
    let screen = c.screen();
    assert!(screen.contains("UNKNOWN"), "{screen}");
    assert!(noted.summary.code >= 2 && noted.summary.verdict != "CALM", "{noted:?}");
    assert!(noted.summary.text.contains(" | "), "{noted:?}");
    assert!(!noted.sources.is_empty());
}
