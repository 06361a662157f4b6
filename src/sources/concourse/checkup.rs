//! As whom Concourse knows us, and what the roles in its teams let us do.

use std::collections::BTreeMap;

use serde::Deserialize;

use super::Concourse;
use crate::{
    domain::{
        Time,
        checkup::{Checkup, Right},
    },
    sources::http::Call,
};

/// What is more than reading, and the roles that may do it in a team.
const WANTED: [(&str, &[&str]); 2] =
    [("write notes", &["owner", "member"]), ("pause jobs", &["owner", "member", "pipeline-operator"])];

#[derive(Deserialize, Default)]
#[serde(default)]
struct User {
    user_name: String,
    is_admin: bool,
    teams: BTreeMap<String, Vec<String>>,
}

impl Concourse {
    pub(super) async fn check_up(&self, now: Time) -> Checkup {
        let allowed = self.door.http.allowed(now);
        let Ok(user) = self.door.json::<User>(Call::get("api/v1/user"), now).await else {
            return Checkup::default().allowed(allowed);
        };
        let teams: Vec<String> =
            user.teams.iter().map(|(team, roles)| format!("{} of {team}", roles.join(" and "))).collect();
        let words: Vec<&str> = std::iter::once(user.user_name.as_str())
            .chain(teams.iter().map(String::as_str))
            .filter(|w| !w.is_empty())
            .collect();
        let checkup = Checkup::by(words.join(", ")).allowed(allowed);
        WANTED.into_iter().fold(checkup, |checkup, (to, roles)| {
            let may = |held: &Vec<String>| held.iter().any(|r| roles.contains(&r.as_str()));
            let advice = format!("ask for the role {} in the team", roles.last().copied().unwrap_or_default());
            checkup.with(Right::of(
                to,
                user.is_admin || user.teams.values().any(may),
                "no team gives it a role for that",
                &advice,
            ))
        })
    }
}
