//! `silence …`: made, previewed, extended and ended by a script; a broad one needs its number.

use serde_json::{Value, json};

use super::{Home, alertmanager, texts};

async fn all(server: &crate::support::real::Real) -> Vec<Value> {
    server.get("/api/v2/silences").await.as_array().unwrap().clone()
}

const ADD: [&str; 10] =
    ["silence", "add", "DiskFull", "disk=sdb", "--for", "2h", "--comment", "new disk", "--yes", "-ojson"];

#[tokio::test]
async fn a_silence_is_made_extended_listed_and_ended() {
    let server = alertmanager().await;
    let home = Home::on(&server.url(), "");
    let made = home.run(&ADD).await.ends_with(0).json();
    assert_eq!((&made["schema"], &made["acts"][0]["outcome"]), (&"watchfire/silence/1".into(), &"confirmed".into()));
    assert_eq!(texts(&made["acts"][0]["alerts"], "name"), ["DiskFull"]);
    let id = made["acts"][0]["silence"].as_str().unwrap();
    let before = all(&server).await.remove(0);
    home.run(&["silence", "extend", id, "--for", "3h", "--yes"]).await.ends_with(0);
    let [after] = &all(&server).await[..] else { panic!("one silence") };
    for kept in ["id", "comment", "createdBy", "startsAt", "matchers"] {
        assert_eq!(before[kept], after[kept], "{kept}");
    }
    let length = |s: &Value| {
        let at = |key: &str| s[key].as_str().unwrap().parse::<watchfire::domain::Time>().unwrap();
        ((at("endsAt") - at("startsAt")).num_seconds() + 30) / 60
    };
    assert_eq!((length(&before), length(after)), (120, 300));
    let list = home.run(&["silence", "list", "disk=sdb", "-o", "json"]).await.ends_with(0).json();
    assert_eq!(list["schema"], "watchfire/silences/1");
    let one = &list["silences"][0];
    assert_eq!((&one["id"], &one["mutes"], &one["state"]), (&json!(id), &json!(1), &json!("active")));
    assert_eq!(one["matchers"], json!(["alertname=\"DiskFull\"", "disk=\"sdb\""]));
    assert_eq!(home.run(&["silence", "list", "nowhere", "-o", "json"]).await.json()["silences"], json!([]));
    let ended = home.run(&["silence", "expire", id, "--yes", "-o", "json"]).await.ends_with(0).json();
    assert_eq!(texts(&ended["acts"][0]["alerts"], "name"), ["DiskFull"], "what pages again is named");
    assert_eq!(all(&server).await[0]["status"]["state"], "expired");
    home.run(&["silence", "extend", id, "--yes"]).await.ends_with(1);
    home.run(&["silence", "expire", "no-such-id", "--yes"]).await.ends_with(1);
    let timeline = home.run(&["timeline", "-o", "json"]).await.json();
    let kinds = texts(&timeline["entries"], "kind");
    assert_eq!(kinds, ["silence.intended", "silence.confirmed"].repeat(3));
}

#[tokio::test]
async fn a_broad_silence_needs_the_number_of_alerts() {
    let server = alertmanager().await;
    let home = Home::on(&server.url(), "");
    let broad = ["silence", "add", "alertname=~.+", "--comment", "all", "--yes"];
    let ran = home.run(&broad).await.ends_with(1);
    assert!(ran.err.contains("--mutes 3") && ran.err.contains("no matcher names a value exactly"), "{}", ran.err);
    let ran = home.run(&[&broad[..], &["--mutes", "2"]].concat()).await.ends_with(1);
    assert!(ran.err.contains("mutes 3 alerts now, not 2"), "{}", ran.err);
    assert!(all(&server).await.is_empty());
    home.run(&broad[..5]).await.ends_with(2);
    home.run(&[&broad[..], &["--mutes", "3"]].concat()).await.ends_with(0);
    assert_eq!(all(&server).await.len(), 1);
}

#[tokio::test]
async fn a_preview_sends_nothing_and_names_what_it_would_mute() {
    let server = alertmanager().await;
    let home = Home::on(&server.url(), "");
    let ran = home.run(&["silence", "preview", "severity=~crit.*", "disk="]).await.ends_with(0);
    assert!(ran.out.contains("prod: mutes 1 of 3 alerts now") && ran.out.contains("instance=\"db-1\""), "{}", ran.out);
    assert!(ran.out.contains("there is no Prometheus source"), "{}", ran.out);
    let json = home.run(&["silence", "preview", "DiskFull", "-o", "json"]).await.ends_with(0).json();
    assert_eq!((&json["schema"], &json["previews"][0]["mutes"]), (&json!("watchfire/silence-preview/1"), &json!(2)));
    let ran = home.run(&[&ADD[..8], &["--dry-run"]].concat()).await.ends_with(0);
    assert!(ran.out.contains("by hand: amtool --alertmanager.url="), "{}", ran.out);
    assert!(ran.out.contains("mutes now: DiskFull"), "{}", ran.out);
    assert!(all(&server).await.is_empty());
}

#[tokio::test]
async fn what_cannot_be_meant_is_refused_before_anything_is_sent() {
    let server = alertmanager().await;
    let home = Home::on(&server.url(), "");
    for (words, code, why) in [
        (&["--for", "soon"][..], 2, "is no duration"),
        (&["--end", "2020-01-01T00:00"], 1, "in the past"),
        (&["--until", "25:99"], 2, "no length and no end"),
        (&["--for", "1h", "--template", "x"], 2, "none is configured"),
        (&["a=b", "a=c"], 2, "contradict"),
        (&["--source", "nowhere"], 2, "there are: prod"),
    ] {
        let ran = home.run(&[&["silence", "add", "DiskFull", "--comment", "x", "--yes"][..], words].concat()).await;
        assert!(ran.err.contains(why) || ran.out.contains(why), "{words:?}: {} {}", ran.out, ran.err);
        ran.ends_with(code);
    }
    let ran = home.run(&["silence", "add", "DiskFull", "--yes"]).await.ends_with(1);
    assert!(ran.out.contains("needs a comment"), "{} {}", ran.out, ran.err);
    assert!(all(&server).await.is_empty());
}

#[tokio::test]
async fn where_several_sources_could_be_meant_one_is_named() {
    let (one, other) = (alertmanager().await, alertmanager().await);
    let source =
        |name: &str, url: &str| format!("[[source]]\nname = \"{name}\"\nkind = \"alertmanager\"\nurl = \"{url}\"\n");
    let template = "[[silence_template]]\nname = \"disk\"\nmatchers = 'alertname=\"DiskFull\"'\nfor = \"30m\"\ncomment = \"swap\"\n";
    let home = Home::with(&(source("eu", &one.url()) + &source("us", &other.url()) + template));
    let add = ["silence", "add", "--template", "disk", "--yes"];
    let ran = home.run(&add).await.ends_with(2);
    assert!(ran.err.contains("eu, us"), "{}", ran.err);
    home.run(&[&add[..], &["--source", "us"]].concat()).await.ends_with(0);
    assert_eq!((all(&one).await.len(), all(&other).await.len()), (0, 1));
    assert_eq!(all(&other).await[0]["comment"], "swap");
    home.run(&[&add[..], &["--all-sources"]].concat()).await.ends_with(0);
    assert_eq!((all(&one).await.len(), all(&other).await.len()), (1, 2));
}
