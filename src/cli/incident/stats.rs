//! `watchfire incident stats`: how long it takes to own and to end, how many pages and when. From the journal alone.

use chrono::Duration;

use crate::{
    cli::{
        alerts::moment,
        answer::{Answer, say_json},
        args::{Global, Output},
        document::mistaken,
        exit::{self, Exit},
        paper::Paper,
        start,
        table::Table,
        timeline,
    },
    domain::{Time, duration, entry::Entry, slo::tale::percent},
    journal::{Journal, JournalError},
    report::stats::{Given, Measure, Stats},
};

#[derive(clap::Args, Debug)]
pub struct Args {
    /// How far back
    #[arg(long, value_name = "DURATION", default_value = "90d", value_parser = duration::parse)]
    since: Duration,
}

pub(super) async fn run(global: &Global, args: &Args) -> Result<Exit, Exit> {
    let config = start::config(global)?;
    start::log(global.log.as_ref())?;
    let now = start::clock(&config).now();
    let since = now.checked_sub_signed(args.since).unwrap_or(Time::UNIX_EPOCH);
    let entries = match timeline::open(&config).await? {
        Some(journal) => read(&journal, since).await.map_err(|e| timeline::unread(&e))?,
        None => Vec::new(),
    };
    let rota = start::rota(&config);
    let stats = Stats::of(&Given { now, since, entries: &entries, rota: &rota });
    let paper = Paper::of(global, &config);
    match global.output {
        Output::Json => say_json(&Answer::of_ours("stats", "stats", now, &stats))?,
        Output::Ndjson => say_json(&stats)?,
        Output::Markdown => exit::say(&stats.written().map_err(mistaken)?),
        Output::Table | Output::Wide => exit::say(&table(&stats, &paper, global.output == Output::Wide)),
    }
    if stats.incidents.count + stats.pages.fired == 0 {
        exit::tell(format_args!("watchfire: no incident was declared and no alert fired since {}", moment(since)));
    }
    Ok(Exit::Done)
}

/// An incident declared in that time may tell of alerts that fired before it.
async fn read(journal: &Journal, since: Time) -> Result<Vec<Entry>, JournalError> {
    let from = since.checked_sub_signed(crate::domain::incident::BEFORE).unwrap_or(since);
    let mut entries = journal.since(from, None, u32::MAX).await?;
    entries.extend(journal.incidents().await?);
    Ok(entries)
}

fn table(stats: &Stats, paper: &Paper, wide: bool) -> String {
    let (i, p) = (&stats.incidents, &stats.pages);
    let mut out = format!(
        "{} to {}: {} incidents ({} open), {} pages of {} alerts that fired\n\n",
        stats.since.format("%Y-%m-%d"),
        stats.until.format("%Y-%m-%d"),
        i.count,
        i.open,
        p.count,
        p.fired
    );
    let mut times = Table::new(&["TIME", "MEAN", "MEDIAN", "LONGEST", "OF", "LEFT OUT"]);
    let rows = [
        ("MTTD detect", &i.detect),
        ("MTTA acknowledge", &i.acknowledge),
        ("MTTM mitigate", &i.mitigate),
        ("MTTR resolve", &i.resolve),
        ("page owned", &p.acknowledge),
    ];
    for (name, measure) in rows {
        let [mean, median] = [measure.mean, measure.median].map(length);
        let (of, out) = (measure.count.to_string(), measure.left_out.to_string());
        times.row(vec![name.into(), mean.into(), median.into(), longest(measure).into(), of.into(), out.into()]);
    }
    out.push_str(&times.render(paper));
    out.push_str(&shifts(stats, paper));
    out.push_str(&services(stats, paper));
    if wide {
        out.push_str(&every_shift(stats, paper));
    }
    out.push('\n');
    stats.definitions.iter().for_each(|line| out.push_str(&format!("{line}\n")));
    out
}

fn shifts(stats: &Stats, paper: &Paper) -> String {
    let mut table = Table::new(&["SHIFT FROM", "PAGES", "MEAN", "MEDIAN", "MOST", "SHIFTS"]);
    let number = |v: Option<f64>| v.map_or_else(|| "-".into(), |v| format!("{v:.1}"));
    for line in &stats.starts {
        let a = &line.a_shift;
        table.row(vec![
            line.start.as_str().into(),
            line.pages.to_string().into(),
            number(a.mean).into(),
            number(a.median).into(),
            a.most.map_or_else(|| "-".to_owned(), |m| m.to_string()).into(),
            a.count.to_string().into(),
        ]);
    }
    let p = &stats.pages;
    let share = p.out_of_hours_share.map(|s| format!(" ({})", percent(s))).unwrap_or_default();
    format!("\n{}\nout of hours: {} of {} pages{share}\n", table.render(paper), p.out_of_hours, p.count)
}

fn services(stats: &Stats, paper: &Paper) -> String {
    if stats.services.is_empty() {
        return String::new();
    }
    let mut table = Table::new(&["SERVICE", "PAGES", "OUT OF HOURS", "OWNED AFTER", "MEDIAN"]);
    for line in &stats.services {
        let name = line.service.as_ref().map_or("(not said)".into(), |s| s.line().into_owned());
        let [mean, median] = [line.acknowledge.mean, line.acknowledge.median].map(length);
        table.row(vec![
            name.into(),
            line.pages.to_string().into(),
            line.out_of_hours.to_string().into(),
            mean.into(),
            median.into(),
        ]);
    }
    format!("\n{}", table.render(paper))
}

fn every_shift(stats: &Stats, paper: &Paper) -> String {
    let mut table = Table::new(&["SHIFT", "UNTIL", "PAGES", "OUT OF HOURS"]);
    for line in &stats.shifts {
        let whole = if line.whole { "" } else { " (a part)" };
        table.row(vec![
            moment(line.from).into(),
            format!("{}{whole}", moment(line.to)).into(),
            line.pages.to_string().into(),
            line.out_of_hours.to_string().into(),
        ]);
    }
    format!("\n{}", table.render(paper))
}

fn longest(measure: &Measure) -> String {
    measure.most.map_or_else(|| "-".into(), |s| duration::long(Duration::seconds(s)))
}

#[allow(clippy::cast_possible_truncation, reason = "a cast of a float saturates, and is held to a thousand years")]
fn length(seconds: Option<f64>) -> String {
    seconds.map_or_else(|| "-".into(), |s| duration::long(Duration::seconds(s.round().clamp(0.0, 3.2e10) as i64)))
}
