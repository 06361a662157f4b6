//! What Concourse is asked to do, and what is read back.

use serde_json::json;
use watchfire::{
    domain::{
        alert::AlertId,
        held::{Applied, Request, Verb},
        op::OpId,
        source::{SourceError, SourceName},
    },
    sources::Source,
};

use super::{
    at,
    fake::{NOON, build, job},
    red, source,
};

async fn asked(source: &dyn Source, verb: Verb) -> Request {
    let alert = source.poll(at(0)).await.unwrap().alerts[0].clone();
    Request {
        verb,
        alert: AlertId { source: SourceName::new("ci"), fingerprint: alert.fingerprint.clone() },
        began: alert.starts_at,
        actor: "ana".to_owned(),
        text: "looking at the database".to_owned(),
        until: None,
    }
}

#[tokio::test]
async fn a_note_goes_beneath_the_comment_that_stands_there_and_only_once() {
    let (fake, server) = red().await;
    fake.with(|s| s.builds.get_mut(&42).unwrap()["comment"] = json!("known flake?"));
    let source = source(&server, "").await;
    let request = asked(&*source, Verb::Note).await;
    let requests = source.requests().unwrap();
    let plan = requests.plan(&request, at(0)).await.unwrap();
    assert_eq!(plan.effects, ["adds a line to the comment of shop/deploy-prod #42", "what stands there is kept"]);
    let op = OpId("op-1".to_owned());
    assert_eq!(requests.is_so(&op, &request, None, at(1)).await.unwrap(), None);
    for _ in 0..2 {
        let applied = requests.apply(&op, &request, at(1)).await.unwrap();
        assert!(matches!(applied, Applied::Done { .. }), "{applied:?}");
    }
    assert!(requests.is_so(&op, &request, None, at(1)).await.unwrap().is_some());
    let comment = fake.with(|s| s.builds[&42]["comment"].clone());
    assert_eq!(comment, "known flake?\nana: looking at the database [op-1]");
}

#[tokio::test]
async fn a_job_is_paused_and_read_back_in_its_own_instance() {
    let (fake, server) = red().await;
    fake.with(|s| {
        s.jobs.clear();
        for (id, branch) in [(51, "fix"), (52, "main")] {
            let failed = build(id, "test", "failed", (NOON - 60, NOON - 50));
            let mut job = job("test", failed.clone(), failed);
            job["pipeline_instance_vars"] = json!({"branch": branch});
            s.add(job);
        }
    });
    let source = source(&server, "").await;
    let request = asked(&*source, Verb::Pause).await;
    let requests = source.requests().unwrap();
    let plan = requests.plan(&request, at(0)).await.unwrap();
    assert_eq!(plan.effects, ["pauses shop(branch:fix)/test: no new build of it starts"]);
    let op = OpId("op-2".to_owned());
    assert!(matches!(requests.apply(&op, &request, at(1)).await.unwrap(), Applied::Done { .. }));
    let paused = fake.with(|s| s.jobs.iter().map(|j| j["paused"].as_bool().unwrap_or(false)).collect::<Vec<_>>());
    assert_eq!(paused, [true, false]);
    let again = source.poll(at(2)).await.unwrap();
    assert_eq!(again.alerts[0].held.as_ref().unwrap().word, "failed, paused");
    let undo = Request { verb: Verb::Unpause, ..request };
    requests.apply(&op, &undo, at(3)).await.unwrap();
    assert_eq!(fake.with(|s| s.jobs[0]["paused"].clone()), false);
}

#[tokio::test]
async fn a_job_that_is_green_again_takes_no_note() {
    let (fake, server) = red().await;
    let source = source(&server, "").await;
    let request = asked(&*source, Verb::Note).await;
    fake.with(|s| {
        let green = build(44, "deploy-prod", "succeeded", (NOON, NOON + 5));
        s.builds.insert(44, green.clone());
        s.jobs[0]["finished_build"] = green;
    });
    let error = source.requests().unwrap().plan(&request, at(9)).await.unwrap_err();
    assert!(matches!(&error, SourceError::Rejected { why } if why.raw().contains("not red")), "{error}");
}
