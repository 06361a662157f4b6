//! Plans: every write as it is shown before it is sent, and why it cannot be made where it cannot.

use crate::domain::{
    Time,
    alert::AlertId,
    contract::{AckTerms, Contract},
    held::{Request, Verb},
    matcher::Matcher,
    silence::{Silence, exact_matchers},
    source::AckVia,
    text::SafeText,
};

use super::{World, board::Row, sources::SourceStatus};

/// An ack as it is shown before it is sent.
#[derive(Clone, Debug, PartialEq)]
pub struct AckPlan {
    pub alert: AlertId,
    pub name: SafeText,
    pub via: AckVia,
    pub until: Time,
    /// The silence's matchers; empty where nobody is muted.
    pub matchers: Vec<Matcher>,
    /// Other alerts on the board that the silence would mute too.
    pub also_mutes: Vec<(AlertId, SafeText)>,
    /// Somebody is on it already.
    pub owner: Option<SafeText>,
    /// What it is made on, and what breaks it.
    pub contract: Contract,
    /// Why it would break at once.
    pub void: Option<String>,
    /// One's own ack that it changes, in place of a second silence.
    pub amends: Option<Amended>,
    /// What the source is asked, where it keeps acks itself; the reason is still missing.
    pub request: Option<Request>,
}

/// A silence of one's own that already carries an ack on exactly this alert.
#[derive(Clone, Debug, PartialEq)]
pub struct Amended {
    pub silence: SafeText,
    pub starts_at: Time,
}

impl AckPlan {
    /// Whether a person who read the one knows what the other does.
    pub fn reads_like(&self, other: &Self) -> bool {
        let said = |p: &Self| (p.contract.severity, p.contract.starts_at, p.contract.breaks_on.clone(), p.void.clone());
        (&self.matchers, &self.also_mutes, &self.owner) == (&other.matchers, &other.also_mutes, &other.owner)
            && self.amends == other.amends
            && self.request.as_ref().map(|r| (r.began, r.until.is_some()))
                == other.request.as_ref().map(|r| (r.began, r.until.is_some()))
            && said(self) == said(other)
    }
}

/// The end of an ack as it is shown before it is sent.
#[derive(Clone, Debug, PartialEq)]
pub struct UnackPlan {
    pub alert: AlertId,
    pub name: SafeText,
    pub by: SafeText,
    pub via: AckVia,
    pub silence: Option<SafeText>,
    /// Other alerts that the silence holds muted and that will page again.
    pub also_frees: Vec<SafeText>,
    /// Why the ack broke whose silence still stands: it is the silence alone that is ended.
    pub broke: Option<SafeText>,
    /// What the source is asked, where it keeps the ack itself.
    pub request: Option<Request>,
}

impl World {
    /// What acking this row would do.
    ///
    /// # Errors
    /// Why it cannot be acked.
    pub fn plan_ack(&self, id: &AlertId, now: Time, terms: &AckTerms) -> Result<AckPlan, String> {
        self.may_write()?;
        self.plan_ack_unwritten(id, now, terms)
    }

    /// The same for one that the journal did not take: what was written is shown again, though it cannot be sent yet.
    ///
    /// # Errors
    /// Why it cannot be acked.
    pub(crate) fn plan_ack_unwritten(&self, id: &AlertId, now: Time, terms: &AckTerms) -> Result<AckPlan, String> {
        let row = self.board.get(id).ok_or("that alert has gone; nothing was done")?;
        if row.resolved_at.is_some() {
            return Err(format!("{} has resolved; there is nothing to ack", row.name().line()));
        }
        let source = self.source(&id.source).ok_or("that source is no longer configured")?;
        let via =
            source.about.can.ack.ok_or_else(|| format!("{} is read-only here: it can carry no ack", id.source))?;
        let matchers = if via == AckVia::Silence { exact_matchers(&row.alert.labels) } else { Vec::new() };
        if via == AckVia::Silence && matchers.is_empty() {
            return Err("an alert without labels cannot be silenced".into());
        }
        let also_mutes = self.others_matching(row, &matchers);
        let owner = row.ack.as_ref().map(|a| a.by.clone());
        let request = match via {
            AckVia::Native => Some(self.request(Verb::Ack, row, Some(now + terms.lasts))?),
            AckVia::Silence | AckVia::Journal => None,
        };
        // What its source keeps, its source ends.
        let breaks_on = if request.is_some() { &[][..] } else { &terms.breaks_on[..] };
        let contract = self.contract(row, breaks_on, now);
        Ok(AckPlan {
            alert: id.clone(),
            name: row.name().clone(),
            via,
            until: now + terms.lasts,
            amends: self.amended(source, &matchers, now),
            matchers,
            also_mutes,
            owner,
            void: self.burns(&contract, now).map(|b| format!("it would break at once: {}", b.why)),
            contract,
            request,
        })
    }

    /// A second ack of one's own changes the first.
    fn amended(&self, source: &SourceStatus, matchers: &[Matcher], now: Time) -> Option<Amended> {
        let same = |s: &&Silence| s.matchers.len() == matchers.len() && matchers.iter().all(|m| s.matchers.contains(m));
        if matchers.is_empty() {
            return None;
        }
        let own = self.acks.standing_silences(source, now).into_iter().filter(|s| self.is_mine(s)).find(same)?;
        Some(Amended { silence: own.id.clone(), starts_at: own.starts_at })
    }

    fn others_matching(&self, row: &Row, matchers: &[Matcher]) -> Vec<(AlertId, SafeText)> {
        if matchers.is_empty() {
            return Vec::new();
        }
        let matching = self.board.matching(&row.id.source, matchers);
        let others = matching.filter(|r| r.id != row.id && r.resolved_at.is_none());
        others.map(|r| (r.id.clone(), r.name().clone())).collect()
    }

    /// What taking the ack back would do.
    ///
    /// # Errors
    /// Why there is nothing to take back.
    pub fn plan_unack(&self, id: &AlertId) -> Result<UnackPlan, String> {
        let row = self.board.get(id).ok_or("that alert has gone; nothing was done")?;
        self.may_write()?;
        let Some(ack) = &row.ack else { return self.plan_end_of_broken(row) };
        let source = self.source(&id.source).ok_or("that source is no longer configured")?;
        if ack.via == AckVia::Silence && !source.about.can.silences {
            return Err(format!("silences of {} are read-only here", id.source));
        }
        let request = match ack.via {
            AckVia::Native => Some(self.request(Verb::Unack, row, None)?),
            AckVia::Silence | AckVia::Journal => None,
        };
        let also_frees = match &ack.silence {
            Some(silence) => self
                .board
                .iter()
                .filter(|r| r.id != row.id && r.ack.as_ref().is_some_and(|a| a.silence.as_ref() == Some(silence)))
                .map(|r| r.name().clone())
                .collect(),
            None => Vec::new(),
        };
        Ok(UnackPlan {
            alert: id.clone(),
            name: row.name().clone(),
            by: ack.by.clone(),
            via: ack.via,
            silence: ack.silence.clone(),
            also_frees,
            broke: None,
            request,
        })
    }

    /// Whether writing is allowed and can be kept.
    ///
    /// # Errors
    /// The reason why nothing may be sent.
    pub fn may_write(&self) -> Result<(), String> {
        if self.read_only {
            return Err("this cockpit is read-only".into());
        }
        match &self.journal_fault {
            Some(why) => Err(format!("nothing is sent that the journal cannot keep: {}", why.line())),
            None => Ok(()),
        }
    }
}
