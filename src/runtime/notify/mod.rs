//! Carries notices to the desktop and to a program of one's own, each in a worker with a bounded queue: nothing that either
//! does can hold up a screen. What goes through the terminal is the screen's.

pub mod desktop;
pub mod hook;

use std::{sync::Arc, time::Duration};

use tokio::{sync::mpsc, task::JoinSet, time::Instant};

use crate::{
    app::msg::Msg,
    config::{NotifyConfig, request::Env},
    domain::{
        notify::{Notice, Way},
        text::SafeText,
    },
};

use self::hook::Hook;
use super::{Inbox, terminal::host::Host};

/// Notices that wait; more than this are dropped, the newest first.
const QUEUE: usize = 32;
/// A desktop that failed is not tried again before this.
const REST: Duration = Duration::from_secs(300);

type Queue = mpsc::Sender<Arc<Notice>>;

/// Hands notices to the workers.
#[derive(Clone, Default)]
pub struct Notifier {
    desktop: Option<Queue>,
    command: Option<Queue>,
}

impl Notifier {
    /// Starts the workers that are wanted. `hidden`: environment variables that a program must not see. Who may not write
    /// to a source starts no program either.
    pub fn start(
        config: &NotifyConfig,
        hidden: Vec<String>,
        read_only: bool,
        inbox: &Inbox,
        tasks: &mut JoinSet<()>,
    ) -> Self {
        // Over SSH it would appear on the wrong machine.
        let desktop = (config.desktop && !Host::of(&Env::from_process()).ssh).then(|| {
            let (queue, notices) = mpsc::channel(QUEUE);
            tasks.spawn(show_all(notices));
            queue
        });
        let command = hook(config, hidden).filter(|_| !read_only).map(|hook| {
            let (queue, notices) = mpsc::channel(QUEUE);
            tasks.spawn(tell_all(hook, notices, inbox.clone()));
            queue
        });
        Self { desktop, command }
    }

    pub fn send(&self, notice: Notice) {
        let notice = Arc::new(notice);
        let ways = [(Way::Desktop, &self.desktop), (Way::Command, &self.command)];
        for queue in ways.into_iter().filter(|(way, _)| notice.ways.has(*way)).filter_map(|(_, queue)| queue.as_ref()) {
            // A queue that is full has enough to tell.
            let _ = queue.try_send(notice.clone());
        }
    }
}

/// The program of a configuration, where it names one.
pub fn hook(config: &NotifyConfig, hidden: Vec<String>) -> Option<Hook> {
    let at_most = config.command_timeout.to_std().unwrap_or(Duration::from_secs(10));
    (!config.command.is_empty()).then(|| Hook { argv: config.command.clone(), at_most, hidden })
}

async fn show_all(mut notices: mpsc::Receiver<Arc<Notice>>) {
    let mut rests_until: Option<Instant> = None;
    while let Some(notice) = notices.recv().await {
        if rests_until.is_some_and(|until| Instant::now() < until) {
            continue;
        }
        rests_until = None;
        if let Err(why) = desktop::show(&notice).await {
            tracing::warn!("no desktop notifications for a while: {why}");
            rests_until = Some(Instant::now() + REST);
        }
    }
}

/// What becomes of it is told where that is other than the time before.
async fn tell_all(hook: Hook, mut notices: mpsc::Receiver<Arc<Notice>>, inbox: Inbox) {
    let mut last: Result<(), String> = Ok(());
    while let Some(notice) = notices.recv().await {
        let ran = hook.run(&notice).await;
        if let Err(why) = &ran {
            tracing::warn!("[notify] command, \"{}\": {why}", notice.title);
        }
        if ran != last {
            let told = ran.clone().map_err(|why| SafeText::new(&why));
            // A loop that has gone needs no word.
            let _ = inbox.send(Msg::Hook(told)).await;
            last = ran;
        }
    }
}
