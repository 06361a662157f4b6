//! `watchfire --plain`: on a terminal the whole program line by line, for a screen reader, a dumb terminal, a serial console;
//! anywhere else what the cockpit shows, once.

use std::io::IsTerminal;

use crate::{
    domain::entry::Entry,
    runtime::{
        cockpit::{Cockpit, Ended},
        panics, plain,
        recording::play,
    },
};

use super::{
    alerts,
    args::{Global, Output},
    ask::{Asked, Journalled},
    exit::{self, Exit},
    open::{self, Hands},
    paper::Paper,
    slo::{self, Counted},
    status, timeline,
};

/// Entries at the end.
const ENTRIES: u32 = 20;

/// Whether lines are written as they come: to a terminal.
pub fn is_for_somebody() -> bool {
    std::io::stdout().is_terminal()
}

/// Whether it was asked for, or the terminal can do nothing else, which is said.
pub fn is_wanted(global: &Global) -> bool {
    let dumb = std::env::var("TERM").is_ok_and(|term| term == "dumb");
    if dumb && !global.plain && is_for_somebody() {
        exit::tell("watchfire: TERM is dumb, so this is line by line (--plain)");
    }
    global.plain || dumb
}

/// The whole program line by line; a script whose lines could not all be done has failed, and one that was answered without
/// a source that could not be read has not been told all.
pub async fn open(cockpit: Cockpit, bell: bool, hands: Hands) -> Exit {
    panics::install();
    let clock = cockpit.clock;
    let (mut ended, outcome) = plain::run(cockpit, bell, play::live(None, clock, hands.until)).await;
    let over = hands.until.is_some_and(|until| clock.now() >= until);
    if let (true, Ok(Ok(left))) = (over, &mut ended) {
        left.ended = Ended::Asked;
    }
    let exit = open::report(ended);
    let is_script = !std::io::stdin().is_terminal();
    match exit {
        Exit::Done if is_script && outcome.has_failed() => Exit::Failed,
        Exit::Done if is_script && outcome.is_partial() => Exit::Incomplete,
        exit => exit,
    }
}

/// What the cockpit shows, once.
///
/// # Errors
/// After saying why there is no answer.
pub async fn once(global: &Global) -> Result<Exit, Exit> {
    if matches!(global.output, Output::Json | Output::Ndjson) {
        return Err(exit::misused("--plain writes lines; for JSON name a command, such as `watchfire alerts -o json`"));
    }
    let mut asked = Asked::of(global, Journalled::Read).await?;
    let counted = Counted::of(&asked.config, &asked.sources, asked.clock).await;
    counted.lend(&mut asked.world);
    let paper = Paper::of(global, &asked.config);
    let rows: Vec<_> = asked.world.board.iter().collect();
    let wide = global.output == Output::Wide;
    exit::say(&format!("{}\n", status::in_a_line(&asked)));
    exit::say(&section("alerts", &alerts::table(&asked, &rows, wide, &paper), none(asked.is_complete())));
    exit::say(&section("budgets", &slo::in_sentences(&asked, &counted).await, none(counted.is_complete())));
    let (entries, otherwise) = newest(&asked).await;
    exit::say(&section("timeline", &timeline::lines(&entries), &otherwise));
    let ends = [Some(asked.conclude(false)), (!counted.is_complete()).then(|| counted.conclude(false))];
    Ok(if ends.contains(&Some(Exit::Incomplete)) { Exit::Incomplete } else { Exit::Done })
}

/// What stands where nothing is: not knowing is no calm.
fn none(complete: bool) -> &'static str {
    if complete { "none" } else { "UNKNOWN, not everything could be read" }
}

fn section(title: &str, lines: &str, none: &str) -> String {
    if lines.is_empty() { format!("\n{title}: {none}\n") } else { format!("\n{title}\n{lines}") }
}

/// The newest entries, and what is said where there are none.
async fn newest(asked: &Asked) -> (Vec<Entry>, String) {
    match &asked.journal {
        Some(journal) => match journal.recent(ENTRIES).await {
            Ok(entries) => (entries, "none".into()),
            Err(error) => (Vec::new(), format!("UNKNOWN, {error}")),
        },
        None if asked.notes.is_none() => (Vec::new(), "UNKNOWN, the journal cannot be read".into()),
        None => (Vec::new(), "none".into()),
    }
}
