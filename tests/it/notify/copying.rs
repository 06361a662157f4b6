//! What may be copied and opened, from the list and from a detail.

use crate::support::cockpit::{Opening, Story};

async fn demo() -> Story {
    let mut c = Opening::of("payment-outage").at("20m").open().await;
    c.sees("BURNING").await;
    c
}

#[tokio::test(start_paused = true)]
async fn the_menu_shows_each_text_and_a_letter_sends_it() {
    let mut c = demo().await;
    c.keys("y").await.sees("copy: ").await.sees("labels").await.sees("all of it as Markdown").await;
    let name = c.line("n name").split("name").nth(1).unwrap().trim_matches([' ', '│']).to_owned();
    c.keys("n").await.sees_not("copy: ").await;
    let said = format!("sent to the terminal's clipboard ({} characters)", name.chars().count());
    c.sees(&said).await;
    assert_eq!(c.copied(), [name]);
}

#[tokio::test(start_paused = true)]
async fn the_labels_are_matchers_and_the_whole_is_markdown() {
    let mut c = demo().await;
    c.keys("y l").await.keys("enter y m").await;
    let [labels, markdown] = &c.copied()[..] else { panic!("not two") };
    assert!(labels.starts_with("{alertname=\"") && labels.ends_with("\"}"), "{labels}");
    assert!(markdown.starts_with("## ") && markdown.contains("\n### Labels\n\n| name | value |\n"), "{markdown}");
    assert!(markdown.contains("- **severity**: critical") && !markdown.ends_with('\n'), "{markdown}");
}

#[tokio::test(start_paused = true)]
async fn a_budget_has_its_name_and_its_whole() {
    let mut c = demo().await;
    c.keys("2 y m").await;
    let markdown = c.copied().concat();
    assert!(markdown.contains("- **objective**: ") && markdown.contains("- **budget left**: "), "{markdown}");
}

#[tokio::test(start_paused = true)]
async fn what_is_long_is_in_a_file_as_well_and_its_path_is_said() {
    let mut c = demo().await;
    c.keys("D").await.sees("handoff").await.keys("y").await.sees("sent to the terminal's clipboard").await;
    let text = c.copied().concat();
    let file = c.journal_path().with_file_name("copied.txt");
    if text.len() >= 4_096 {
        c.sees("; also in ").await;
        assert_eq!(std::fs::read_to_string(file).unwrap(), text);
    } else {
        assert!(!file.exists());
    }
}
