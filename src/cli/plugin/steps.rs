//! What a plugin is put through, step by step. Nothing is changed at its backend: acts are planned, never applied.
//!
//! Knows the rules of the protocol, and not how lines go to and fro.

use std::collections::BTreeSet;

use serde::de::DeserializeOwned;
use serde_json::{Value, json, value::RawValue};

use crate::{
    domain::{Time, alert::Alert, source::Problem},
    sources::plugin::{
        frame::{self, code},
        read,
        wire::{Can, CanAct, Hello, Listed, PROTOCOL, Subscribed, WireAlert, WireChange, WireDuty, WirePlan},
    },
};

use super::{
    bench::{Answered, Bench},
    budgets,
    report::{Fault, Report},
};

/// Pages of a list that are looked at.
const PAGES_MAX: usize = 50;

/// How it is introduced.
pub(super) fn hello(config: &Value, secrets: &[(String, String)]) -> Value {
    let refs: serde_json::Map<String, Value> =
        secrets.iter().map(|(name, _)| (name.clone(), json!({"$ref": name}))).collect();
    json!({
        "protocol": {"min": PROTOCOL, "max": PROTOCOL},
        "host": {"name": "watchfire plugin check", "version": env!("CARGO_PKG_VERSION")},
        "instance": "check",
        "config": config,
        "secrets": refs,
        "locale": "en",
        "features": ["partial", "cancel", "plan"],
        "x-unknown": {"fields": ["are passed over"]},
    })
}

pub(super) async fn initialize(bench: &mut Bench, params: &Value) -> Result<Hello, Fault> {
    let answered = bench.ask("initialize", params).await?;
    let hello: Hello = good(&answered)?;
    if hello.protocol != PROTOCOL {
        return Err(Fault::at(format!("`protocol` is {}, not {PROTOCOL}", hello.protocol), answered.line));
    }
    if hello.plugin.name.is_empty() {
        return Err(Fault::at("`plugin.name` is empty", answered.line));
    }
    bench.say("initialized", &json!({})).await?;
    Ok(hello)
}

/// The good answer to a question.
pub(super) fn good<T: DeserializeOwned>(answered: &Answered) -> Result<T, Fault> {
    match &answered.said {
        Ok(result) => serde_json::from_str(result.get())
            .map_err(|e| Fault::at(format!("the answer cannot be read: {e}"), &answered.line)),
        Err(error) => Err(Fault::at(format!("an error: {} {}", error.code, error.message), &answered.line)),
    }
}

/// Everything between hello and goodbye.
pub(super) async fn all(bench: &mut Bench, can: &Can, now: Time, report: &mut Report) {
    report.say("answers a ping", ping(bench).await);
    report.say("refuses a method that it does not know", unknown(bench).await);
    let mut alerts = Vec::new();
    match &can.alerts {
        None => report.skip("lists its alerts", "it promises none"),
        Some(_) => {
            let listed = list::<WireAlert, _>(bench, "alerts/list", json!({"filter": {}}), |wire| {
                read::alert(wire, now).and_then(|(alert, wrong)| wrong.map_or(Ok(alert), Err))
            });
            let listed = listed.await.and_then(|found| once_each(&found).map(|()| found));
            let told = listed.as_ref().map(|found| counted(found.len(), "alert")).map_err(Clone::clone);
            report.say("lists its alerts", told);
            alerts = listed.unwrap_or_default();
        }
    }
    report.say("answers two questions at once", two(bench, can).await);
    report.say("heeds a cancel", cancel(bench, can).await);
    report.say("bears bad input", bad_input(bench).await);
    report.say("refuses what it does not promise", unpromised(bench, can).await);
    promised(bench, can, now, report).await;
    for act in &can.acts {
        report.say(&format!("plans: {}", act.verb), plan(bench, act, alerts.first(), now).await);
    }
}

pub(super) fn counted(n: usize, what: &str) -> String {
    format!("{n} {what}{}", if n == 1 { "" } else { "s" })
}

async fn ping(bench: &mut Bench) -> Result<String, Fault> {
    good::<serde::de::IgnoredAny>(&bench.ask("ping", &json!({"x-unknown": 1})).await?)?;
    Ok(String::new())
}

async fn unknown(bench: &mut Bench) -> Result<String, Fault> {
    refused(&bench.ask("no/such-method", &json!({})).await?, &[code::NO_METHOD])
}

