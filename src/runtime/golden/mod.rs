//! Reads the golden signals of the one objective that is open: what is there once, then the value of now every minute, and
//! of the axis only the moments that are missing. Nobody looks = nothing is asked.

mod purse;
mod shelf;

use std::{collections::BTreeMap, sync::Arc};

use chrono::Duration;
use tokio::sync::watch;

pub use self::purse::Purse;
use self::shelf::{PASTS, Shelf};
use super::{Inbox, Sources, clock::Clock, find, panics};
use crate::{
    app::msg::Msg,
    domain::{
        Time,
        signals::{Ask, Golden, Look, Recognised, Signal, columns},
        slo::{BucketSpan, Slo, SloId},
        source::SourceError,
        text::SafeText,
    },
    sources::{Signals, Source},
};

/// Between two readings.
const EVERY: Duration = Duration::seconds(60);
/// Whoever moves along the axis is waited for.
const SETTLES: Duration = Duration::milliseconds(250);
/// Objectives whose readings are kept after they were closed.
const SHELVES_MAX: usize = 8;
/// How long one question may take.
const WITHIN: std::time::Duration = std::time::Duration::from_secs(30);

/// What is looked at.
pub type Opened = watch::Receiver<Option<Box<Look>>>;

/// The reading of signals.
pub struct Reading {
    sources: Sources,
    clock: Clock,
    purse: Purse,
    /// The one that was opened last is the last.
    shelves: Vec<(SloId, Shelf)>,
}

impl Reading {
    pub fn new(sources: Sources, clock: Clock, purse: Purse) -> Self {
        Self { sources, clock, purse, shelves: Vec::new() }
    }

    /// Reads for ever what is looked at.
    pub async fn run(mut self, mut opened: Opened, inbox: Inbox) {
        loop {
            let look = opened.borrow_and_update().clone();
            let clock = self.clock;
            let reading = async {
                let Some(look) = look else { return std::future::pending().await };
                clock.sleep(SETTLES).await;
                loop {
                    self.read(&look, Some(&inbox)).await;
                    clock.sleep(EVERY).await;
                }
            };
            tokio::select! {
                changed = opened.changed() => if changed.is_err() { return },
                () = reading => {}
            }
        }
    }

    /// Everything once, for who asks and ends.
    pub async fn once(mut self, look: &Look) -> Golden {
        self.read(look, None).await;
        let allowed = self.purse.share();
        self.shelf(&look.slo.id).golden(look, allowed)
    }

    fn shelf(&mut self, id: &SloId) -> &mut Shelf {
        let shelf = match self.shelves.iter().position(|(i, _)| i == id) {
            Some(place) => self.shelves.remove(place).1,
            None => Shelf::default(),
        };
        if self.shelves.len() >= SHELVES_MAX {
            self.shelves.remove(0);
        }
        self.shelves.push((id.clone(), shelf));
        let last = self.shelves.len() - 1;
        &mut self.shelves[last].1
    }

    async fn read(&mut self, look: &Look, inbox: Option<&Inbox>) {
        self.recognise(look).await;
        self.tell(look, inbox).await;
        let mut failed: BTreeMap<String, SourceError> = BTreeMap::new();
        let asks = self.shelf(&look.slo.id).asks.clone();
        for ask in &asks {
            self.read_now(look, ask, &mut failed).await;
        }
        self.tell(look, inbox).await;
        for ask in &asks {
            for span in spans(ask, look, self.clock.now()) {
                self.read_past(look, ask, span, &mut failed).await;
            }
            self.tell(look, inbox).await;
        }
    }

    async fn tell(&mut self, look: &Look, inbox: Option<&Inbox>) {
        let Some(inbox) = inbox else { return };
        let allowed = self.purse.share();
        let golden = self.shelf(&look.slo.id).golden(look, allowed);
        // A loop that has gone needs no answer.
        let _ = inbox.send(Msg::Signals(Box::new(golden))).await;
    }

