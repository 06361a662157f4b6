//! When an alert burned before: spans on a time axis, and what they come to. What nobody watched is unknown, not calm.

use chrono::Duration;

use super::{
    Time, duration,
    entry::{Entry, Kind},
};

/// What an alert was doing. What is worse covers what is less, and anything covers not knowing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Was {
    Firing,
    Pending,
    Unknown,
}

impl Was {
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Firing => "firing",
            Self::Pending => "pending",
            Self::Unknown => "unknown",
        }
    }
}

/// From `from` up to, not including, `to`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Span {
    pub from: Time,
    pub to: Time,
    pub was: Was,
}

/// What is known of the time between two moments; where there is no span it was calm.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Past {
    pub since: Time,
    pub until: Time,
    /// In order of time, none over another.
    pub spans: Vec<Span>,
}

/// What the firing comes to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Tally {
    pub times: usize,
    pub total: Duration,
    pub longest: Duration,
    pub unknown: Duration,
}

impl Past {
    /// Spans in any order, over one another or not, cut to the time between `since` and `until`.
    pub fn new(since: Time, until: Time, spans: impl IntoIterator<Item = Span>) -> Self {
        let cut = |s: Span| Span { from: s.from.max(since), to: s.to.min(until), was: s.was };
        let spans: Vec<Span> = spans.into_iter().map(cut).filter(|s| s.from < s.to).collect();
        Self { since, until, spans: flat(&spans) }
    }

    /// The same with what is known from elsewhere: a span that both tell is one span.
    #[must_use]
    pub fn with(self, more: impl IntoIterator<Item = Span>) -> Self {
        Self::new(self.since, self.until, self.spans.into_iter().chain(more))
    }

    pub fn tally(&self) -> Tally {
        let lengths = |was| self.spans.iter().filter(move |s| s.was == was).map(|s| s.to - s.from);
        Tally {
            times: lengths(Was::Firing).count(),
            total: lengths(Was::Firing).sum(),
            longest: lengths(Was::Firing).max().unwrap_or_default(),
            unknown: lengths(Was::Unknown).sum(),
        }
    }

    /// `fired 7 times in 7d, 3h in all, longest 50m`, and how much of it nobody knows.
    pub fn sentence(&self) -> String {
        let (all, tally) = (self.until - self.since, self.tally());
        // What was asked a moment later is a moment short of the days that were meant.
        let within = duration::long(Duration::minutes((all + Duration::seconds(30)).num_minutes()));
        if tally.unknown >= all {
            return format!("nothing is known of the last {within}");
        }
        let unknown = if tally.unknown > Duration::zero() {
            format!("; {} of it unknown", duration::long(tally.unknown))
        } else {
            String::new()
        };
        let (total, longest) = (duration::long(tally.total), duration::long(tally.longest));
        match tally.times {
            0 => format!("did not fire in {within}{unknown}"),
            1 => format!("fired once in {within}, {total}{unknown}"),
            n => format!("fired {n} times in {within}, {total} in all, longest {longest}{unknown}"),
        }
    }

    /// The worst of each of `cells` equal parts of the time; none where it was calm.
    pub fn bar(&self, cells: usize) -> Vec<Option<Was>> {
        let whole = (self.until - self.since).num_milliseconds().max(1);
        let count = i64::try_from(cells).unwrap_or(1).max(1);
        let edge = |i: i64| self.since + Duration::milliseconds(whole.saturating_mul(i) / count);
        let worst = |i| {
            let (from, to) = (edge(i), edge(i + 1));
            self.spans.iter().filter(|s| s.from < to && from < s.to).map(|s| s.was).min()
        };
        (0..count).map(worst).collect()
    }
}

/// Each stretch between two edges has the strongest word that was said of it; equal neighbours are one span.
fn flat(spans: &[Span]) -> Vec<Span> {
    let mut out: Vec<Span> = Vec::new();
    let mut edges: Vec<(Time, Was, i32)> = Vec::with_capacity(spans.len() * 2);
    for s in spans {
        edges.extend([(s.from, s.was, 1), (s.to, s.was, -1)]);
    }
    edges.sort();
    let mut open = [0_i32; 3];
    let mut last: Option<Time> = None;
    for (at, was, step) in edges {
        if let Some(from) = last.filter(|from| *from < at) {
            push(&mut out, from, at, open);
        }
        open[was as usize] += step;
        last = Some(at);
    }
    out
}

fn push(out: &mut Vec<Span>, from: Time, to: Time, open: [i32; 3]) {
    let strongest = [Was::Firing, Was::Pending, Was::Unknown].into_iter().find(|w| open[*w as usize] > 0);
    let Some(was) = strongest else { return };
    match out.last_mut() {
        Some(before) if before.was == was && before.to == from => before.to = to,
        _ => out.push(Span { from, to, was }),
    }
}

/// When an alert fired, as its entries in the journal tell: from each beginning to the end that follows. One whose end
/// was not seen, because another began before or nothing follows, is left out: how long it burned nobody knows.
pub fn journalled(entries: &[Entry]) -> Vec<Span> {
    let times = |kind: Kind| {
        let mut times: Vec<Time> = entries.iter().filter(|e| e.kind == kind).map(|e| e.at).collect();
        times.sort();
        times
    };
    let (begins, ends) = (times(Kind::AlertFired), times(Kind::AlertResolved));
    let span = |(i, from): (usize, &Time)| {
        let to = *ends.iter().find(|end| *end >= from)?;
        let next = begins.get(i + 1);
        next.is_none_or(|next| to <= *next).then_some(Span { from: *from, to, was: Was::Firing })
    };
    begins.iter().enumerate().filter_map(span).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(minute: i64) -> Time {
        Time::UNIX_EPOCH + Duration::minutes(minute)
    }

    fn span(from: i64, to: i64, was: Was) -> Span {
        Span { from: at(from), to: at(to), was }
    }

    #[test]
    fn a_span_that_two_tell_is_one_and_firing_covers_the_unknown() {
        let past = Past::new(at(0), at(100), [span(10, 20, Was::Firing), span(40, 90, Was::Unknown)]);
        let past = past.with([span(12, 23, Was::Firing), span(50, 60, Was::Firing), span(8, 10, Was::Pending)]);
        let wanted = [
            span(8, 10, Was::Pending),
            span(10, 23, Was::Firing),
            span(40, 50, Was::Unknown),
            span(50, 60, Was::Firing),
            span(60, 90, Was::Unknown),
        ];
        assert_eq!(past.spans, wanted);
        assert_eq!(past.sentence(), "fired 2 times in 1h 40m, 23m in all, longest 13m; 40m of it unknown");
    }

    #[test]
    fn what_nobody_watched_is_not_called_calm() {
        let past = Past::new(at(0), at(60), [span(-5, 90, Was::Unknown)]);
        assert_eq!(past.sentence(), "nothing is known of the last 1h");
        assert_eq!(Past::new(at(0), at(60), []).sentence(), "did not fire in 1h");
    }

    #[test]
    fn a_cell_of_the_bar_shows_the_worst_of_its_time() {
        let past =
            Past::new(at(0), at(40), [span(1, 2, Was::Firing), span(0, 15, Was::Pending), span(30, 40, Was::Unknown)]);
        assert_eq!(past.bar(4), [Some(Was::Firing), Some(Was::Pending), None, Some(Was::Unknown)]);
    }
}
