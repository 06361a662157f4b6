//! `watchfire silence preview`: what matchers would mute, on each source, now and beyond now.

use crate::{
    app::world::silences::Preview,
    cli::{
        answer::say_json,
        args::{Global, Output},
        ask::{Asked, Journalled},
        exit::{self, Exit},
    },
    domain::{matcher::Matcher, silence::check, source::SourceName, text::sanitise},
    runtime::beyond,
    ui::beyond::sentences,
};

use super::{act, answer::PreviewAnswer};

#[derive(clap::Args, Debug)]
pub struct Args {
    /// Matchers that must all hold, such as alertname=DiskFull instance=~"db-.*"; a first bare word is an alert's name
    #[arg(value_name = "MATCHER", required = true)]
    matchers: Vec<String>,
    /// On this source alone
    #[arg(long, value_name = "NAME")]
    source: Vec<String>,
    /// End with 0 though a source could not be read
    #[arg(long)]
    allow_partial: bool,
}

pub async fn run(global: &Global, args: &Args) -> Result<Exit, Exit> {
    let matchers = read(&args.matchers)?;
    let mut asked = Asked::of(global, Journalled::Read).await?;
    let sources = act::readable(&asked, &args.source)?;
    look_beyond(&mut asked, &matchers).await;
    let looked = |name: &SourceName| (name.clone(), asked.world.preview_silence(name, &matchers, asked.now));
    let previews: Vec<(SourceName, Preview)> = sources.iter().map(looked).collect();
    let beyond = asked.world.beyond(&matchers);
    match global.output {
        Output::Json | Output::Ndjson => {
            let body: Vec<PreviewAnswer> =
                previews.iter().map(|(name, p)| PreviewAnswer::of(name, &matchers, p, beyond)).collect();
            let answer = asked.answer("silence-preview", "previews", body);
            if global.output == Output::Json {
                say_json(&answer)?
            } else {
                answer.body.iter().try_for_each(say_json)?
            }
        }
        Output::Table | Output::Wide | Output::Markdown => {
            previews.iter().for_each(|(name, p)| exit::say(&in_words(&asked, name, p)));
            sentences(beyond).iter().for_each(|(line, _)| exit::say(&format!("{line}\n")));
        }
    }
    Ok(asked.conclude(args.allow_partial))
}

/// # Errors
/// After saying what is wrong with the matchers.
pub fn read(words: &[String]) -> Result<Vec<Matcher>, Exit> {
    let read = check::read_words(words).and_then(|m| check::matchers(&m).map(|()| m));
    read.map_err(exit::misused)
}

/// Asks the sources of metrics.
pub async fn look_beyond(asked: &mut Asked, matchers: &[Matcher]) {
    drop(asked.world.ask_beyond(matchers.to_vec()));
    let told = beyond::ask(&asked.sources, matchers, asked.clock).await;
    asked.world.beyond_told(matchers, told);
}

/// What it mutes on one source: the count, and each alert with its labels.
pub fn in_words(asked: &Asked, source: &SourceName, preview: &Preview) -> String {
    let blind = if preview.blind.is_some() { " (UNKNOWN: it cannot be read)" } else { "" };
    let mut out = format!("{source}: mutes {} of {} alerts now{blind}\n", preview.mutes.len(), preview.of);
    for (id, name) in &preview.mutes {
        let labels = asked.world.board.get(id).map(|r| crate::ui::beyond::label_set(&r.alert.labels));
        out.push_str(&format!("  {}\n", labels.unwrap_or_else(|| name.line().into_owned())));
    }
    for why in &preview.objections {
        out.push_str(&format!("  broad: {}\n", sanitise(why)));
    }
    out
}
