//! Which names and values there are on a board, and how many alerts have each: what a half-written filter may go on with.
//!
//! Names are counted once, values when their name is first asked for, both in as many parts as one likes; a letter typed
//! counts nothing.

use std::collections::HashMap;

use super::{
    facts::Facts,
    pseudo,
    spot::{Name, Spot, ValueKind, What},
    term,
};
use crate::domain::{label::Labels, text::SafeText};

/// Most candidates that are offered at once.
pub const OFFERED: usize = 8;

/// One way to go on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Candidate {
    /// What replaces the piece at the cursor, quoted where it must be.
    pub text: String,
    pub note: Note,
}

/// What is said beside a candidate.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Note {
    /// How many alerts have it.
    Alerts(usize),
    Says(&'static str),
}

#[derive(Clone, Debug, Default)]
pub struct Catalogue {
    names: Vec<(SafeText, usize)>,
    values: Vec<(Name, HashMap<String, usize>)>,
}

impl Catalogue {
    /// Counts the names of labels, on top of what was counted before.
    pub fn count_names<'a>(&mut self, part: impl Iterator<Item = &'a Labels>) {
        let names = &mut self.names;
        let mut usual: Vec<usize> = Vec::new();
        for labels in part {
            for (place, (name, _)) in labels.iter().enumerate() {
                let at = usual.get(place).copied().filter(|at| names[*at].0.place() == name.place());
                let at = at.unwrap_or_else(|| find_or_add(names, name));
                names[at].1 += 1;
                if place == usual.len() { usual.push(at) } else { usual[place] = at }
            }
        }
    }

    /// Counts the values of a name, on top of what was counted before.
    pub fn count<'a>(&mut self, name: &Name, part: impl Iterator<Item = Facts<'a>>) {
        let at = self.values.iter().position(|(n, _)| n == name).unwrap_or_else(|| {
            self.values.push((name.clone(), HashMap::new()));
            self.values.len() - 1
        });
        let found = &mut self.values[at].1;
        let mut add = |value: &str| match found.get_mut(value) {
            Some(n) => *n += 1,
            None if value.is_empty() => {}
            None => drop(found.insert(value.to_owned(), 1)),
        };
        part.for_each(|facts| facts.tell(name, &mut add));
    }

    /// The best ways to go on: what begins like the piece before what holds it, the most frequent first.
    pub fn offer(&self, spot: &Spot) -> Vec<Candidate> {
        match &spot.what {
            What::Name { first } => self.offer_names(&spot.typed, *first),
            What::Value { name, kind } => self.offer_values(name, *kind, &spot.typed),
        }
    }

    fn offer_names(&self, typed: &str, first: bool) -> Vec<Candidate> {
        let mut offers = best(self.names.iter().map(|(name, n)| (name.raw(), *n)), typed, |name| {
            Some(format!("{}=", term::label_name(name)))
        });
        if typed.is_empty() || typed.starts_with('@') {
            let pseudo = pseudo::COMPLETED.iter().zip(pseudo::PSEUDO);
            let fits = pseudo.filter(|(_, (name, _))| name.starts_with(&typed.to_ascii_lowercase()));
            let made = fits.map(|(text, (_, says))| Candidate { text: (*text).to_owned(), note: Note::Says(says) });
            offers.extend(made);
        }
        if !first && "or".starts_with(typed) && !typed.is_empty() {
            offers.insert(0, Candidate { text: "or".into(), note: Note::Says("or what follows") });
        }
        offers.retain(|c| c.text != typed);
        // every pseudo-label once it is asked for, a few of each where nothing is
        if !typed.starts_with('@') {
            offers.truncate(OFFERED);
        }
        offers
    }

    fn offer_values(&self, name: &Name, kind: ValueKind, typed: &str) -> Vec<Candidate> {
        let counted = self.values.iter().find(|(n, _)| n == name).map(|(_, values)| values);
        let counted = counted.into_iter().flatten().map(|(value, n)| (value.as_str(), *n));
        let written = |value: &str| match kind {
            _ if value.contains(char::is_control) => None,
            ValueKind::Text => Some(term::value_text(value)),
            ValueKind::Regex => Some(term::value_text(&regex::escape(value))),
            ValueKind::Ordered => term::is_ordered(value).then(|| term::value_text(value)),
        };
        let mut offers = best(counted, typed, written);
        if name.pseudo {
            let more = pseudo::words(&name.text).iter().filter(|w| w.starts_with(&typed.to_ascii_lowercase()));
            let more = more.filter(|w| !offers.iter().any(|c| c.text == **w)).copied().collect::<Vec<_>>();
            offers.extend(more.into_iter().map(|w| Candidate { text: w.to_owned(), note: Note::Alerts(0) }));
        }
        offers.retain(|c| c.text != typed);
        offers.truncate(OFFERED);
        offers
    }
}

