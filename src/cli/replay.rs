//! `watchfire replay`: a recording played again. Without a terminal its hours take seconds, and the same file ends in the
//! same screen and the same score.

use std::{
    io::{IsTerminal, Read},
    path::{Path, PathBuf},
};

use chrono::Duration;
use ratatui::buffer::Buffer;

use crate::{
    app::msg::Msg,
    config::{self, Config},
    domain::{Time, text::sanitise},
    runtime::{
        clock::Clock,
        cockpit::Cockpit,
        panics,
        recording::{self, End, Kind, Recording, play},
        terminal::host::Manners,
    },
    sources::sim::{self, Scenario, SimWorld},
    ui::still,
};

use super::{
    args::{Format, Global, Output},
    demo, drill,
    exit::{self, Exit},
    open,
    paper::Paper,
    start,
};

/// A recording that was cut off is played for so long after its last line.
const AFTER: Duration = Duration::seconds(1);
/// Of what nobody sees, so much before the end is drawn, on the machine's clock.
const DRAWN: f64 = 5.0;

#[derive(clap::Args, Debug)]
pub struct Args {
    /// A recording: of `demo --record`, `drill --record` or `--record`
    file: PathBuf,
    /// Print the last screen in this form, and the score of a drill, instead of showing how it came to be
    #[arg(long, value_enum)]
    format: Option<Format>,
    /// How fast it is shown, against how fast it was
    #[arg(long, default_value_t = 1.0)]
    speed: f64,
    /// Play the keys on this scenario, a built-in one or a path that ends in .toml: for a recording of real sources
    #[arg(long, value_name = "NAME|FILE")]
    scenario: Option<String>,
}

impl Args {
    /// Whether it is shown in the terminal, at speed.
    pub fn is_shown(&self) -> bool {
        self.format.is_none() && std::io::stdout().is_terminal() && std::io::stdin().is_terminal()
    }
}

pub async fn run(global: &Global, args: &Args) -> Result<Exit, Exit> {
    let recording = read(&args.file)?;
    let scenario = scenario(&recording, args)?;
    let mut config = config::demo(&start::request(global)).map_err(|errors| start::tell_all(&errors))?;
    config.read_only |= recording.head.read_only;
    if !recording.head.user.is_empty() {
        config.user = sanitise(&recording.head.user).into_owned();
    }
    start::log(global.log.as_ref())?;
    let epoch = epoch(&recording, &scenario);
    let replay = Replay { recording, world: SimWorld::new(scenario, epoch), config };
    if args.is_shown() { replay.shown(global, args).await } else { replay.printed(global, args).await }
}

/// Reads a recording.
///
/// # Errors
/// After saying what is wrong with it, and on which line.
fn read(path: &Path) -> Result<Recording, Exit> {
    let shown = sanitise(&path.to_string_lossy()).into_owned();
    let failed = |e: std::io::Error| exit::misused(format_args!("{shown}: cannot read it: {e}"));
    let mut bytes = Vec::new();
    let file = std::fs::File::open(path).map_err(failed)?;
    file.take(recording::LARGEST + 1).read_to_end(&mut bytes).map_err(failed)?;
    if bytes.len() as u64 > recording::LARGEST {
        return Err(exit::misused(format_args!("{shown}: it is larger than any recording (16 MiB)")));
    }
    let text = String::from_utf8(bytes).map_err(|e| {
        let line = e.as_bytes()[..e.utf8_error().valid_up_to()].iter().filter(|b| **b == b'\n').count() + 1;
        exit::misused(format_args!("{shown}:{line}: no UTF-8"))
    })?;
    recording::read(&shown, &text).map_err(exit::misused)
}

fn scenario(recording: &Recording, args: &Args) -> Result<Scenario, Exit> {
    if let Some(name) = &args.scenario {
        return sim::load(name).map_err(exit::misused);
    }
    match &recording.head.scenario {
        Some(played) => match &played.text {
            Some(text) => Scenario::parse(&format!("the recording's {}", played.name), text).map_err(exit::misused),
            // A name alone means one that is built in, never a file of this machine.
            None if played.name.ends_with(".toml") => {
                Err(exit::misused("the recording names a file as its scenario, and does not hold it; give --scenario"))
            }
            None => sim::load(&played.name).map_err(exit::misused),
        },
        None => Err(exit::misused(format_args!(
            "this was recorded on real sources ({}), and what they told is not in it: \
             --scenario NAME plays its {} keys, pastes and sizes on a scenario",
            sanitise(&recording.head.sources.join(", ")),
            recording.moves.len()
        ))),
    }
}

