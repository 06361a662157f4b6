//! What a declaration would say: from alerts, from a budget or from nothing. It is written only as it was read.

use std::collections::{BTreeMap, BTreeSet};

use crate::{
    app::effect::Effects,
    domain::{
        Time,
        alert::{AlertId, Severity},
        filter::Filter,
        incident::{Attached, Change, Declared, IncidentId, Level, Link, Role, Status},
        label::Labels,
        slo::SloId,
        text::SafeText,
    },
};

use super::{Saying, World};

/// What an incident is declared from.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Seed {
    pub alerts: Vec<AlertId>,
    pub slos: Vec<SloId>,
    /// Ids of entries of the journal.
    pub entries: Vec<String>,
}

/// A declaration before it is made.
#[derive(Clone, Debug, PartialEq)]
pub struct DeclarePlan {
    pub told: Declared,
    /// Alerts on the board that the filter lets join at once.
    pub join_now: Vec<SafeText>,
    /// Linked alerts that belong to an open incident already.
    pub taken: Vec<(SafeText, IncidentId)>,
}

impl World {
    /// What it would be called, from what it is declared from.
    pub fn proposed_title(&self, seed: &Seed) -> String {
        let mut rows: Vec<_> = seed.alerts.iter().filter_map(|id| self.board.get(id)).collect();
        rows.sort_by_key(|r| (r.severity, r.alert.starts_at));
        let slo = seed.slos.iter().find_map(|id| self.budgets.get(id));
        match (&rows[..], slo) {
            ([], Some(slo)) => format!("{} burns its budget", slo.slo.title.line()),
            ([], None) => String::new(),
            ([one], _) => one.alert.summary().unwrap_or(one.name()).line().into_owned(),
            ([first, rest @ ..], _) => {
                let service = first.alert.service().filter(|s| rest.iter().all(|r| r.alert.service() == Some(s)));
                let service = service.map(|s| format!("{}: ", s.line())).unwrap_or_default();
                format!("{service}{} and {} more", first.name().line(), rest.len())
            }
        }
    }

    /// The budgets that these alerts are about.
    pub fn budgets_of(&self, alerts: &[AlertId]) -> Vec<SloId> {
        let labels: Vec<&Labels> = alerts.iter().filter_map(|id| Some(&self.board.get(id)?.alert.labels)).collect();
        let about = self.budgets.rows.iter().filter(|row| labels.iter().any(|l| row.slo.concerns(l)));
        about.map(|row| row.slo.id.clone()).collect()
    }

    /// How bad it would be: of the words of the installation, by the worst alert.
    pub fn proposed_level(&self, seed: &Seed) -> Level {
        let worst = seed.alerts.iter().filter_map(|id| self.board.get(id)).map(|r| r.severity).min();
        let place = match worst {
            Some(Severity::Critical) => 1,
            None | Some(Severity::Error) => 2,
            Some(_) => 3,
        };
        let levels = &self.incidents.levels;
        levels.get(place.min(levels.len().saturating_sub(1))).cloned().unwrap_or_default()
    }

    /// The severity that a person means.
    ///
    /// # Errors
    /// A sentence with the nearest and all there are.
    pub fn read_level(&self, word: &str) -> Result<Level, String> {
        let word = word.trim();
        let levels = &self.incidents.levels;
        if let Some(level) = levels.iter().find(|l| l.0.raw().eq_ignore_ascii_case(word)) {
            return Ok(level.clone());
        }
        let names = || levels.iter().map(|l| l.0.raw());
        let near = crate::domain::filter::nearest(word, names());
        let near = near.map(|n| format!("; did you mean {n}?")).unwrap_or_default();
        let all = names().collect::<Vec<_>>().join(", ");
        Err(format!("`{}` is no severity{near} There are: {all}", SafeText::new(word).line()))
    }

    /// The budget that a person means.
    ///
    /// # Errors
    /// A sentence with the nearest, where none is called so.
    pub fn read_slo(&self, id: &str) -> Result<SafeText, String> {
        let id = id.trim().trim_start_matches("slo:");
        let ids = || self.budgets.rows.iter().map(|r| r.slo.id.as_str());
        if ids().any(|known| known == id) {
            return Ok(SafeText::new(id));
        }
        let near =
            crate::domain::filter::nearest(id, ids()).map(|n| format!("; did you mean {n}?")).unwrap_or_default();
        Err(format!("no budget is called `{}`{near}", SafeText::new(id).line()))
    }

    /// What is linked of an alert: enough to name it when it has gone. None where nobody knows it.
    pub fn link(&self, id: &AlertId, joined: bool) -> Option<Link> {
        let row = self.board.get(id)?;
        Some(Link {
            alert: id.clone(),
            title: row.name().clone(),
            labels: row.alert.labels.clone(),
            starts_at: Some(row.alert.starts_at),
            acked_at: row.ack.as_ref().map(|a| a.at),
            joined,
        })
    }

    /// The plan of a declaration.
    ///
    /// # Errors
    /// A sentence, where it cannot be made.
    pub fn plan_declare(&self, told: Declared, now: Time) -> Result<DeclarePlan, String> {
        self.may_write()?;
        if told.title.raw().trim().is_empty() {
            return Err("an incident needs a title: what do users see?".into());
        }
        let linked: BTreeSet<&AlertId> = told.links.alerts.iter().map(|l| &l.alert).collect();
        let join_now = match &told.links.filter {
            Some(text) => {
                let filter = read_filter(text.raw())?;
                let rows = self.matching(&filter, now).filter(|r| !linked.contains(&r.id));
                rows.map(|r| r.name().clone()).collect()
            }
            None => Vec::new(),
        };
        let links = told.links.alerts.iter();
        let taken = links.filter_map(|l| Some((l.title.clone(), self.incidents.incident_of(&l.alert)?.clone())));
        Ok(DeclarePlan { taken: taken.collect(), join_now, told })
    }

    /// Declares what was shown; answers its id beside what is to be done.
    pub fn declare(&mut self, now: Time, at: Time, told: Declared, text: &str) -> (IncidentId, Effects) {
        let id = self.draw_incident(now);
        let (title, change) = (told.title.clone(), Change::Declared(told));
        let saying = Saying { id: id.clone(), title, change, text: text.to_owned(), at };
        (id, self.say_of_incident(now, saying))
    }

    /// What a seed and a few words come to.
    pub fn declared(&self, seed: &Seed, title: &str, level: Level, roles: &[(Role, &str)]) -> Declared {
        let people = roles.iter().map(|(role, who)| (*role, who.trim())).filter(|(_, who)| !who.is_empty());
        let roles: BTreeMap<Role, SafeText> = people.map(|(role, who)| (role, SafeText::new(who))).collect();
        let links = Attached {
            alerts: seed.alerts.iter().filter_map(|id| self.link(id, false)).collect(),
            slos: seed.slos.iter().map(|id| SafeText::new(id.as_str())).collect(),
            filter: None,
            entries: seed.entries.iter().map(|id| SafeText::new(id)).collect(),
        };
        Declared { title: SafeText::new(title.trim()), level, status: Status::default(), roles, links }
    }
}

/// The filter by which alerts join.
///
/// # Errors
/// A sentence, where it is none or means every alert.
pub fn read_filter(text: &str) -> Result<Filter, String> {
    let filter = Filter::parse(text).map_err(|e| format!("the filter cannot be read: {e}"))?;
    if filter.is_everything() {
        return Err("this filter means every alert; name those that belong to it, such as service=checkout".into());
    }
    Ok(filter)
}
