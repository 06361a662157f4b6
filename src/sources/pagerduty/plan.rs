//! What a request would do, in sentences, before anything is sent; and what cannot be done, with the reason.
//!
//! Asks no server: what it speaks of was read before.

use chrono::Duration;

use super::{
    actor::Actor,
    alert,
    level::{self, Rota},
    wire::Incident,
};
use crate::domain::{
    Time, duration,
    held::{Needs, Request, RequestPlan, Verb, Way},
    source::{AckVia, SourceError},
    text::SafeText,
};

/// The longest snooze that PagerDuty takes.
const SNOOZE_MAX: Duration = Duration::days(7);
/// Longest title that is quoted, in characters.
const TITLE_MAX: usize = 80;

/// An incident and who is about to do something with it.
pub(super) struct Scene {
    pub(super) incident: Incident,
    pub(super) me: Actor,
    pub(super) rota: Rota,
}

/// What it can be asked to do.
pub(super) fn ways(ack: AckVia) -> Vec<Way> {
    let way = |verb, words: &str, text, until, undo| Way { verb, words: words.into(), text, until, undo };
    let ours = [
        way(
            Verb::Ack,
            "acknowledges the incident in your name; PagerDuty assigns it to you, and may end the ack by itself",
            Needs::May,
            Needs::No,
            Some(Verb::Unack),
        ),
        way(
            Verb::Unack,
            "reassigns the incident to its escalation policy, as PagerDuty has no unack: it is triggered again and pages from level 1",
            Needs::No,
            Needs::No,
            Some(Verb::Ack),
        ),
    ];
    let all = [
        way(
            Verb::Resolve,
            "resolves the incident and its alerts at PagerDuty, for everybody",
            Needs::May,
            Needs::No,
            None,
        ),
        way(
            Verb::Snooze,
            "acknowledges the incident until a time; then PagerDuty triggers it again",
            Needs::No,
            Needs::Must,
            Some(Verb::Unack),
        ),
        way(Verb::Escalate, "pages the next level of the escalation policy now", Needs::No, Needs::No, None),
        way(Verb::Note, "writes a note on the incident, where everybody sees it", Needs::Must, Needs::No, None),
    ];
    let native = ours.into_iter().filter(|_| ack == AckVia::Native);
    native.chain(all).collect()
}

/// # Errors
/// `Rejected`, saying why it cannot be done.
pub(super) fn plan(scene: &Scene, request: &Request, now: Time) -> Result<RequestPlan, SourceError> {
    let effects = match request.verb {
        Verb::Ack => ack(scene, request, now),
        Verb::Unack => unack(scene),
        Verb::Resolve => resolve(scene, request),
        Verb::Snooze => snooze(scene, request, now),
        Verb::Escalate => escalate(scene),
        Verb::Note => note(scene, request),
        Verb::Mute | Verb::Unmute | Verb::Pause | Verb::Unpause => {
            Err(format!("PagerDuty cannot {} an incident", request.verb.as_str()))
        }
    };
    Ok(RequestPlan {
        effects: effects.map_err(SourceError::rejected)?.into_iter().map(SafeText::from).collect(),
        author: scene.me.email.clone(),
        affects: 1,
        handle: None,
    })
}

/// `incident #42 "High error rate"`.
fn what(scene: &Scene) -> String {
    let title = scene.incident.name();
    let title: String = title.line().chars().take(TITLE_MAX).collect();
    format!("incident {} \"{title}\"", scene.incident.number())
}

/// A moment of the next day by its hour, any other by its date as well.
pub(super) fn clock(at: Time, now: Time) -> String {
    let is_near = (at - now).abs() < Duration::hours(24);
    at.format(if is_near { "%H:%M UTC" } else { "%Y-%m-%d %H:%M UTC" }).to_string()
}

fn open(scene: &Scene) -> Result<(), String> {
    match scene.incident.is_resolved() {
        true => Err(format!("{} is resolved already; a new alert opens a new one", what(scene))),
        false => Ok(()),
    }
}

fn ack(scene: &Scene, request: &Request, now: Time) -> Result<Vec<String>, String> {
    open(scene)?;
    let Scene { incident, me, rota } = scene;
    let mut told = vec![format!("acknowledges {} as {}", what(scene), me.email), assigns(scene)];
    if let Some(held) = alert::ack(incident) {
        let mine = incident.acknowledgements.iter().any(|a| me.is(&a.acknowledger));
        told.push(match mine {
            true => "it is acknowledged by you already: its time begins anew".to_owned(),
            false => format!("it is acknowledged by {} already", held.by),
        });
    }
    if let Some(next) = rota.escalation(incident) {
        told.push(format!("it does not escalate to {} at {}", next.to, clock(next.at, now)));
    }
    let timeout = incident.service.acknowledgement_timeout.filter(|s| *s > 0).and_then(Duration::try_seconds);
    told.push(match timeout.and_then(|t| Some((t, now.checked_add_signed(t)?))) {
        Some((timeout, at)) => format!(
            "the ack ends by itself at {} (after {}): then it is triggered again and pages",
            clock(at, now),
            duration::long(timeout)
        ),
        None => "PagerDuty names no time at which the ack ends by itself".to_owned(),
    });
    if !request.text.trim().is_empty() {
        told.push(format!("writes a note on it: {}", request.text.trim()));
    }
    Ok(told)
}

