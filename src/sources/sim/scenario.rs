//! A simulated day, read and checked: who tells what when, what fails, and what the budgets count.
//!
//! Knows no clock: every moment is a length since the scenario began. Refuses to know how a source answers.

use chrono::Duration;
use serde::de::DeserializeOwned;
use toml::Spanned;

use crate::domain::{
    Time,
    drill::Experiment,
    matcher::Matcher,
    slo::Slo,
    source::{AckVia, SourceName},
    text::{SafeText, sanitise},
};

pub use super::wire::{FaultKind, Imitates};
use super::{
    budget::{self, Budget},
    experiment,
    wave::{self, AlertPlan},
    wire::{AckWord, DutyTable, EventTable, FaultTable, File, Moment, SilenceTable, SourceTable},
};

/// Between polls of a simulated source, unless the scenario says otherwise.
const INTERVAL: Duration = Duration::seconds(2);

/// Most times that one event happens again.
const AGAIN_MAX: usize = 1_000;

/// A simulated day.
#[derive(Clone, Debug)]
pub struct Scenario {
    pub name: SafeText,
    pub title: SafeText,
    /// Two or three lines for `demo --list`.
    pub story: SafeText,
    /// The wall-clock time at which the day begins, where nothing else decides it.
    pub start: Time,
    /// Where a demo opens, so that its first minute shows the story; what lies before is history.
    pub opens_at: Duration,
    pub sources: Vec<SourcePlan>,
    /// Waves are written out: one plan each alert.
    pub alerts: Vec<AlertPlan>,
    pub silences: Vec<SilencePlan>,
    pub faults: Vec<FaultPlan>,
    /// Oldest first.
    pub events: Vec<EventPlan>,
    pub duties: Vec<DutyPlan>,
    pub(super) budgets: Vec<Budget>,
    /// What it is a drill in, where it says so.
    pub experiment: Option<Experiment>,
}

#[derive(Clone, Debug)]
pub struct SourcePlan {
    pub name: SourceName,
    pub imitates: Imitates,
    pub ack: AckVia,
    pub interval: Duration,
    /// How it pages, where it does.
    pub pages: Paging,
}

/// Whom a source pages one after the other, and when.
#[derive(Clone, Debug)]
pub struct Paging {
    /// The first is paged first; at least one.
    pub people: Vec<SafeText>,
    pub escalates_after: Duration,
    pub ack_lasts: Duration,
}

/// A silence somebody else makes.
#[derive(Clone, Debug)]
pub struct SilencePlan {
    pub source: usize,
    pub at: Duration,
    pub until: Duration,
    pub matchers: Vec<Matcher>,
    pub by: SafeText,
    pub comment: SafeText,
}

/// A source that fails in `[at, until)`.
#[derive(Clone, Debug)]
pub struct FaultPlan {
    pub source: usize,
    pub at: Duration,
    pub until: Duration,
    pub kind: FaultKind,
}

/// Something done to the systems on purpose.
#[derive(Clone, Debug)]
pub struct EventPlan {
    pub source: usize,
    pub at: Duration,
    pub kind: SafeText,
    pub title: SafeText,
    pub by: SafeText,
    pub text: SafeText,
    pub service: Option<SafeText>,
    pub url: Option<SafeText>,
}

/// Somebody is on call.
#[derive(Clone, Debug)]
pub struct DutyPlan {
    pub source: usize,
    pub of: SafeText,
    pub services: Vec<SafeText>,
    pub level: u32,
    pub who: SafeText,
    pub from: Option<Duration>,
    pub until: Option<Duration>,
}

/// A mistake and, where it is known, its place in the file (bytes).
pub(super) struct Mistake {
    pub(super) at: Option<usize>,
    pub(super) why: String,
}

impl Mistake {
    pub(super) fn at<T>(place: &Spanned<T>, why: impl Into<String>) -> Self {
        Self { at: Some(place.span().start), why: why.into() }
    }
}

impl Scenario {
    /// Reads and checks the text of a scenario file; `origin` names it in errors.
    ///
    /// # Errors
    /// `origin:line:column: what is wrong`, harmless to show.
    pub fn parse(origin: &str, text: &str) -> Result<Self, String> {
        parse_toml::<File>(text).and_then(Self::check).map_err(|m| m.placed(origin, text))
    }

