//! A document before a person: read, scrolled, put on the clipboard of the terminal, kept as a file. Nothing in it is
//! changed here, and nothing is sent anywhere.

use std::sync::Arc;

use crate::{
    app::{
        App,
        effect::{Effect, Effects},
        msg::Written,
    },
    config::keymap::Command,
    domain::{incident::IncidentId, text::SafeText},
};

use super::layer::Layer;

#[derive(Clone, Debug)]
pub struct Paper {
    /// What it is, until it is there.
    pub title: String,
    /// None while it is being written.
    pub written: Option<Arc<Written>>,
    pub error: Option<SafeText>,
    pub scroll: usize,
}

/// Asks for the handoff of the shift that ends.
pub(crate) fn handoff(app: &mut App) -> Effects {
    app.desk.layers.retain(|l| !matches!(l, Layer::Paper(_)));
    app.desk.layers.push(Layer::Paper(Paper { title: "handoff".into(), written: None, error: None, scroll: 0 }));
    vec![Effect::Handoff]
}

/// Asks for the post-mortem of an incident: it is read before anything is written.
pub(crate) fn post_mortem(app: &mut App, id: IncidentId) -> Effects {
    app.desk.layers.retain(|l| !matches!(l, Layer::Paper(_)));
    app.desk.layers.push(Layer::Paper(Paper { title: "post-mortem".into(), written: None, error: None, scroll: 0 }));
    vec![Effect::PostMortem(id)]
}

fn open(app: &mut App) -> Option<&mut Paper> {
    app.desk.layers.iter_mut().rev().find_map(|l| if let Layer::Paper(paper) = l { Some(paper) } else { None })
}

/// It was written, or cannot be. Whoever left it meanwhile wants no more of it.
pub(crate) fn written(app: &mut App, written: Result<Written, SafeText>) -> Effects {
    if let Some(paper) = open(app) {
        match written {
            Ok(document) => paper.written = Some(Arc::new(document)),
            Err(why) => paper.error = Some(why),
        }
    }
    Vec::new()
}

pub(crate) fn kept(app: &mut App, kept: Result<SafeText, SafeText>) -> Effects {
    match kept {
        Ok(file) => app.desk.say_good(app.now, format!("written to {}", file.line())),
        Err(why) => app.desk.say_bad(app.now, why.line()),
    }
    Vec::new()
}

/// A command of the document's own.
pub(crate) fn run(app: &mut App, command: Command) -> Option<Effects> {
    let wanted = matches!(command, Command::PaperCopy | Command::PaperWrite);
    let Some(Layer::Paper(paper)) = app.desk.layers.last().filter(|_| wanted) else { return None };
    let Some(document) = paper.written.clone() else {
        app.desk.say_bad(app.now, "it is not written yet");
        return Some(Vec::new());
    };
    if command == Command::PaperWrite {
        return Some(vec![Effect::Keep(document)]);
    }
    Some(vec![Effect::Copy(document.text.as_ref().to_owned())])
}
