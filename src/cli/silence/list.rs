//! `watchfire silence list`: every silence of every source, and what it mutes.

use crate::{
    app::world::silence_rows::{SilenceRow, Standing},
    cli::{
        alerts::moment,
        args::{Global, Output},
        ask::{Asked, Journalled},
        exit::{self, Exit},
        paper::Paper,
        table::{Cell, Table},
    },
    config::theme::Role,
    domain::{duration, silence::find::Find, text::sanitise},
    ui::silences::badges,
};

use super::answer::SilenceAnswer;

#[derive(clap::Args, Debug)]
pub struct Args {
    /// Which: words that a silence holds, or a label such as team=web that it is about; none means all
    #[arg(value_name = "FILTER")]
    filter: Vec<String>,
    /// On this source alone
    #[arg(long, value_name = "NAME")]
    source: Vec<String>,
    /// Those that are over too
    #[arg(long)]
    expired: bool,
    /// End with 0 though a source could not be read
    #[arg(long)]
    allow_partial: bool,
}

pub async fn run(global: &Global, args: &Args) -> Result<Exit, Exit> {
    let asked = Asked::of(global, Journalled::Read).await?;
    for name in &args.source {
        super::act::known_source(&asked, name)?;
    }
    let find = Find::of(&args.filter);
    let of_source = |r: &SilenceRow| args.source.is_empty() || args.source.iter().any(|s| s == r.source.as_str());
    let wanted =
        |r: &SilenceRow| of_source(r) && (args.expired || !r.is_over()) && find.matches(r.source.as_str(), &r.silence);
    let rows: Vec<SilenceRow> = asked.world.silence_rows(asked.now).into_iter().filter(wanted).collect();
    let body: Vec<SilenceAnswer<'_>> = rows.iter().map(|r| SilenceAnswer::of(r, asked.now)).collect();
    let paper = Paper::of(global, &asked.config);
    let wide = global.output == Output::Wide;
    asked.answer("silences", "silences", body).say(global.output, || table(&rows, &asked, wide, &paper))?;
    let problems = asked.world.silence_problems();
    for (source, problem) in &problems {
        exit::tell(format_args!("watchfire: the answer is incomplete: {source}: {}", problem.line()));
    }
    if rows.is_empty() {
        let known = if asked.is_complete() && problems.is_empty() {
            "no silence"
        } else {
            "UNKNOWN: no silence among what could be read"
        };
        exit::tell(format_args!("watchfire: {known}"));
    }
    match asked.conclude(args.allow_partial) {
        Exit::Done if !problems.is_empty() && !args.allow_partial => Ok(Exit::Incomplete),
        end => Ok(end),
    }
}

fn table(rows: &[SilenceRow], asked: &Asked, wide: bool, paper: &Paper) -> String {
    if rows.is_empty() {
        return String::new();
    }
    let narrow = ["STATE", "ENDS IN", "MUTES", "SOURCE", "BY", "MATCHERS", "COMMENT", "ID"];
    let more = ["BEGAN", "ENDS"];
    let head: Vec<&'static str> = narrow.into_iter().chain(more.into_iter().filter(|_| wide)).collect();
    let mut table = Table::new(&head);
    if !wide {
        table = table.cut("COMMENT", paper);
    }
    for row in rows {
        let mut cells = cells(row, asked);
        if wide {
            cells.extend([moment(row.silence.starts_at).into(), moment(row.silence.ends_at).into()]);
        }
        table.row(cells);
    }
    table.render(paper)
}

fn cells<'a>(row: &'a SilenceRow, asked: &'a Asked) -> Vec<Cell<'a>> {
    let silence = &row.silence;
    let (word, role) = match row.state {
        Standing::Unknown { .. } => ("UNKNOWN", Role::Unknown),
        Standing::Active if silence.is_ack() => ("ack", Role::Acked),
        Standing::Active => ("active", Role::Suppressed),
        Standing::Pending => ("pending", Role::Info),
        Standing::Expired => ("expired", Role::Dim),
    };
    let ends = if row.is_over() { "-".to_owned() } else { duration::long(silence.ends_at - asked.now) };
    let matchers = sanitise(&super::answer::texts(&silence.matchers).join(" ")).into_owned();
    vec![
        Cell::dyed(word, role),
        ends.into(),
        row.mutes.to_string().into(),
        Cell::dyed(row.source.to_string(), Role::Dim),
        silence.created_by.line().into(),
        matchers.into(),
        format!("{}{}", badges(row), silence.comment.line()).into(),
        silence.id.line().into(),
    ]
}
