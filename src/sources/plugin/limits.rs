//! How much memory and time a plugin may use, with all that it started: what it uses is read where there is `/proc`.
//!
//! A process can grow faster than it is looked at, so the kernel is told as well: no process of it holds more than four
//! times of what they may all hold together, and none leaves a core behind. Knows nothing of who is asked what.

use std::{collections::VecDeque, time::Duration};

use rustix::process::Pid;

use crate::config::kinds::Own;

/// How often it is looked at while somebody waits for it.
pub(super) const EVERY: Duration = Duration::from_secs(1);
/// What one process may hold, in parts of what all may.
#[cfg(target_os = "linux")]
const ALONE: u64 = 4;

/// What `[source.plugin]` allows.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Limits {
    /// Bytes; none = as many as there are.
    memory: Option<u64>,
    /// Percent of one processor, on average over `span` seconds; none = as much as there is.
    cpu: Option<f64>,
    span: f64,
}

/// What the processes of a group used by a moment.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Usage {
    /// Seconds since the machine started.
    at: f64,
    /// Bytes that they hold in memory.
    memory: u64,
    /// Seconds of processor time, that of their children who ended among it.
    cpu: f64,
}

impl Limits {
    pub(super) fn of(own: &Own) -> Self {
        let number = |name, usual: i64| u64::try_from(own.number(name).unwrap_or(usual)).ok().filter(|n| *n > 0);
        let span = own.duration("cpu_over").map_or(60, |d| d.num_seconds().max(1));
        Self {
            memory: number("memory_mb", 512).map(|mb| mb << 20),
            cpu: number("cpu_percent", 80).and_then(|n| u32::try_from(n).ok()).map(f64::from),
            span: f64::from(i32::try_from(span).unwrap_or(i32::MAX)),
        }
    }

    /// Tells the kernel what a process of its own accord does not heed.
    #[cfg(target_os = "linux")]
    pub(super) fn tell_kernel(&self, process: Pid) {
        use rustix::process::{Resource, Rlimit, prlimit};
        let at_most = |n| Rlimit { current: Some(n), maximum: Some(n) };
        // One that has ended needs none, and one whose own limit is lower keeps it.
        let _ = prlimit(Some(process), Resource::Core, at_most(0));
        if let Some(memory) = self.memory {
            let _ = prlimit(Some(process), Resource::Data, at_most(memory.saturating_mul(ALONE)));
        }
    }

    #[cfg(not(target_os = "linux"))]
    pub(super) fn tell_kernel(&self, _: Pid) {}
}

/// What a plugin used, look by look.
#[derive(Debug, Default)]
pub(super) struct Meter(VecDeque<Usage>);

impl Meter {
    /// Why it has to end, where it has.
    pub(super) fn weigh(&mut self, limits: &Limits, now: Usage) -> Option<String> {
        if let Some(most) = limits.memory.filter(|most| now.memory > *most) {
            let used = now.memory >> 20;
            return Some(format!("used more than {} MB of memory ({used} MB): it was ended", most >> 20));
        }
        // The oldest that is kept is as old as the span.
        while self.0.get(1).is_some_and(|second| now.at - second.at >= limits.span) {
            self.0.pop_front();
        }
        self.0.push_back(now);
        let (first, most) = (self.0.front()?, limits.cpu?);
        let took = now.at - first.at;
        let share = (now.cpu - first.cpu) / took * 100.0;
        (took >= limits.span && share > most)
            .then(|| format!("used {share:.0} % of a processor for {took:.0} s, at most {most} %: it was ended"))
    }
}

/// What the processes of a group use now; none where that cannot be told.
pub(super) async fn usage(group: Pid) -> Option<Usage> {
    tokio::task::spawn_blocking(move || read(group)).await.ok().flatten()
}

