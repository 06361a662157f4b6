//! `watchfire alerts why`: why alerts paged or did not, from the live configuration.

use crate::{
    app::{
        msg::Finding,
        world::{board::Row, why::Why},
    },
    domain::{alert::AlertId, past::Past},
    runtime::study::Question,
    ui::why::lines,
};

use super::{
    answer::why::WhyAnswer,
    args::Global,
    ask::{Asked, Journalled},
    exit::{self, Exit},
    pick,
};

/// Most alerts that are explained at once: each is walked through every route.
const MOST: usize = 50;

#[derive(clap::Args, Debug)]
pub struct Args {
    /// Which: an ID as `alerts -o wide` shows it, the first digits of a fingerprint, or FILTER words
    #[arg(value_name = "FILTER|ID", required = true)]
    filter: Vec<String>,
    /// End with 0 though a source could not be read
    #[arg(long)]
    allow_partial: bool,
}

pub async fn run(global: &Global, args: &Args) -> Result<Exit, Exit> {
    let asked = Asked::of(global, Journalled::Read).await?;
    let rows = named(&asked, &args.filter)?;
    if rows.is_empty() {
        return Err(pick::nothing(&asked, "no alert matches"));
    }
    if rows.len() > MOST {
        return Err(exit::misused(format_args!(
            "{} alerts match, and at most {MOST} are explained at once; narrow the filter",
            rows.len()
        )));
    }
    let found = policies(&asked, &rows[0].id).await;
    let answers: Vec<(&Row, Vec<Why>)> =
        rows.iter().map(|row| (*row, asked.world.why(row, Some(&found), asked.now))).collect();
    let body: Vec<WhyAnswer<'_>> = answers.iter().map(|(row, why)| WhyAnswer::of(row, why, asked.now)).collect();
    asked.answer("why", "alerts", body).say(global.output, || {
        answers.iter().map(|(row, why)| told(row, why, &asked)).collect::<Vec<_>>().join("\n")
    })?;
    Ok(conclude(&asked, &found, args.allow_partial))
}

/// The alerts that were meant: an id that is on the board, else what the words of a filter match.
///
/// # Errors
/// After showing what is wrong with the filter.
pub fn named<'a>(asked: &'a Asked, words: &[String]) -> Result<Vec<&'a Row>, Exit> {
    if let [word] = words {
        let ids: Vec<&Row> = asked.world.board.iter().filter(|r| is_named(&r.id, word)).collect();
        if !ids.is_empty() {
            return Ok(ids);
        }
    }
    let filter = pick::narrow(words)?;
    let ids: Vec<AlertId> = pick::rows(asked, &filter).iter().map(|r| r.id.clone()).collect();
    Ok(ids.iter().filter_map(|id| asked.world.board.get(id)).collect())
}

fn is_named(id: &AlertId, word: &str) -> bool {
    let digits = word.len() >= 4 && word.chars().all(|c| c.is_ascii_hexdigit());
    id.to_string() == word
        || word.strip_prefix("alert:").is_some_and(|w| id.to_string() == w)
        || digits && id.fingerprint.as_str().starts_with(&word.to_ascii_lowercase())
}

/// The configurations that are in force; the same for every alert, and without anybody's memory.
async fn policies(asked: &Asked, id: &AlertId) -> Vec<Finding> {
    match Question::new(&asked.world, id, &asked.sources, asked.clock) {
        Some(question) => question.without_memory().whole().await,
        None => Vec::new(),
    }
}

fn told(row: &Row, why: &[Why], asked: &Asked) -> String {
    let mut out = format!("{}  {}\n", row.name().line(), row.id);
    if why.is_empty() {
        out.push_str("  no configured source tells people of this alert: none of them shows routes\n");
    }
    for why in why {
        out.push_str(&whole(why, asked.now));
    }
    out
}

/// The answer of one source, indented.
pub fn whole(why: &Why, now: crate::domain::Time) -> String {
    let mut out = format!("  {}\n", why.verdict(now));
    for (name, value) in lines(why, now) {
        out.push_str(&format!("    {name:<9} {value}\n"));
    }
    let origin = why.origin(now);
    if origin.is_empty() { out } else { format!("{out}    {origin}\n") }
}

/// An answer that leans on a configuration nobody could read is incomplete.
pub fn conclude(asked: &Asked, found: &[Finding], allow_partial: bool) -> Exit {
    let failed = found.iter().filter_map(|f| match f {
        Finding::Policy(source, Some(Err(error))) => Some((source, "its configuration", error)),
        Finding::Past(source, Some(Err(error))) => Some((source, "the past", error)),
        Finding::Policy(..) | Finding::Past(_, None | Some(Ok(Past { .. }))) => None,
    });
    let mut incomplete = false;
    for (source, what, error) in failed {
        incomplete = true;
        exit::tell(format_args!("watchfire: the answer is incomplete: {source}: {what}: {error}; {}", error.advice()));
    }
    let ended = asked.conclude(allow_partial);
    if incomplete && !allow_partial { Exit::Incomplete } else { ended }
}
