//! The ways of seeing alerts: groups, facets, a storm, what returned, what is noise; at the two sizes that most people have.

use super::*;

fn at_two_sizes(name: &str, app: &mut App) {
    let frames: Vec<String> = [(80, 24), (120, 40)].iter().map(|size| written(&frame(app, *size))).collect();
    insta::assert_snapshot!(name, frames.join("\n"));
}

#[tokio::test]
async fn the_question_by_what_to_group() {
    at_two_sizes("group", &mut demo_with("b").await);
}

#[tokio::test]
async fn groups_as_the_sources_route_them() {
    let mut app = demo_with("b").await;
    write(&mut app, "routed");
    press(&mut app, "Enter");
    at_two_sizes("routed", &mut app);
}

#[tokio::test]
async fn facets() {
    at_two_sizes("facets", &mut demo_with("f").await);
}

#[tokio::test]
async fn a_storm() {
    let mut app = lived("gust", "2m15s").await;
    assert!(app.desk.view.in_storm());
    at_two_sizes("storm", &mut app);
}

#[tokio::test]
async fn what_returned() {
    let mut app = lived("gust", "24m").await;
    press(&mut app, "R");
    at_two_sizes("returned", &mut app);
}

#[tokio::test]
async fn an_alert_that_is_called_noise() {
    let mut app = demo_with("!").await;
    write(&mut app, "it always is");
    at_two_sizes("noise", &mut app);
}

#[tokio::test]
async fn the_plan_of_many_acks() {
    let mut app = demo_with("* a").await;
    write(&mut app, "rolling back");
    press(&mut app, "Tab ctrl-u");
    write(&mut app, "2x");
    at_two_sizes("bulk", &mut app);
}
