//! Walks a document beside the schema: unknown keys, wrong types, values out of bounds.
//!
//! Knows the schema's shapes; what belongs together (a user name and its password) is for the readers.

use super::{
    document::{Entry, Node, Table, Value},
    fault::{At, Report},
    schema::{self, Key, Kind},
};
use crate::domain::duration;

/// Reports every key and value the schema does not allow.
pub(super) fn document(root: &Table, report: &mut Report) {
    table(root, schema::ROOT, "", report);
}

/// `inside` is how an error names the table: empty, `[ack]` or `[[source]]`.
fn table(table: &Table, keys: &[Key], inside: &str, report: &mut Report) {
    for entry in &table.0 {
        match keys.iter().find(|k| k.name == entry.key) {
            Some(key) => value(&entry.node, key, report),
            None => unknown(entry, keys, inside, report),
        }
    }
}

fn unknown(entry: &Entry, keys: &[Key], inside: &str, report: &mut Report) {
    let place = if inside.is_empty() { String::new() } else { format!(" in {inside}") };
    let noun = if matches!(entry.node.value, Value::Table(_)) { "table" } else { "key" };
    let what = format!("unknown {noun} `{}`{place}", entry.key);
    let names: Vec<&str> = keys.iter().map(|k| k.name).collect();
    match (super::fault::nearest(&entry.key, &names), home_of(&entry.key)) {
        (None, Some(home)) => report.hint(entry.at, what, format!("it belongs in {home}")),
        _ => report.unknown(entry.at, &what, &entry.key, &names),
    }
}

/// The table in which this key would be right.
fn home_of(name: &str) -> Option<String> {
    schema::ROOT.iter().find_map(|key| match key.kind {
        Kind::Table(inner) if inner.iter().any(|k| k.name == name) => Some(format!("[{}]", key.name)),
        Kind::Tables(inner) if inner.iter().any(|k| k.name == name) => Some(format!("[[{}]]", key.name)),
        _ if key.name == name => Some("the top of the file, before the first table".to_owned()),
        _ => None,
    })
}

fn value(node: &Node, key: &Key, report: &mut Report) {
    match (key.kind, &node.value) {
        (Kind::Text | Kind::Secret | Kind::Path, Value::Text(text)) => not_empty(node.at, key.name, text, report),
        (Kind::Duration(min, max), Value::Text(text)) => within(node.at, key.name, text, (min, max), report),
        (Kind::Number(min, max), Value::Integer(text)) => number(node.at, key.name, text, (min, max), report),
        (Kind::Share, Value::Integer(text) | Value::Float(text)) => share(node, key.name, text, report),
        (Kind::Amount, Value::Integer(text) | Value::Float(text)) => amount(node, key.name, text, report),
        (Kind::OneOf(allowed), Value::Text(text)) => one_of(node.at, key.name, text, allowed, report),
        (Kind::List, Value::List(items)) => items.iter().for_each(|item| text_item(item, key.name, report)),
        (Kind::Table(keys), Value::Table(inner)) => table(inner, keys, &format!("[{}]", key.name), report),
        (Kind::Tables(keys), Value::List(items)) => tables(items, keys, key.name, report),
        (Kind::Headers, Value::Table(headers)) => headers.0.iter().for_each(|h| header(h, report)),
        (Kind::Texts, Value::Table(texts)) => texts.0.iter().for_each(|t| text_of(t, key.name, report)),
        (Kind::Profiles, Value::Table(profiles)) => profiles.0.iter().for_each(|p| profile(p, report)),
        (Kind::Bool, Value::Bool(_)) | (Kind::Keys, Value::Table(_)) | (Kind::Any, Value::Text(_)) => {}
        _ => wrong_type(node, key, report),
    }
}

fn profile(entry: &Entry, report: &mut Report) {
    if !super::profile::is_name(&entry.key) {
        let what = format!("`{}` cannot be the name of a profile", entry.key);
        report.hint(entry.at, what, "up to 40 letters of ASCII, digits, - and _");
    }
    match entry.node.table() {
        Some(inner) => table(inner, schema::profile_keys(), &format!("[profile.{}]", entry.key), report),
        None => report.hint(
            entry.node.at,
            format!("the profile `{}` is {}, expected a table", entry.key, entry.node.kind()),
            format!("write [profile.{}]", entry.key),
        ),
    }
}

fn tables(items: &[Node], keys: &[Key], name: &str, report: &mut Report) {
    for item in items {
        match item.table() {
            Some(inner) => table(inner, keys, &format!("[[{name}]]"), report),
            None => report.add(item.at, format!("`{name}` holds {}, not a table; write [[{name}]]", item.kind())),
        }
    }
}

