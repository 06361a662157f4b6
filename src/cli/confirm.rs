//! The question before an act: what is going to happen is on the screen, and a person says yes.

use std::{
    io::{self, BufRead, IsTerminal, Write},
    sync::OnceLock,
};

use crate::config::profile::Profile;

use super::exit::{self, Exit};

/// Asks; `yes` was said beforehand with `--yes`.
///
/// # Errors
/// `Usage` where nobody is there to be asked, `Failed` where the answer is not yes.
pub fn ask(yes: bool) -> Result<(), Exit> {
    if yes {
        return Ok(());
    }
    if !io::stdin().is_terminal() || !io::stderr().is_terminal() {
        return Err(exit::misused(
            "nothing was sent: there is no terminal to ask on; add --yes to do it, --dry-run to see it",
        ));
    }
    let mut err = io::stderr().lock();
    let _ = write!(err, "Do it{}? [y/N] ", place()).and_then(|()| err.flush());
    drop(err);
    let mut answer = String::new();
    let read = io::stdin().lock().read_line(&mut answer);
    if read.is_ok() && is_yes(&answer) { Ok(()) } else { Err(exit::failed("nothing was sent")) }
}

/// Asks for a number that the person must know.
///
/// # Errors
/// `Usage` where nobody is there to be asked, `Failed` where it is another number.
pub fn number(wanted: usize) -> Result<(), Exit> {
    if !io::stdin().is_terminal() || !io::stderr().is_terminal() {
        return Err(exit::misused(format_args!(
            "nothing was sent: there is no terminal to ask on; add --yes --mutes {wanted} to do it, --dry-run to see it"
        )));
    }
    let mut err = io::stderr().lock();
    let _ = write!(err, "To mute them{} type how many alerts that is: ", place()).and_then(|()| err.flush());
    drop(err);
    let mut answer = String::new();
    let read = io::stdin().lock().read_line(&mut answer);
    let said = read.is_ok() && answer.trim() == wanted.to_string();
    if said { Ok(()) } else { Err(exit::failed(format_args!("nothing was sent: it mutes {wanted}"))) }
}

/// Asks for a word that the person must type.
///
/// # Errors
/// `Usage` where nobody is there to be asked, `Failed` where it is another word.
pub fn word(wanted: &str) -> Result<(), Exit> {
    let shown = crate::domain::text::sanitise(wanted);
    if !io::stdin().is_terminal() || !io::stderr().is_terminal() {
        return Err(exit::misused(format_args!(
            "nothing was run: there is no terminal to ask on; add --yes --word '{shown}' to do it, --dry-run to see it"
        )));
    }
    let mut err = io::stderr().lock();
    let _ = write!(err, "It is dangerous; to run it{} type `{shown}`: ", place()).and_then(|()| err.flush());
    drop(err);
    let mut answer = String::new();
    let read = io::stdin().lock().read_line(&mut answer);
    if read.is_ok() && answer.trim() == wanted { Ok(()) } else { Err(exit::failed("nothing was run")) }
}

static PROFILE: OnceLock<String> = OnceLock::new();

/// Every question from now on names this profile.
pub fn name_profile(profile: &Profile) {
    // One process reads one configuration.
    let _ = PROFILE.set(profile.shout());
}

/// ` on PROD`; nothing without a profile.
fn place() -> String {
    PROFILE.get().map(|name| format!(" on {name}")).unwrap_or_default()
}

fn is_yes(answer: &str) -> bool {
    matches!(answer.trim().to_lowercase().as_str(), "y" | "yes")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_yes_is_a_yes() {
        assert!(is_yes("y\n") && is_yes("YES\r\n"));
        assert!(!is_yes("\n") && !is_yes("n") && !is_yes("yep") && !is_yes(""));
    }
}
