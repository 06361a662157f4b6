//! Counting by the values of a label, on demand: for one SLO and one span, a query a label. Refuses to do so for a fleet.

use std::collections::{BTreeMap, BTreeSet};

use super::{Prometheus, Series, promql};
use crate::domain::{
    Time,
    slo::{
        Counted, Measure, Slo,
        drill::{self, Portion},
    },
    source::SourceError,
    text::SafeText,
};

/// Values of a label that are told.
const TOP: usize = 5;
/// Series from which the labels are learnt.
const SAMPLE: usize = 20;
/// Most labels that are gone through where none is named: each is a query.
const LABELS_MAX: usize = 8;
/// The label that tells the halves apart.
const KEY: &str = "wf";

impl Prometheus {
    pub(super) async fn drill_into(
        &self,
        slo: &Slo,
        by: Option<&str>,
        (from, to): (i64, i64),
        now: Time,
    ) -> Result<Vec<drill::Counted>, SourceError> {
        let split = Split::new(slo, (to - from).max(60)).map_err(SourceError::rejected)?;
        let at = Time::from_timestamp(to, 0).unwrap_or(now).min(now);
        let labels = match by {
            Some(label) if is_label(label) => vec![label.to_owned()],
            Some(label) => return Err(SourceError::rejected(format!("`{label}` is no name of a label"))),
            None => self.labels(&split, at, now).await?,
        };
        let whole = halves(&self.instant(&split.whole(), at, now).await?, "");
        let (bad, total) = whole.get("").copied().unwrap_or_default();
        let mut counted = Vec::new();
        for label in labels {
            let portions = halves(&self.instant(&split.by(&label), at, now).await?, &label);
            let portion = |(value, (bad, total)): (String, (f64, f64))| Portion {
                value: SafeText::new(&value),
                bad,
                total: Some(total).filter(|t| *t > 0.0),
            };
            let portions = portions.into_iter().map(portion).collect();
            counted.push(drill::Counted { label: SafeText::new(&label), portions, bad, total });
        }
        Ok(counted)
    }

    /// Labels of which the events have several values, but for those that the definition selects by.
    async fn labels(&self, split: &Split, at: Time, now: Time) -> Result<Vec<String>, SourceError> {
        let series = self.instant(&format!("topk({SAMPLE}, {})", split.total), at, now).await?;
        let mut values: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
        for (name, value) in series.iter().flat_map(|s| s.labels.iter()) {
            values.entry(name.raw().to_owned()).or_default().insert(value.raw().to_owned());
        }
        let told = |(name, values): &(String, BTreeSet<String>)| values.len() > 1 && !split.selects_by(name);
        Ok(values.into_iter().filter(told).map(|(name, _)| name).take(LABELS_MAX).collect())
    }
}

/// The events of one SLO over a span, to be summed by any label.
struct Split {
    /// Of bad events, or of good ones.
    counted: String,
    is_good: bool,
    total: String,
    /// The selectors as they were written.
    selectors: [String; 2],
}

impl Split {
    fn new(slo: &Slo, seconds: i64) -> Result<Self, String> {
        let Measure::Events { counted, total, counter } = &slo.indicator.measure else {
            if let Some(part) = slo.parts.first() {
                return Err(format!(
                    "a composite is counted through its parts: drill into one of them, as {}",
                    part.id
                ));
            }
            return Err("only counted events can be split by a label: this is a ratio or a threshold".into());
        };
        let selectors = [one(counted.query())?, one(total)?];
        let over = |query: &str, selector: &str| format!("{}({selector}[{seconds}s])", function(query, *counter));
        Ok(Self {
            counted: over(counted.query(), &selectors[0]),
            is_good: matches!(counted, Counted::Good(_)),
            total: over(total, &selectors[1]),
            selectors,
        })
    }

