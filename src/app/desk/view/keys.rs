//! Keys for the layers of seeing; and the small one that asks why an alert is noise.

use crate::{
    app::{
        App,
        desk::{forms, layer::Layer, text::TextBuffer},
        effect::Effects,
    },
    config::keymap::{Key, KeyCode},
    domain::{Time, alert::AlertId},
};

use super::{
    LineKey, facets,
    layer::{NoiseForm, Seeing},
    pick, queue,
};

pub(crate) fn key(app: &mut App, now: Time, key: Key) -> Effects {
    if key.code == KeyCode::Esc {
        app.desk.layers.pop();
        return Vec::new();
    }
    match app.desk.layers.last() {
        Some(Layer::Seeing(Seeing::Group(_))) => pick::key(app, key),
        Some(Layer::Seeing(Seeing::Facets(_))) => facets::key(app, key),
        Some(Layer::Seeing(Seeing::Returned { .. })) => queue::key(app, now, key),
        Some(Layer::Seeing(Seeing::Noise(_))) => noise_key(app, now, key),
        _ => Vec::new(),
    }
}

/// A step up or down a list, as keys ask for it; none where the key is no motion.
pub(super) fn step(key: Key, place: usize, len: usize) -> Option<usize> {
    let last = len.saturating_sub(1);
    let plain = !key.ctrl && !key.alt;
    Some(match key.code {
        KeyCode::Down => (place + 1).min(last),
        KeyCode::Up => place.saturating_sub(1),
        KeyCode::Char('j') if plain => (place + 1).min(last),
        KeyCode::Char('k') if plain => place.saturating_sub(1),
        KeyCode::PageDown => (place + 10).min(last),
        KeyCode::PageUp => place.saturating_sub(10),
        KeyCode::Char('d') if key.ctrl => (place + 10).min(last),
        KeyCode::Char('u') if key.ctrl => place.saturating_sub(10),
        KeyCode::Home => 0,
        KeyCode::End => last,
        KeyCode::Char('g') if plain => 0,
        KeyCode::Char('G') if plain => last,
        _ => return None,
    })
}

/// Marks the alert as noise, after asking why; one that is marked is not any more, at once.
pub(crate) fn noise(app: &mut App, now: Time) -> Effects {
    let Some(id) = forms::subject_alert(app) else { return forms::no_alert(app, now) };
    if let Err(why) = app.world.may_write() {
        app.desk.say_bad(now, why);
        return Vec::new();
    }
    let ids = match app.desk.alerts.selected() {
        Some(LineKey::Twins(ids)) if ids.contains(&id) && app.desk.layers.is_empty() => ids.to_vec(),
        _ => vec![id.clone()],
    };
    let (marked, unmarked): (Vec<AlertId>, Vec<AlertId>) =
        ids.into_iter().partition(|id| app.world.noise.on(id).is_some());
    if unmarked.is_empty() {
        return marked.iter().flat_map(|id| app.world.mark_noise(now, id, None)).collect();
    }
    let Some(row) = app.world.board.get(&id) else { return forms::no_alert(app, now) };
    let form = NoiseForm { title: row.name().clone(), ids: unmarked, why: TextBuffer::default() };
    app.desk.layers.push(Layer::Seeing(Seeing::Noise(form)));
    Vec::new()
}

fn noise_key(app: &mut App, now: Time, key: Key) -> Effects {
    if key.code == KeyCode::Enter {
        let Some(Layer::Seeing(Seeing::Noise(form))) = app.desk.layers.pop() else { return Vec::new() };
        return match app.world.may_write() {
            Ok(()) => {
                let why = Some(form.why.as_str());
                form.ids.iter().flat_map(|id| app.world.mark_noise(now, id, why)).collect()
            }
            Err(why) => {
                app.desk.say_bad(now, why);
                Vec::new()
            }
        };
    }
    if let Some(Layer::Seeing(Seeing::Noise(form))) = app.desk.layers.last_mut() {
        form.why.key(key);
    }
    Vec::new()
}
