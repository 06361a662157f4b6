//! Many pages at once: each is planned, what differs is told, what was shown is done, and all of it can be taken back.

use watchfire::domain::entry::Kind;

use super::Night;

/// Only the pager's alerts are in view, and all of them are marked.
async fn marked(n: usize, size: (u16, u16)) -> (Night, Vec<String>) {
    let mut night = Night::opens(|o| o.size(size.0, size.1)).await;
    let ids: Vec<String> = (1..=n).map(|i| night.page(&format!("Shard {i} is slow"), &format!("k{i}"))).collect();
    night.story.sees("Shard 1 is slow").await.keys("/").await.types("@source=pd").await.keys("enter").await;
    night.story.sees(&format!("{n}/{}", n + 2)).await.keys("*").await;
    (night, ids)
}

/// What was sent at the same time is told in the order in which the answers came.
fn without_timeline(screen: &str) -> String {
    screen.lines().filter(|line| !line.starts_with(" 03:00 ")).collect::<Vec<_>>().join("\n")
}

#[tokio::test(start_paused = true)]
async fn each_of_the_marked_pages_is_planned_and_one_that_cannot_is_left_out_by_name() {
    for size in [(80, 24), (120, 40)] {
        let (mut night, ids) = marked(4, size).await;
        night.fake.state().climb(&ids[1], 2, night.story.now());
        night.fake.state().found(&ids[3]).status = "resolved";
        night.story.keys("a").await.sees("3 will be acked, 1 cannot").await.sees("#4").await;
        night.story.sees("2 of 3: PagerDuty assigns it to Ana").await.sees("takes it from Bob").await;
        insta::assert_snapshot!(format!("many_plan_{}x{}", size.0, size.1), without_timeline(&night.story.screen()));
        // One more goes between the plan and the act.
        night.fake.state().found(&ids[2]).status = "resolved";
        night.story.types("the whole rack").await.keys("enter").await.sees("2 of 4 acked, 1 refused, 1 left out").await;
        insta::assert_snapshot!(format!("many_batch_{}x{}", size.0, size.1), without_timeline(&night.story.screen()));
        let now = ids.iter().map(|id| night.status(id)).collect::<Vec<_>>();
        assert_eq!(now, ["acknowledged", "acknowledged", "resolved", "resolved"]);
        assert_eq!(night.sent("PUT"), 2, "what could not be done was not sent");
        night.story.has(2, Kind::AckConfirmed).await;
        night.story.keys("esc u").await.sees("takes back").await.sees("Shard 2 is slow").await;
        insta::assert_snapshot!(format!("many_undo_{}x{}", size.0, size.1), without_timeline(&night.story.screen()));
        night.story.keys("y").await.has(2, Kind::UnackConfirmed).await;
        assert_eq!((night.status(&ids[0]), night.status(&ids[1])), ("triggered", "triggered"));
    }
}

#[tokio::test(start_paused = true)]
async fn sixty_pages_are_planned_out_of_the_list_and_none_is_asked_for_by_itself() {
    let (mut night, _) = marked(60, (120, 40)).await;
    night.story.keys("a").await.sees("each: the ack ends by itself").await.sees("ack 60 alerts").await;
    let single =
        |r: &crate::support::server::Request| r.path.starts_with("/incidents/PINC") && !r.path.contains("alerts");
    assert!(!night.fake.server.seen().iter().any(single));
    night.story.keys("enter").await.sees("60 of 60 acked").await;
    assert_eq!(night.sent("PUT"), 60);
}