    /// Finds out what there is to be asked, where that is not known or has been for long.
    async fn recognise(&mut self, look: &Look) {
        let now = self.clock.now();
        if self.shelf(&look.slo.id).is_known(now) {
            return;
        }
        let has = |s: &Signal| look.configured.iter().any(|a| a.signal == *s);
        let wanted: Vec<Signal> = Signal::ALL.into_iter().filter(|s| !has(s)).collect();
        let told = match facet(&self.sources, &look.slo, None) {
            Some(source) if !wanted.is_empty() => within(source.recognise(&look.slo, &wanted, now)).await,
            Some(_) => Ok(Recognised::default()),
            None => Err(SourceError::rejected("the source that counts it knows no signals")),
        };
        let shelf = self.shelf(&look.slo.id);
        match told {
            Ok(told) => {
                shelf.asked(look.configured.iter().cloned().chain(told.asks).collect(), now);
                shelf.looked_for = told.looked_for;
                self.purse.pay(now, told.samples);
            }
            Err(error) => {
                if shelf.asks.is_empty() {
                    shelf.asks = look.configured.iter().cloned().map(Arc::new).collect();
                }
                shelf.problem = Some(SafeText::new(&error.to_string()));
            }
        }
    }

    async fn read_now(&mut self, look: &Look, ask: &Arc<Ask>, failed: &mut BTreeMap<String, SourceError>) {
        let now = self.clock.now();
        let at = now.timestamp();
        // A clock that runs a little early has read it already.
        if self.shelf(&look.slo.id).wants_now(ask, now, EVERY * 9 / 10) {
            let span = BucketSpan { from: at - 1, to: at, step: 1 };
            let answer = self.ask(look, ask, span, columns::LOOK_BACK_MIN, failed).await;
            let shelf = self.shelf(&look.slo.id);
            match answer {
                Ok(values) => shelf.answered_now(ask, &values, now),
                Err(error) => shelf.failed(ask, &error, now),
            }
        }
    }

    async fn read_past(
        &mut self,
        look: &Look,
        ask: &Arc<Ask>,
        span: BucketSpan,
        failed: &mut BTreeMap<String, SourceError>,
    ) {
        let allowed = self.purse.share();
        let window = self.shelf(&look.slo.id).window(ask, span, allowed);
        for chunk in self.shelf(&look.slo.id).missing(ask, span) {
            let now = self.clock.now();
            if self.shelf(&look.slo.id).rests(ask, now) || !self.purse.may(now) {
                return;
            }
            let answer = self.ask(look, ask, chunk, window, failed).await;
            let shelf = self.shelf(&look.slo.id);
            match answer {
                Ok(values) => shelf.answered(ask, chunk, &values, now),
                Err(error) => return shelf.failed(ask, &error, now),
            }
        }
    }

    /// A source that could not be reached is left alone until the next time.
    async fn ask(
        &self,
        look: &Look,
        ask: &Ask,
        span: BucketSpan,
        window: i64,
        failed: &mut BTreeMap<String, SourceError>,
    ) -> Result<crate::domain::signals::Values, SourceError> {
        let now = self.clock.now();
        let name = ask.source.as_ref().map_or("", |s| s.as_str()).to_owned();
        if let Some(error) = failed.get(&name) {
            return Err(error.clone());
        }
        let Some(source) = facet(&self.sources, &look.slo, Some(ask)) else {
            return Err(SourceError::rejected(format!("no source `{name}` that answers queries is there")));
        };
        let answer = within(source.values(ask, span, window, now)).await;
        match &answer {
            Ok(values) => self.purse.pay(now, values.samples),
            Err(SourceError::Rejected { .. }) => {}
            Err(error) => drop(failed.insert(name, error.clone())),
        }
        answer
    }
}

/// The moments of the axis, and the pasts that a forecast stands on.
fn spans(ask: &Ask, look: &Look, now: Time) -> Vec<BucketSpan> {
    let foretells = ask.signal == Signal::Saturation && ask.full_at.is_some() && ask.is_gauge();
    let past = |(length, step): (i64, i64)| {
        let to = now.timestamp().div_euclid(step) * step;
        BucketSpan { from: to - length, to, step }
    };
    let pasts = PASTS.into_iter().filter(|_| foretells).map(past);
    std::iter::once(look.span).chain(pasts).collect()
}

async fn within<T>(asked: impl Future<Output = Result<T, SourceError>>) -> Result<T, SourceError> {
    let late = || SourceError::unreachable(format!("no answer within {WITHIN:?}"));
    tokio::time::timeout(WITHIN, panics::asked(asked)).await.unwrap_or_else(|_| Err(late()))
}

/// Who answers: the source of the question, else that of the objective, else the first that can.
fn facet<'a>(sources: &'a Sources, slo: &Slo, ask: Option<&Ask>) -> Option<&'a dyn Signals> {
    let named = ask.and_then(|a| a.source.as_ref()).or(slo.indicator.source.as_ref());
    let source: &Arc<dyn Source> = match named {
        Some(name) => find(sources, name)?,
        None => sources.iter().find(|s| s.signals().is_some())?,
    };
    source.signals()
}
