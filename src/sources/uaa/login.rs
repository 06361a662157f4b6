//! The logins of other programs: read where they keep them, and left as they are.
//!
//! Knows no file format; each backend's command line has its own.

use std::path::PathBuf;

use async_trait::async_trait;
use secrecy::SecretString;

use crate::{
    config::request::Env,
    domain::source::{Problem, SourceError},
};

/// What another program logged in with.
#[derive(Default)]
pub(crate) struct Login {
    pub(crate) access: Option<SecretString>,
    pub(crate) refresh: Option<SecretString>,
}

/// Where such a login is kept.
#[async_trait]
pub(crate) trait Logins: Send + Sync {
    /// Reads it anew: the other program may have renewed it.
    ///
    /// # Errors
    /// `Auth` where there is none, or it is for another server.
    async fn read(&self) -> Result<Login, SourceError>;

    /// What a person does when it has ended: "run `cf login`".
    fn advice(&self) -> String;

    /// The server changed the refresh token, and the one that was read is worth nothing from now on. Answers what a
    /// person should know.
    async fn rotated(&self, refresh: &SecretString, access: &SecretString) -> Problem;
}

/// A file in the person's home.
pub(crate) fn home(env: &Env, file: &str) -> Option<PathBuf> {
    Some(PathBuf::from(env.get("HOME").or_else(|| env.get("USERPROFILE"))?).join(file))
}
