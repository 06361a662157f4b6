//! Notifications of the desktop that this runs on, with a deadline: a bus that accepts and stays silent holds up nobody.

use std::time::Duration;

use tokio::time::timeout;

use crate::domain::{alert::Severity, notify::Notice};

/// A bus that accepts and never answers is given up after this.
const DEADLINE: Duration = Duration::from_secs(2);
/// Longest text on a desktop, in characters.
const LONGEST: usize = 200;

/// Shows one.
///
/// # Errors
/// Where there is no desktop, or it does not answer in time.
pub async fn show(notice: &Notice) -> Result<(), String> {
    let mut one = notify_rust::Notification::new();
    one.appname("watchfire").summary(&plain(&notice.title)).body(&plain(&notice.body));
    if notice.severity == Severity::Critical {
        one.urgency(notify_rust::Urgency::Critical);
    }
    match timeout(DEADLINE, one.show_async()).await {
        Ok(Ok(_)) => Ok(()),
        Ok(Err(error)) => Err(error.to_string()),
        Err(_) => Err(format!("the desktop did not answer within {} s", DEADLINE.as_secs())),
    }
}

/// Daemons render markup, so there must be none.
fn plain(text: &str) -> String {
    let cut: String = text.chars().take(LONGEST).map(|c| if c.is_control() { ' ' } else { c }).collect();
    cut.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn markup_and_control_characters_never_reach_the_desktop() {
        assert_eq!(plain("<a href='x'>&\x1b[31m\n"), "&lt;a href='x'&gt;&amp; [31m ");
        assert!(plain(&"x".repeat(10_000)).len() == LONGEST);
    }
}