fn find_or_add(names: &mut Vec<(SafeText, usize)>, name: &SafeText) -> usize {
    names.iter().position(|(n, _)| n.raw() == name.raw()).unwrap_or_else(|| {
        names.push((name.clone(), 0));
        names.len() - 1
    })
}

/// The first few in the order of fit, frequency and alphabet; nothing is sorted that is not offered.
fn best<'a>(
    tally: impl Iterator<Item = (&'a str, usize)>,
    typed: &str,
    write: impl Fn(&str) -> Option<String>,
) -> Vec<Candidate> {
    let typed = typed.to_lowercase();
    let fit = |text: &str| match text.is_ascii() {
        true => fit_of_ascii(text.as_bytes(), typed.as_bytes()),
        false => {
            let folded = text.to_lowercase();
            if folded.starts_with(&typed) { Some(0) } else { folded.contains(&typed).then_some(1) }
        }
    };
    let fits = tally.filter_map(|(text, n)| Some((fit(text)?, std::cmp::Reverse(n), text)));
    let mut found: Vec<_> = fits.collect();
    if found.len() > OFFERED * 2 {
        found.select_nth_unstable(OFFERED * 2);
        found.truncate(OFFERED * 2);
    }
    found.sort_unstable();
    let made =
        found.into_iter().filter_map(|(_, n, text)| Some(Candidate { text: write(text)?, note: Note::Alerts(n.0) }));
    made.take(OFFERED).collect()
}

/// Without a copy of the text: there may be a hundred thousand.
fn fit_of_ascii(text: &[u8], typed: &[u8]) -> Option<u8> {
    let at = |from: usize| text.get(from..from + typed.len()).is_some_and(|piece| piece.eq_ignore_ascii_case(typed));
    if at(0) { Some(0) } else { (1..text.len()).any(at).then_some(1) }
}

impl Facts<'_> {
    /// Every value that a comparison with this name would look at.
    fn tell(&self, name: &Name, to: &mut impl FnMut(&str)) {
        if !name.pseudo {
            return to(self.labels.value(&name.text));
        }
        match name.text.as_str() {
            "@state" => to(self.state.as_str()),
            "@severity" => to(self.severity.as_str()),
            "@source" => to(self.source.as_str()),
            "@fingerprint" => to(self.fingerprint.as_str()),
            "@owner" => to(self.owner()),
            "@ack" => to(truth(self.ack.is_some())),
            "@new" => to(truth(self.is_new)),
            "@stale" => to(truth(self.stale)),
            "@incident" => to(self.incident),
            "@silenced_by" => self.silenced_by.iter().for_each(|s| to(s.raw())),
            "@silence_author" => self.silence_authors.iter().for_each(|s| to(s)),
            "@inhibited_by" => self.inhibited_by.iter().for_each(|f| to(f.as_str())),
            "@receiver" => self.receivers.iter().for_each(|r| to(r.raw())),
            "@cluster" => self.clusters().for_each(to),
            "@slo" => self.slos().for_each(to),
            _ => {}
        }
    }
}

fn truth(yes: bool) -> &'static str {
    if yes { "true" } else { "false" }
}
