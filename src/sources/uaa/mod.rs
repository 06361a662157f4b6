//! Logging in the way OAuth2 servers of the Cloud Foundry family want it: by password, as a client, or with the login of
//! the system's own command line.
//!
//! Refuses to know what is asked with a token. A password that was refused is not tried again at once: such servers lock
//! an account after a few of those.

mod door;
mod expiry;
mod issue;
mod login;
mod place;

use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use chrono::Duration;
use secrecy::{ExposeSecret, SecretString};

pub(crate) use door::Door;
pub(crate) use expiry::Said;
pub(crate) use issue::{Client, Issuer};
pub(crate) use login::{Login, Logins, home};
pub(crate) use place::is_of;

use issue::{Grant, Issued};

use super::{http::Token, secret::refused};
use crate::{
    config::{Auth, SourceConfig},
    domain::{
        Time,
        source::{Problem, SourceError},
    },
};

/// Before a token ends another is asked for: what is under way then still arrives in time.
const MARGIN: i64 = 30;
/// How long a refused password is not tried again.
const LOCKED: Duration = Duration::minutes(10);

/// Who logs in.
pub(crate) enum Who {
    /// With a token as it is; nobody can renew it.
    Token(SecretString),
    Person {
        user: String,
        password: SecretString,
    },
    /// The issuer's client itself.
    Robot,
    /// With what another program logged in with.
    Login(Box<dyn Logins>),
}

/// One login, shared by everything that is asked with it.
pub(crate) struct Session {
    who: Who,
    issuer: OnceLock<Issuer>,
    token: Token,
    state: tokio::sync::Mutex<State>,
    notes: Mutex<Option<Problem>>,
}

#[derive(Default)]
struct State {
    access: Option<SecretString>,
    /// When it is to be renewed; none where it does not say.
    ends: Option<Time>,
    refresh: Option<SecretString>,
    /// Refused by a server: an access token, a refresh token.
    stale: Option<String>,
    spent: Option<String>,
    /// Not to be asked again before.
    barred: Option<(Time, SourceError)>,
}

impl Session {
    pub(crate) fn new(who: Who) -> Self {
        Self {
            who,
            issuer: OnceLock::new(),
            token: Token::default(),
            state: tokio::sync::Mutex::default(),
            notes: Mutex::default(),
        }
    }

    /// Who gives tokens, where that is known only once the server was asked. The first word counts.
    pub(crate) fn issued_by(&self, issuer: impl FnOnce() -> Issuer) {
        self.issuer.get_or_init(issuer);
    }

    pub(crate) fn has_issuer(&self) -> bool {
        self.issuer.get().is_some()
    }

    pub(crate) fn token(&self) -> &Token {
        &self.token
    }

    /// As whom its token speaks, where the token says so itself.
    pub(crate) async fn says(&self) -> Option<Said> {
        let state = self.state.lock().await;
        expiry::claims(state.access.as_ref()?.expose_secret())
    }

