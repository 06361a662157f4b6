//! A cockpit that is only played: nothing that its keys ask for leaves it. No command runs, no editor opens, no file and no
//! clipboard is written; each such wish is answered at once.

use crate::{
    app::{
        effect::Effect,
        msg::{ActionMsg, EditorMsg, Msg},
    },
    domain::{
        action::{Ended, How, Output},
        text::SafeText,
    },
};

/// What comes in place of an effect; the effect itself where it stays inside.
pub(super) fn instead(effect: Effect) -> Result<Option<Msg>, Box<Effect>> {
    Ok(match effect {
        Effect::RunAction(order) => {
            let how = How::NotStarted(SafeText::new("a replay runs nothing"));
            let took = chrono::Duration::zero();
            let ended = Ended { how, took, output: Output::default(), lingers: false, asked: false };
            Some(Msg::Action(order.op, ActionMsg::Ended(Box::new(ended))))
        }
        Effect::Edit { .. } => Some(Msg::Editor(EditorMsg::Failed(SafeText::new("a replay opens no editor")))),
        Effect::KeepTheme { .. } => Some(Msg::ThemeKept(Err(SafeText::new("a replay writes no file")))),
        Effect::Keep { .. } => Some(Msg::Kept(Err(SafeText::new("a replay writes no file")))),
        Effect::Copy(_) | Effect::Notify(_) | Effect::Bell => None,
        Effect::OpenLink(url) => Some(Msg::LinkTold { url, opened: Err(SafeText::new("a replay opens nothing")) }),
        other => return Err(Box::new(other)),
    })
}
