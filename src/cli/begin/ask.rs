//! The questions of `config init`, one source after the other, each tested as soon as it is entered.

use std::path::Path;

use crate::{
    config::SourceKind,
    sources::probe::{Neighbour, Probed},
};

use super::{
    credentials::{self, Means},
    draft::{AuthDraft, Draft, SourceDraft, kind},
    import::Found,
    talk::{self, Said},
    trial,
};

/// What a person chose for a source that does not answer.
enum Then {
    Again,
    Change,
    Keep,
    Leave,
}

/// Asks for everything.
///
/// # Errors
/// Where the person leaves.
pub async fn everything(login: &str, found: Vec<Found>, slo_files: &[String], means: &Means) -> Said<Draft> {
    let mut draft = Draft::default();
    let known = found.iter().find_map(|f| f.user.clone());
    let name = talk::line("Your name, on acks, notes and silences", known.as_deref().unwrap_or(login))?;
    draft.user = (name != login).then_some(name);
    for found in found {
        offer(&mut draft, found, means).await?;
    }
    while draft.sources.is_empty() || talk::yes("Another source?", false)? {
        one(&mut draft, means).await?;
        if draft.sources.is_empty() && !talk::yes("No source yet. Enter one?", true)? {
            break;
        }
    }
    slos(&mut draft, slo_files)?;
    Ok(draft)
}

async fn offer(draft: &mut Draft, found: Found, means: &Means) -> Said<()> {
    talk::tell(format!("Found {} ({}): {}.", found.path.display(), found.of, found.says()));
    found.notes.iter().for_each(|note| talk::tell(format!("  {note}")));
    if found.is_empty() || !talk::yes("Import it?", true)? {
        return Ok(());
    }
    for mut source in found.sources {
        source.name = draft.free_name(&source.name);
        settle(draft, source, means).await?;
    }
    draft.later.extend(found.later);
    Ok(())
}

async fn one(draft: &mut Draft, means: &Means) -> Said<()> {
    let first = if draft.sources.is_empty() { "alertmanager" } else { "prometheus" };
    let word = talk::choice("Kind of source", &["alertmanager", "prometheus"], first)?;
    let kind = kind(word).unwrap_or(SourceKind::Alertmanager);
    let usual = match kind {
        SourceKind::Alertmanager => "http://localhost:9093",
        SourceKind::Prometheus => "http://localhost:9090",
        _ => "",
    };
    let mut source = SourceDraft::new("", kind, "");
    address(&mut source, usual, means)?;
    if draft.has(kind, &source.url) {
        talk::tell("  This one is there already.");
        return Ok(());
    }
    name(draft, &mut source)?;
    if matches!(source.auth, AuthDraft::None) {
        source.auth = credentials::ask(means)?;
    }
    settle(draft, source, means).await
}

/// Asks for an address until it is one; a user and a password in it become a secret.
fn address(source: &mut SourceDraft, usual: &str, means: &Means) -> Said<()> {
    loop {
        source.url = talk::line("Address", usual)?.trim_end_matches('/').to_owned();
        if source.take_user(means.keep()) {
            talk::tell("  The user and the password were taken out of the address; they are kept as a secret.");
        }
        match super::address(&source.url) {
            Ok(()) => return Ok(()),
            Err(why) => talk::tell(format!("  {why}")),
        }
    }
}

fn name(draft: &Draft, source: &mut SourceDraft) -> Said<()> {
    let usual = draft.free_name(source.kind.as_str());
    loop {
        source.name = talk::line("Name, as the screen calls it", &usual)?;
        if draft.free_name(&source.name) == source.name {
            return Ok(());
        }
        talk::tell("  Another source has this name.");
    }
}

/// Tests a source until it answers, is kept as it is, or is left out; then what it names beside itself is offered.
async fn settle(draft: &mut Draft, mut source: SourceDraft, means: &Means) -> Said<()> {
    let probed = loop {
        if let Ok(probed) = trial::run(&source).await {
            break Some(probed);
        }
        match then()? {
            Then::Again => {}
            Then::Change => change(&mut source, means)?,
            Then::Keep => break None,
            Then::Leave => return Ok(()),
        }
    };
    if probed.as_ref().and_then(|p| p.may_silence.as_ref()).is_some_and(Result::is_err) {
        source.read_only = talk::yes("Keep acks in the journal alone, and silences read-only?", true)?;
    }
    let auth = source.auth.clone();
    draft.sources.push(source);
    match probed {
        Some(probed) => Box::pin(neighbours(draft, &probed, &auth, means)).await,
        None => Ok(()),
    }
}

fn then() -> Said<Then> {
    Ok(match talk::choice("What now", &["again", "change", "keep", "leave out"], "change")? {
        "again" => Then::Again,
        "keep" => Then::Keep,
        "leave out" => Then::Leave,
        _ => Then::Change,
    })
}

fn change(source: &mut SourceDraft, means: &Means) -> Said<()> {
    let word = talk::choice("Kind of source", &["alertmanager", "prometheus"], source.kind.as_str())?;
    source.kind = kind(word).unwrap_or(source.kind);
    let before = source.url.clone();
    let auth = std::mem::take(&mut source.auth);
    address(source, &before, means)?;
    if matches!(source.auth, AuthDraft::None) {
        let has = !matches!(auth, AuthDraft::None);
        source.auth = if has && talk::yes("The same credentials?", true)? { auth } else { credentials::ask(means)? };
    }
    Ok(())
}

async fn neighbours(draft: &mut Draft, probed: &Probed, auth: &AuthDraft, means: &Means) -> Said<()> {
    for Neighbour { kind, url } in &probed.neighbours {
        if draft.has(*kind, url) {
            continue;
        }
        talk::tell(format!("It names a server beside itself: {} at {url}.", kind.as_str()));
        // A server is often known by more than one name.
        let known = draft.sources.iter().any(|s| s.kind == *kind);
        if known {
            talk::tell("  It may be one that you entered already, under another name.");
        }
        if !talk::yes("Add it as a source, too?", !known)? {
            continue;
        }
        let mut source = SourceDraft::new(draft.free_name(kind.as_str()), *kind, url);
        // Another server is told no secret that was not meant for it.
        if !matches!(auth, AuthDraft::None) && talk::yes("With the same credentials?", false)? {
            source.auth = auth.clone();
        }
        settle(draft, source, means).await?;
    }
    Ok(())
}

fn slos(draft: &mut Draft, files: &[String]) -> Said<()> {
    let counts = draft.sources.iter().any(|s| s.kind == SourceKind::Prometheus);
    if files.is_empty() || !counts {
        return Ok(());
    }
    talk::tell(format!("Found files of SLOs: {}.", files.join(", ")));
    if talk::yes("Count error budgets from them?", true)? {
        draft.slo_files = files.to_vec();
    }
    Ok(())
}

/// Whether a file that is there may be replaced; a copy of it is kept.
///
/// # Errors
/// Where the person leaves.
pub fn replace(path: &Path) -> Said<bool> {
    talk::tell(format!("{} is there already. A copy of it is kept.", path.display()));
    talk::yes("Write another in its place?", false)
}
