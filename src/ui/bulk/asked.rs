//! What sources that keep acks themselves say of each of many: once what all of them say, with how many what some say, and
//! by name what one alone does. While they are asked: how far that is.

use std::collections::HashMap;

use crate::{
    app::world::{
        bulk::{BulkPlan, Part},
        planning::{Progress, Said, together},
    },
    config::theme::Role,
    domain::{held::RequestPlan, text::SafeText},
};

use super::{Canvas, Lines, called, wrapped};
use crate::ui::requests;

/// `3 will be acked, 1 cannot: it has resolved`; nothing where all of them will.
pub(super) fn headline(plan: &BulkPlan, columns: usize) -> Lines {
    let n = plan.left_out.len();
    let Some(first) = plan.left_out.first().filter(|_| !plan.is_empty()) else { return Lines::new() };
    let why = match plan.left_out.iter().all(|left| left.why == first.why) {
        true => format!(": {}", first.why),
        false => String::new(),
    };
    wrapped(&format!("{} will be {}, {n} cannot{why}", plan.len(), plan.doing.done()), columns, "", Role::Warning)
}

/// Of the parts of one source that it is asked for.
pub(super) fn lines(c: &Canvas<'_>, parts: &[&Part], columns: usize) -> Lines {
    let asked: Vec<&&Part> = parts.iter().filter(|p| p.request.is_some()).collect();
    if let [one] = asked.as_slice() {
        let would = one.request.as_ref().map(|request| requests::would(c, request)).unwrap_or_default();
        return would.into_iter().flat_map(|(text, role)| wrapped(&text, columns, "  ", role)).collect();
    }
    let plans = &c.app.world.plans;
    let progress = plans.progress(asked.iter().filter_map(|p| p.request.as_ref()));
    let told: Vec<(&&Part, &RequestPlan)> = asked
        .into_iter()
        .filter_map(|part| match plans.of(part.request.as_ref()?) {
            Some(Said::Would(plan)) => Some((part, plan)),
            _ => None,
        })
        .collect();
    let mut lines = asking(c, parts, progress);
    lines.extend(said(c, &told, columns));
    lines
}

fn asking(c: &Canvas<'_>, parts: &[&Part], progress: Progress) -> Lines {
    let Some(source) = parts.first().map(|p| &p.source).filter(|_| progress.said < progress.of) else {
        return Lines::new();
    };
    let dots = c.look.glyph("…", "...");
    let how_far = if progress.said > 0 { format!(" ({} of {})", progress.said, progress.of) } else { String::new() };
    vec![(format!("  asking {source} what it will do with each{how_far}{dots}"), Role::Hint)]
}

fn said(c: &Canvas<'_>, told: &[(&&Part, &RequestPlan)], columns: usize) -> Lines {
    let plans: Vec<&RequestPlan> = told.iter().map(|(_, plan)| *plan).collect();
    let together = together(&plans);
    let mut lines = Lines::new();
    for (effect, n) in &together.shared {
        let whom = if *n == plans.len() { "each".to_owned() } else { format!("{n} of {}", plans.len()) };
        lines.extend(wrapped(&format!("{whom}: {}", effect.line()), columns, "  ", Role::Text));
    }
    let mut names: HashMap<&SafeText, usize> = HashMap::new();
    told.iter().flat_map(|(part, _)| &part.alerts).for_each(|one| *names.entry(&one.title).or_default() += 1);
    for ((part, _), own) in told.iter().zip(&together.own) {
        for one in &part.alerts {
            // What tells it from its siblings is said where its name does not.
            let name = if names[&one.title] == 1 { one.title.line().into_owned() } else { called(c, one) };
            lines.extend(wrapped(&named(&name, own), columns, "  ", Role::Text));
        }
    }
    for author in authors(&plans) {
        lines.push((format!("  kept there as {}", author.line()), Role::Dim));
    }
    lines
}

fn named(name: &str, own: &[SafeText]) -> String {
    let own: Vec<_> = own.iter().map(|effect| effect.line()).collect();
    if own.is_empty() { name.to_owned() } else { format!("{name}: {}", own.join("; ")) }
}

fn authors<'a>(plans: &[&'a RequestPlan]) -> Vec<&'a SafeText> {
    let mut authors: Vec<&SafeText> = plans.iter().map(|p| &p.author).filter(|a| !a.is_empty()).collect();
    authors.sort();
    authors.dedup();
    authors
}