fn refused(answered: &Answered, codes: &[i64]) -> Result<String, Fault> {
    match &answered.said {
        Err(error) if codes.is_empty() || codes.contains(&error.code) => {
            Ok(format!("{} {}", error.code, error.message))
        }
        Err(error) => Err(Fault::at(format!("error {}, and not {codes:?}", error.code), &answered.line)),
        Ok(_) => Err(Fault::at("it is answered, and should be refused", &answered.line)),
    }
}

/// All pages of a list, every item read.
pub(super) async fn list<W: DeserializeOwned, T>(
    bench: &mut Bench,
    method: &str,
    mut params: Value,
    convert: impl Fn(W) -> Result<T, String>,
) -> Result<Vec<T>, Fault> {
    let (mut found, mut seen) = (Vec::new(), BTreeSet::new());
    params["limit"] = json!(100);
    params["x-unknown"] = json!(true);
    for _ in 0..PAGES_MAX {
        let answered = bench.ask(method, &params).await?;
        let listed: Listed = good(&answered)?;
        let items: Vec<Box<RawValue>> = answered.items.into_iter().chain(listed.items).collect();
        let (read, problems) = read::each(&items, method, &convert);
        if let Some(problem) = problems.first() {
            return Err(Fault::at(format!("{}: {}", problem.at, problem.why), offender(&items, problem)));
        }
        found.extend(read);
        let Some(next) = listed.next else { return Ok(found) };
        if !seen.insert(next.clone()) {
            return Err(Fault::at(format!("its pages lead in a circle: `{next}` came twice"), answered.line));
        }
        params["cursor"] = json!(next);
    }
    Ok(found)
}

/// The item that a problem is about: `alerts[3]`.
fn offender(items: &[Box<RawValue>], problem: &Problem) -> String {
    let index = problem.at.raw().rsplit_once('[').and_then(|(_, n)| n.trim_end_matches(']').parse::<usize>().ok());
    let item = index.and_then(|i| items.get(i));
    item.map(|i| frame::excerpt(i.get().as_bytes())).unwrap_or_default()
}

fn once_each(alerts: &[Alert]) -> Result<(), Fault> {
    let mut seen = BTreeSet::new();
    match alerts.iter().find(|a| !seen.insert(&a.fingerprint)) {
        Some(twice) => Err(Fault::new(format!("the key `{}` stands in the list twice", twice.fingerprint))),
        None => Ok(()),
    }
}

async fn two(bench: &mut Bench, can: &Can) -> Result<String, Fault> {
    let first = if can.alerts.is_some() { "alerts/list" } else { "ping" };
    let one = bench.send(first, &json!({"filter": {}})).await?;
    let other = bench.send("ping", &json!({})).await?;
    bench.answer(&other, "ping").await?;
    bench.answer(&one, first).await?;
    Ok(String::new())
}

/// What was cancelled is answered all the same, with what there is or an error; then the next question is.
async fn cancel(bench: &mut Bench, can: &Can) -> Result<String, Fault> {
    let method = if can.alerts.is_some() { "alerts/list" } else { "ping" };
    let id = bench.send(method, &json!({"filter": {}})).await?;
    bench.say("$/cancel", &json!({"id": id})).await?;
    bench.say("$/cancel", &json!({"id": "nobody-asked-this"})).await?;
    bench.answer(&id, method).await?;
    ping(bench).await
}

async fn bad_input(bench: &mut Bench) -> Result<String, Fault> {
    let lines: [&[u8]; 8] = [
        b"\n",
        b"this is no JSON\n",
        b"{\"jsonrpc\":\"2.0\",\"id\":\"cut\n",
        b"[]\n",
        b"null\n",
        b"\"\xff\xfe\"\n",
        b"{\"jsonrpc\":\"2.0\",\"method\":\"$/no-such-word\",\"params\":{\"a\":[1]}}\n",
        b"{\"jsonrpc\":\"2.0\",\"id\":\"never-asked\",\"result\":{}}\n",
    ];
    for line in lines {
        bench.raw(line).await?;
        ping(bench).await.map_err(|fault| Fault {
            why: format!("after this line: {}", fault.why),
            line: match line.trim_ascii_end() {
                [] => "(an empty line)".to_owned(),
                line => frame::excerpt(line),
            },
        })?;
    }
    // Parameters of another shape are answered, with an error or without.
    for (method, params) in [("alerts/list", json!([])), ("alerts/list", json!("x")), ("ping", json!(null))] {
        bench.ask(method, &params).await?;
    }
    Ok(String::new())
}

