//! The world without a screen, once: every source is asked, the answers are merged, and that is the answer.

use futures_util::future::join_all;

use crate::app::{
    msg::{Msg, SourceMsg},
    world::{Setup, World},
};

use super::{Sources, clock::Clock, panics};

/// Asks every source once, all at the same time.
pub async fn world(setup: Setup, sources: &Sources, clock: Clock) -> World {
    let mut world = World::new(setup);
    let answers = join_all(sources.iter().map(|source| async move {
        let answer = panics::asked(source.poll(clock.now())).await;
        (source.describe().name.clone(), answer)
    }))
    .await;
    let now = clock.now();
    for (name, answer) in answers {
        let msg = match answer {
            Ok(snapshot) => SourceMsg::Answered(Box::new(snapshot)),
            Err(error) => SourceMsg::Failed(error),
        };
        // What should be kept of it is a cockpit's business: a question leaves no trace.
        drop(world.on_source(now, &name, msg));
    }
    world
}

/// The same as messages, for a frame of the cockpit.
pub async fn messages(sources: &Sources, clock: Clock) -> Vec<Msg> {
    let mut messages = Vec::new();
    for source in sources {
        let name = source.describe().name.clone();
        let msg = match panics::asked(source.poll(clock.now())).await {
            Ok(snapshot) => SourceMsg::Answered(Box::new(snapshot)),
            Err(error) => SourceMsg::Failed(error),
        };
        messages.push(Msg::Source(name.clone(), msg));
        if let Some(changes) = source.changes()
            && let Ok(new) = panics::asked(changes.changes(crate::domain::Time::UNIX_EPOCH, clock.now())).await
        {
            messages.push(Msg::Source(name, SourceMsg::Changed(new)));
        }
    }
    messages
}