    /// The SLOs of all sources.
    pub fn slos(&self) -> impl Iterator<Item = &Slo> {
        self.budgets.iter().map(|b| &b.slo)
    }

    fn check(file: File) -> Result<Self, Mistake> {
        let sources = sources(&file.sources)?;
        let names = Names(&sources);
        let alerts = wave::expand(&file.alerts, &names)?;
        let silences = each(&file.silences, |t| silence(t, &names))?;
        let faults = each(&file.faults, |t| fault(t, &names))?;
        let mut events = each(&file.events, |t| event(t, &names))?.concat();
        events.sort_by_key(|e| e.at);
        let duties = each(&file.duties, |t| duty(t, &names))?;
        let budgets = budget::read_all(&file.slos, &names, file.start)?;
        let read = |table| experiment::read(table, &alerts, file.opens_at.0);
        let experiment = file.experiment.as_ref().map(read).transpose()?;
        Ok(Self {
            name: SafeText::new(&file.name),
            title: SafeText::new(&file.title),
            story: SafeText::new(file.story.trim()),
            start: file.start,
            opens_at: file.opens_at.0,
            sources,
            alerts,
            silences,
            faults,
            events,
            duties,
            budgets,
            experiment,
        })
    }
}

/// The sources by the names that the rest of the file uses.
pub(super) struct Names<'a>(&'a [SourcePlan]);

impl Names<'_> {
    /// The index of a named source, or of the first that `fits` where the file names none.
    pub(super) fn index(
        &self,
        name: Option<&Spanned<String>>,
        fits: impl Fn(&SourcePlan) -> bool,
    ) -> Result<usize, Mistake> {
        let Some(name) = name else {
            return Ok(self.0.iter().position(fits).unwrap_or(0));
        };
        self.0.iter().position(|s| s.name.as_str() == name.get_ref()).ok_or_else(|| {
            let known: Vec<&str> = self.0.iter().map(|s| s.name.as_str()).collect();
            Mistake::at(name, format!("no source is named `{}`; there is {}", name.get_ref(), known.join(", ")))
        })
    }

    pub(super) fn name(&self, index: usize) -> &SourceName {
        &self.0[index].name
    }

    pub(super) fn imitates(&self, index: usize) -> Imitates {
        self.0[index].imitates
    }
}

pub(super) fn each<T, P>(tables: &[T], read: impl Fn(&T) -> Result<P, Mistake>) -> Result<Vec<P>, Mistake> {
    tables.iter().map(read).collect()
}

fn sources(tables: &[SourceTable]) -> Result<Vec<SourcePlan>, Mistake> {
    if tables.is_empty() {
        return Err(Mistake { at: None, why: "a scenario needs at least one [[source]]".into() });
    }
    each(tables, |t| {
        let name = t.name.get_ref();
        if name.is_empty() || tables.iter().filter(|o| o.name.get_ref() == name).count() > 1 {
            return Err(Mistake::at(&t.name, format!("the source name `{name}` is empty or used twice")));
        }
        Ok(SourcePlan {
            name: SourceName::new(name),
            imitates: t.kind,
            ack: ack(t)?,
            interval: t.interval.map_or(INTERVAL, |l| l.0).max(Duration::seconds(1)),
            pages: paging(t)?,
        })
    })
}

fn ack(table: &SourceTable) -> Result<AckVia, Mistake> {
    match (table.kind, table.ack.as_ref()) {
        (Imitates::Prometheus, Some(word)) if *word.get_ref() == AckWord::Silence => {
            Err(Mistake::at(word, "a prometheus has no silences; its acks live in the journal"))
        }
        (Imitates::Alertmanager, Some(word)) if *word.get_ref() == AckWord::Journal => Ok(AckVia::Journal),
        (Imitates::Alertmanager, _) => Ok(AckVia::Silence),
        (Imitates::Pagerduty, Some(word)) => Err(Mistake::at(word, "a pagerduty keeps its acks itself")),
        (Imitates::Pagerduty, None) => Ok(AckVia::Native),
        _ => Ok(AckVia::Journal),
    }
}

