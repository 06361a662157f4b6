//! Silences of the simulated source: Alertmanager's manners.

use chrono::Duration;
use watchfire::domain::{
    alert::AlertState,
    matcher::{MatchOp, Matcher},
    silence::{SilenceDraft, SilenceState},
    source::SourceError,
};
use watchfire::sources::sim::{self, SimWorld};

use super::{ONE_ALERT, at, epoch, named, small, source, world};

#[tokio::test]
async fn a_colleagues_ack_is_there_from_the_moment_it_was_made() {
    let world = world("payment-outage");
    let eu = source(&world, "prod-eu");
    let early = eu.poll(epoch() - Duration::hours(3)).await.unwrap();
    assert_eq!((early.silences.len(), named(&early, "DiskWillFillIn24Hours")[0].state), (0, AlertState::Firing));
    let now = eu.poll(at("12m")).await.unwrap();
    let ack = now.silences.iter().find(|s| s.is_ack()).unwrap();
    assert_eq!((ack.created_by.raw(), ack.state), ("mei", SilenceState::Active));
    let disk = named(&now, "DiskWillFillIn24Hours")[0];
    assert_eq!((disk.state, &disk.silenced_by[..]), (AlertState::Suppressed, &[ack.id.clone()][..]));
}

#[tokio::test]
async fn an_ack_on_exact_labels_suppresses_that_alert_only_and_is_read_back() {
    let world = world("payment-outage");
    let eu = source(&world, "prod-eu");
    let now = at("18m");
    let before = eu.poll(now).await.unwrap();
    let victim = named(&before, "PaymentProviderTimeout")[3].clone();
    let draft = SilenceDraft::ack(&victim.labels, "ana", "on it", now, now + Duration::hours(2));
    let silences = eu.silences().unwrap();
    let id = silences.put(&draft, now).await.unwrap();

    let held = silences.get(id.raw(), now).await.unwrap().unwrap();
    assert!(draft.is_carried_by(&held) && held.is_ack() && held.state == SilenceState::Active);
    let after = eu.poll(now).await.unwrap();
    for (was, is) in before.alerts.iter().zip(&after.alerts) {
        if is.fingerprint == victim.fingerprint {
            assert_eq!((is.state, &is.silenced_by[..]), (AlertState::Suppressed, &[id.clone()][..]));
        } else {
            assert_eq!(was, is);
        }
    }
}

#[tokio::test]
async fn when_a_silence_is_over_or_ended_its_alert_fires_again() {
    let world = small(ONE_ALERT);
    let am = source(&world, "am");
    let silences = am.silences().unwrap();
    let labels = am.poll(at("1m")).await.unwrap().alerts[0].labels.clone();
    let draft = SilenceDraft::ack(&labels, "ana", "", at("1m"), at("5m"));
    let id = silences.put(&draft, at("1m")).await.unwrap();
    assert_eq!(am.poll(at("4m")).await.unwrap().alerts[0].state, AlertState::Suppressed);
    assert_eq!(am.poll(at("5m")).await.unwrap().alerts[0].state, AlertState::Firing);
    assert_eq!(silences.get(id.raw(), at("5m")).await.unwrap().unwrap().state, SilenceState::Expired);

    let again = SilenceDraft { starts_at: at("6m"), ends_at: at("1h"), ..draft };
    let id = silences.put(&again, at("6m")).await.unwrap();
    silences.expire(id.raw(), at("7m")).await.unwrap();
    silences.expire(id.raw(), at("8m")).await.unwrap();
    assert_eq!(silences.get(id.raw(), at("8m")).await.unwrap().unwrap().ends_at, at("7m"));
    assert_eq!(am.poll(at("7m")).await.unwrap().alerts[0].state, AlertState::Firing);
}

#[tokio::test]
async fn a_longer_end_changes_a_silence_in_place_and_other_matchers_make_a_new_one() {
    let world = small(ONE_ALERT);
    let am = source(&world, "am");
    let silences = am.silences().unwrap();
    let labels = am.poll(at("1m")).await.unwrap().alerts[0].labels.clone();
    let first = silences.put(&SilenceDraft::ack(&labels, "ana", "x", at("1m"), at("5m")), at("1m")).await.unwrap();
    let held = silences.get(first.raw(), at("2m")).await.unwrap().unwrap();
    let longer = SilenceDraft::extend(&held, at("1h"));
    assert_eq!(silences.put(&longer, at("2m")).await.unwrap(), first);
    assert_eq!(silences.get(first.raw(), at("2m")).await.unwrap().unwrap().ends_at, at("1h"));

    let other = SilenceDraft { matchers: vec![Matcher::equal("pod", "web-2")], ..longer };
    let second = silences.put(&other, at("3m")).await.unwrap();
    assert_ne!(first, second);
    assert_eq!(silences.get(first.raw(), at("3m")).await.unwrap().unwrap().state, SilenceState::Expired);
    assert_eq!(silences.get(second.raw(), at("3m")).await.unwrap().unwrap().starts_at, at("3m"));
    assert_eq!(silences.list(at("3m")).await.unwrap().len(), 2);
    assert_eq!(silences.list(epoch() + Duration::days(7)).await.unwrap().len(), 0);
}

