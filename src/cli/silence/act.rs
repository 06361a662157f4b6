//! What `add`, `extend` and `expire` have in common: where they act, and how an act on a silence is told.

use crate::{
    cli::{
        acts,
        alerts::moment,
        answer::{
            act::Word,
            told::{self, Fate, Told},
        },
        ask::Asked,
        exit::{self, Exit},
        paper::Paper,
        table::Table,
    },
    domain::{source::SourceName, text::SafeText},
};

use super::answer::SilenceAct;

/// # Errors
/// After naming the sources that there are.
pub fn known_source(asked: &Asked, name: &str) -> Result<SourceName, Exit> {
    let names = || asked.world.sources.iter().map(|s| &s.about.name);
    names().find(|n| n.as_str() == name).cloned().ok_or_else(|| {
        let all: Vec<String> = names().map(ToString::to_string).collect();
        exit::misused(format_args!("no source is called `{name}`; there are: {}", all.join(", ")))
    })
}

/// The named sources, else every one that has silences at all.
///
/// # Errors
/// As [`known_source`].
pub fn readable(asked: &Asked, named: &[String]) -> Result<Vec<SourceName>, Exit> {
    if !named.is_empty() {
        return named.iter().map(|n| known_source(asked, n)).collect();
    }
    let delivers = asked.world.sources.iter().filter(|s| s.about.can.alerts && !s.about.can.evaluates);
    Ok(delivers.map(|s| s.about.name.clone()).collect())
}

/// The sources to write to: named, all, or the only one there is.
///
/// # Errors
/// After listing them, where it is not clear which is meant.
pub fn writable(asked: &Asked, named: &[String], all: bool) -> Result<Vec<SourceName>, Exit> {
    if !named.is_empty() {
        return named.iter().map(|n| known_source(asked, n)).collect();
    }
    let there = asked.world.silence_sources();
    match there.len() {
        0 => Err(exit::failed("no source lets silences be written; look at `silences` of each [[source]]")),
        1 => Ok(there),
        _ if all => Ok(there),
        _ => {
            let names: Vec<String> = there.iter().map(ToString::to_string).collect();
            Err(exit::misused(format_args!(
                "several sources have silences: {}; name one with --source, or say --all-sources",
                names.join(", ")
            )))
        }
    }
}

impl Told for SilenceAct {
    fn outcome(&self) -> Word {
        self.outcome
    }

    fn because(&self) -> Option<&SafeText> {
        self.why.as_ref()
    }

    fn fate(&mut self) -> Fate<'_> {
        Fate {
            outcome: &mut self.outcome,
            why: &mut self.why,
            silence: Some(&mut self.silence),
            until: Some(&mut self.until),
            command: &mut self.command,
        }
    }

    fn called(&self, _: &str) -> String {
        self.title.line().into_owned()
    }

    fn in_words(&self) -> String {
        in_words(self)
    }

    fn table(answers: &[Self], paper: &Paper) -> String {
        let mut table = Table::new(&["OUTCOME", "SILENCE", "SOURCE", "UNTIL", "MUTES", "MATCHERS", "WHY"]);
        for answer in answers {
            let mutes = answer.until.map(|_| answer.alerts.len().to_string()).unwrap_or_default();
            table.row(vec![
                acts::cell(answer.outcome),
                told::line(answer.silence.as_ref()).into(),
                answer.source.to_string().into(),
                answer.until.map(moment).unwrap_or_default().into(),
                mutes.into(),
                answer.title.line().into(),
                answer.why().into(),
            ]);
        }
        table.render(paper)
    }
}

/// An act as it is shown before it is sent.
fn in_words(answer: &SilenceAct) -> String {
    let mut out = format!("{} at {}", answer.title.line(), answer.source);
    if let Some(id) = &answer.silence {
        out.push_str(&format!("  ({})", id.line()));
    }
    if answer.outcome == Word::Refused {
        return format!("{out}\n  cannot be done: {}", answer.why());
    }
    let names = if answer.alerts.is_empty() { "nothing".to_owned() } else { told::names(&answer.alerts) };
    match answer.until {
        Some(until) => out.push_str(&format!("\n  until {}, mutes now: {names}", moment(until))),
        None => out.push_str(&format!("\n  ends now, pages again: {names}")),
    }
    told::put_by_hand(&mut out, answer.command.as_ref());
    out
}
