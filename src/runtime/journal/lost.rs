//! Actions that somebody was running who is gone: their end is unknown, and that is written down at the next start.

use crate::{domain::action::lost::lost, runtime::action};

use super::Keeping;

/// How far back an action without an end is looked for.
const BACK: chrono::Duration = chrono::Duration::days(30);

impl Keeping {
    pub(super) async fn write_lost(&mut self) {
        let read = self.with(|j, now| async move { j.actions_since(now - BACK).await }).await;
        let Some(Ok(entries)) = read else { return };
        let lost = lost(&entries, self.clock.now(), action::is_gone);
        if !lost.is_empty() {
            self.observe(lost).await;
        }
    }
}
