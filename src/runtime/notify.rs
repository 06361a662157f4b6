//! Desktop notifications, in a worker of their own with a deadline: a silent bus must never hold up a screen.

use std::time::Duration;

use tokio::{sync::mpsc, task::JoinSet, time::timeout};

/// A notification that waits; more than this are dropped, the newest first.
const QUEUE: usize = 32;
/// A bus that accepts and never answers is given up after this.
const DEADLINE: Duration = Duration::from_secs(2);
/// Longest text on a desktop, in characters: a lock screen is no place for more.
const LONGEST: usize = 200;

/// Hands notifications to the worker.
#[derive(Clone)]
pub struct Notifier(Option<mpsc::Sender<(String, String)>>);

impl Notifier {
    /// Starts the worker; without one, `send` does nothing.
    pub fn start(enabled: bool, tasks: &mut JoinSet<()>) -> Self {
        if !enabled {
            return Self(None);
        }
        let (sender, mut queue) = mpsc::channel::<(String, String)>(QUEUE);
        tasks.spawn(async move {
            while let Some((title, body)) = queue.recv().await {
                // Over SSH it would appear on the wrong machine; without a bus every try fails alike: stop asking.
                if let Err(why) = show(&title, &body).await {
                    tracing::warn!("desktop notifications are off: {why}");
                    return;
                }
            }
        });
        Self(Some(sender))
    }

    pub fn send(&self, title: &str, body: &str) {
        if let Some(queue) = &self.0 {
            let _ = queue.try_send((plain(title), plain(body)));
        }
    }
}

async fn show(title: &str, body: &str) -> Result<(), String> {
    let mut notification = notify_rust::Notification::new();
    notification.appname("watchfire").summary(title).body(body);
    match timeout(DEADLINE, notification.show_async()).await {
        Ok(Ok(_)) => Ok(()),
        Ok(Err(error)) => Err(error.to_string()),
        Err(_) => Err("the desktop did not answer".into()),
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
