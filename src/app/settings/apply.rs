//! A configuration takes effect: the world and the desk follow it here, the shell by [`Effect::Adopt`].

use crate::{
    app::{
        App,
        desk::view::View,
        effect::{Effect, Effects},
    },
    config::{Config, change::Change},
    domain::{
        entry::{Body, Kind, NewEntry, Subject},
        source::SourceName,
        text::SafeText,
    },
};

use super::{Adoption, Offer, Taken};

/// Changes that the line at the foot names; the panel has them all.
const NAMED: usize = 2;

/// Takes up what waits.
pub(super) fn take(app: &mut App) -> Effects {
    let Some(offer) = app.settings.waiting.take() else { return Vec::new() };
    let Offer { reading, changes, sources } = *offer;
    let now = app.now;
    furnish(app, &reading.config, &changes);
    app.world.silencing.rules = reading.silences.clone();
    let (gone, forgotten) = app.world.resettle(now, &reading.about, &sources);
    let mut effects = vec![Effect::Observe(entries(app, &changes, &gone))];
    effects.extend(forgotten);
    app.desk.say_good(now, sentence(&changes, &gone));
    app.settings.touched.clear();
    app.settings.in_force = Some(reading.clone());
    app.settings.taken = Some(Taken { at: now, changes });
    app.desk.look_again(&app.world, now);
    effects.push(Effect::Adopt(Box::new(Adoption { reading, sources })));
    effects
}

/// What of it the heart goes by.
fn furnish(app: &mut App, config: &Config, changes: &[Change]) {
    let touches = |noun: &str| changes.iter().any(|c| c.key.starts_with(noun));
    app.keymap = config.keymap.clone();
    app.desk.pending.clear();
    app.world.read_only = config.read_only;
    app.world.ack = config.ack.clone();
    app.world.furnish(config);
    app.world.configure(&config.alerts);
    app.desk.rings = config.notify.filter.clone();
    if touches("correlation") || touches("source.") {
        app.world.correlate(config.correlations.clone());
    }
    if touches("alerts.") {
        app.desk.view = View::new(&config.alerts);
    }
    if touches("view.") || touches("order of views") {
        crate::app::desk::views::renew(app, config.views.clone());
    }
}

/// What is said at the foot of the screen.
fn sentence(changes: &[Change], gone: &[(SourceName, usize)]) -> String {
    let went = gone.iter().filter(|(_, n)| *n > 0).map(|(name, n)| format!("{} of {name} left the board", alerts(*n)));
    let mut parts: Vec<String> = went.collect();
    parts.extend(changes.iter().take(NAMED).map(ToString::to_string));
    if changes.len() > NAMED {
        parts.push(format!("and {} more", changes.len() - NAMED));
    }
    format!("configuration: {}", parts.join("; "))
}

fn alerts(n: usize) -> String {
    if n == 1 { "one alert".into() } else { format!("{n} alerts") }
}

/// One entry that says all of it, and one for each source whose rows go.
fn entries(app: &App, changes: &[Change], gone: &[(SourceName, usize)]) -> Vec<NewEntry> {
    let file = app.settings.in_force.as_ref().and_then(|r| r.config.path.clone());
    let title = file.map_or_else(|| "the configuration".to_owned(), |path| path.to_string_lossy().into_owned());
    let text: Vec<String> = changes.iter().map(ToString::to_string).collect();
    let entry = |subject: Subject, source: Option<SourceName>, title: &str, text: &str| NewEntry {
        at: app.now,
        // Who wrote the file nobody here knows.
        actor: SafeText::new("watchfire"),
        kind: Kind::ConfigChanged,
        subject,
        source,
        body: Body { title: Some(SafeText::new(title)), text: Some(SafeText::new(text)), ..Body::default() },
        once: None,
    };
    let mut out = vec![entry(Subject::new("config"), None, &title, &text.join("\n"))];
    out.extend(gone.iter().map(|(name, n)| {
        let text = format!("no longer asked as it was; {} left the board unresolved", alerts(*n));
        entry(Subject::source(name), Some(name.clone()), name.as_str(), &text)
    }));
    out
}
