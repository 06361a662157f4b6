//! `[silence]` and `[[silence_template]]`: filters, matchers and ends are read here, so that a mistake is known at the start.

use super::{
    document::{Node, Table},
    fault::{At, Report},
    layers::Layers,
};
use crate::domain::{
    Time, duration,
    filter::Filter,
    silence::{
        check,
        end::{self, Zone},
        rules::{Guard, Rules, Template},
    },
};

/// Reports filters, matchers and ends that are none, and a name that is given twice.
pub(super) fn judge(layers: Layers<'_>, report: &mut Report) {
    for (at, text) in filters(layers) {
        if let Err(error) = Filter::parse(text) {
            report.add(at, format!("`{text}` is no filter: {error}"));
        }
    }
    let mut names: Vec<&str> = Vec::new();
    for table in templates(layers) {
        judge_template(table, report);
        if let Some((at, name)) = text(table, "name") {
            if names.contains(&name) {
                report.add(at, format!("a template named `{name}` stands before this one"));
            }
            names.push(name);
        }
    }
    for item in items(layers).filter(|item| item.table().is_some_and(|t| text(t, "name").is_none())) {
        report.add(item.at, "this [[silence_template]] has no `name`");
    }
}

fn judge_template(table: &Table, report: &mut Report) {
    match text(table, "matchers") {
        None => report.add(table.0.first().map(|e| e.at).unwrap_or_default(), "this template has no `matchers`"),
        Some((at, written)) => {
            if let Err(why) = check::read(written).and_then(|m| check::matchers(&m)) {
                report.add(at, format!("`matchers`: {}", why.lines().last().unwrap_or_default().trim()));
            }
        }
    }
    if let Some((at, written)) = text(table, "for")
        && let Err(why) = end::parse(written, Time::UNIX_EPOCH, &Zone::UTC)
        && !why.contains("five years")
    {
        report.add(at, why);
    }
}

/// None only where a default is missing; what was reported is left out.
pub(super) fn read(layers: Layers<'_>) -> Option<Rules> {
    let length = |key: &str| layers.read(&["silence", key], |n| duration::parse(n.text()?).ok());
    let least = |key: &str| layers.read(&["silence", key], |n| duration::parse_ms(n.text()?).ok());
    let alerts = layers.read(&["silence", "guard_alerts"], Node::integer)?;
    Some(Rules {
        lasts: length("lasts")?,
        extend_by: length("extend_by"),
        ends_soon: chrono::Duration::milliseconds(least("ends_soon")?),
        comment_required: layers.read(&["silence", "comment_required"], Node::bool)?,
        guard: Guard {
            share: layers.read(&["silence", "guard_share"], Node::share)?,
            alerts: usize::try_from(alerts).unwrap_or(0),
            filters: filters(layers).into_iter().filter_map(|(_, text)| Filter::parse(text).ok()).collect(),
        },
        templates: templates(layers).filter_map(template).collect(),
        zone: Zone::default(),
    })
}

fn template(table: &Table) -> Option<Template> {
    let written = |key: &str| text(table, key).map(|(_, t)| t.to_owned());
    Some(Template {
        name: written("name")?,
        matchers: check::read(&written("matchers")?).ok()?,
        lasts: written("for").unwrap_or_default(),
        comment: written("comment").unwrap_or_default(),
    })
}

fn filters(layers: Layers<'_>) -> Vec<(At, &str)> {
    layers.get(&["silence", "guard_filters"]).map(|(node, _)| node.texts()).unwrap_or_default()
}

fn items(layers: Layers<'_>) -> impl Iterator<Item = &Node> {
    layers.file.get("silence_template").and_then(|e| e.node.list()).unwrap_or_default().iter()
}

fn templates(layers: Layers<'_>) -> impl Iterator<Item = &Table> {
    items(layers).filter_map(Node::table)
}

fn text<'a>(table: &'a Table, key: &str) -> Option<(At, &'a str)> {
    let node = &table.get(key)?.node;
    Some((node.at, node.text()?))
}
