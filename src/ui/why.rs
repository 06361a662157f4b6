//! Why an alert paged or did not, in its detail: the sentence first, then the way there.

use crate::{
    app::{
        App,
        world::why::{Read, Why},
    },
    config::theme::Role,
    domain::{
        Time,
        alert::AlertId,
        duration,
        matcher::Matcher,
        routing::{
            route::{GroupBy, Options},
            verdict::{Branch, Cause, Mute, StepTold, clock},
        },
    },
};

use super::detail::Sheet;

pub(crate) fn section(sheet: &mut Sheet, app: &App, id: &AlertId) {
    let Some(study) = app.world.studied.as_ref().filter(|s| &s.id == id) else { return };
    if study.why.is_empty() {
        return;
    }
    sheet.head("why it paged, or did not");
    for why in &study.why {
        answer(sheet, why, app.now);
    }
}

fn answer(sheet: &mut Sheet, why: &Why, now: Time) {
    let verdict = why.verdict(now);
    let role = if verdict.starts_with("UNKNOWN") { Role::ErrorText } else { Role::Text };
    sheet.text(&verdict, role);
    for (name, value) in lines(why, now) {
        sheet.pair(&name, &value);
    }
    sheet.text(&why.origin(now), Role::Hint);
}

/// The way there as names and values: for the detail and for a command's table.
pub fn lines(why: &Why, now: Time) -> Vec<(String, String)> {
    let mut lines = Vec::new();
    for branch in &why.branches {
        lines.extend(branch_lines(branch, now));
    }
    if let Read::At(_, problems) = &why.read {
        lines.extend(problems.iter().map(|p| ("not read".to_owned(), p.clone())));
    }
    lines
}

fn branch_lines(branch: &Branch, now: Time) -> Vec<(String, String)> {
    let line = |name: &str, value: String| (name.to_owned(), value);
    let route = branch.steps.iter().map(step).collect::<Vec<_>>().join(" > ");
    let mut lines = vec![line("route", route), line("receiver", receiver(branch)), line("group", group(branch))];
    lines.push(line("timing", timing(&branch.options)));
    if let Some(again) = branch.again(now) {
        lines.push(line("again", format!("not before {}, unless the group changes", clock(again, now))));
    }
    for mute in &branch.mutes {
        lines.push(line("mute", mute_words(mute, now)));
    }
    lines
}

fn step(step: &StepTold) -> String {
    let passed = match step.passed {
        0 => String::new(),
        1 => " (1 before it does not match)".to_owned(),
        n => format!(" ({n} before it do not match)"),
    };
    let on = if step.goes_on { " (continue)" } else { "" };
    let matchers =
        if step.matchers.is_empty() { "all".to_owned() } else { format!("{{{}}}", step.matchers.join(", ")) };
    format!("{matchers}{passed}{on}")
}

fn receiver(branch: &Branch) -> String {
    let name = branch.options.receiver.line();
    match &branch.kinds {
        None => format!("{name} (not in the configuration)"),
        Some(kinds) if kinds.is_empty() => format!("{name} (no integration: it tells nobody)"),
        Some(kinds) => format!("{name} ({})", kinds.iter().map(|k| k.line()).collect::<Vec<_>>().join(", ")),
    }
}

fn group(branch: &Branch) -> String {
    let size = if branch.size == 1 { "1 alert".to_owned() } else { format!("{} alerts", branch.size) };
    let key = match &branch.options.group_by {
        GroupBy::All => "every label".to_owned(),
        _ if branch.group.is_empty() => "all alerts of the route".to_owned(),
        _ => {
            let pairs = branch.group.iter().map(|(n, v)| Matcher::equal(n.raw(), v.raw()).to_string());
            format!("{{{}}}", pairs.collect::<Vec<_>>().join(", "))
        }
    };
    format!("{key}, {size} in it now")
}

fn timing(options: &Options) -> String {
    let length = |d: chrono::Duration| duration::prometheus(d.num_seconds());
    format!(
        "group_wait {}, group_interval {}, repeat_interval {}",
        length(options.group_wait),
        length(options.group_interval),
        length(options.repeat_interval)
    )
}

fn mute_words(mute: &Mute, now: Time) -> String {
    let since = if mute.from <= now { "since" } else { "from" };
    let rule = match &mute.why {
        Cause::Inhibition { rule: Some(rule), .. } => format!("; rule: {rule}"),
        _ => String::new(),
    };
    format!("{}, {since} {}{rule}", mute.words(now), clock(mute.from, now))
}