fn paging(table: &SourceTable) -> Result<Paging, Mistake> {
    let people = match &table.people {
        Some(people) if people.get_ref().is_empty() => return Err(Mistake::at(people, "somebody has to be paged")),
        Some(people) => people.get_ref().iter().map(|name| SafeText::new(name)).collect(),
        None => vec![SafeText::new("primary"), SafeText::new("secondary")],
    };
    let length = |given: Option<super::wire::Length>, minutes| {
        given.map_or(Duration::minutes(minutes), |l| l.0).max(Duration::seconds(1))
    };
    Ok(Paging { people, escalates_after: length(table.escalates_after, 5), ack_lasts: length(table.ack_lasts, 30) })
}

fn silence(table: &SilenceTable, names: &Names) -> Result<SilencePlan, Mistake> {
    let source = names.index(table.source.as_ref(), |s| s.imitates == Imitates::Alertmanager)?;
    if names.imitates(source) != Imitates::Alertmanager {
        return Err(Mistake::at(&table.at, "this silence is on a source that has none"));
    }
    if table.matchers.is_empty() {
        return Err(Mistake::at(&table.at, "a silence without matchers would silence everything"));
    }
    let (at, until) = span(&table.at, table.until)?;
    Ok(SilencePlan {
        source,
        at,
        until,
        matchers: table.matchers.iter().map(|m| m.0.clone()).collect(),
        by: SafeText::new(&table.by),
        comment: SafeText::new(&table.comment),
    })
}

fn fault(table: &FaultTable, names: &Names) -> Result<FaultPlan, Mistake> {
    let source = names.index(table.source.as_ref(), |_| true)?;
    let (at, until) = span(&table.at, table.until)?;
    Ok(FaultPlan { source, at, until, kind: table.kind })
}

/// Once, or as often as it happens again.
fn event(table: &EventTable, names: &Names) -> Result<Vec<EventPlan>, Mistake> {
    let plan = EventPlan {
        source: names.index(table.source.as_ref(), |_| true)?,
        at: table.at.0,
        kind: SafeText::new(&table.kind),
        title: SafeText::new(&table.title),
        by: SafeText::new(&table.by),
        text: SafeText::new(&table.text),
        service: table.service.as_deref().map(SafeText::new),
        url: table.url.as_deref().map(SafeText::new),
    };
    let every = table.every.map(|l| l.0).filter(|l| *l > Duration::zero());
    let Some((every, until)) = every.zip(table.until.map(|m| m.0)) else { return Ok(vec![plan]) };
    let moments = std::iter::successors(Some(plan.at), |at| at.checked_add(&every)).take_while(|at| *at < until);
    Ok(moments.take(AGAIN_MAX).map(|at| EventPlan { at, ..plan.clone() }).collect())
}

fn duty(table: &DutyTable, names: &Names) -> Result<DutyPlan, Mistake> {
    Ok(DutyPlan {
        source: names.index(table.source.as_ref(), |_| true)?,
        of: SafeText::new(&table.of),
        services: table.services.iter().map(|s| SafeText::new(s)).collect(),
        level: table.level,
        who: SafeText::new(&table.who),
        from: table.from.map(|m| m.0),
        until: table.until.map(|m| m.0),
    })
}

/// Both ends of a span, which must not be empty.
pub(super) fn span(from: &Spanned<Moment>, until: Moment) -> Result<(Duration, Duration), Mistake> {
    let start = from.get_ref().0;
    if until.0 <= start {
        return Err(Mistake::at(from, "this ends (until) before it begins"));
    }
    Ok((start, until.0))
}

fn parse_toml<T: DeserializeOwned>(text: &str) -> Result<T, Mistake> {
    toml::from_str(text).map_err(|e| Mistake { at: e.span().map(|s| s.start), why: e.message().to_owned() })
}

impl Mistake {
    fn placed(&self, origin: &str, text: &str) -> String {
        let place = self.at.and_then(|at| text.get(..at)).map_or(String::new(), |before| {
            let line = before.matches('\n').count() + 1;
            let column = before.rsplit('\n').next().unwrap_or("").chars().count() + 1;
            format!(":{line}:{column}")
        });
        sanitise(&format!("{origin}{place}: {}", self.why)).into_owned()
    }
}
