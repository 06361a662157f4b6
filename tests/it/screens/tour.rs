//! The panel of the tour: it covers nothing, and names the keys in force.

use watchfire::config;

use super::*;

#[tokio::test]
async fn the_panel_of_the_tour() {
    let mut app = demo_with("").await;
    app.desk.tour.possible = true;
    press(&mut app, "J j");
    let frames = [(80, 24), (120, 40)].map(|size| written(&frame(&mut app, size)));
    insta::assert_snapshot!("tour", frames.join("\n"));
}

#[tokio::test]
async fn the_tour_names_the_keys_that_are_bound() {
    let dir = tempfile::tempdir().unwrap();
    let file = dir.path().join("config.toml");
    std::fs::write(&file, "[keys]\n\"move.down\" = \"f5\"\n\"move.up\" = []\n").unwrap();
    let request = config::Request { explicit: Some(file), ..config::Request::from_process() };
    let mut app = demo_with("").await;
    app.keymap = config::load(&request).unwrap().keymap;
    app.desk.tour.possible = true;
    press(&mut app, "J");
    let text = still::text(&frame(&mut app, (80, 24)));
    assert!(text.contains("Go down with F5, up with :move.up."), "{text}");
}

#[tokio::test]
async fn the_demo_offers_the_tour_quietly_and_a_cockpit_refuses_it() {
    let mut app = demo_with("").await;
    app.desk.tour.offered = true;
    let text = still::text(&frame(&mut app, (80, 24)));
    assert!(text.trim_end().ends_with("J tour"), "{text}");
    press(&mut app, "J");
    let text = still::text(&frame(&mut app, (80, 24)));
    assert!(text.contains("run `watchfire demo`") && !text.contains("tour 1/"), "{text}");
}
