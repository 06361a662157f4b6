//! `watchfire alerts noise`: which alerts page for nothing, from the journal. Needs no source and no network.

use chrono::Duration;

use crate::{
    config::theme::Role,
    domain::{Time, duration},
    report::noise::{Noisy, ranked},
    ui::widgets::plot::bar,
};

use super::{
    alerts::moment,
    answer::Answer,
    args::Global,
    exit::{self, Exit},
    paper::Paper,
    start,
    table::{Cell, Table},
    timeline,
};

/// Cells of a bar.
const BAR: usize = 12;

#[derive(clap::Args, Debug)]
pub struct Args {
    /// How far back
    #[arg(long, value_name = "DURATION", default_value = "7d", value_parser = duration::parse)]
    since: Duration,
    /// At most this many, the worst
    #[arg(long, value_name = "N", default_value_t = 20, value_parser = clap::value_parser!(u32).range(1..))]
    limit: u32,
}

pub async fn run(global: &Global, args: &Args) -> Result<Exit, Exit> {
    let config = start::config(global)?;
    start::log(global.log.as_ref())?;
    let now = start::clock(&config).now();
    let from = now.checked_sub_signed(args.since).unwrap_or(Time::UNIX_EPOCH);
    let entries = match timeline::open(&config).await? {
        Some(journal) => journal.noise_since(from).await.map_err(|e| timeline::unread(&e))?,
        None => Vec::new(),
    };
    let mut worst = ranked(&entries);
    worst.truncate(args.limit as usize);
    let nothing = worst.is_empty();
    let paper = Paper::of(global, &config);
    let answer = Answer::of_ours("noise", "noise", now, worst);
    answer.say(global.output, || table(&answer.body, now, &paper))?;
    if nothing {
        exit::tell(format_args!("watchfire: no alert fired and none was marked since {}", moment(from)));
    }
    Ok(Exit::Done)
}

fn table(worst: &[Noisy], now: Time, paper: &Paper) -> String {
    if worst.is_empty() {
        return String::new();
    }
    let most = worst.iter().map(|n| n.pages).max().unwrap_or(0);
    let mut table =
        Table::new(&["NAME", "SERVICE", "PAGES", "", "FLAPS", "MARKED", "INSTANCES", "LAST", "WHY"]).cut("WHY", paper);
    for noisy in worst {
        let line = |text: &Option<String>| {
            crate::domain::text::sanitise(text.as_deref().unwrap_or_default()).replace('\n', " ")
        };
        table.row(vec![
            crate::domain::text::sanitise(&noisy.alertname).replace('\n', " ").into(),
            line(&noisy.service).into(),
            format!("{:>5}", noisy.pages).into(),
            Cell::dyed(bar(share(noisy.pages, most), BAR, false), Role::Bad),
            format!("{:>5}", noisy.flaps).into(),
            Cell::dyed(format!("{:>6}", noisy.marked), Role::Warning),
            format!("{:>9}", noisy.instances).into(),
            noisy.last_at.map(|at| duration::age(at, now)).unwrap_or_default().into(),
            line(&noisy.why).into(),
        ]);
    }
    table.render(paper)
}

#[allow(clippy::cast_precision_loss, reason = "counts of pages, far below 2^52")]
fn share(n: usize, most: usize) -> f64 {
    n as f64 / most.max(1) as f64
}
