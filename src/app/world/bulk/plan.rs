//! The plan over many alerts, as it is shown before anything is sent: what carries it, whom it reaches, who is left out and why.

use std::collections::{BTreeMap, HashSet};

use chrono::Duration;

use crate::{
    app::world::{World, board::Row, ops::Activity},
    domain::{
        Time,
        alert::AlertId,
        contract::{AckTerms, BreakOn},
        cover::cover,
        held::{Request, Verb},
        label::Labels,
        matcher::Matcher,
        op::Covered,
        source::{AckVia, SourceName},
        text::SafeText,
    },
};

use super::{Doing, joined::BLIND};

/// One plan for many alerts.
#[derive(Clone, Debug, PartialEq)]
pub struct BulkPlan {
    pub doing: Doing,
    pub lasts: Duration,
    /// What breaks the acks of it that are about one alert each.
    pub breaks_on: Vec<BreakOn>,
    pub until: Time,
    pub parts: Vec<Part>,
    pub left_out: Vec<LeftOut>,
}

/// One silence, one end of a silence, or one entry.
#[derive(Clone, Debug, PartialEq)]
pub struct Part {
    pub source: SourceName,
    pub via: AckVia,
    /// Whom it is for; at least one.
    pub alerts: Vec<Covered>,
    /// The silence's matchers; empty where none is made.
    pub matchers: Vec<Matcher>,
    /// The silence that ends.
    pub silence: Option<SafeText>,
    /// Others on the board that it mutes or frees too.
    pub also: Vec<Covered>,
    /// Combinations of its values that nobody has seen and that it would mute.
    pub unseen: u64,
    /// What its source is asked, where that keeps acks itself.
    pub request: Option<Request>,
}

/// An alert that was chosen and cannot be acted on.
#[derive(Clone, Debug, PartialEq)]
pub struct LeftOut {
    pub alert: Covered,
    pub why: String,
}

impl BulkPlan {
    /// How many alerts it acts on.
    pub fn len(&self) -> usize {
        self.parts.iter().map(|p| p.alerts.len()).sum()
    }

    pub fn is_empty(&self) -> bool {
        self.parts.is_empty()
    }

    /// It lasts so long from now on.
    pub(crate) fn ends(&mut self, now: Time, lasts: Duration) {
        (self.lasts, self.until) = (lasts, now + lasts);
        let requests = self.parts.iter_mut().filter_map(|p| p.request.as_mut());
        requests.for_each(|r| r.until = r.until.map(|_| now + lasts));
    }

    /// What the sources that keep acks themselves are asked, one for each alert.
    pub fn requests(&self) -> impl Iterator<Item = &Request> {
        self.parts.iter().filter_map(|p| p.request.as_ref())
    }

    /// Where their sources keep all of it themselves: whether an end can be said. What breaks it is theirs to say.
    pub fn kept_there(&self) -> Option<bool> {
        let all = !self.parts.is_empty() && self.parts.iter().all(|p| p.request.is_some());
        all.then(|| self.requests().any(|r| r.until.is_some()))
    }

    /// What a source cannot do is left out by name, and why.
    pub(crate) fn leave_out(&mut self, why: impl Fn(&Request) -> Option<String>) {
        let why = |part: &Part| part.request.as_ref().and_then(&why);
        for part in self.parts.extract_if(.., |part| why(part).is_some()).collect::<Vec<_>>() {
            let why = why(&part).unwrap_or_default();
            self.left_out.extend(part.alerts.into_iter().map(|alert| LeftOut { alert, why: why.clone() }));
        }
    }

    /// Those that it reaches though nobody chose them, each once.
    pub fn also(&self) -> Vec<&Covered> {
        let mut seen = HashSet::new();
        self.parts.iter().flat_map(|p| &p.also).filter(|c| seen.insert(&c.alert)).collect()
    }

    pub fn unseen(&self) -> u64 {
        self.parts.iter().fold(0, |n, p| n.saturating_add(p.unseen))
    }