fn assigns(scene: &Scene) -> String {
    let others: Vec<String> = scene
        .incident
        .assignments
        .iter()
        .filter(|a| !scene.me.is(&a.assignee))
        .map(|a| a.assignee.called().line().into_owned())
        .collect();
    match others.is_empty() {
        true => format!("PagerDuty assigns it to {}", scene.me.name),
        false => format!("PagerDuty assigns it to {} and takes it from {}", scene.me.name, others.join(", ")),
    }
}

fn unack(scene: &Scene) -> Result<Vec<String>, String> {
    open(scene)?;
    let policy = &scene.incident.escalation_policy.named;
    if !scene.incident.is_acknowledged() {
        return Err(format!("{} is not acknowledged: there is nothing to take back", what(scene)));
    }
    if policy.id.is_empty() {
        return Err(format!("{} has no escalation policy to give it back to", what(scene)));
    }
    Ok(vec![
        format!(
            "reassigns {} to the escalation policy {} as {}: PagerDuty has no unack",
            what(scene),
            policy.called(),
            scene.me.email
        ),
        format!("it is triggered again and pages {} at once", scene.rota.names(&scene.incident, 1)),
    ])
}

fn resolve(scene: &Scene, request: &Request) -> Result<Vec<String>, String> {
    open(scene)?;
    let mut told = vec![
        format!("resolves {} as {}, for everybody", what(scene), scene.me.email),
        "its alerts are resolved at PagerDuty too; what still burns elsewhere opens a new incident".to_owned(),
    ];
    if !request.text.trim().is_empty() {
        told.push(format!("writes down how it was resolved: {}", request.text.trim()));
    }
    Ok(told)
}

/// How long a snooze until then is, in seconds.
pub(super) fn snooze_s(request: &Request, now: Time) -> Result<i64, String> {
    let until = request.until.ok_or("a snooze needs a time at which it ends")?;
    match until - now {
        d if d < Duration::minutes(1) => Err("a snooze ends a minute from now or later".to_owned()),
        d if d > SNOOZE_MAX => Err("PagerDuty snoozes for 7 days at most".to_owned()),
        d => Ok(d.num_seconds()),
    }
}

fn snooze(scene: &Scene, request: &Request, now: Time) -> Result<Vec<String>, String> {
    open(scene)?;
    let at = now + Duration::seconds(snooze_s(request, now)?);
    Ok(vec![
        format!("snoozes {} as {}", what(scene), scene.me.email),
        format!("it counts as acknowledged and pages nobody until {}", clock(at, now)),
        "then PagerDuty triggers it again by itself and pages".to_owned(),
    ])
}

/// The level that is paged next.
pub(super) fn next_level(scene: &Scene) -> Result<u32, String> {
    let levels = level::levels(&scene.incident);
    match scene.rota.level(&scene.incident) {
        _ if levels == 0 => Err(format!("{} has no escalation policy whose levels are told", what(scene))),
        Some(level) if level >= levels => {
            Err(format!("{} is at the last level already ({level} of {levels})", what(scene)))
        }
        Some(level) => Ok(level + 1),
        None => Ok(1),
    }
}

fn escalate(scene: &Scene) -> Result<Vec<String>, String> {
    open(scene)?;
    let next = next_level(scene)?;
    let mut told = vec![format!(
        "escalates {} as {} and pages {} now",
        what(scene),
        scene.me.email,
        scene.rota.names(&scene.incident, next)
    )];
    if scene.rota.level(&scene.incident).is_none() {
        told.push("whom it is assigned to stands on no level of its policy: it begins at level 1".to_owned());
    }
    if let Some(held) = alert::ack(&scene.incident) {
        told.push(format!("the ack of {} ends: it is triggered again", held.by));
    }
    Ok(told)
}

fn note(scene: &Scene, request: &Request) -> Result<Vec<String>, String> {
    match request.text.trim() {
        "" => Err("a note needs a text".to_owned()),
        text => Ok(vec![
            format!("writes a note on {} as {}: {text}", what(scene), scene.me.email),
            "everybody who sees the incident sees it; it pages nobody".to_owned(),
        ]),
    }
}