fn wrong_type(node: &Node, key: &Key, report: &mut Report) {
    let wanted = match key.kind {
        Kind::Text | Kind::Any | Kind::Secret | Kind::Path => "a string",
        Kind::Duration(..) => "a duration in quotes, like \"30s\"",
        Kind::OneOf(_) => "a string",
        Kind::Number(..) => "a whole number",
        Kind::Share => "a number from 0 to 1",
        Kind::Amount => "a number above 0",
        Kind::Bool => "true or false",
        Kind::List => "a list of strings",
        Kind::Headers | Kind::Texts => "a table of strings",
        Kind::Keys | Kind::Table(_) => "a table",
        Kind::Profiles => "tables by their names",
        Kind::Tables(_) => "a list of tables",
    };
    let what = format!("`{}` is {}, expected {wanted}", key.name, node.kind());
    match key.kind {
        Kind::OneOf(allowed) => report.hint(node.at, what, format!("one of {}", allowed.join(", "))),
        Kind::Tables(_) => report.hint(node.at, what, format!("write [[{}]], with two brackets", key.name)),
        Kind::Profiles => report.hint(node.at, what, "write [profile.NAME], such as [profile.prod]"),
        Kind::Table(_) => report.hint(node.at, what, format!("write [{}]", key.name)),
        Kind::List if node.text().is_some() => report.hint(node.at, what, "put it in brackets: [\"...\"]"),
        _ => report.add(node.at, what),
    }
}

fn not_empty(at: At, name: &str, text: &str, report: &mut Report) {
    if text.trim().is_empty() {
        report.hint(at, format!("`{name}` is empty"), "leave it out instead");
    }
}

fn text_item(item: &Node, name: &str, report: &mut Report) {
    match item.text() {
        Some(text) => not_empty(item.at, name, text, report),
        None => report.add(item.at, format!("`{name}` holds {}, expected strings only", item.kind())),
    }
}

fn within(at: At, name: &str, text: &str, (min, max): (i64, i64), report: &mut Report) {
    let spell = |ms: i64| if ms % 1000 == 0 { duration::prometheus(ms / 1000) } else { format!("{ms}ms") };
    match duration::parse_ms(text) {
        Err(why) => report.add(at, why),
        Ok(ms) if ms < min => {
            report.hint(at, format!("`{name}`: {text} is too short"), format!("at least {}", spell(min)))
        }
        Ok(ms) if ms > max => {
            report.hint(at, format!("`{name}`: {text} is too long"), format!("at most {}", spell(max)))
        }
        Ok(_) => {}
    }
}

fn number(at: At, name: &str, text: &str, (min, max): (i64, i64), report: &mut Report) {
    if !text.parse().is_ok_and(|n: i64| (min..=max).contains(&n)) {
        report.hint(at, format!("`{name}` cannot be {text}"), format!("from {min} to {max}"));
    }
}

fn share(node: &Node, name: &str, text: &str, report: &mut Report) {
    if node.share().is_none() {
        report.hint(node.at, format!("`{name}` cannot be {text}"), "from 0 to 1");
    }
}

fn amount(node: &Node, name: &str, text: &str, report: &mut Report) {
    if node.amount().is_none() {
        report.hint(node.at, format!("`{name}` cannot be {text}"), "a number above 0");
    }
}

fn one_of(at: At, name: &str, text: &str, allowed: &[&str], report: &mut Report) {
    if !allowed.contains(&text) {
        report.hint(at, format!("`{name}` cannot be `{text}`"), format!("one of {}", allowed.join(", ")));
    }
}

fn text_of(entry: &Entry, name: &str, report: &mut Report) {
    if entry.node.text().is_none() {
        report.add(entry.node.at, format!("`{}` in `{name}` is {}, expected a string", entry.key, entry.node.kind()));
    }
}

/// `name = "value"` or `name = { env = "NAME" }`.
fn header(header: &Entry, report: &mut Report) {
    let from_env = |table: &Table| matches!(&table.0[..], [only] if only.key == "env" && only.node.text().is_some());
    let fine = match &header.node.value {
        Value::Text(_) => true,
        Value::Table(table) => from_env(table),
        _ => false,
    };
    if !fine {
        let what =
            format!("header `{}` is {}, expected a string or {{ env = \"NAME\" }}", header.key, header.node.kind());
        report.add(header.node.at, what);
    }
}