/// When the scenario began: as it was recorded, else so that it opens where the recording began.
fn epoch(recording: &Recording, scenario: &Scenario) -> Time {
    let played = recording.head.scenario.as_ref();
    played.map_or(recording.head.began - scenario.opens_at, |played| played.epoch)
}

struct Replay {
    recording: Recording,
    world: SimWorld,
    config: Config,
}

impl Replay {
    /// From when to when it is played.
    fn span(&self) -> (Time, Time) {
        let Recording { head, moves, end } = &self.recording;
        let last = moves.last().map_or(Duration::zero(), |m| m.at);
        (head.began, head.began + end.map_or(last + AFTER, |(at, _)| at))
    }

    fn cockpit(&self, clock: Clock, journal: PathBuf) -> Cockpit {
        let mut cockpit = demo::cockpit(&self.config, &self.world, clock, journal);
        cockpit.bound = true;
        let (width, height) = self.recording.head.size;
        drop(cockpit.app.update(clock.now(), Msg::Resized { width, height }));
        if self.recording.head.of == Kind::Drill {
            drill::lay(&mut cockpit.app, self.world.scenario());
        }
        cockpit
    }

    async fn printed(self, global: &Global, args: &Args) -> Result<Exit, Exit> {
        let dir = drill::journal_dir()?;
        let journal = dir.path().join("journal.db");
        let span = self.span();
        let clock = Clock::from(span.0, self.recording.head.speed);
        let mut cockpit = self.cockpit(clock, journal.clone());
        start::of_picture(&mut cockpit, &self.config);
        let glass = play::Glass::default();
        #[allow(clippy::cast_possible_truncation, reason = "milliseconds of a few hours")]
        let drawn = Duration::milliseconds((DRAWN * 1_000.0 * self.recording.head.speed) as i64);
        let stage = play::Stage::new(glass.clone(), span.1 - drawn);
        let moves = self.recording.moves.clone();
        cockpit.run(stage, play::scripted(moves, clock, span)).await;
        let format = args.format.unwrap_or(Format::Text);
        if global.output != Output::Json
            && let Some(frame) = glass.last()
        {
            exit::say(&drawn_as(&frame, format));
        }
        self.tell(global, &journal, format).await
    }

    async fn shown(self, global: &Global, args: &Args) -> Result<Exit, Exit> {
        let dir = drill::journal_dir()?;
        let journal = dir.path().join("journal.db");
        let span = self.span();
        let clock = Clock::from(span.0, self.recording.head.speed * args.speed);
        let cockpit = self.cockpit(clock, journal.clone());
        panics::install();
        let events = play::watched(self.recording.moves.clone(), clock, span);
        let mut ended = cockpit.in_terminal(Manners::NONE, events).await;
        if let Ok(Ok(left)) = &mut ended {
            left.ended = crate::runtime::cockpit::Ended::Quit;
        }
        match open::report(ended) {
            Exit::Done => self.tell(global, &journal, Format::Text).await,
            other => Ok(other),
        }
    }

    /// How it ended, and the score of a drill.
    async fn tell(&self, global: &Global, journal: &Path, beside: Format) -> Result<Exit, Exit> {
        let Recording { head, moves, end } = &self.recording;
        match end {
            None => exit::tell(format_args!(
                "watchfire: the recording has no end: it was cut off after {} keys, pastes, sizes and acts of the mouse",
                moves.len()
            )),
            Some((_, End::Gone)) => exit::tell("watchfire: a signal or a lost terminal ended what was recorded"),
            Some((_, End::Quit | End::Over)) => {}
        }
        if head.of != Kind::Drill {
            return Ok(Exit::Done);
        }
        let whole = matches!(end, Some((_, End::Quit | End::Over)));
        let score = drill::score::of(&self.world, journal, self.span(), whole).await?;
        if beside == Format::Svg && global.output == Output::Table {
            // A picture stays a picture where it goes to a file.
            let paper = Paper::of(global, &self.config);
            exit::tell(drill::score::table(self.world.scenario(), &score, &paper).trim_end());
            return Ok(Exit::Done);
        }
        drill::score::say(global, &self.config, self.world.scenario(), &score)?;
        Ok(Exit::Done)
    }
}

fn drawn_as(frame: &Buffer, format: Format) -> String {
    match format {
        Format::Text => still::text(frame),
        Format::Ansi => still::ansi(frame),
        Format::Svg => still::svg(frame),
    }
}