    fn selects_by(&self, label: &str) -> bool {
        let matches = |selector: &String| {
            let inside = selector.split_once('{').map_or("", |(_, inside)| inside);
            inside.split(['{', ',', ' ', '=', '!', '~', '"']).any(|word| word == label)
        };
        self.selectors.iter().any(matches)
    }

    fn bad(&self, sum: &str) -> String {
        match self.is_good {
            false => format!("{sum}({})", self.counted),
            true => format!("({sum}({t}) - ({sum}({g}) or {sum}({t}) * 0))", t = self.total, g = self.counted),
        }
    }

    fn whole(&self) -> String {
        format!("{} or {}", marked(&self.bad("sum"), 'b'), marked(&format!("sum({})", self.total), 't'))
    }

    /// The values that failed most, and all events of these.
    fn by(&self, label: &str) -> String {
        let sum = format!("sum by ({label})");
        let top = format!("topk({TOP}, {})", self.bad(&sum));
        let total = format!("{sum}({}) and on({label}) {top}", self.total);
        format!("{} or {}", marked(&top, 'b'), marked(&total, 't'))
    }
}

fn marked(query: &str, half: char) -> String {
    format!(r#"label_replace({query}, "{KEY}", "{half}", "", "")"#)
}

/// How events are counted over a span: as the query does it, else by what it is.
fn function(query: &str, counter: bool) -> &'static str {
    match () {
        () if query.contains("sum_over_time") => "sum_over_time",
        () if query.contains("count_over_time") => "count_over_time",
        () if counter || query.contains("rate") || query.contains("increase") => "increase",
        () => "sum_over_time",
    }
}

fn one(query: &str) -> Result<String, String> {
    match promql::selectors(query)?.as_slice() {
        [one] => Ok(one.trim().to_owned()),
        several => Err(format!("its query reads {} series at once; only one can be split by a label", several.len())),
    }
}

fn is_label(text: &str) -> bool {
    let starts = text.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_');
    starts && text.chars().all(|c| c.is_ascii_alphanumeric() || c == '_')
}

/// Bad and all events by the value of a label.
fn halves(series: &[Series], label: &str) -> BTreeMap<String, (f64, f64)> {
    let mut out: BTreeMap<String, (f64, f64)> = BTreeMap::new();
    for s in series {
        let Some((_, count)) = s.points.first().filter(|(_, v)| v.is_finite()) else { continue };
        let value = if label.is_empty() { "" } else { s.labels.value(label) };
        let entry = out.entry(value.to_owned()).or_default();
        match s.labels.value(KEY) {
            "b" => entry.0 = count.max(0.0),
            _ => entry.1 = count.max(0.0),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::slo::{Indicator, Objective, Window};

    fn slo(counted: Counted, total: &str) -> Slo {
        Slo::new(
            "x",
            Objective::percent("99").unwrap(),
            Window::rolling(86_400),
            Indicator::events(counted, total, true),
        )
    }

    #[test]
    fn one_query_a_label_asks_for_the_top_five_and_their_traffic() {
        let split = Split::new(&slo(Counted::Bad("err{code=\"500\"}".into()), "all"), 600).unwrap();
        assert_eq!(
            split.by("pod"),
            "label_replace(topk(5, sum by (pod)(increase(err{code=\"500\"}[600s]))), \"wf\", \"b\", \"\", \"\") or \
             label_replace(sum by (pod)(increase(all[600s])) and on(pod) \
             topk(5, sum by (pod)(increase(err{code=\"500\"}[600s]))), \"wf\", \"t\", \"\", \"\")"
        );
        assert!(split.selects_by("code") && !split.selects_by("pod"));
    }

    #[test]
    fn what_is_made_of_several_series_is_refused_in_words() {
        let why = Split::new(&slo(Counted::Bad("a - b".into()), "all"), 600).err().unwrap();
        assert!(why.contains("2 series"), "{why}");
        assert!(is_label("le_1") && !is_label("1x") && !is_label("a)") && !is_label(""));
    }
}
