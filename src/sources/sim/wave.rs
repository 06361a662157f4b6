//! Alerts over a simulated day: waves written out into single alerts, and when each of them fires.
//!
//! A template stands in braces: `{i}` is the copy's number from 0, `{x}` five letters as at the end of a pod's name,
//! and `{name}` the value of that label. Anything else in braces stays as it is.

use std::collections::BTreeMap;

use chrono::Duration;

use crate::domain::{
    alert::AlertState,
    label::{Fingerprint, Labels},
    matcher::{Matcher, all_match},
    text::SafeText,
};

use super::{
    scenario::{Imitates, Mistake, Names},
    wire::{AlertTable, Words},
};

/// Most copies of one alert; a scenario is read in one go.
const COPIES_MAX: u32 = 100_000;

/// One alert of the day.
#[derive(Clone, Debug)]
pub struct AlertPlan {
    pub source: usize,
    pub fingerprint: Fingerprint,
    pub labels: Labels,
    pub annotations: Labels,
    pub url: Option<SafeText>,
    /// When its condition begins to hold: it is pending first where `pending` is longer than none.
    pub at: Duration,
    pub until: Option<Duration>,
    pub pending: Duration,
    /// Comes back every so often, and lasts so long each time.
    pub flaps: Option<(Duration, Duration)>,
    /// The alerts of the same source that inhibit it while they fire, by index in the scenario.
    pub inhibitors: Vec<usize>,
}

impl AlertPlan {
    /// Its state at a moment and when its condition began to hold; `None` while it does not.
    pub fn state_at(&self, moment: Duration) -> Option<(AlertState, Duration)> {
        if moment < self.at || self.until.is_some_and(|until| moment >= until) {
            return None;
        }
        let began = self.began(moment)?;
        let state = if moment - began < self.pending { AlertState::Pending } else { AlertState::Firing };
        Some((state, began))
    }

    fn began(&self, moment: Duration) -> Option<Duration> {
        let Some((every, lasts)) = self.flaps else {
            return Some(self.at);
        };
        let into = (moment - self.at).num_milliseconds() % every.num_milliseconds().max(1);
        (into < lasts.num_milliseconds()).then(|| moment - Duration::milliseconds(into))
    }
}

/// Writes every wave out, in the order of the file, and finds out who inhibits whom.
pub(super) fn expand(tables: &[AlertTable], names: &Names) -> Result<Vec<AlertPlan>, Mistake> {
    let mut plans = Vec::new();
    let mut inhibited: Vec<(usize, Vec<Matcher>)> = Vec::new();
    for table in tables {
        let copies = copies(table)?;
        let source = names.index(table.source.as_ref(), |_| true)?;
        let paged = names.imitates(source) == Imitates::Pagerduty;
        for copy in 0..copies {
            if !table.inhibited_by.is_empty() {
                inhibited.push((plans.len(), table.inhibited_by.iter().map(|m| m.0.clone()).collect()));
            }
            plans.push(plan(table, (source, paged), copy, copies)?);
        }
    }
    for (index, matchers) in inhibited {
        plans[index].inhibitors = inhibitors(&plans, index, &matchers);
    }
    Ok(plans)
}

fn copies(table: &AlertTable) -> Result<u32, Mistake> {
    match &table.count {
        None => Ok(1),
        Some(count) if (1..=COPIES_MAX).contains(count.get_ref()) => Ok(*count.get_ref()),
        Some(count) => Err(Mistake::at(count, format!("count must be from 1 to {COPIES_MAX}"))),
    }
}

fn inhibitors(plans: &[AlertPlan], index: usize, matchers: &[Matcher]) -> Vec<usize> {
    let source = plans[index].source;
    let fits = |(i, p): &(usize, &AlertPlan)| *i != index && p.source == source && all_match(matchers, &p.labels);
    plans.iter().enumerate().filter(fits).map(|(i, _)| i).collect()
}

