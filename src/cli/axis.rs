//! The one axis in sentences, for who cannot or does not look at it: when each alert burned, what happened beside in the
//! order of time, what was spent between two moments. Never calls calm what nobody watched.

use crate::{
    app::{
        effect::Effect,
        world::{
            World,
            lanes::{Lane, Lanes, Of},
        },
    },
    domain::{
        Time, duration, moment as when,
        past::{Span, Was},
    },
    journal::Journal,
    runtime::{Sources, clock::Clock, study::Question},
    ui::axis::{entries, words},
};

use super::exit::{self, Exit};

/// Newest spans of a lane that are told.
const SPANS: usize = 8;
/// Newest entries that are told.
const ENTRIES: usize = 60;
/// Entries of the journal that are read.
const READ: u32 = 2_000;

#[derive(clap::Args, Debug)]
// The commands that take it in have one of that name.
#[group(skip)]
pub struct Args {
    /// Its time axis in sentences: when alerts burned, what happened beside, what was spent (not in JSON)
    #[arg(long)]
    pub axis: bool,
    /// What was spent from here on: 10:15, 2h (ago), 2026-11-21T10:15Z; without it, while it burned last
    #[arg(long, value_name = "WHEN", requires = "axis")]
    from: Option<String>,
    /// Until then, in place of now
    #[arg(long, value_name = "WHEN", requires = "from")]
    to: Option<String>,
}

impl Args {
    /// From when to when it was asked what was spent.
    ///
    /// # Errors
    /// Where that is no moment.
    pub fn between(&self, now: Time) -> Result<Option<(Time, Time)>, Exit> {
        let zone = Clock::local_zone();
        let read = |text: &String| when::parse(text, now, &zone).map_err(exit::misused);
        let from = self.from.as_ref().map(read).transpose()?;
        let to = self.to.as_ref().map(read).transpose()?.unwrap_or(now);
        Ok(from.map(|from| (from.min(to), from.max(to))))
    }
}

/// What a command asks to fill an axis with.
pub struct Means<'a> {
    pub sources: &'a Sources,
    pub journal: Option<&'a Journal>,
    pub clock: Clock,
    pub now: Time,
}

/// Reads what belongs on the axis from the journal and from every source that remembers.
pub async fn read(world: &mut World, of: &Of, means: &Means<'_>) {
    let since = world.lanes(of, means.now).whole.0;
    if let Some(journal) = means.journal {
        // One that cannot be read has been told of already.
        world.timeline.take(journal.since(since, None, READ).await.unwrap_or_default());
    }
    for effect in world.recall_lanes(of, means.now) {
        if let Effect::Recall { id, labels, back } = effect {
            let question = Question::memory_of(id.clone(), labels, means.sources, means.clock).back(back);
            drop(world.recalled(means.now, &id, question.whole().await));
        }
    }
}

/// The whole axis, a sentence a line.
pub fn in_sentences(world: &World, of: &Of, marked: Option<(Time, Time)>, now: Time) -> String {
    let lanes = world.lanes(of, now);
    let (from, to) = lanes.whole;
    let mut out = format!("axis from {} to {} UTC\n", day(from), day(to));
    for lane in &lanes.rows {
        out.push_str(&format!("  {}\n", burned(lane, to)));
    }
    if lanes.rows.is_empty() {
        out.push_str("  no alert is known of it\n");
    }
    if lanes.more > 0 {
        out.push_str(&format!("  and {} more alerts\n", lanes.more));
    }
    out.push_str(&happened(&lanes));
    out.push_str(&spent(world, &lanes, marked));
    out
}

fn day(at: Time) -> String {
    at.format("%d.%m. %H:%M").to_string()
}

/// `Burn (critical): nobody watched from .. to ..; fires since 02.03. 20:12 (13m); else calm`
fn burned(lane: &Lane, head: Time) -> String {
    let spans = &lane.past.spans;
    let first = spans.len().saturating_sub(SPANS);
    let mut parts: Vec<String> = spans[first..].iter().map(|s| span(s, head)).collect();
    if first > 0 {
        parts.insert(0, format!("{first} earlier spans"));
    }
    let known = spans.iter().map(|s| s.to - s.from).sum::<chrono::Duration>();
    if known < lane.past.until - lane.past.since {
        parts.push(if spans.is_empty() { "calm".into() } else { "else calm".into() });
    }
    parts.extend(lane.failed.iter().map(|(source, error)| format!("{source} cannot be asked: {error}")));
    let count = if lane.count > 1 { format!(", {} alerts", lane.count) } else { String::new() };
    format!("{} ({}{count}): {}", lane.label(), lane.severity.as_str(), parts.join("; "))
}

