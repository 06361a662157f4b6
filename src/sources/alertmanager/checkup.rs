//! Whether silences may be written, asked without writing one.

use super::Alertmanager;
use crate::{
    domain::{
        Time,
        checkup::{Checkup, Right, SILENCES},
    },
    sources::http::Call,
};

impl Alertmanager {
    /// Offers a silence without matchers, which no Alertmanager takes: who may not write is told so, who may is told that
    /// it is none. Asked only where silences are to be written.
    pub(super) async fn check_up(&self, now: Time) -> Checkup {
        let Some(http) = self.members.first() else { return Checkup::default() };
        let checkup = Checkup::default().allowed(http.allowed(now));
        if !self.description.can.silences {
            return checkup;
        }
        let advice = "ask for the right to write silences, or set ack = \"journal\" and silences = \"read\"";
        checkup.with(match http.call(Call::post_json("api/v2/silences", "{}"), now).await {
            Err(failure) if !matches!(failure.status, Some(400 | 422)) => {
                Right::lacking(SILENCES, failure.error.to_string(), advice)
            }
            _ => Right::held(SILENCES),
        })
    }
}
