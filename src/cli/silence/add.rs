//! `watchfire silence add`: mutes what has these labels; a broad one only for who says how many alerts that is.

use crate::{
    app::world::silences::{SilencePlan, SilenceWish, title},
    cli::{
        acts::{self, How, Planned},
        args::Global,
        ask::{Asked, Journalled},
        confirm,
        exit::{self, Exit},
    },
    domain::{
        Time, duration,
        silence::{end, rules::Template},
        source::SourceName,
    },
};

use super::{
    act,
    answer::{SilenceAct, others},
    preview,
};

#[derive(clap::Args, Debug)]
pub struct Args {
    /// Matchers that must all hold, such as alertname=DiskFull instance=~"db-.*"; a first bare word is an alert's name
    #[arg(value_name = "MATCHER", required_unless_present = "template")]
    matchers: Vec<String>,
    /// How long: 2h, 1d12h (else [silence] lasts of the configuration)
    #[arg(long = "for", alias = "duration", value_name = "DURATION", conflicts_with = "until")]
    lasts: Option<String>,
    /// Until when: 08:00 or 2026-11-22T08:00 in your zone, or with one of its own
    #[arg(long, alias = "end", value_name = "TIME")]
    until: Option<String>,
    /// What others read to know why
    #[arg(long, value_name = "TEXT")]
    comment: Option<String>,
    /// At this source; may be given several times
    #[arg(long, value_name = "NAME")]
    source: Vec<String>,
    /// At every source whose silences may be written
    #[arg(long, conflicts_with = "source")]
    all_sources: bool,
    /// Begin with this [[silence_template]]; matchers given here are added to its own
    #[arg(long, value_name = "NAME")]
    template: Option<String>,
    /// How many alerts it mutes now: with --yes a broad silence needs the right number
    #[arg(long, value_name = "N")]
    mutes: Option<usize>,
    #[command(flatten)]
    how: How,
}

pub async fn run(global: &Global, args: &Args) -> Result<Exit, Exit> {
    let mut matchers = if args.matchers.is_empty() { Vec::new() } else { preview::read(&args.matchers)? };
    let wants = if args.how.dry_run { Journalled::Read } else { Journalled::Write };
    let asked = Asked::of(global, wants).await?;
    let template = args.template.as_deref().map(|name| template(&asked, name)).transpose()?;
    matchers.splice(0..0, template.iter().flat_map(|t| t.matchers.clone()));
    let ends_at = ends_at(&asked, args, template.as_ref())?;
    let comment = args.comment.clone().or_else(|| template.map(|t| t.comment)).unwrap_or_default();
    let sources = act::writable(&asked, &args.source, args.all_sources)?;
    let wish = |source: &SourceName| SilenceWish {
        source: source.clone(),
        replaces: None,
        matchers: matchers.clone(),
        ends_at,
        comment: comment.clone(),
    };
    let planned: Vec<Planned<SilencePlan, SilenceAct>> = sources.iter().map(|s| plan(&asked, &wish(s))).collect();
    let known = !args.how.dry_run && guard(&asked, args, &planned)?;
    let how = How { yes: args.how.yes || known, ..args.how };
    acts::run((global, &how), "silence", asked, planned, |world, now, plan| {
        world.put_silences(now, std::slice::from_ref(plan))
    })
    .await
}

fn template(asked: &Asked, name: &str) -> Result<Template, Exit> {
    let all = &asked.world.silencing.rules.templates;
    all.iter().find(|t| t.name == name).cloned().ok_or_else(|| {
        let names: Vec<&str> = all.iter().map(|t| t.name.as_str()).collect();
        let there =
            if names.is_empty() { "none is configured".into() } else { format!("there are: {}", names.join(", ")) };
        exit::misused(format_args!("no template is called `{name}`; {there}"))
    })
}

fn ends_at(asked: &Asked, args: &Args, template: Option<&Template>) -> Result<Time, Exit> {
    let rules = &asked.world.silencing.rules;
    let given = args.until.as_ref().or(args.lasts.as_ref()).map(String::as_str);
    let of_template = template.map(|t| t.lasts.as_str()).filter(|t| !t.is_empty());
    let usual = duration::prometheus(rules.lasts.num_seconds());
    end::parse(given.or(of_template).unwrap_or(&usual), asked.now, &rules.zone).map_err(exit::misused)
}

fn plan(asked: &Asked, wish: &SilenceWish) -> Planned<SilencePlan, SilenceAct> {
    match asked.world.plan_silence(wish, asked.now) {
        Err(why) => Planned { plan: None, answer: SilenceAct::refused(&wish.source, &title(&wish.matchers), &why) },
        Ok(plan) => {
            let alerts = others(&plan.preview.mutes);
            let answer = SilenceAct { alerts, ..SilenceAct::planned(&plan.source, &plan.draft) };
            Planned { plan: Some(plan), answer }
        }
    }
}

/// A broad silence goes only to who knows how many alerts it mutes; answers whether a person said so just now.
fn guard(asked: &Asked, args: &Args, planned: &[Planned<SilencePlan, SilenceAct>]) -> Result<bool, Exit> {
    let plans: Vec<&SilencePlan> = planned.iter().filter_map(|p| p.plan.as_ref()).collect();
    let mutes: usize = plans.iter().map(|p| p.preview.mutes.len()).sum();
    if let Some(said) = args.mutes.filter(|said| *said != mutes) {
        return Err(exit::failed(format_args!("nothing was sent: it mutes {mutes} alerts now, not {said}")));
    }
    if args.mutes.is_some() || plans.iter().all(|p| p.preview.objections.is_empty()) {
        return Ok(false);
    }
    for plan in &plans {
        exit::tell(preview::in_words(asked, &plan.source, &plan.preview).trim_end());
    }
    if args.how.yes {
        return Err(exit::failed(format_args!(
            "nothing was sent: this is a broad silence, it mutes {mutes} alerts now; say --mutes {mutes} to send it"
        )));
    }
    confirm::number(mutes).map(|()| true)
}
