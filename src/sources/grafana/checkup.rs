//! Which organisation a token sees, and which of Grafana's permissions it has.

use std::collections::BTreeMap;

use serde::{Deserialize, de::IgnoredAny};

use super::Grafana;
use crate::{
    domain::{
        Time,
        checkup::{Checkup, Right, SILENCES},
    },
    sources::{Source, http::Call},
};

/// What is done with each permission that is more than reading.
const WANTED: [(&str, &str); 2] = [("alert.silences:create", SILENCES), ("annotations:create", "write notes")];

#[derive(Deserialize)]
struct Organisation {
    id: i64,
    name: String,
}

impl Grafana {
    pub(super) async fn check_up(&self, now: Time) -> Checkup {
        let organisation: Option<Organisation> = self.told("api/org", now).await;
        let login = organisation.map(|o| format!("organisation {} ({})", o.name, o.id)).unwrap_or_default();
        let checkup = Checkup::by(login).allowed(self.http.allowed(now));
        let permissions = self.told::<BTreeMap<String, IgnoredAny>>("api/access-control/user/permissions", now).await;
        let Some(permissions) = permissions else {
            // An older Grafana, or one that keeps it to itself: the alerts' own door tells of silences.
            return Checkup { rights: self.alerts.checkup(now).await.rights, ..checkup };
        };
        let wanted = WANTED.into_iter().filter(|(_, to)| *to != SILENCES || self.description.can.silences);
        wanted.fold(checkup, |checkup, (permission, to)| {
            let why = format!("its token has no {permission}");
            let advice = format!("add {permission} to the service account, for the folders that you watch");
            checkup.with(Right::of(to, permissions.contains_key(permission), &why, &advice))
        })
    }

    /// None where it does not say.
    async fn told<T: serde::de::DeserializeOwned>(&self, path: &str, now: Time) -> Option<T> {
        let answer = self.http.call(Call::get(path), now).await.ok()?;
        self.http.json(&answer).ok()
    }
}
