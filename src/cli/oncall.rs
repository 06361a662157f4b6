//! `watchfire oncall`: who is on call, until when, and who comes after; for scripts, and for a question at four in the morning.

use futures_util::future::join_all;
use serde::Serialize;

use crate::{
    config::theme::Role,
    domain::{
        Time,
        held::Duty,
        moment,
        oncall::{Names, Post, posts},
        source::{Description, SourceError, SourceName},
        text::SafeText,
    },
    runtime::{clock::Clock, oncall},
};

use super::{
    alerts::moment as stamp,
    answer::{Answer, SourceAnswer},
    args::{Global, Output},
    ask,
    exit::{self, Exit},
    paper::Paper,
    start,
    table::{Cell, Table},
};

#[derive(clap::Args, Debug)]
pub struct Args {
    /// For this service, or of this policy, alone
    #[arg(long, value_name = "NAME")]
    service: Option<String>,
    /// At this moment instead of now: 22:00, 2h (ago), 2026-11-21T22:00
    #[arg(long, value_name = "WHEN")]
    at: Option<String>,
    /// End with 0 though a source could not be read
    #[arg(long)]
    allow_partial: bool,
}

type Answered = (Description, Result<Vec<Duty>, SourceError>);

pub async fn run(global: &Global, args: &Args) -> Result<Exit, Exit> {
    let config = ask::configured(global)?;
    let clock = start::clock(&config);
    let now = clock.now();
    let at = args.at.as_deref().map(|t| moment::parse(t, now, &Clock::local_zone())).transpose();
    let at = at.map_err(exit::misused)?.unwrap_or(now);
    let sources = start::sources(&config).await;
    let known: Vec<_> = sources.iter().filter(|s| s.describe().can.on_call).collect();
    if known.is_empty() {
        return Err(exit::failed("no source tells who is on call: a pagerduty source does, and a plugin may"));
    }
    let asked: Vec<Answered> = join_all(
        known
            .into_iter()
            .map(|source| async move { (source.describe().clone(), oncall::of(source.as_ref(), at, clock).await) }),
    )
    .await;
    let names = Names(std::iter::once(&config.user).chain(&config.user_aliases).cloned().collect());
    let wanted = |post: &Post| args.service.as_ref().is_none_or(|s| post.is_for(s));
    let told =
        |(about, told): &Answered| told.as_ref().map(|duties| posts(&about.name, duties, at)).unwrap_or_default();
    let all: Vec<Post> = asked.iter().flat_map(told).filter(wanted).collect();
    let lines: Vec<Line<'_>> = all.iter().flat_map(|post| lines(post, &names)).collect();
    let sources = asked.iter().map(|(about, told)| SourceAnswer::counted(about, told.as_ref().err())).collect();
    let complete = asked.iter().all(|(_, told)| told.is_ok());
    let (paper, wide) = (Paper::of(global, &config), global.output == Output::Wide);
    let (noun, key) = ("oncall", "duties");
    Answer { noun, key, at, complete, sources, body: lines }
        .say(global.output, || table(&all, (&names, wide), &paper))?;
    if all.is_empty() {
        let none = if complete { "nobody is on call" } else { "UNKNOWN: nobody among what could be read" };
        exit::tell(format_args!("watchfire: {none}{}", of(args.service.as_deref())));
    }
    Ok(conclude(&asked, args.allow_partial))
}

fn of(service: Option<&str>) -> String {
    service.map(|s| format!(" for {}", SafeText::new(s).line())).unwrap_or_default()
}

/// A duty as it is answered.
#[derive(Debug, Serialize)]
struct Line<'a> {
    source: &'a SourceName,
    of: &'a SafeText,
    services: &'a [SafeText],
    level: u32,
    /// now, then.
    when: &'static str,
    /// Null where nobody has it now.
    who: Option<&'a SafeText>,
    is_you: bool,
    from: Option<Time>,
    /// Null where it does not end.
    until: Option<Time>,
}

fn lines<'a>(post: &'a Post, names: &Names) -> Vec<Line<'a>> {
    let line = |when, duty: Option<&'a Duty>| Line {
        source: &post.source,
        of: &post.of,
        services: &post.services,
        level: post.level,
        when,
        who: duty.map(|d| &d.who),
        is_you: duty.is_some_and(|d| names.has(&d.who)),
        from: duty.and_then(|d| d.from),
        until: duty.and_then(|d| d.until),
    };
    let nobody = post.now.is_empty().then(|| line("now", None));
    let now = post.now.iter().map(|d| line("now", Some(d)));
    nobody.into_iter().chain(now).chain(post.next.iter().map(|d| line("then", Some(d)))).collect()
}

fn table(all: &[Post], (names, wide): (&Names, bool), paper: &Paper) -> String {
    if all.is_empty() {
        return String::new();
    }
    let head = ["POLICY", "LEVEL", "NOW", "UNTIL", "NEXT", "FROM"].into_iter();
    let head: Vec<&'static str> = head.chain(["SERVICES", "SOURCE"].into_iter().filter(|_| wide)).collect();
    let mut table = Table::new(&head);
    for post in all {
        let who = |duty: &Duty| format!("{}{}", duty.who.line(), if names.has(&duty.who) { " (you)" } else { "" });
        let now: Vec<String> = post.now.iter().map(who).collect();
        let now = if now.is_empty() { Cell::dyed("nobody", Role::Warning) } else { now.join(", ").into() };
        let until = post.now.iter().filter_map(|d| d.until).min().map_or("-".to_owned(), stamp);
        let next = post.takes_over();
        let mut cells: Vec<Cell<'_>> = vec![
            post.of.line().into(),
            post.level.to_string().into(),
            now,
            until.into(),
            next.map_or("-".to_owned(), who).into(),
            next.and_then(|d| d.from).map_or("-".to_owned(), stamp).into(),
        ];
        if wide {
            let services: Vec<String> = post.services.iter().map(|s| s.line().into_owned()).collect();
            cells.extend([services.join(", ").into(), post.source.to_string().into()]);
        }
        table.row(cells);
    }
    table.render(paper)
}

fn conclude(asked: &[Answered], allow_partial: bool) -> Exit {
    let mut end = Exit::Done;
    for (about, told) in asked {
        let Err(error) = told else { continue };
        exit::tell(format_args!("watchfire: the answer is incomplete: {}: {error}; {}", about.name, error.advice()));
        end = if allow_partial { Exit::Done } else { Exit::Incomplete };
    }
    end
}