    /// What a person should know of the login, until the next time it is renewed.
    pub(crate) fn note(&self) -> Option<Problem> {
        self.notes.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Sees to it that a token is there that still holds.
    ///
    /// # Errors
    /// `Auth` where nobody gives one, `RateLimited` while the issuer wants to be left alone, and as any request.
    pub(crate) async fn ensure(&self, now: Time) -> Result<(), SourceError> {
        let mut state = self.state.lock().await;
        if state.access.is_some() && state.ends.is_none_or(|ends| now < ends) {
            return Ok(());
        }
        if let Some((until, error)) = &state.barred
            && now < *until
        {
            return Err(error.clone());
        }
        state.barred = None;
        let renewed = self.renew(&mut state, now).await;
        match &renewed {
            Err(error @ SourceError::RateLimited { until }) => state.barred = Some((*until, error.clone())),
            Err(error @ SourceError::Auth { .. }) if matches!(self.who, Who::Person { .. } | Who::Robot) => {
                state.barred = Some((now + LOCKED, error.clone()));
            }
            _ => {}
        }
        renewed
    }

    /// The server did not take the token: whether another can be had.
    pub(crate) async fn renewed(&self, now: Time) -> Result<bool, SourceError> {
        if matches!(self.who, Who::Token(_)) {
            return Ok(false);
        }
        {
            let mut state = self.state.lock().await;
            state.stale = state.access.take().map(|t| t.expose_secret().to_owned());
            self.token.clear();
        }
        self.ensure(now).await.map(|()| true)
    }

    async fn renew(&self, state: &mut State, now: Time) -> Result<(), SourceError> {
        match &self.who {
            Who::Token(token) => self.take(state, token.clone(), None),
            Who::Person { user, password } => {
                self.token.learn(password.expose_secret());
                if self.refreshed(state, now).await? {
                    return Ok(());
                }
                let grant = Grant::Password { user, password };
                let issued = self.issue(grant, now).await?;
                self.keep(state, issued, now)
            }
            Who::Robot => {
                let issued = self.issue(Grant::Client, now).await?;
                self.keep(state, issued, now)
            }
            Who::Login(logins) => self.follow(logins.as_ref(), state, now).await,
        }
    }

    /// By the refresh token that came with the last one. False where there is none, or it has ended as well.
    async fn refreshed(&self, state: &mut State, now: Time) -> Result<bool, SourceError> {
        let Some(refresh) = state.refresh.take() else { return Ok(false) };
        match self.issue(Grant::Refresh(&refresh), now).await {
            Ok(issued) => {
                let refresh = issued.refresh.clone().or(Some(refresh));
                self.keep(state, Issued { refresh, ..issued }, now).map(|()| true)
            }
            Err(SourceError::Auth { .. } | SourceError::Rejected { .. }) => Ok(false),
            Err(error) => {
                state.refresh = Some(refresh);
                Err(error)
            }
        }
    }

    /// What the other program has now: its token while that holds, else a new one by its refresh token.
    async fn follow(&self, logins: &dyn Logins, state: &mut State, now: Time) -> Result<(), SourceError> {
        let login = logins.read().await?;
        for secret in [&login.access, &login.refresh].into_iter().flatten() {
            self.token.learn(secret.expose_secret());
        }
        if let Some(access) = login.access {
            let ends = expiry::of(access.expose_secret()).map(|ends| ends - Duration::seconds(MARGIN));
            let known = state.stale.as_deref() == Some(access.expose_secret());
            if !known && ends.is_none_or(|ends| now < ends) {
                return self.take(state, access, ends);
            }
        }
        let over = || refused(&format!("this login has ended: {}", logins.advice()));
        let refresh = login.refresh.ok_or_else(over)?;
        if state.spent.as_deref() == Some(refresh.expose_secret()) {
            return Err(over());
        }
        let issued = match self.issue(Grant::Refresh(&refresh), now).await {
            Err(SourceError::Auth { .. } | SourceError::Rejected { .. }) => {
                state.spent = Some(refresh.expose_secret().to_owned());
                return Err(over());
            }
            other => other?,
        };
        let rotated = issued.refresh.as_ref().filter(|new| new.expose_secret() != refresh.expose_secret());
        let note = match rotated {
            Some(new) => Some(logins.rotated(new, &issued.access).await),
            None => None,
        };
        *self.notes.lock().unwrap_or_else(PoisonError::into_inner) = note;
        self.keep(state, issued, now)
    }

    async fn issue(&self, grant: Grant<'_>, now: Time) -> Result<Issued, SourceError> {
        let issuer = self.issuer.get().ok_or_else(|| refused("it is not known who gives tokens"))?;
        issuer.ask(grant, &self.token, now).await
    }

    fn keep(&self, state: &mut State, issued: Issued, now: Time) -> Result<(), SourceError> {
        let life = issued.lasts.map(|s| Duration::seconds(s - MARGIN.min(s / 2)));
        state.refresh = issued.refresh;
        self.take(state, issued.access, life.and_then(|life| now.checked_add_signed(life)))
    }

    fn take(&self, state: &mut State, access: SecretString, ends: Option<Time>) -> Result<(), SourceError> {
        self.token.set(access.expose_secret())?;
        (state.access, state.ends) = (Some(access), ends);
        Ok(())
    }
}

/// Who logs in, by what a configuration says: a token, a person, a client; none where it says nothing.
///
/// # Errors
/// `Auth` where a secret cannot be had.
pub(crate) async fn configured(config: &SourceConfig, robot: bool) -> Result<Option<Who>, SourceError> {
    Ok(match &config.auth {
        Auth::None => None,
        Auth::Bearer(secret) => Some(Who::Token(super::secret::resolve(secret).await?)),
        Auth::Basic { .. } if robot => Some(Who::Robot),
        Auth::Basic { user, password } => {
            Some(Who::Person { user: user.clone(), password: super::secret::resolve(password).await? })
        }
    })
}

/// A session that others may share.
pub(crate) fn shared(who: Who) -> Arc<Session> {
    Arc::new(Session::new(who))
}