    /// The parts of each source and way, in their order.
    pub fn by_source(&self) -> BTreeMap<(&SourceName, &'static str), Vec<&Part>> {
        let mut all: BTreeMap<(&SourceName, &'static str), Vec<&Part>> = BTreeMap::new();
        for part in &self.parts {
            let way = match part.via {
                AckVia::Native => "native",
                AckVia::Silence => "silence",
                AckVia::Journal => "journal",
            };
            all.entry((&part.source, way)).or_default().push(part);
        }
        all
    }
}

impl World {
    /// What acking all of them would do: one exact silence an alert up to the limit, above it the narrowest that cover them.
    ///
    /// # Errors
    /// Why nothing may be written at all.
    pub fn plan_ack_all(&self, chosen: &[Covered], now: Time, terms: &AckTerms) -> Result<BulkPlan, String> {
        self.may_write()?;
        let AckTerms { lasts, breaks_on } = terms.clone();
        let mut plan = BulkPlan {
            doing: Doing::Ack,
            lasts,
            breaks_on,
            until: now + lasts,
            parts: Vec::new(),
            left_out: Vec::new(),
        };
        let mut by_source: BTreeMap<&SourceName, Vec<(&Covered, &Row)>> = BTreeMap::new();
        for one in chosen {
            match self.ackable(&one.alert).and_then(|(via, row)| self.lasting(row, terms, now).map(|()| (via, row))) {
                Ok((AckVia::Silence, row)) => by_source.entry(&row.id.source).or_default().push((one, row)),
                Ok((AckVia::Native, row)) => match self.request(Verb::Ack, row, Some(now + lasts)) {
                    Ok(request) => plan.parts.push(Part::asked(one, request)),
                    Err(why) => plan.left_out.push(LeftOut { alert: one.clone(), why }),
                },
                Ok((via, _)) => plan.parts.push(Part::kept(via, one)),
                Err(why) => plan.left_out.push(LeftOut { alert: one.clone(), why }),
            }
        }
        let taken: HashSet<&AlertId> = chosen.iter().map(|c| &c.alert).collect();
        for (source, rows) in by_source {
            plan.parts.extend(self.cover_source(source, &rows, &taken));
        }
        Ok(plan)
    }

    /// The plan for the same alerts on other terms. Whom it reaches does not change with them; who would break at once may.
    pub(crate) fn on_terms(&self, plan: &mut BulkPlan, now: Time, terms: &AckTerms) {
        let burns = |conditions: &[BreakOn]| conditions.iter().any(|c| matches!(c, BreakOn::Burn(_)));
        if plan.breaks_on != terms.breaks_on && (burns(&plan.breaks_on) || burns(&terms.breaks_on)) {
            // What cannot be read is left out on any terms.
            let (blind, others): (Vec<LeftOut>, Vec<LeftOut>) =
                plan.left_out.iter().cloned().partition(|l| l.why == BLIND);
            let acked = plan.parts.iter().flat_map(|p| &p.alerts);
            let chosen: Vec<Covered> = acked.chain(others.iter().map(|l| &l.alert)).cloned().collect();
            if let Ok(mut fresh) = self.plan_ack_all(&chosen, now, terms) {
                fresh.left_out.extend(blind);
                *plan = fresh;
            }
            return;
        }
        plan.breaks_on.clone_from(&terms.breaks_on);
        plan.ends(now, terms.lasts);
    }

    /// Whether its ack would not break at once.
    fn lasting(&self, row: &Row, terms: &AckTerms, now: Time) -> Result<(), String> {
        if !terms.breaks_on.iter().any(|c| matches!(c, BreakOn::Burn(_))) {
            return Ok(());
        }
        let breach = self.burns(&self.contract(row, &terms.breaks_on, now), now);
        breach.map_or(Ok(()), |b| Err(format!("its ack would break at once: {}", b.why)))
    }

