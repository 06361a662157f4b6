//! Whose token it is, and in whose name something is written.
//!
//! A user's token writes as that user. An account's key writes as the user whom the `From` header names, and must name
//! one. Which of them it is PagerDuty tells at `/users/me`, which knows no accounts.

use super::{Pagerduty, memory::Memory, wire};
use crate::{
    config::{SourceKind, kinds},
    domain::{
        Time,
        checkup::{Checkup, Right},
        source::SourceError,
        text::SafeText,
    },
    sources::http::Call,
};

/// What a person must do before anything can be written with an account's key.
pub(super) const NAMELESS: &str = "this token is an account's key, which acts in nobody's name: set `from = \"you@example.com\"`, the address of a PagerDuty user, under [source.pagerduty], or use a user's own token";

/// Whose token it is.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Who {
    User(Actor),
    Account,
}

/// A user of PagerDuty in whose name something is done.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Actor {
    /// Empty where the token may not look users up.
    pub(super) id: SafeText,
    pub(super) name: SafeText,
    pub(super) email: SafeText,
}

impl Actor {
    fn of(user: &wire::Ref) -> Self {
        let name = user.name.clone().unwrap_or_else(|| user.called());
        Self { id: user.id.clone(), name, email: user.email.clone().unwrap_or_default() }
    }

    pub(super) fn is(&self, user: &wire::Ref) -> bool {
        let same = |a: &SafeText, b: &SafeText| !a.is_empty() && a.raw().eq_ignore_ascii_case(b.raw());
        same(&self.id, &user.id) || user.email.as_ref().is_some_and(|email| same(&self.email, email))
    }
}

impl Who {
    /// For the line of the source.
    pub(super) fn words(&self, from: Option<&str>) -> String {
        match (self, from) {
            (Self::User(user), _) => format!("REST v2, as {}", user.email),
            (Self::Account, Some(from)) => format!("REST v2, an account's key, as {from}"),
            (Self::Account, None) => "REST v2, an account's key".to_owned(),
        }
    }
}

/// What is done in somebody's name.
const ACTS: &str = "ack, note, snooze, resolve and escalate";

impl Pagerduty {
    /// As whom it reads and writes; whether PagerDuty lets it write shows only when it does.
    pub(super) async fn check_up(&self, now: Time) -> Checkup {
        let from = self.options.from.as_deref();
        let checkup = match self.who(&self.memory, now).await {
            Ok(who @ Who::User(_)) => Checkup::by(who.words(from)),
            Ok(who @ Who::Account) => {
                let checkup = Checkup::by(who.words(from));
                match self.actor(now).await {
                    Err(error) if self.acks_natively() => checkup.with(Right::lacking(
                        ACTS,
                        error.to_string(),
                        kinds::login_advice(SourceKind::Pagerduty),
                    )),
                    _ => checkup,
                }
            }
            Err(_) => Checkup::default(),
        };
        checkup.allowed(self.http.allowed(now))
    }

    /// Whose token it is: asked once.
    pub(super) async fn who(&self, memory: &Memory, now: Time) -> Result<Who, SourceError> {
        if let Some(who) = memory.known().who.clone() {
            return Ok(who);
        }
        let who = match self.http.call(Call::get("users/me"), now).await {
            Ok(answer) => Who::User(Actor::of(&self.http.json::<wire::OneUser>(&answer)?.user)),
            Err(failure) if matches!(failure.status, Some(400 | 403 | 404)) => Who::Account,
            Err(failure) => return Err(failure.error),
        };
        memory.known().who = Some(who.clone());
        Ok(who)
    }

    /// In whose name something is written.
    ///
    /// # Errors
    /// `Rejected` where it would be nobody's, with what to do.
    pub(super) async fn actor(&self, now: Time) -> Result<Actor, SourceError> {
        match (self.who(&self.memory, now).await?, &self.options.from) {
            (Who::User(user), _) => Ok(user),
            (Who::Account, Some(from)) => self.user_at(from, now).await,
            (Who::Account, None) => Err(SourceError::rejected(NAMELESS)),
        }
    }

    async fn user_at(&self, from: &str, now: Time) -> Result<Actor, SourceError> {
        let query = [("query", from.to_owned()), ("limit", "100".to_owned())];
        let unknown = || Actor { id: SafeText::default(), name: from.into(), email: from.into() };
        let answer = match self.http.call(Call::get("users").query(&query), now).await {
            Ok(answer) => answer,
            // A key may be allowed to write and not to look users up: PagerDuty itself will say.
            Err(failure) if failure.status == Some(403) => return Ok(unknown()),
            Err(failure) => return Err(failure.error),
        };
        #[derive(serde::Deserialize)]
        struct Users {
            users: Vec<wire::Ref>,
        }
        let users = self.http.json::<Users>(&answer)?.users;
        let found = users.iter().find(|u| u.email.as_ref().is_some_and(|e| e.raw().eq_ignore_ascii_case(from)));
        found.map(Actor::of).ok_or_else(|| {
            SourceError::rejected(format!(
                "no user of PagerDuty has the address {from}: correct `from` under [source.pagerduty]"
            ))
        })
    }
}