fn span(s: &Span, head: Time) -> String {
    let length = duration::long(s.to - s.from);
    let goes_on = s.to >= head;
    match s.was {
        Was::Firing if goes_on => format!("fires since {} ({length})", day(s.from)),
        Was::Firing => format!("fired from {} to {} ({length})", day(s.from), day(s.to)),
        Was::Pending if goes_on => format!("pending since {} ({length})", day(s.from)),
        Was::Pending => format!("pending from {} to {} ({length})", day(s.from), day(s.to)),
        Was::Unknown => format!("UNKNOWN from {} to {}, nobody watched", day(s.from), day(s.to)),
    }
}

/// What began and ended, in the order of time.
fn happened(lanes: &Lanes) -> String {
    let (from, to) = lanes.whole;
    let told = entries::within(lanes, (from, to + chrono::Duration::seconds(1)));
    if told.is_empty() {
        return "happened: nothing that is known\n".into();
    }
    let first = told.len().saturating_sub(ENTRIES);
    let mut out = String::from("happened\n");
    if first > 0 {
        out.push_str(&format!("  {first} earlier\n"));
    }
    told[first..].iter().for_each(|t| out.push_str(&format!("  {} {}\n", entries::clock(t.at, to), t.text)));
    out
}

/// What was spent between two moments, and how long each alert burned then.
fn spent(world: &World, lanes: &Lanes, marked: Option<(Time, Time)>) -> String {
    let budget = lanes.slo.as_ref().and_then(|id| world.budgets.get(id));
    let Some(between) = marked.or_else(|| last_burned(lanes)) else { return String::new() };
    let lines = words::between(lanes, budget, between);
    let lines: String = lines.into_iter().take(2).map(|(text, _)| format!("  {text}\n")).collect();
    format!("between\n{lines}")
}

/// While the first of the alerts that burned did so last.
fn last_burned(lanes: &Lanes) -> Option<(Time, Time)> {
    let last = |lane: &Lane| lane.past.spans.iter().rfind(|s| s.was == Was::Firing).map(|s| (s.from, s.to));
    lanes.rows.iter().find_map(last)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{alert::Severity, past::Past, text::SafeText};

    fn at(minutes: i64) -> Time {
        Time::UNIX_EPOCH + chrono::Duration::minutes(minutes)
    }

    fn lane(spans: &[(i64, i64, Was)]) -> Lane {
        let spans = spans.iter().map(|(from, to, was)| Span { from: at(*from), to: at(*to), was: *was });
        Lane {
            name: SafeText::new("Burn"),
            place: SafeText::default(),
            severity: Severity::Critical,
            count: 1,
            names: false,
            past: Past::new(at(0), at(120), spans),
            waiting: Vec::new(),
            failed: Vec::new(),
        }
    }

    #[test]
    fn a_lane_is_told_in_the_order_of_time_and_what_nobody_watched_is_not_called_calm() {
        let told = burned(&lane(&[(0, 30, Was::Unknown), (40, 50, Was::Firing), (110, 120, Was::Firing)]), at(120));
        let wanted = "Burn (critical): UNKNOWN from 01.01. 00:00 to 01.01. 00:30, nobody watched; \
                      fired from 01.01. 00:40 to 01.01. 00:50 (10m); fires since 01.01. 01:50 (10m); else calm";
        assert_eq!(told, wanted);
        assert_eq!(burned(&lane(&[]), at(120)), "Burn (critical): calm");
        assert!(!burned(&lane(&[(0, 120, Was::Unknown)]), at(120)).contains("calm"));
    }

    #[test]
    fn many_spans_are_counted_and_the_newest_told() {
        let spans: Vec<(i64, i64, Was)> = (0..20).map(|i| (i * 5, i * 5 + 2, Was::Firing)).collect();
        let told = burned(&lane(&spans), at(120));
        assert!(told.contains("12 earlier spans; fired from 01.01. 01:00"), "{told}");
    }
}
