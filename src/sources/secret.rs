//! Secrets of a source, fetched from where the configuration says they are.
//!
//! Knows neither servers nor headers. Nothing here is ever logged, and an error never holds the secret.

use std::{path::Path, process::Stdio, time::Duration};

use secrecy::SecretString;
use tokio::io::{AsyncRead, AsyncReadExt};

use crate::{
    config::{Auth, Secret},
    domain::{source::SourceError, text::SafeText},
};

use super::keyring;

/// How long a command that prints a secret may take.
const COMMAND_DEADLINE: Duration = Duration::from_secs(5);
/// Most that is read of a secret, in bytes.
const SECRET_MAX: u64 = 64 * 1024;

/// The credentials themselves.
#[derive(Clone, Debug)]
pub(crate) enum Credentials {
    None,
    Bearer(SecretString),
    Basic { user: String, password: SecretString },
}

/// Fetches what `auth` names.
///
/// # Errors
/// `Auth` where a variable is not set, a file cannot be read or others can read it, or a command fails.
pub(crate) async fn credentials(auth: &Auth) -> Result<Credentials, SourceError> {
    Ok(match auth {
        Auth::None => Credentials::None,
        Auth::Bearer(token) => Credentials::Bearer(resolve(token).await?),
        Auth::Basic { user, password } => Credentials::Basic { user: user.clone(), password: resolve(password).await? },
    })
}

/// One secret, as text without its line end.
pub(crate) async fn resolve(secret: &Secret) -> Result<SecretString, SourceError> {
    match secret {
        Secret::Inline(text) => Ok(text.clone()),
        Secret::Env(name) => from_env(name),
        Secret::File(path) => from_file(path).await,
        Secret::Command(argv) => from_command(argv).await,
        Secret::Keyring(entry) => keyring::read(entry).await.map_err(|e| refused(&e.to_string())),
    }
}

pub(crate) fn refused(why: &str) -> SourceError {
    SourceError::Auth { why: SafeText::new(why) }
}

fn from_env(name: &str) -> Result<SecretString, SourceError> {
    let value = std::env::var(name).map_err(|_| refused(&format!("the environment variable {name} is not set")))?;
    first_line(&value).ok_or_else(|| refused(&format!("the environment variable {name} is empty")))
}

async fn from_file(path: &Path) -> Result<SecretString, SourceError> {
    let shown = path.display();
    let cannot = |e: std::io::Error| refused(&format!("cannot read {shown}: {e}"));
    let about = tokio::fs::metadata(path).await.map_err(cannot)?;
    if is_public(&about) {
        return Err(refused(&format!("everybody on this machine can read {shown}: run `chmod 600 {shown}`")));
    }
    let text = tokio::fs::read_to_string(path).await.map_err(cannot)?;
    first_line(&text).ok_or_else(|| refused(&format!("{shown} is empty")))
}

#[cfg(unix)]
fn is_public(about: &std::fs::Metadata) -> bool {
    use std::os::unix::fs::PermissionsExt;
    about.permissions().mode() & 0o004 != 0
}

#[cfg(not(unix))]
fn is_public(_: &std::fs::Metadata) -> bool {
    false
}

async fn from_command(argv: &[String]) -> Result<SecretString, SourceError> {
    let output = output(argv).await?;
    first_line(&output).ok_or_else(|| refused(&format!("`{}` printed nothing", argv[0])))
}

/// All that a command prints, which is a secret.
///
/// # Errors
/// `Auth` where it cannot be run, fails, or takes too long.
pub(crate) async fn output(argv: &[String]) -> Result<String, SourceError> {
    let (program, arguments) = argv.split_first().ok_or_else(|| refused("the token command is empty"))?;
    let run = run(program, arguments);
    let late = || refused(&format!("`{program}` printed no secret within {COMMAND_DEADLINE:?}"));
    let (ended, output) = tokio::time::timeout(COMMAND_DEADLINE, run)
        .await
        .map_err(|_| late())?
        .map_err(|e| refused(&format!("cannot run `{program}`: {e}")))?;
    if !ended.success() {
        return Err(refused(&format!("`{program}` failed ({ended})")));
    }
    Ok(output)
}