    /// Whether this alert can be acked now, and how.
    pub(super) fn ackable(&self, id: &AlertId) -> Result<(AckVia, &Row), String> {
        let row = self.board.get(id).ok_or("it has gone")?;
        if row.resolved_at.is_some() {
            return Err("it has resolved".into());
        }
        if let Some(ack) = &row.ack {
            return Err(format!("{} is on it already", ack.by.line()));
        }
        if row.activity == Some(Activity::Acking) {
            return Err("it is being acked already".into());
        }
        let source = self.source(&id.source).ok_or("its source is no longer configured")?;
        let via =
            source.about.can.ack.ok_or_else(|| format!("{} is read-only here: it can carry no ack", id.source))?;
        if via == AckVia::Silence && row.alert.labels.iter().all(|(_, v)| v.is_empty()) {
            return Err("an alert without labels cannot be silenced".into());
        }
        Ok((via, row))
    }

    fn cover_source(&self, source: &SourceName, rows: &[(&Covered, &Row)], taken: &HashSet<&AlertId>) -> Vec<Part> {
        let chosen: Vec<&Labels> = rows.iter().map(|(_, r)| &r.alert.labels).collect();
        let near = |r: &&Row| &r.id.source == source && r.resolved_at.is_none() && !taken.contains(&r.id);
        let others: Vec<&Row> = self.board.iter().filter(near).collect();
        let labels: Vec<&Labels> = others.iter().map(|r| &r.alert.labels).collect();
        let part = |c: crate::domain::cover::Cover| Part {
            source: source.clone(),
            via: AckVia::Silence,
            alerts: c.covers.iter().map(|i| rows[*i].0.clone()).collect(),
            matchers: c.matchers,
            silence: None,
            also: c.beyond.iter().map(|i| covered(others[*i])).collect(),
            unseen: c.unseen,
            request: None,
        };
        cover(&chosen, &labels, self.silences_max).into_iter().map(part).collect()
    }

    /// What taking back the acks of all of them would do: each silence ends once.
    ///
    /// # Errors
    /// Why nothing may be written at all.
    pub fn plan_unack_all(&self, chosen: &[Covered], now: Time) -> Result<BulkPlan, String> {
        self.may_write()?;
        let mut plan = BulkPlan {
            doing: Doing::Unack,
            lasts: Duration::zero(),
            breaks_on: Vec::new(),
            until: now,
            parts: Vec::new(),
            left_out: Vec::new(),
        };
        for one in chosen {
            match self.plan_unack(&one.alert) {
                Err(why) => plan.left_out.push(LeftOut { alert: one.clone(), why }),
                Ok(single) => match single.silence {
                    None => match single.request {
                        Some(request) => plan.parts.push(Part::asked(one, request)),
                        None => plan.parts.push(Part::kept(single.via, one)),
                    },
                    Some(silence) => self.end_of(&mut plan, one, silence),
                },
            }
        }
        let taken: HashSet<AlertId> = chosen.iter().map(|c| c.alert.clone()).collect();
        plan.parts.iter_mut().for_each(|p| p.also.retain(|c| !taken.contains(&c.alert)));
        Ok(plan)
    }

    fn end_of(&self, plan: &mut BulkPlan, one: &Covered, silence: SafeText) {
        let same = |p: &&mut Part| p.source == one.alert.source && p.silence.as_ref() == Some(&silence);
        if let Some(part) = plan.parts.iter_mut().find(same) {
            part.alerts.push(one.clone());
            return;
        }
        let held = |r: &&Row| {
            r.id.source == one.alert.source && r.ack.as_ref().is_some_and(|a| a.silence.as_ref() == Some(&silence))
        };
        let also = self.board.iter().filter(held).map(covered).collect();
        plan.parts.push(Part { silence: Some(silence), also, ..Part::kept(AckVia::Silence, one) });
    }
}

impl Part {
    fn kept(via: AckVia, one: &Covered) -> Self {
        Self {
            source: one.alert.source.clone(),
            via,
            alerts: vec![one.clone()],
            matchers: Vec::new(),
            silence: None,
            also: Vec::new(),
            unseen: 0,
            request: None,
        }
    }

    fn asked(one: &Covered, request: Request) -> Self {
        Self { request: Some(request), ..Self::kept(AckVia::Native, one) }
    }
}

pub(crate) fn covered(row: &Row) -> Covered {
    Covered { alert: row.id.clone(), title: row.name().clone() }
}
