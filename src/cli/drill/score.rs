//! The score of a drill: told from its journal, as a table or as JSON.

use std::path::Path;

use chrono::Duration;
use serde::Serialize;

use crate::{
    cli::{
        answer::{Answer, say_json},
        args::{Global, Output},
        exit::{self, Exit},
        paper::Paper,
        table::{Cell, Table},
        timeline,
    },
    config::{Config, theme::Role},
    domain::{
        Time,
        drill::{Experiment, Given, Score, Step, Verdict, Wrong},
        duration,
    },
    journal::Journal,
    runtime::journal::on_disk,
    sources::sim::{Scenario, SimWorld},
};

/// Entries and acts of a drill that are read: more than a person makes, and a storm tells.
const MOST: u32 = 200_000;

/// Reads the journal of a drill, and scores what it holds.
///
/// # Errors
/// After saying why the journal cannot be read.
pub async fn of(world: &SimWorld, journal: &Path, span: (Time, Time), whole: bool) -> Result<Score, Exit> {
    let path = journal.to_owned();
    let since = span.0 - Duration::days(1);
    let read = on_disk(async move {
        let journal = Journal::open(&path).await?;
        Ok((journal.recent(MOST).await?, journal.sent(since, MOST).await?))
    });
    let read = read.await.ok_or_else(|| exit::failed("the drill's journal cannot be read"))?;
    let (entries, sent) = read.map_err(|e| timeline::unread(&e))?;
    let sent: Vec<_> = sent.into_iter().rev().map(|(intent, _)| intent).collect();
    let scenario = world.scenario();
    let plain = Experiment::default();
    Ok(Score::of(&Given {
        experiment: scenario.experiment.as_ref().unwrap_or(&plain),
        cast: &scenario.cast(world.epoch()),
        epoch: world.epoch(),
        span,
        entries: &entries,
        sent: &sent,
        whole,
    }))
}

#[derive(Serialize)]
struct Scored<'a> {
    scenario: &'a str,
    title: &'a str,
    #[serde(flatten)]
    score: &'a Score,
}

/// Writes the score in the form that was asked for.
///
/// # Errors
/// After saying why it could not be written.
pub fn say(global: &Global, config: &Config, scenario: &Scenario, score: &Score) -> Result<(), Exit> {
    let scored = Scored { scenario: scenario.name.raw(), title: scenario.title.raw(), score };
    match global.output {
        Output::Json => {
            let answer = Answer::of_ours("drill", "drill", score.ended_at, &scored);
            say_json(&Answer { complete: score.complete, ..answer })
        }
        Output::Ndjson => say_json(&scored),
        Output::Table | Output::Wide | Output::Markdown => {
            exit::say(&table(scenario, score, &Paper::of(global, config)));
            Ok(())
        }
    }
}

/// The score for people.
pub fn table(scenario: &Scenario, score: &Score, paper: &Paper) -> String {
    let clock = |at: Time| at.format("%H:%M:%S");
    let mut out = format!("drill {}: {}\n", scenario.name.line(), scenario.title.line());
    out.push_str(&format!("watched from {} to {} UTC", clock(score.opened_at), clock(score.ended_at)));
    out.push_str(&match &score.page {
        Some(page) => format!("; the first page that asks for a person: {} at {}\n", page.alert.line(), clock(page.at)),
        None => "; nothing asked for a person\n".into(),
    });
    if !score.complete {
        out.push_str("this is a part of it: what was done after that is not known\n");
    }
    if !score.steps.is_empty() {
        out.push('\n');
        out.push_str(&steps(&score.steps, paper));
    }
    out.push_str(&format!("\nwrong acts: {}\n", score.wrong.len()));
    score.wrong.iter().for_each(|w| out.push_str(&wrong(w)));
    out.push_str(&format!("missed: {}\n", score.missed.len()));
    score.missed.iter().for_each(|m| out.push_str(&format!("  {}\n", m.line())));
    out
}

fn steps(steps: &[Step], paper: &Paper) -> String {
    let compared = steps.iter().any(|s| s.then.is_some());
    let mut head = vec!["STEP", "YOU", "WITHIN", "VERDICT", "BY"];
    if compared {
        head.insert(2, "THEN");
    }
    let mut table = Table::new(&head);
    for step in steps {
        let by = step.by.as_ref().map(|by| by.line().into_owned()).unwrap_or_default();
        let mut row: Vec<Cell<'_>> = vec![
            step.what.to_string().into(),
            seconds(step.after_s, "-").into(),
            seconds(step.within_s, "").into(),
            Cell::dyed(step.verdict.to_string(), role(step.verdict)),
            by.into(),
        ];
        if compared {
            row.insert(2, seconds(step.then.and_then(|t| t.after_s), "-").into());
        }
        table.row(row);
    }
    table.render(paper)
}

fn seconds(length: Option<i64>, none: &str) -> String {
    length.map_or_else(|| none.to_owned(), |s| duration::long(Duration::seconds(s)))
}

fn role(verdict: Verdict) -> Role {
    match verdict {
        Verdict::InTime | Verdict::Done => Role::Ok,
        Verdict::Late | Verdict::ByItself => Role::Warning,
        Verdict::Never => Role::Critical,
        Verdict::NotAsked => Role::Dim,
    }
}

fn wrong(wrong: &Wrong) -> String {
    let back = if wrong.taken_back { " (taken back)" } else { "" };
    let at = wrong.at.format("%H:%M:%S");
    format!("  {at}  {}: {}; {}{back}\n", wrong.deed.words(), wrong.subject.line(), wrong.why.line())
}
