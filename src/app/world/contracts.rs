//! Contracts in force: what each ack was made on, what breaks one, and how that is told, once.

use std::{collections::HashMap, sync::Arc};

use crate::{
    app::effect::{Effect, Effects},
    domain::{
        Time,
        acks::{Broken, CAUSE, Carrier, JournalAcks, OWNER},
        alert::{Alert, AlertId},
        contract::{Breach, BreakOn, Contract},
        entry::{Body, Kind, NewEntry, Subject},
        matcher::Matcher,
        silence::Silence,
        slo::BudgetRow,
        source::{AckVia, SourceName},
        text::SafeText,
    },
};

use super::{World, board::Row};

/// An ack in force that Watchfire made, of whomever.
#[derive(Clone, Debug)]
pub(crate) struct Held {
    pub carrier: Carrier,
    pub alert: AlertId,
    pub by: SafeText,
    pub title: SafeText,
    /// None for one of an older version that lives in the journal.
    pub contract: Option<Arc<Contract>>,
    pub made_at: Time,
    pub silence: Option<Silence>,
}

/// An ack and what broke it.
type Break = (Held, Breach);

impl World {
    /// What an ack of this row would be measured against.
    pub(crate) fn contract(&self, row: &Row, breaks_on: &[BreakOn], now: Time) -> Contract {
        let group = self.ack_group(row);
        // Siblings share all labels but the severity, and the group those it is made by: others need no look.
        let told = group.labels.iter().filter(|(name, value)| name.raw() != "severity" && !value.is_empty());
        let shared: Vec<Matcher> = told.map(|(name, value)| Matcher::equal(name.raw(), value.raw())).collect();
        let beside = self.board.matching(&row.id.source, &shared).filter(|r| r.resolved_at.is_none());
        Contract::new(&row.alert, beside.map(|r| &*r.alert), (breaks_on, &group), now)
    }

    /// Acks of a source in force.
    pub(crate) fn held(&self, name: &SourceName, now: Time) -> Vec<Held> {
        let Some(source) = self.source(name) else { return Vec::new() };
        let carriers = self.acks.carriers(source, now).into_iter();
        let in_silences = carriers.filter_map(|silence| self.held_by_silence(name, silence));
        let in_journal = self.acks.journal.keys().filter_map(|subject| self.held_by_entry(name, subject, now));
        in_silences.chain(in_journal).collect()
    }

    pub(super) fn held_by_silence(&self, name: &SourceName, silence: &Silence) -> Option<Held> {
        let carrier = Carrier::Silence(silence.id.clone());
        let contract = self.acks.terms(&carrier)?.contract.clone();
        Some(Held {
            carrier,
            alert: AlertId { source: name.clone(), fingerprint: contract.alert.clone() },
            by: silence.created_by.clone(),
            title: contract.title(),
            made_at: contract.at,
            contract: Some(contract),
            silence: Some(silence.clone()),
        })
    }

    fn held_by_entry(&self, name: &SourceName, subject: &Subject, now: Time) -> Option<Held> {
        let alert = subject.as_alert().filter(|id| id.source == *name)?;
        let carrier = Carrier::Journal(subject.clone());
        let ack = self.acks.journal.get(subject).filter(|a| a.stands(now) && !self.acks.is_over(&carrier, a.at))?;
        let contract = self.acks.terms(&carrier).map(|t| t.contract.clone());
        let known = || self.source(name)?.known.get(&alert.fingerprint).map(|k| k.alert.name().clone());
        let title =
            contract.as_ref().map(|c| c.title()).or_else(known).unwrap_or_else(|| SafeText::new(subject.as_str()));
        Some(Held { carrier, by: ack.by.clone(), title, made_at: ack.at, contract, silence: None, alert })
    }

    /// Breaks every ack of a source whose contract does not hold any more.
    pub(crate) fn break_acks(&mut self, now: Time, name: &SourceName) -> Effects {
        let found = self.breaches(name, now);
        if found.is_empty() {
            return Vec::new();
        }
        let mut effects: Effects = found.into_iter().map(|one| self.broke(now, one)).collect();
        effects.extend(self.ack_alarm(now));
        self.refresh(now);
        effects
    }