#[tokio::test]
async fn a_silence_that_alertmanager_would_refuse_is_refused_with_the_reason() {
    let world = small(ONE_ALERT);
    let am = source(&world, "am");
    let silences = am.silences().unwrap();
    let good = SilenceDraft {
        id: None,
        matchers: vec![Matcher::equal("pod", "web-1")],
        starts_at: at("1m"),
        ends_at: at("5m"),
        created_by: "ana".into(),
        comment: "x".into(),
        annotations: Default::default(),
    };
    let all = Matcher::new("pod", MatchOp::Regex, ".*").unwrap();
    let cases = [
        (SilenceDraft { matchers: vec![], ..good.clone() }, "matcher"),
        (SilenceDraft { matchers: vec![all], ..good.clone() }, "empty string"),
        (SilenceDraft { ends_at: at("1m"), ..good.clone() }, "before end time"),
        (SilenceDraft { starts_at: at("10s"), ends_at: at("30s"), ..good.clone() }, "past"),
        (SilenceDraft { id: Some("nobody".into()), ..good }, "not found"),
    ];
    for (draft, reason) in cases {
        let refused = silences.put(&draft, at("1m")).await.unwrap_err();
        assert!(matches!(refused, SourceError::Rejected { .. }) && refused.to_string().contains(reason), "{refused}");
    }
    assert_eq!(silences.get("nobody", at("1m")).await, Ok(None));
    assert!(silences.list(at("1m")).await.unwrap().is_empty());
}

#[tokio::test]
async fn ids_of_silences_are_unique_over_all_sources() {
    let world = world("source-dies");
    let mut ids = Vec::new();
    for name in ["prod-eu", "prod-us", "prod-eu"] {
        let am = source(&world, name);
        let labels = am.poll(at("5m")).await.unwrap().alerts[0].labels.clone();
        let draft = SilenceDraft::ack(&labels, "ana", "x", at("5m"), at("1h"));
        ids.push(am.silences().unwrap().put(&draft, at("5m")).await.unwrap());
    }
    ids.push(source(&world, "prod-us").silences().unwrap().list(at("5m")).await.unwrap()[0].id.clone());
    ids.sort();
    ids.dedup();
    assert_eq!(ids.len(), 4);
    assert_eq!(source(&world, "prod-us").silences().unwrap().get("sim-2", at("5m")).await, Ok(None));
}

#[tokio::test]
async fn a_refused_write_changes_nothing_and_a_lost_answer_hides_a_write_that_happened() {
    for (kind, held) in [("refused", 0), ("lost_answer", 1)] {
        let world = small(&format!("{ONE_ALERT}[[fault]]\nat = '1m'\nuntil = '2m'\nkind = '{kind}'\n"));
        let am = source(&world, "am");
        let labels = am.poll(at("1m")).await.unwrap().alerts[0].labels.clone();
        let draft = SilenceDraft::ack(&labels, "ana", "x", at("1m"), at("1h"));
        assert!(am.silences().unwrap().put(&draft, at("1m")).await.is_err());
        assert_eq!(am.silences().unwrap().list(at("1m")).await.unwrap().len(), held, "{kind}");
    }
}

#[tokio::test]
async fn a_simulated_prometheus_tells_what_a_silence_would_mute_that_does_not_fire_now() {
    let world = world("storm");
    let sources = world.sources();
    let metrics = sources.iter().find_map(|s| s.metrics()).expect("the storm has a prometheus");
    let all = sources[0].poll(at("30m")).await.unwrap().alerts;
    let (name, value) = all[0].labels.iter().find(|(n, _)| !["alertname", "severity"].contains(&n.raw())).unwrap();
    let (known, unknown) = (Matcher::equal(name.raw(), value.raw()), Matcher::equal(name.raw(), "nowhere"));
    let name = Matcher::equal("alertname", all[0].name().raw());

    let early = metrics.beyond(std::slice::from_ref(&known), epoch() - Duration::days(8)).await;
    assert!(early.fired.unwrap().known.is_empty(), "nothing has fired yet");
    assert!(!early.series.unwrap().known.is_empty(), "a target is there before its alert");
    let told = metrics.beyond(&[known.clone(), name.clone()], at("30m")).await;
    let (fired, series) = (told.fired.unwrap(), told.series.unwrap());
    assert!(fired.known.contains(&all[0].labels) && fired.known.iter().all(|l| name.matches(l)));
    assert!(series.known.iter().all(|l| known.matches(l) && l.value("__name__") == "up"));
    assert_eq!(series.left_out, ["alertname"]);
    assert!(metrics.beyond(&[unknown], at("30m")).await.series.unwrap().known.is_empty());
    assert!(metrics.beyond(&[name], at("30m")).await.series.unwrap().not_asked.is_some());
}

#[tokio::test]
async fn what_is_kept_in_a_file_is_there_for_the_next_process_and_a_damaged_file_is_no_calm() {
    let dir = tempfile::tempdir().unwrap();
    let file = dir.path().join("silences.json");
    let kept = || SimWorld::kept(sim::load("payment-outage").unwrap(), epoch(), file.clone());
    let (first, other) = (kept(), kept());
    let eu = source(&first, "prod-eu");
    let victim = named(&eu.poll(at("18m")).await.unwrap(), "HighErrorRate")[0].clone();
    let draft = SilenceDraft::ack(&victim.labels, "ana", "on it", at("18m"), at("2h"));
    let id = eu.silences().unwrap().put(&draft, at("18m")).await.unwrap();
    for world in [&other, &kept()] {
        let seen = source(world, "prod-eu").poll(at("19m")).await.unwrap();
        assert_eq!(named(&seen, "HighErrorRate")[0].silenced_by[..], *std::slice::from_ref(&id));
    }
    std::fs::write(&file, "{").unwrap();
    let error = eu.poll(at("20m")).await.unwrap_err();
    assert!(matches!(error, SourceError::Unreachable { .. }) && error.to_string().contains("silences.json"), "{error}");
}
