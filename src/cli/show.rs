//! `watchfire alerts show`: one alert whole, as its detail in the cockpit tells it.

use serde::Serialize;

use crate::{
    app::{
        msg::Finding,
        world::{
            board::Row,
            lanes::Of,
            links::{Link, disagreement, dissent},
            related::{self, Related},
            study::{Memory, remembered},
            why::Why,
        },
    },
    domain::{
        Time, duration,
        entry::{Entry, Subject},
        label::Labels,
        past::Past,
    },
    runtime::study::Question,
    ui::{
        alerts::{fires, state_word},
        links::{line as link_line, teller},
        past,
        related::line,
    },
};

use super::{
    alerts::moment,
    answer::{alert::AlertAnswer, entry::EntryAnswer, say_json, why},
    args::{Global, Output},
    ask::{Asked, Journalled},
    axis,
    exit::{self, Exit},
    pick,
    slo::Counted,
    timeline, why as walk,
};

/// Columns of the bar of the past.
const BAR: usize = 72;
/// Most entries of the journal, the newest.
const ENTRIES: u32 = 1_000;

#[derive(clap::Args, Debug)]
pub struct Args {
    /// Which: an ID as `alerts -o wide` shows it, the first digits of a fingerprint, or FILTER words that match one
    #[arg(value_name = "ID|FILTER", required = true)]
    which: Vec<String>,
    /// How far back it is asked when it burned
    #[arg(long, value_name = "DURATION", value_parser = duration::parse, default_value = "7d")]
    since: chrono::Duration,
    #[command(flatten)]
    axis: axis::Args,
    /// End with 0 though a source could not be read
    #[arg(long)]
    allow_partial: bool,
}

/// All that is known of one alert.
struct Whole<'a> {
    row: &'a Row,
    why: Vec<Why>,
    memory: Memory,
    related: Vec<Related>,
    links: Vec<Link>,
    entries: Vec<Entry>,
}

pub async fn run(global: &Global, args: &Args) -> Result<Exit, Exit> {
    let mut asked = Asked::of(global, Journalled::Read).await?;
    let between = args.axis.between(asked.now)?;
    let row = one(&asked, &args.which)?;
    let entries = entries(&asked, row).await?;
    let found = match Question::new(&asked.world, &row.id, &asked.sources, asked.clock) {
        Some(question) => question.back(args.since.max(chrono::Duration::minutes(5))).whole().await,
        None => Vec::new(),
    };
    let whole = Whole::of(&asked, row, &found, entries);
    match global.output {
        Output::Json => say_json(&asked.answer("alert", "alert", whole.answer(&asked)))?,
        Output::Ndjson => say_json(&whole.answer(&asked))?,
        Output::Table | Output::Wide | Output::Markdown => exit::say(&whole.text(&asked)),
    }
    let ended = walk::conclude(&asked, &found, args.allow_partial);
    let is_text = matches!(global.output, Output::Table | Output::Wide | Output::Markdown);
    if args.axis.axis && is_text {
        let id = row.id.clone();
        exit::say(&on_its_axis(&mut asked, id, found, between).await);
    }
    Ok(ended)
}

/// The alert among its neighbours, its budget and what happened.
async fn on_its_axis(
    asked: &mut Asked,
    id: crate::domain::alert::AlertId,
    found: Vec<Finding>,
    between: Option<(Time, Time)>,
) -> String {
    Counted::of(&asked.config, &asked.sources, asked.clock).await.lend(&mut asked.world);
    asked.world.study(asked.now, &id);
    drop(asked.world.studied(asked.now, &id, found));
    let of = Of::Alert(id);
    let (clock, now) = (asked.clock, asked.now);
    let means = axis::Means { sources: &asked.sources, journal: asked.journal.as_ref(), clock, now };
    axis::read(&mut asked.world, &of, &means).await;
    axis::in_sentences(&asked.world, &of, between, now)
}

fn one<'a>(asked: &'a Asked, words: &[String]) -> Result<&'a Row, Exit> {
    match walk::named(asked, words)?.as_slice() {
        [row] => Ok(row),
        [] => Err(pick::nothing(asked, "no alert matches")),
        many => {
            let ids: Vec<String> = many.iter().take(5).map(|r| r.id.to_string()).collect();
            Err(exit::misused(format_args!("{} alerts match; name one by its ID: {}", many.len(), ids.join(", "))))
        }
    }
}

async fn entries(asked: &Asked, row: &Row) -> Result<Vec<Entry>, Exit> {
    let Some(journal) = &asked.journal else { return Ok(Vec::new()) };
    let subject = Subject::alert(&row.id);
    journal.since(Time::UNIX_EPOCH, Some(&subject), ENTRIES).await.map_err(|e| timeline::unread(&e))
}

#[derive(Serialize)]
struct ShowAnswer<'a> {
    #[serde(flatten)]
    alert: AlertAnswer<'a>,
    why: Vec<why::SourceWhy<'a>>,
    past: Option<PastAnswer>,
    related: Vec<RelatedAnswer<'a>>,
    journal: Vec<EntryAnswer<'a>>,
}

/// When it burned; `firing_s` and `unknown_s` are seconds.
#[derive(Serialize)]
struct PastAnswer {
    since: Time,
    until: Time,
    fired: usize,
    firing_s: i64,
    longest_s: i64,
    unknown_s: i64,
    spans: Vec<SpanAnswer>,
}

