//! `watchfire incident declare`: from the alerts that a filter means, from budgets, or from nothing.

use crate::{
    app::world::incidents::{Seed, read_filter},
    cli::{
        args::Global,
        exit::{self, Exit},
    },
    domain::{
        incident::{Attached, Change, Declared, IncidentId, Role, Status, in_words},
        text::SafeText,
    },
};

use super::{How, known::Known};

#[derive(clap::Args, Debug)]
pub struct Args {
    /// What users see, such as "checkout is down"
    #[arg(value_name = "TITLE", required = true)]
    title: Vec<String>,
    /// How bad it is, in the words of [incident] severities; else by the worst alert
    #[arg(long, value_name = "WORD")]
    severity: Option<String>,
    /// Who leads; else you
    #[arg(long, value_name = "PERSON")]
    commander: Option<String>,
    /// Who writes it down
    #[arg(long, value_name = "PERSON")]
    scribe: Option<String>,
    /// Who talks to everybody else
    #[arg(long, value_name = "PERSON")]
    liaison: Option<String>,
    /// The alerts that fire and match are linked, such as --alerts service=checkout
    #[arg(long, value_name = "FILTER")]
    alerts: Option<String>,
    /// New alerts that match join by themselves
    #[arg(long, value_name = "FILTER")]
    joined_by: Option<String>,
    /// A budget that it costs; may be given again
    #[arg(long = "slo", value_name = "ID")]
    slos: Vec<String>,
    /// How far it is
    #[arg(long, value_name = "STATUS", default_value = "investigating")]
    status: String,
    #[command(flatten)]
    how: How,
}

pub(super) async fn run(global: &Global, args: &Args) -> Result<Exit, Exit> {
    let how = &args.how;
    let asks = args.alerts.is_some() || args.joined_by.is_some();
    let known = match asks {
        true => Known::with_board(global, !how.dry_run).await?,
        false => Known::of(global, !how.dry_run).await?,
    };
    let told = told(&known, args)?;
    let at = known.at(how)?;
    let plan = known.world.plan_declare(told, known.now).map_err(exit::misused)?;
    for (name, id) in &plan.taken {
        exit::tell(format_args!("watchfire: {} belongs to {id} already; it will belong to both", name.line()));
    }
    let words = format!("{}: {}", plan.told.title.line(), in_words(&Change::Declared(plan.told.clone())));
    let unnamed = IncidentId::new("INC-(new)");
    known.act(global, how, (&unnamed, &words), |world, now| world.declare(now, at, plan.told, "").1).await
}

fn told(known: &Known, args: &Args) -> Result<Declared, Exit> {
    let world = &known.world;
    let read = |text: &str| read_filter(text).map_err(exit::misused);
    let alerts = match &args.alerts {
        Some(text) => world.links_of(&read(text)?, known.now),
        None => Vec::new(),
    };
    if args.alerts.is_some() && alerts.is_empty() {
        return Err(exit::failed(
            "no alert matches --alerts; leave it out to declare from nothing, --joined-by waits for some",
        ));
    }
    args.joined_by.as_deref().map(read).transpose()?;
    let seed = Seed { alerts: alerts.iter().map(|l| l.alert.clone()).collect(), ..Seed::default() };
    let level = match &args.severity {
        Some(word) => world.read_level(word).map_err(exit::misused)?,
        None => world.proposed_level(&seed),
    };
    let user = known.config.user.as_str();
    let commander = args.commander.as_deref().unwrap_or(user);
    let roles = [
        (Role::Commander, commander),
        (Role::Scribe, args.scribe.as_deref().unwrap_or("")),
        (Role::Liaison, args.liaison.as_deref().unwrap_or("")),
    ];
    let told = world.declared(&Seed::default(), &args.title.join(" "), level, &roles);
    let slos = args.slos.iter().map(|s| SafeText::new(s.trim_start_matches("slo:"))).collect();
    let links = Attached { alerts, slos, filter: args.joined_by.as_deref().map(SafeText::new), ..Attached::default() };
    Ok(Declared { links, status: status(&args.status)?, ..told })
}

/// # Errors
/// After naming the nearest and all there are.
pub(super) fn status(word: &str) -> Result<Status, Exit> {
    super::tell::one_of(word, "status", &Status::ALL.map(|s| (s.as_str(), s)))
}