#[cfg(target_os = "linux")]
fn read(group: Pid) -> Option<Usage> {
    let uptime = std::fs::read_to_string("/proc/uptime").ok()?;
    let at = uptime.split(' ').next()?.parse().ok()?;
    let group = group.as_raw_nonzero().get().to_string();
    let mut usage = Usage { at, memory: 0, cpu: 0.0 };
    for entry in std::fs::read_dir("/proc").ok()?.flatten() {
        let is_process = entry.file_name().to_str().is_some_and(|n| n.bytes().all(|b| b.is_ascii_digit()));
        // One that ended meanwhile uses nothing.
        let stat = if is_process { std::fs::read_to_string(entry.path().join("stat")).ok() } else { None };
        if let Some((memory, cpu)) = stat.and_then(|stat| of_group(&stat, &group)) {
            usage.memory = usage.memory.saturating_add(memory);
            usage.cpu += cpu;
        }
    }
    Some(usage)
}

#[cfg(not(target_os = "linux"))]
fn read(_: Pid) -> Option<Usage> {
    None
}

/// Bytes and seconds of one process, where it is of the group: `proc_pid_stat(5)`. Its name may hold anything.
#[cfg(target_os = "linux")]
#[allow(clippy::cast_precision_loss, reason = "ticks of a processor are far below 2^53")]
fn of_group(stat: &str, group: &str) -> Option<(u64, f64)> {
    let fields: Vec<&str> = stat.rsplit_once(") ")?.1.split(' ').collect();
    if fields.get(2) != Some(&group) {
        return None;
    }
    let number = |at: usize| fields.get(at)?.parse::<u64>().ok();
    let ticks = number(11)? + number(12)? + number(13)? + number(14)?;
    let pages = number(21)?;
    let (size, second) = (rustix::param::page_size() as u64, rustix::param::clock_ticks_per_second());
    Some((pages.saturating_mul(size), ticks as f64 / second as f64))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn usage(at: f64, mb: u64, cpu: f64) -> Usage {
        Usage { at, memory: mb << 20, cpu }
    }

    fn limits(own: Own) -> Limits {
        Limits::of(&own)
    }

    #[test]
    fn memory_is_judged_at_once_and_time_over_its_span() {
        let (limits, mut meter) = (limits(Own::default()), Meter::default());
        assert!(meter.weigh(&limits, usage(0.0, 513, 0.0)).unwrap().contains("more than 512 MB of memory (513 MB)"));
        let mut why = None;
        for second in 0..=60 {
            assert_eq!(why, None, "{second}");
            why = meter.weigh(&limits, usage(f64::from(second), 10, f64::from(second) * 0.9));
        }
        assert!(why.unwrap().contains("used 90 % of a processor for 60 s"));
    }

    #[test]
    fn a_short_effort_is_no_reason_and_what_is_zero_is_not_watched() {
        let (usual, mut meter) = (limits(Own::default()), Meter::default());
        let spent = |second: i32| if (100..130).contains(&second) { f64::from(second) } else { 0.0 };
        let mut total = 0.0;
        for second in 0..300 {
            total += f64::from(u8::from(spent(second) > 0.0));
            assert_eq!(meter.weigh(&usual, usage(f64::from(second), 10, total)), None, "{second}");
        }
        let free = limits(Own::default().with_number("memory_mb", 0).with_number("cpu_percent", 0));
        let mut meter = Meter::default();
        assert_eq!(meter.weigh(&free, usage(0.0, 99_999, 0.0)), None);
        assert_eq!(meter.weigh(&free, usage(100.0, 99_999, 9_999.0)), None);
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn a_process_is_read_whatever_it_is_called() {
        let stat = "7 (a) 1 (b) S 1 42 42 0 -1 4194560 99 0 0 0 100 50 25 25 20 0 1 0 8 9 1000 18446744073709551615 1";
        let (memory, cpu) = of_group(stat, "42").unwrap();
        assert_eq!(memory, 1_000 * rustix::param::page_size() as u64);
        assert!((cpu - 200.0 / rustix::param::clock_ticks_per_second() as f64).abs() < 1e-9);
        assert_eq!(of_group(stat, "43"), None);
    }
}