    fn breaches(&self, name: &SourceName, now: Time) -> Vec<Break> {
        let standing: Vec<Held> = self.held(name, now).into_iter().filter(is_breakable).collect();
        let Some(source) = self.source(name).filter(|s| !s.is_blind() && !standing.is_empty()) else {
            return Vec::new();
        };
        let firing: Vec<&Alert> =
            source.known.values().filter(|k| k.resolved_at.is_none()).map(|k| &*k.alert).collect();
        let candidates = Candidates::new(&standing, &firing);
        let breach = |s: &Held| {
            let contract = s.contract.as_deref()?;
            let id = s.silence.as_ref().map(|s| &s.id);
            let breach = |alert: &&Alert| {
                let breach = contract.breach(alert, id)?;
                (breach.on != BreakOn::Member || self.joins(name, contract, alert)).then_some(breach)
            };
            let all = candidates.of(contract).iter().filter_map(breach);
            let by_alert = all.min_by(|a, b| (a.on, &a.by).cmp(&(b.on, &b.by)));
            by_alert.or_else(|| self.burns(contract, now))
        };
        standing.iter().filter_map(|s| Some((s.clone(), breach(s)?))).collect()
    }

    /// Whether one that agrees with the group's labels is in the group, where a route makes it.
    fn joins(&self, source: &SourceName, contract: &Contract, alert: &Alert) -> bool {
        let route = contract.route.as_ref();
        route.is_none_or(|route| self.is_routed_into(source, (route, &contract.group), &alert.labels))
    }

    /// Whether a budget that concerns the alert burns faster than the contract allows: over an hour, and still.
    pub(crate) fn burns(&self, contract: &Contract, now: Time) -> Option<Breach> {
        let limit =
            contract.breaks_on.iter().find_map(|c| if let BreakOn::Burn(rate) = c { Some(*rate) } else { None })?;
        if self.budgets.is_blind(now) {
            return None;
        }
        let concerned = self.budgets.rows.iter().filter(|r| r.slo.concerns(&contract.labels));
        let (row, burn) = concerned.filter_map(|r| Some((r, pace(r)?))).find(|(_, burn)| *burn > limit.value())?;
        let title = row.slo.title.line();
        let why = format!("the error budget of {title} burns {burn:.1}x as fast as it may, above {limit}x");
        Some(Breach { on: BreakOn::Burn(limit), why, by: None })
    }

    /// The alert is nobody's again; what follows for the silence is said with it.
    fn broke(&mut self, now: Time, (ack, breach): Break) -> Effect {
        let broken = Broken {
            at: now,
            carrier: ack.carrier.clone(),
            by: ack.by.clone(),
            title: ack.title.clone(),
            why: SafeText::new(&breach.why),
            cause: breach.by,
        };
        self.news.push(format!("ACK BROKE: {}: {}", sentence(&broken), self.consequence(&ack)));
        let entry = broken_entry(&ack, &broken);
        self.acks.mark(&ack.alert, broken);
        self.acks.end(ack.carrier, now);
        Effect::Observe(vec![entry])
    }

    fn consequence(&self, ack: &Held) -> String {
        match &ack.silence {
            None => "it is nobody's again".into(),
            Some(silence) if silence.created_by != self.user.as_str() => {
                format!("{}'s silence still mutes it (A ends it)", ack.by.line())
            }
            Some(_) => match self.may_write() {
                Ok(()) => "its silence is ended, so that it pages again".into(),
                Err(why) => format!("its silence still stands: {why}"),
            },
        }
    }

    fn ack_alarm(&mut self, now: Time) -> Effects {
        let title = match self.news.len() {
            1 => "an ack broke".to_owned(),
            n => format!("{n} acks broke"),
        };
        let body = self.news.first().cloned().unwrap_or_default();
        self.alarm(now, title, &body)
    }