async fn unpromised(bench: &mut Bench, can: &Can) -> Result<String, Fault> {
    let methods = [
        ("alerts/list", can.alerts.is_some()),
        ("changes/since", can.changes.is_some()),
        ("timeline/since", can.timeline.is_some()),
        ("oncall/now", can.oncall.is_some()),
        ("suppress/list", can.suppress.is_some()),
        ("suppress/put", can.suppress.as_ref().is_some_and(|s| s.write)),
        ("action/plan", !can.acts.is_empty()),
        ("notes/append", can.notes.is_some()),
        ("alerts/details", can.details.is_some()),
        ("alerts/past", can.past.is_some()),
        ("slo/list", can.slos.as_ref().is_some_and(|s| s.list)),
        ("slo/count", can.slos.as_ref().is_some_and(|s| s.count)),
        ("metrics/range", can.metrics.is_some()),
    ];
    let mut refusals = 0;
    for (method, _) in methods.into_iter().filter(|(_, promised)| !promised) {
        let answered = bench.ask(method, &json!({})).await?;
        refused(&answered, &[code::NO_METHOD, code::UNSUPPORTED])
            .map_err(|fault| Fault { why: format!("`{method}`: {}", fault.why), ..fault })?;
        refusals += 1;
    }
    Ok(counted(refusals, "method"))
}

/// The lists that it promises beside alerts.
async fn promised(bench: &mut Bench, can: &Can, now: Time, report: &mut Report) {
    let week_ago = now - chrono::Duration::days(7);
    for (method, promised) in [("changes/since", can.changes), ("timeline/since", can.timeline)] {
        if promised.is_some() {
            let params = json!({"since": week_ago, "until": now});
            let found = list::<WireChange, _>(bench, method, params, |wire| read::change(wire, now)).await;
            report.say(&format!("tells {method}"), found.map(|f| counted(f.len(), "change")));
        }
    }
    if can.oncall.is_some() {
        let params = json!({"from": now, "to": now + chrono::Duration::days(7)});
        let found = list::<WireDuty, _>(bench, "oncall/now", params, read::duty).await;
        report.say("tells who is on call", found.map(|f| counted(f.len(), "duty")));
    }
    if can.suppress.is_some() {
        let found =
            list(bench, "suppress/list", json!({"fresh": true}), Ok::<crate::domain::silence::Silence, _>).await;
        report.say("lists its silences", found.map(|f| counted(f.len(), "silence")));
    }
    if can.alerts.as_ref().is_some_and(|a| a.watch.mode == "push") {
        report.say("takes a subscription", subscribe(bench).await);
    }
    budgets::all(bench, can, now, report).await;
}

async fn subscribe(bench: &mut Bench) -> Result<String, Fault> {
    let answered = bench.ask("alerts/subscribe", &json!({"filter": {}, "cursor": null})).await?;
    let subscribed: Subscribed = good(&answered)?;
    if subscribed.sub.is_empty() {
        return Err(Fault::at("`sub` is empty", answered.line));
    }
    Ok(String::new())
}

/// On an alert that is there it says what it would do; on one that is not, it refuses.
async fn plan(bench: &mut Bench, act: &CanAct, alert: Option<&Alert>, now: Time) -> Result<String, Fault> {
    if crate::domain::held::Verb::read(&act.verb).is_none() {
        return Err(Fault::new(format!("`{}` is no verb of the protocol", act.verb)));
    }
    let params = |key: &str, episode: Time| {
        let args = json!({"text": "watchfire plugin check", "until": now + chrono::Duration::hours(1)});
        json!({"verb": act.verb, "targets": [{"key": key, "episode": episode}], "args": args, "actor": "check"})
    };
    let nobody = bench.ask("action/plan", &params("no-such-alert", now)).await?;
    refused(&nobody, &[])?;
    let Some(alert) = alert else { return Ok("it refuses an alert that is not there; there is no other".into()) };
    let answered = bench.ask("action/plan", &params(alert.fingerprint.as_str(), alert.starts_at)).await?;
    let plan: WirePlan = good(&answered)?;
    match plan.effects.first() {
        Some(effect) if !effect.is_empty() => Ok(effect.line().into_owned()),
        _ => Err(Fault::at("it does not say what it would do", answered.line)),
    }
}
