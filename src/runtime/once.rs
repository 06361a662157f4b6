//! The world without a screen, once: every source is asked, the answers are merged, and that is the answer.

use std::{collections::BTreeSet, sync::Arc};

use futures_util::future::join_all;

use crate::{
    app::{
        effect::Effect,
        msg::{BudgetReport, Cost, Msg, SourceMsg},
        world::{Setup, World},
    },
    domain::{
        Time,
        slo::{
            Slo, SloId,
            planned::{Planned, adjust},
            whole,
        },
        source::{Change, Description, SourceError, Unread},
    },
    sources::Source,
};

use super::{
    Sources,
    budgets::{Counting, Means},
    clock::Clock,
    panics, routes,
};

/// Asks every source once, all at the same time.
pub async fn world(setup: Setup, sources: &Sources, clock: Clock) -> World {
    let mut world = World::unrecorded(setup);
    let answers = join_all(sources.iter().map(|source| async move {
        let answer = panics::asked(source.look(clock.now())).await;
        (source.describe().name.clone(), answer)
    }))
    .await;
    let now = clock.now();
    for (name, answer) in answers {
        let msg = match answer {
            Ok(snapshot) => SourceMsg::Answered(Box::new(snapshot)),
            Err(error) => SourceMsg::Failed(error),
        };
        // What should be kept of it is a cockpit's business: a question leaves no trace.
        drop(world.on_source(now, &name, msg));
    }
    world
}

/// Reads by which routes the sources tell people, for what leans on them.
pub async fn routes(world: &mut World, sources: &Sources, clock: Clock) {
    for effect in world.ask_routes(clock.now()) {
        if let Effect::ReadRoutes(name) = effect {
            let told = routes::read(sources, &name, clock).await;
            world.routes_told(name, told);
        }
    }
}

/// What changed since a moment, of every source that can tell, all asked at the same time.
pub async fn changes(
    sources: &Sources,
    since: Time,
    clock: Clock,
) -> Vec<(Description, Result<Vec<Change>, SourceError>)> {
    join_all(sources.iter().map(|source| async move {
        let told = match source.changes() {
            Some(changes) => panics::asked(changes.changes(since, clock.now())).await,
            // One that could not even be set up says why when it is asked.
            None => Err(source.poll(clock.now()).await.err().filter(|_| source.describe().can.changes)?),
        };
        Some((source.describe().clone(), told))
    }))
    .await
    .into_iter()
    .flatten()
    .collect()
}

/// What one source counted; none where no source was there to ask.
pub type Counted = (Option<Description>, BudgetReport);

/// Counts for every budget once, each source for itself: one that is down hides no other's numbers.
pub async fn budgets(sources: &Sources, slos: Vec<Slo>, planned: &[Planned], clock: Clock) -> Vec<Counted> {
    let (wholes, mut left): (Vec<Slo>, Vec<Slo>) = slos.into_iter().partition(Slo::is_composite);
    let mut counted = Vec::new();
    let mut seen = BTreeSet::new();
    for (i, source) in sources.iter().filter(|s| s.describe().can.counts).enumerate() {
        let name = &source.describe().name;
        let is_its = |slo: &Slo| slo.indicator.source.as_ref().map_or(i == 0, |n| n == name);
        let (own, others) = left.into_iter().partition(is_its);
        left = others;
        let mut report = count(source, own, planned, clock).await;
        // Two servers that evaluate the same rules have one budget between them.
        report.rows.retain(|row| seen.insert(row.slo.id.clone()));
        // One that could not say which there are is not one that has none.
        if !report.rows.is_empty() || report.error.is_some() || !report.problems.is_empty() {
            counted.push((Some(source.describe().clone()), report));
        }
    }
    if !left.is_empty() {
        counted.push((None, Counting::new(Vec::new(), left, Vec::new(), clock).once().await));
    }
    if !wholes.is_empty() {
        let report = composed(wholes, &counted, planned, clock.now());
        counted.push((None, report));
    }
    counted
}

/// Composites, whatever sources their parts were counted by.
fn composed(wholes: Vec<Slo>, counted: &[Counted], planned: &[Planned], now: Time) -> BudgetReport {
    let find = |id: &SloId| {
        let row = counted.iter().flat_map(|(_, report)| &report.rows).find(|row| row.slo.id == *id)?;
        let (history, trouble) = (&*row.history, row.trouble.as_ref());
        Some(whole::Known { slo: &row.slo, history, counted_at: row.counted_at, trouble })
    };
    let made = |slo| {
        let mut row = whole::whole(&Arc::new(slo), find);
        let adjusted = row.counted_at.and_then(|at| adjust(planned, &row.slo, &row.history, at));
        row.adjusted = adjusted.map(Arc::new);
        row
    };
    let rows = wholes.into_iter().map(made).collect();
    let (problems, cost) = (Vec::new(), Cost::default());
    BudgetReport { at: now, rows, error: None, counted_at: Some(now), problems, progress: 1.0, cost }
}

async fn count(source: &std::sync::Arc<dyn Source>, slos: Vec<Slo>, planned: &[Planned], clock: Clock) -> BudgetReport {
    // One that could not even be set up says why when it is asked.
    let unset = if source.counts().is_none() { source.poll(clock.now()).await.err() } else { None };
    let means = Means { planned: planned.to_vec(), ..Means::default() };
    let counting = Counting::new(vec![source.clone()], slos, Vec::new(), clock).with(means);
    let mut report = counting.once().await;
    report.error = unset.or(report.error);
    report
}

/// The same as messages, for a frame of the cockpit.
pub async fn messages(sources: &Sources, clock: Clock) -> Vec<Msg> {
    let mut messages = Vec::new();
    for source in sources {
        let name = source.describe().name.clone();
        let msg = match panics::asked(source.poll(clock.now())).await {
            Ok(snapshot) => SourceMsg::Answered(Box::new(snapshot)),
            Err(error) => SourceMsg::Failed(error),
        };
        messages.push(Msg::Source(name.clone(), msg));
        if source.routing().is_some() {
            messages.push(Msg::Routes(name.clone(), routes::read(sources, &name, clock).await));
        }
        if source.on_call().is_some() {
            messages.push(Msg::OnCall(name.clone(), Some(super::oncall::read(sources, &name, clock).await)));
        }
        let now = clock.now();
        if let Some(changes) = source.changes() {
            messages.push(Msg::Source(
                name,
                match panics::asked(changes.changes(now - super::changes::REACH, now)).await {
                    Ok(new) => SourceMsg::Changed(new),
                    Err(error) => SourceMsg::ChangesUnread(Some(Box::new(Unread { since: now, error }))),
                },
            ));
        }
    }
    messages
}