    /// What the journal says about acks: another cockpit may have found one broken, and told its own person only.
    pub(crate) fn learn(&mut self, now: Time, told: JournalAcks) -> Effects {
        let before = self.news.len();
        for (subject, broken) in &told.broken {
            if broken.at >= self.started_at() && self.is_news(subject, &told, broken) {
                self.news.push(format!("ACK BROKE: {}", sentence(broken)));
            }
        }
        let mut effects = Vec::new();
        if self.news.len() > before {
            effects.extend(self.ack_alarm(now));
        }
        self.acks.learn(told);
        self.refresh(now);
        let names: Vec<SourceName> = self.sources.iter().map(|s| s.about.name.clone()).collect();
        for name in names {
            effects.extend(self.break_acks(now, &name));
            effects.extend(self.end_left_over(now, &name));
        }
        effects
    }

    fn is_news(&self, subject: &Subject, told: &JournalAcks, broken: &Broken) -> bool {
        let made_at = told.terms.get(&broken.carrier).map_or(Time::UNIX_EPOCH, |t| t.contract.at);
        let known = self.acks.is_over(&broken.carrier, made_at);
        !known && subject.as_alert().is_some_and(|id| self.source(&id.source).is_some())
    }

    /// The budgets were counted: acks that break on their burning may have broken.
    pub(crate) fn on_budgets(&mut self, now: Time) -> Effects {
        let names: Vec<SourceName> = self.sources.iter().map(|s| s.about.name.clone()).collect();
        let mut effects = Vec::new();
        for name in names {
            effects.extend(self.break_acks(now, &name));
            effects.extend(self.end_left_over(now, &name));
        }
        effects
    }
}

fn is_breakable(ack: &Held) -> bool {
    ack.contract.as_ref().is_some_and(|c| !c.breaks_on.is_empty())
}

/// The lesser of the burn over an hour and over five minutes: a spike that is over breaks nothing.
fn pace(row: &BudgetRow) -> Option<f64> {
    let burn = &row.numbers()?.burn;
    let over = |window: &str| burn.iter().find(|(name, _)| *name == window).and_then(|(_, rate)| *rate);
    Some(over("1h")?.min(over("5m")?))
}

fn sentence(broken: &Broken) -> String {
    format!("{}'s ack of {}: {}", broken.by.line(), broken.title.line(), broken.why.line())
}

fn broken_entry(ack: &Held, broken: &Broken) -> NewEntry {
    let mut more = serde_json::Map::new();
    more.insert(OWNER.into(), ack.by.raw().into());
    if let Some(cause) = &broken.cause {
        more.insert(CAUSE.into(), cause.as_str().into());
    }
    let subject = Subject::alert(&ack.alert);
    let silence = ack.silence.as_ref().map(|s| s.id.clone());
    let carrier = silence.as_ref().map_or_else(|| subject.as_str().to_owned(), |id| format!("silence:{}", id.raw()));
    NewEntry {
        at: broken.at,
        actor: SafeText::new("watchfire"),
        kind: Kind::AckBroken,
        once: Some(format!("ack.broken:{carrier}:{}", ack.made_at.timestamp_millis())),
        subject,
        source: Some(ack.alert.source.clone()),
        body: Body {
            title: Some(broken.title.clone()),
            text: Some(broken.why.clone()),
            via: Some(if silence.is_some() { AckVia::Silence } else { AckVia::Journal }),
            silence,
            more,
            ..Body::default()
        },
    }
}

/// The alerts that may break a contract, found by name: both the worse sibling and the new member mostly share it.
struct Candidates<'a> {
    by_name: HashMap<&'a str, Vec<&'a Alert>>,
    all: &'a [&'a Alert],
}

impl<'a> Candidates<'a> {
    fn new(standing: &'a [Held], firing: &'a [&'a Alert]) -> Self {
        let contracts = standing.iter().filter_map(|s| s.contract.as_deref());
        let mut by_name: HashMap<&str, Vec<&Alert>> =
            contracts.map(|c| (c.labels.value("alertname"), Vec::new())).collect();
        for alert in firing {
            if let Some(same) = by_name.get_mut(alert.labels.value("alertname")) {
                same.push(alert);
            }
        }
        Self { by_name, all: firing }
    }

    fn of(&self, contract: &Contract) -> &[&'a Alert] {
        let across_names = contract.breaks_on.contains(&BreakOn::Member) && contract.group.get("alertname").is_none();
        match self.by_name.get(contract.labels.value("alertname")) {
            Some(same) if !across_names => same,
            _ => self.all,
        }
    }
}
