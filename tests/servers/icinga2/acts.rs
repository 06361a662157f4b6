//! What is asked of Icinga: its own ack with its end, a comment, a downtime; and what it refuses.

use chrono::Duration;
use watchfire::domain::{
    alert::AlertState,
    held::{Applied, Verb},
    op::OpId,
    source::SourceError,
};

use super::super::sources;

use super::{find, lab::Lab, polled, request};
use crate::support::machine_time;

fn op(name: &str) -> OpId {
    OpId(name.into())
}

fn why(told: Result<Applied, SourceError>) -> String {
    match told {
        Err(SourceError::Rejected { why }) => why.raw().to_owned(),
        other => panic!("not refused: {other:?}"),
    }
}

#[tokio::test]
async fn an_ack_is_icingas_own_with_its_end_and_a_second_one_learns_whose_it_is() {
    let lab = Lab::start().await;
    let source = sources::connect(&lab.config()).await.unwrap();
    let requests = source.requests().unwrap();
    lab.finds("h1!disk /", 2, "DISK CRITICAL").await;
    let told = polled(&*source).await;
    let disk = find(&told, "h1!disk%20%2F");
    let until = machine_time() + Duration::hours(1);
    let ack = request(Verb::Ack, disk, "looking \"at\" it", Some(until));

    let plan = requests.plan(&ack, machine_time()).await.unwrap();
    assert!(plan.effects[0].raw().contains("acknowledges h1!disk /"), "{plan:?}");
    assert!(polled(&*source).await.alerts[0].held.clone().unwrap().ack.is_none(), "a plan changes nothing");
    let Applied::Done { until: Some(end), .. } = requests.apply(&op("1"), &ack, machine_time()).await.unwrap() else {
        panic!("not done")
    };
    assert!((end - until).abs() < Duration::seconds(1), "{end}");
    let told = polled(&*source).await;
    let held = find(&told, "h1!disk%20%2F").held.clone().unwrap();
    let kept = held.ack.clone().unwrap();
    assert_eq!((kept.by.raw(), kept.reason.raw()), ("ana", "looking \"at\" it"));
    assert!((kept.until.unwrap() - until).abs() < Duration::seconds(1), "{kept:?}");

    assert!(matches!(requests.apply(&op("1"), &ack, machine_time()).await.unwrap(), Applied::Done { .. }), "a retry");
    let mut of_bob = request(Verb::Ack, disk, "me too", None);
    of_bob.actor = "bob".into();
    let refused = why(requests.apply(&op("2"), &of_bob, machine_time()).await);
    assert!(refused.contains("acked already by ana until"), "{refused}");
    assert!(requests.plan(&of_bob, machine_time()).await.unwrap_err().to_string().contains("acked already by ana"));

    let unack = request(Verb::Unack, disk, "", None);
    assert!(requests.plan(&unack, machine_time()).await.unwrap().effects[0].raw().contains("of ana"));
    assert!(matches!(requests.apply(&op("3"), &unack, machine_time()).await.unwrap(), Applied::Done { .. }));
    assert!(find(&polled(&*source).await, "h1!disk%20%2F").held.clone().unwrap().ack.is_none());
    assert_eq!(requests.is_so(&op("1"), &ack, None, machine_time()).await.unwrap(), None);
}

#[tokio::test]
async fn a_comment_and_a_downtime_are_made_once_and_taken_back() {
    let lab = Lab::start().await;
    let source = sources::connect(&lab.config()).await.unwrap();
    let requests = source.requests().unwrap();
    lab.finds("h1", 1, "PING CRITICAL").await;
    let told = polled(&*source).await;
    let host = find(&told, "h1");

    let note = request(Verb::Note, host, "the rack has no power", None);
    let made = requests.apply(&op("1"), &note, machine_time()).await.unwrap();
    assert!(matches!(&made, Applied::Done { id: Some(id), .. } if id.raw().starts_with("h1!")), "{made:?}");
    assert_eq!(requests.apply(&op("1"), &note, machine_time()).await.unwrap(), made, "a retry makes no second one");

    let until = machine_time() + Duration::hours(2);
    let mute = request(Verb::Mute, host, "power work", Some(until));
    assert!(requests.plan(&request(Verb::Mute, host, "x", None), machine_time()).await.is_err(), "a downtime ends");
    let Applied::Done { until: Some(end), id: Some(id) } =
        requests.apply(&op("2"), &mute, machine_time()).await.unwrap()
    else {
        panic!("not done")
    };
    assert!((end - until).abs() < Duration::seconds(1));
    let told = polled(&*source).await;
    assert_eq!(find(&told, "h1").state, AlertState::Suppressed);
    assert_eq!(find(&told, "h1").silenced_by.iter().collect::<Vec<_>>(), [&id]);

    let unmute = request(Verb::Unmute, host, "", None);
    let plan = requests.plan(&unmute, machine_time()).await.unwrap();
    assert_eq!(plan.affects, 1);
    assert!(plan.effects[0].raw().contains("made by ana: power work"), "{plan:?}");
    assert!(matches!(requests.apply(&op("3"), &unmute, machine_time()).await.unwrap(), Applied::Done { .. }));
    assert_eq!(find(&polled(&*source).await, "h1").state, AlertState::Firing);
}

#[tokio::test]
async fn an_episode_that_is_over_is_not_touched() {
    let lab = Lab::start().await;
    let source = sources::connect(&lab.config()).await.unwrap();
    let requests = source.requests().unwrap();
    lab.finds("h1!http", 1, "HTTP WARNING").await;
    let told = polled(&*source).await;
    let ack = request(Verb::Ack, find(&told, "h1!http"), "looking", None);
    lab.finds("h1!http", 0, "HTTP OK").await;
    assert!(why(requests.apply(&op("1"), &ack, machine_time()).await).contains("well again"));

    let mut of_before = ack.clone();
    of_before.began -= Duration::minutes(5);
    lab.finds("h1!http", 2, "HTTP CRITICAL").await;
    assert!(why(requests.apply(&op("2"), &of_before, machine_time()).await).contains("look again"));
    let mut of_nobody = ack;
    of_nobody.alert.fingerprint = watchfire::domain::label::Fingerprint::new("h1!\"%20||%20true");
    assert!(why(requests.apply(&op("3"), &of_nobody, machine_time()).await).contains("knows no"));
    assert!(find(&polled(&*source).await, "h1!http").held.clone().unwrap().ack.is_none(), "nothing was acked");
}