#[derive(Serialize)]
struct SpanAnswer {
    from: Time,
    to: Time,
    was: &'static str,
}

#[derive(Serialize)]
struct RelatedAnswer<'a> {
    id: String,
    shared: &'a [String],
    offset_s: i64,
}

impl PastAnswer {
    fn of(past: &Past) -> Self {
        let tally = past.tally();
        let spans = past.spans.iter().map(|s| SpanAnswer { from: s.from, to: s.to, was: s.was.as_str() });
        Self {
            since: past.since,
            until: past.until,
            fired: tally.times,
            firing_s: tally.total.num_seconds(),
            longest_s: tally.longest.num_seconds(),
            unknown_s: tally.unknown.num_seconds(),
            spans: spans.collect(),
        }
    }
}

impl<'a> Whole<'a> {
    fn of(asked: &'a Asked, row: &'a Row, found: &[Finding], entries: Vec<Entry>) -> Self {
        Self {
            why: asked.world.why(row, Some(found), asked.now),
            memory: remembered(found, &entries, Some((row, asked.world.seen_at(row))), asked.now),
            related: related::of(&asked.world.board, &row.id),
            links: asked.world.links(row),
            row,
            entries,
        }
    }

    fn answer<'s>(&'s self, asked: &'s Asked) -> ShowAnswer<'s> {
        let notes = asked.notes_on(&Subject::alert(&self.row.id));
        let related = |r: &'_ Related| (r.id.to_string(), r.offset_s);
        ShowAnswer {
            alert: AlertAnswer::of(self.row, notes, asked.now)
                .linked(&self.links)
                .of_incident(asked.world.incidents.incident_of(&self.row.id)),
            why: why::all(&self.why, asked.now),
            past: self.memory.past.as_ref().map(PastAnswer::of),
            related: self
                .related
                .iter()
                .map(|r| (related(r), &r.shared))
                .map(|((id, offset_s), shared)| RelatedAnswer { id, shared, offset_s })
                .collect(),
            journal: self.entries.iter().map(EntryAnswer::of).collect(),
        }
    }

    fn text(&self, asked: &Asked) -> String {
        let row = self.row;
        let mut out = format!("{}\n  id        {}\n", row.name().line(), row.id);
        let mut pair = |name: &str, value: &str| out.push_str(&format!("  {name:<9} {value}\n"));
        pair("says", &row.summary_or_labels());
        pair("severity", row.severity.as_str());
        let fires = fires(row, asked.now).map(|fires| format!("; {fires}, if it stays true")).unwrap_or_default();
        pair("state", &format!("{}{fires}", state_word(row).0.trim()));
        pair(
            "since",
            &format!("{} ({} ago)", moment(row.alert.starts_at), duration::long(asked.now - row.alert.starts_at)),
        );
        let also: String = row.also.iter().map(|s| format!(", also {s}")).collect();
        pair("source", &format!("{}{also}", row.id.source));
        if let Some(ack) = &row.ack {
            let until = ack.until.map(|at| format!(" until {}", moment(at))).unwrap_or_default();
            pair("ack", &format!("by {}{until}: {}", ack.by.line(), ack.reason.line()));
        }
        out.push_str(&labels("labels", &row.alert.labels));
        out.push_str(&labels("annotations", &row.alert.annotations));
        out.push_str(&self.sections(asked));
        out
    }

    fn sections(&self, asked: &Asked) -> String {
        let mut out = String::new();
        let mut section = |title: &str, body: String| {
            if !body.is_empty() {
                out.push_str(&format!("{title}\n{body}"));
            }
        };
        let told = |l: &Link| format!("  {:<9} {}\n", teller(l), link_line(l, asked.now));
        let worst = [disagreement(self.row, &self.links), dissent(self.row, &self.links)];
        let worst: String = worst.into_iter().flatten().map(|w| format!("  {w}\n")).collect();
        section("the same alert elsewhere", worst + &self.links.iter().map(told).collect::<String>());
        section("why it paged, or did not", self.why.iter().map(|w| walk::whole(w, asked.now)).collect());
        section("when it burned before", self.past());
        let other = |r: &Related| format!("  {}  {}\n", line(r, asked.world.board.get(&r.id)), r.id);
        section("related", self.related.iter().map(other).collect());
        section("journal", timeline::lines(&self.entries).lines().map(|l| format!("  {l}\n")).collect());
        out
    }

    fn past(&self) -> String {
        let Some(known) = self.memory.past.as_ref().filter(|_| self.memory.asked > 0) else { return String::new() };
        let bar = past::bar(known, BAR, |fancy, _| fancy);
        format!("  {}\n  {bar}\n  {}\n", known.sentence(), past::axis(known, BAR).replace('\u{a0}', " "))
    }
}

fn labels(title: &str, labels: &Labels) -> String {
    if labels.is_empty() {
        return String::new();
    }
    let line = |(n, v): (&crate::domain::text::SafeText, &crate::domain::text::SafeText)| {
        format!("  {:<20} {}\n", n.line(), v.line())
    };
    format!("{title}\n{}", labels.iter().map(line).collect::<String>())
}
