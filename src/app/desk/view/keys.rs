//! Keys for the layers of seeing; and the small one that asks why an alert is noise.

use crate::{
    app::{
        App,
        desk::{forms, layer::Layer, strokes::Stroke, text::TextBuffer},
        effect::Effects,
    },
    config::keymap::Command,
    domain::{Time, alert::AlertId},
};

use super::{
    LineKey, facets,
    layer::{NoiseForm, Seeing},
    pick, queue,
};

pub(crate) fn key(app: &mut App, now: Time, stroke: Stroke) -> Effects {
    if matches!(stroke, Stroke::Asks(Command::Back | Command::MenuCancel | Command::FormCancel)) {
        app.desk.layers.pop();
        return Vec::new();
    }
    match app.desk.layers.last() {
        Some(Layer::Seeing(Seeing::Group(_))) => pick::key(app, stroke),
        Some(Layer::Seeing(Seeing::Facets(_))) => facets::key(app, stroke),
        Some(Layer::Seeing(Seeing::Returned { .. })) => queue::key(app, now, stroke),
        Some(Layer::Seeing(Seeing::Noise(_))) => noise_key(app, now, stroke),
        _ => Vec::new(),
    }
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

fn noise_key(app: &mut App, now: Time, stroke: Stroke) -> Effects {
    if stroke == Stroke::Asks(Command::FormSend) {
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
    if let (Some(Layer::Seeing(Seeing::Noise(form))), Stroke::Types(key)) = (app.desk.layers.last_mut(), stroke) {
        form.why.key(key);
    }
    Vec::new()
}
