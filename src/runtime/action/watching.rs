//! Watches one command: what it says, how long it takes, how it ends.

use std::{os::unix::process::ExitStatusExt, process::ExitStatus, time::Duration};

use tokio::{
    io::AsyncReadExt,
    net::unix::pipe,
    process::Child,
    sync::watch,
    time::{Instant, MissedTickBehavior, interval, sleep_until},
};

use crate::domain::action::{Command, Ended, How, Output, Tape};

use super::{Stop, group::Group};

/// What was asked to end has this long before it is made to.
const GRACE: Duration = Duration::from_secs(3);
/// The same where watchfire is left: a closed session ends within a second.
const HURRY: Duration = Duration::from_millis(400);
/// Output of what has ended is waited for no longer.
const DRAIN: Duration = Duration::from_millis(500);
/// Between two tellings of what it said.
const TELL: Duration = Duration::from_millis(100);
/// Bytes that are read at once.
const CHUNK: usize = 64 * 1024;

pub(super) struct Watching {
    child: Child,
    /// None when nobody holds its other end.
    pipe: Option<pipe::Receiver>,
    group: Group,
    tape: Tape,
    status: Option<ExitStatus>,
    /// Why we ended it, where we did.
    ended_by_us: Option<How>,
    began: Instant,
    /// When the next step is due: asking it to end, then making it.
    due: Instant,
    is_forced: bool,
    /// When output is no longer waited for.
    drained: Option<Instant>,
    /// Bytes that were told of.
    told: u64,
}

impl Watching {
    pub(super) fn new(child: Child, pipe: pipe::Receiver, group: Group, command: &Command) -> Self {
        let began = Instant::now();
        let timeout = command.timeout.to_std().unwrap_or(Duration::from_secs(60));
        Self {
            child,
            pipe: Some(pipe),
            group,
            tape: Tape::new(command.output_max),
            status: None,
            ended_by_us: None,
            began,
            due: began + timeout,
            is_forced: false,
            drained: None,
            told: 0,
        }
    }

    /// Reading stands last: a flood may hold up nothing else.
    pub(super) async fn until_it_ends(
        mut self,
        mut stop: watch::Receiver<Option<Stop>>,
        mut said: impl FnMut(Output),
    ) -> Ended {
        let mut tell = interval(TELL);
        tell.set_missed_tick_behavior(MissedTickBehavior::Delay);
        let mut chunk = vec![0; CHUNK];
        let mut lingers = false;
        while self.status.is_none() || self.pipe.is_some() {
            tokio::select! {
                biased;
                why = asked(&mut stop), if self.ended_by_us.is_none() && self.status.is_none() => self.on_stop(why),
                () = sleep_until(self.due), if !self.is_forced && self.status.is_none() => self.on_due(),
                () = sleep_until(self.drained.unwrap_or(self.due)), if self.drained.is_some() => {
                    lingers = self.pipe.take().is_some();
                }
                _ = tell.tick() => self.tell(&mut said),
                status = self.child.wait(), if self.status.is_none() => self.on_exit(status),
                read = read(&mut self.pipe, &mut chunk), if self.pipe.is_some() => self.on_read(read, &chunk),
            }
        }
        self.tell(&mut said);
        self.end(lingers)
    }

    fn on_stop(&mut self, why: Stop) {
        let (how, grace) = match why {
            Stop::Asked => (How::Stopped, GRACE),
            Stop::Leaving => (How::Left, HURRY),
        };
        self.ask(how, grace);
    }

    fn on_due(&mut self) {
        if self.ended_by_us.is_none() {
            self.ask(How::TimedOut, GRACE);
        } else {
            self.group.kill();
            self.is_forced = true;
        }
    }

    fn ask(&mut self, how: How, grace: Duration) {
        self.ended_by_us = Some(how);
        self.due = Instant::now() + grace;
        self.group.ask();
    }

    fn on_exit(&mut self, status: std::io::Result<ExitStatus>) {
        self.status = Some(status.unwrap_or_default());
        self.drained = Some(Instant::now() + DRAIN);
    }

    fn on_read(&mut self, read: std::io::Result<usize>, chunk: &[u8]) {
        match read {
            Ok(n @ 1..) => self.tape.push(&chunk[..n]),
            _ => self.pipe = None,
        }
    }

    fn tell(&mut self, said: &mut impl FnMut(Output)) {
        if self.tape.total() > self.told {
            self.told = self.tape.total();
            said(self.tape.read());
        }
    }

    /// Of what we ended nothing is left; what ended by itself may have left something behind.
    fn end(mut self, lingers: bool) -> Ended {
        let took = chrono::Duration::from_std(self.began.elapsed()).unwrap_or_default();
        let is_ours = self.ended_by_us.is_some();
        let how = self.ended_by_us.take().unwrap_or_else(|| how(self.status.unwrap_or_default()));
        if !is_ours {
            self.group.let_go();
        }
        let asked = !how.is_good() && self.tape.seems_to_ask();
        Ended { how, took, output: self.tape.read(), lingers: lingers && !is_ours, asked }
    }
}

fn how(status: ExitStatus) -> How {
    match (status.code(), status.signal()) {
        (Some(code), _) => How::Exited(code),
        (None, Some(signal)) => How::Killed(signal),
        (None, None) => How::Exited(-1),
    }
}

/// Returns when somebody asks it to end, or can no longer.
async fn asked(stop: &mut watch::Receiver<Option<Stop>>) -> Stop {
    match stop.wait_for(Option::is_some).await {
        Ok(why) => why.unwrap_or(Stop::Asked),
        Err(_) => Stop::Leaving,
    }
}

async fn read(pipe: &mut Option<pipe::Receiver>, chunk: &mut [u8]) -> std::io::Result<usize> {
    match pipe {
        Some(pipe) => pipe.read(chunk).await,
        None => std::future::pending().await,
    }
}
