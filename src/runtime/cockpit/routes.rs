//! How the cockpit reads a source's routes: in a task, which answers with what they are.

use crate::{app::msg::Msg, domain::source::SourceName, runtime::terminal::Screen};

use super::{super::routes, Turning};

impl<S: Screen> Turning<'_, S> {
    pub(super) fn read_routes(&mut self, name: SourceName) -> Option<Msg> {
        let (sources, clock, inbox) = (self.sources.clone(), self.clock, self.inbox.clone());
        self.tasks.spawn(async move {
            let told = routes::read(&sources, &name, clock).await;
            // A loop that has gone needs no answer.
            let _ = inbox.send(Msg::Routes(name, told)).await;
        });
        None
    }
}
