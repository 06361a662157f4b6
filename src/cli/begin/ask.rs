//! The questions of `config init`, one source after the other, each tested as soon as it is entered.

use std::path::Path;

use crate::{
    config::{SourceKind, kinds},
    domain::checkup::SILENCES,
    sources::{
        logins::Known,
        probe::{Neighbour, Probed},
    },
};

use super::{
    credentials::{self, Means},
    draft::{AuthDraft, Draft, SourceDraft},
    fields,
    forms::{self, Address},
    import::Found,
    talk::{self, Said},
    trial,
};

/// Longest name of another program's login that is taken for one of ours, in bytes.
const NAME: usize = 24;

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
    if let Some(says) = means.says() {
        talk::tell(format!("Logins of other programs are here: {says}. Choose that kind to use one."));
    }
    // A token that was imported is a source as well.
    let is_empty = |draft: &Draft| draft.sources.is_empty() && draft.later.is_empty();
    while is_empty(&draft) || talk::yes("Another source?", false)? {
        one(&mut draft, means).await?;
        if is_empty(&draft) && !talk::yes("No source yet. Enter one?", true)? {
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
    let first = if draft.sources.is_empty() { SourceKind::Alertmanager } else { SourceKind::Prometheus };
    let mut source = SourceDraft::new("", kind(first)?, "");
    let known = known(means.known(source.kind))?;
    match known {
        Some(known) => take(&mut source, known),
        None => address(&mut source, means)?,
    }
    name(draft, &mut source, known)?;
    if known.is_none() && needs_credentials(&source) {
        credentials::ask(&mut source, means)?;
    }
    fields::ask(&mut source, fields::Which::Usual)?;
    if draft.holds(&source) {
        talk::tell("  This one is there already.");
        return Ok(());
    }
    settle(draft, source, means).await
}

/// A list of what there is, and one of it.
fn kind(usual: SourceKind) -> Said<SourceKind> {
    for form in forms::ALL {
        talk::tell(format!("    {:<13} {}", form.kind.as_str(), form.shows));
    }
    let words: Vec<&str> = forms::ALL.iter().map(|form| form.kind.as_str()).collect();
    let word = talk::choice_of("Kind of source", &words, usual.as_str())?;
    Ok(kinds::named(word).unwrap_or(usual))
}

/// A login that another program left here; none where there is none, or another is wanted.
fn known(all: &[Known]) -> Said<Option<&Known>> {
    if all.is_empty() {
        return Ok(None);
    }
    for (n, known) in all.iter().enumerate() {
        talk::tell(format!("    {}  {}  {}", n + 1, known.name, known.says));
    }
    let chosen = talk::number(&format!("Which of these logins (1 to {}, or 0 for another)", all.len()), all.len(), 1)?;
    Ok(chosen.checked_sub(1).and_then(|n| all.get(n)))
}

fn take(source: &mut SourceDraft, known: &Known) {
    source.url = known.url.clone().unwrap_or_default();
    for (key, value) in &known.own {
        if let Err(why) = source.take(key, value) {
            talk::tell(format!("  {why}; it is left out."));
        }
    }
}

/// Whoever has no address is found by a login that is here.
fn needs_credentials(source: &SourceDraft) -> bool {
    let found = matches!(forms::of(source.kind).address, Address::May(_)) && source.url.is_empty();
    !found && matches!(source.auth, AuthDraft::None)
}

/// Asks for an address until it is one; a user and a password in it become a secret.
fn address(source: &mut SourceDraft, means: &Means) -> Said<()> {
    let (usual, empty) = match forms::of(source.kind).address {
        Address::Not => return Ok(()),
        Address::Must(usual) => (usual, ""),
        Address::May(empty) => ("", empty),
    };
    let prompt = if empty.is_empty() { "Address".to_owned() } else { format!("Address (Enter: {empty})") };
    let usual = if source.url.is_empty() { usual.to_owned() } else { source.url.clone() };
    loop {
        source.url = talk::line(&prompt, &usual)?.trim_end_matches('/').to_owned();
        if source.url.is_empty() && !empty.is_empty() {
            return Ok(());
        }
        if source.take_user(means.keep()) {
            talk::tell("  The user and the password were taken out of the address; they are kept as a secret.");
        }
        match super::address(&source.url) {
            Ok(()) => return Ok(()),
            Err(why) => talk::tell(format!("  {why}")),
        }
    }
}

fn name(draft: &Draft, source: &mut SourceDraft, known: Option<&Known>) -> Said<()> {
    // A context may be called by half an address.
    let short = known.map(|k| k.name.as_str()).filter(|n| n.len() <= NAME && !n.contains(['/', ':']));
    let usual = draft.free_name(short.unwrap_or(source.kind.as_str()));
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
            if !probed.problems.is_empty() && talk::yes("Change something?", false)? {
                change(&mut source, means)?;
                continue;
            }
            break Some(probed);
        }
        match then()? {
            Then::Again => {}
            Then::Change => change(&mut source, means)?,
            Then::Keep => break None,
            Then::Leave => return Ok(()),
        }
    };
    let lacks = |p: &Probed| p.beside.checkup.rights.iter().any(|r| r.to.raw() == SILENCES && r.lack.is_some());
    if probed.as_ref().is_some_and(lacks) {
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
    let kind = kind(source.kind)?;
    if kind != source.kind {
        *source = SourceDraft { name: source.name.clone(), ..SourceDraft::new("", kind, &source.url) };
    }
    let auth = std::mem::take(&mut source.auth);
    address(source, means)?;
    if needs_credentials(source) {
        let has = !matches!(auth, AuthDraft::None);
        if has && talk::yes("The same credentials?", true)? {
            source.auth = auth;
        } else {
            credentials::ask(source, means)?;
        }
    }
    fields::ask(source, fields::Which::All)
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
