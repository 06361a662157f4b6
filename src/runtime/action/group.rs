//! A process with all that it started: asked to end, and made to.

use rustix::process::{Pid, Signal, kill_process_group, test_kill_process};
use tokio::process::Child;

/// The group of a child that leads one; what is left of it is killed when this is dropped, unless it was let go.
pub(in crate::runtime) struct Group {
    leader: Pid,
    is_ours: bool,
}

impl Group {
    pub(in crate::runtime) fn of(child: &Child) -> Option<Self> {
        Some(Self { leader: pid(child.id()?)?, is_ours: true })
    }

    pub(super) fn ask(&self) {
        self.send(Signal::TERM);
        // One that was stopped hears nothing until it goes on.
        self.send(Signal::CONT);
    }

    pub(super) fn kill(&self) {
        self.send(Signal::KILL);
    }

    /// It ended by itself: what it left behind is its own affair.
    pub(in crate::runtime) fn let_go(&mut self) {
        self.is_ours = false;
    }

    fn send(&self, signal: Signal) {
        // A group that has gone needs none.
        let _ = kill_process_group(self.leader, signal);
    }
}

impl Drop for Group {
    fn drop(&mut self) {
        if self.is_ours {
            self.kill();
        }
    }
}

/// Whether there is a process with this number.
pub(super) fn is_process(number: u32) -> bool {
    // One that belongs to somebody else may not be asked, and is there.
    pid(number).is_some_and(|pid| !matches!(test_kill_process(pid), Err(rustix::io::Errno::SRCH)))
}

fn pid(number: u32) -> Option<Pid> {
    Pid::from_raw(i32::try_from(number).ok()?)
}