fn plan(table: &AlertTable, (source, paged): (usize, bool), copy: u32, copies: u32) -> Result<AlertPlan, Mistake> {
    let index = copy as usize;
    let share = |length: Option<super::wire::Length>| {
        length.map_or(Duration::zero(), |l| l.0 * i32::try_from(copy).unwrap_or(0) / i32::try_from(copies).unwrap_or(1))
    };
    let at = table.at.get_ref().0 + share(table.spread);
    let until = table.until.map(|u| u.0 + share(table.until_spread));
    if until.is_some_and(|u| u <= at) {
        return Err(Mistake::at(&table.at, format!("copy {copy} of this alert ends (until) before it begins")));
    }
    let labels = fill(&table.labels, &Labels::default(), index);
    let annotations = fill(&table.annotations, &labels, index);
    let fingerprint = if paged { of_page(&labels.fingerprint()) } else { labels.fingerprint() };
    Ok(AlertPlan {
        source,
        fingerprint,
        annotations,
        url: table.url.as_deref().map(|u| SafeText::new(&fill_one(u, &labels, index))),
        labels,
        at,
        until,
        pending: table.pending_for.map_or(Duration::zero(), |l| l.0),
        flaps: flaps(table)?,
        inhibitors: Vec::new(),
    })
}

/// Short and loud, as a pager names its incidents.
fn of_page(whole: &Fingerprint) -> Fingerprint {
    let short: String = whole.as_str().chars().take(8).collect();
    Fingerprint::new(&format!("Q{}", short.to_uppercase()))
}

fn flaps(table: &AlertTable) -> Result<Option<(Duration, Duration)>, Mistake> {
    match (table.every, table.lasts) {
        (None, None) => Ok(None),
        (Some(every), Some(lasts)) if lasts.0 > Duration::zero() && lasts.0 < every.0 => Ok(Some((every.0, lasts.0))),
        _ => Err(Mistake::at(&table.at, "a flapping alert needs both `every` and a shorter `for`")),
    }
}

fn fill(words: &BTreeMap<String, Words>, labels: &Labels, copy: usize) -> Labels {
    words.iter().map(|(name, words)| (name.as_str(), fill_one(words.of(copy), labels, copy))).collect()
}

/// Replaces what stands in braces and is known.
fn fill_one(text: &str, labels: &Labels, copy: usize) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, tail)) = rest.split_once('{') {
        out.push_str(before);
        let known = tail.split_once('}').and_then(|(name, after)| Some((value(name, labels, copy)?, after)));
        match known {
            Some((value, after)) => {
                out.push_str(&value);
                rest = after;
            }
            None => {
                out.push('{');
                rest = tail;
            }
        }
    }
    out.push_str(rest);
    out
}

fn value(name: &str, labels: &Labels, copy: usize) -> Option<String> {
    match name {
        "i" => Some(copy.to_string()),
        "x" => Some(pod_suffix(copy)),
        _ => labels.get(name).map(|v| v.raw().to_owned()),
    }
}

/// Five letters of Kubernetes' alphabet that look drawn by lot; differs for every copy below 27^5.
fn pod_suffix(copy: usize) -> String {
    const LETTERS: &[u8; 27] = b"bcdfghjklmnpqrstvwxz2456789";
    const ALL: u64 = 27 * 27 * 27 * 27 * 27;
    // odd and not a multiple of 3, thus coprime to 27^5: a permutation
    let mut n = (copy as u64 + 1).wrapping_mul(5_915_587) % ALL;
    let mut letters = [b'b'; 5];
    for letter in &mut letters {
        *letter = LETTERS[(n % 27) as usize];
        n /= 27;
    }
    String::from_utf8_lossy(&letters).into_owned()
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    #[test]
    fn a_template_takes_numbers_suffixes_and_labels_and_leaves_the_rest() {
        let labels: Labels = [("pod", "web-1")].into_iter().collect();
        assert_eq!(fill_one("{pod} is copy {i} of {unknown} {", &labels, 7), "web-1 is copy 7 of {unknown} {");
        assert_eq!(fill_one("{{pod}}", &labels, 0), "{web-1}");
    }

    #[test]
    fn no_two_pods_share_a_suffix() {
        let all: HashSet<String> = (0..10_000).map(pod_suffix).collect();
        assert_eq!(all.len(), 10_000);
    }
}