/// Runs it without a shell, without input, and without showing what it says on standard error: that may hold a secret.
async fn run(program: &str, arguments: &[String]) -> std::io::Result<(std::process::ExitStatus, String)> {
    let mut child = tokio::process::Command::new(program)
        .args(arguments)
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .kill_on_drop(true)
        .spawn()?;
    let output = match child.stdout.take() {
        Some(pipe) => read_some(pipe).await?,
        None => String::new(),
    };
    Ok((child.wait().await?, output))
}

/// Closing the pipe after the cap ends a command that never stops printing.
async fn read_some(pipe: impl AsyncRead + Unpin) -> std::io::Result<String> {
    let mut bytes = Vec::new();
    pipe.take(SECRET_MAX).read_to_end(&mut bytes).await?;
    Ok(String::from_utf8_lossy(&bytes).into_owned())
}

fn first_line(text: &str) -> Option<SecretString> {
    let line = text.lines().next().unwrap_or("").trim();
    if line.is_empty() { None } else { Some(SecretString::from(line)) }
}

#[cfg(test)]
mod tests {
    use secrecy::ExposeSecret;

    use super::*;

    fn command(argv: &[&str]) -> Secret {
        Secret::Command(argv.iter().map(|s| (*s).to_owned()).collect())
    }

    #[tokio::test]
    async fn a_command_gives_its_first_line() {
        let secret = resolve(&command(&["printf", "s3cret\nmore\n"])).await.unwrap();
        assert_eq!(secret.expose_secret(), "s3cret");
    }

    #[tokio::test]
    async fn a_command_is_no_shell() {
        let secret = resolve(&command(&["printf", "%s", "$HOME;id"])).await.unwrap();
        assert_eq!(secret.expose_secret(), "$HOME;id");
    }

    #[tokio::test]
    async fn a_command_that_fails_or_says_nothing_is_named() {
        let why = |e: SourceError| e.to_string();
        assert!(why(resolve(&command(&["false"])).await.unwrap_err()).contains("`false` failed"));
        assert!(why(resolve(&command(&["true"])).await.unwrap_err()).contains("printed nothing"));
        assert!(why(resolve(&command(&["/nowhere/pass"])).await.unwrap_err()).contains("cannot run"));
        assert!(why(resolve(&command(&[])).await.unwrap_err()).contains("empty"));
    }

    #[tokio::test(start_paused = true)]
    async fn a_command_that_never_ends_is_given_up() {
        let error = resolve(&command(&["sleep", "3600"])).await.unwrap_err();
        assert!(error.to_string().contains("within 5s"), "{error}");
    }

    #[tokio::test]
    async fn a_variable_that_is_not_set_is_named() {
        let error = resolve(&Secret::Env("WATCHFIRE_TEST_NO_SUCH_TOKEN".into())).await.unwrap_err();
        assert!(matches!(&error, SourceError::Auth { why } if why.shown().contains("WATCHFIRE_TEST_NO_SUCH_TOKEN")));
    }

    #[cfg(unix)]
    #[tokio::test]
    async fn a_token_file_that_all_can_read_is_refused_with_the_remedy() {
        use std::os::unix::fs::PermissionsExt;
        let file = tempfile::NamedTempFile::new().unwrap();
        std::fs::write(file.path(), "tok-123\n").unwrap();
        let set = |mode| std::fs::set_permissions(file.path(), std::fs::Permissions::from_mode(mode)).unwrap();
        set(0o644);
        let error = resolve(&Secret::File(file.path().into())).await.unwrap_err().to_string();
        assert!(error.contains("chmod 600") && !error.contains("tok-123"), "{error}");
        set(0o600);
        assert_eq!(resolve(&Secret::File(file.path().into())).await.unwrap().expose_secret(), "tok-123");
    }
}
