//! The manual's table of options is the schema's. `UPDATE=1` writes it anew.

use std::{fs, path::Path};

use watchfire::{
    config::schema::{self, Absent, Key, Kind},
    domain::duration,
};

fn spell(ms: i64) -> String {
    if ms % 1000 == 0 { duration::prometheus(ms / 1000) } else { format!("{ms}ms") }
}

fn wanted(kind: Kind) -> String {
    match kind {
        Kind::Text | Kind::Any => "text".into(),
        Kind::Secret => "a secret".into(),
        Kind::Path => "a path".into(),
        Kind::Bool => "true or false".into(),
        Kind::Duration(min, max) => format!("{} to {}", spell(min), spell(max)),
        Kind::Number(min, max) => format!("{min} to {max}"),
        Kind::Share => "0 to 1".into(),
        Kind::Amount => "above 0".into(),
        Kind::OneOf(words) => words.iter().map(|w| format!("`{w}`")).collect::<Vec<_>>().join(", "),
        Kind::List => "a list of texts".into(),
        Kind::Headers | Kind::Texts => "a table of texts".into(),
        Kind::Keys => "a table of keys".into(),
        Kind::Table(_) | Kind::Tables(_) | Kind::Profiles => String::new(),
    }
}

fn default(schema: &serde_json::Value, key: &Key) -> String {
    let told = || Some(schema.get(key.name)?.get("default")?.to_string());
    match key.absent {
        Absent::Mistake => "must be given".into(),
        Absent::Default => told().map(|text| format!("`{text}`")).unwrap_or_default(),
        Absent::Nothing => String::new(),
    }
}

fn table(out: &mut String, title: &str, doc: &str, keys: &[Key], schema: &serde_json::Value) {
    let rows: Vec<&Key> =
        keys.iter().filter(|k| !matches!(k.kind, Kind::Table(_) | Kind::Tables(_) | Kind::Profiles)).collect();
    if !rows.is_empty() {
        out.push_str(&format!(
            "\n### {title}\n\n{doc}\n\n| option | value | default | what it is |\n|---|---|---|---|\n"
        ));
    }
    let safe = |text: &str| text.replace('|', "\\|");
    for key in rows {
        let cells = [format!("`{}`", key.name), wanted(key.kind), default(schema, key), key.doc.to_owned()];
        out.push_str(&format!("| {} |\n", cells.map(|c| safe(&c)).join(" | ")));
    }
    for key in keys {
        let path = title.trim_matches(|c| matches!(c, '`' | '[' | ']'));
        let path = if path.starts_with("At the top") { key.name.to_owned() } else { format!("{path}.{}", key.name) };
        match key.kind {
            Kind::Table(inner) => table(out, &format!("`[{path}]`"), key.doc, inner, &schema[key.name]["properties"]),
            Kind::Tables(inner) => {
                table(out, &format!("`[[{path}]]`"), key.doc, inner, &schema[key.name]["items"]["properties"]);
            }
            Kind::Profiles => table(out, "`[profile.NAME]`", key.doc, schema::PROFILE, &serde_json::Value::Null),
            _ => {}
        }
    }
}

#[test]
fn the_manual_names_every_option_with_its_bounds_and_its_default() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("assets/manual/configuration.md");
    let text = fs::read_to_string(&path).unwrap();
    let (before, rest) = text.split_once("<!-- options -->\n").unwrap();
    let (_, after) = rest.split_once("<!-- /options -->").unwrap();
    let mut options = String::new();
    let schema = schema::json();
    table(&mut options, "At the top of the file", "Before the first table.", schema::ROOT, &schema["properties"]);
    let wanted = format!("{before}<!-- options -->\n{options}\n<!-- /options -->{after}");
    if std::env::var_os("UPDATE").is_some() {
        fs::write(&path, wanted).unwrap();
        return;
    }
    assert!(text == wanted, "the manual is not current: run UPDATE=1 cargo test --test it settings");
}

#[test]
fn the_readme_leads_to_the_manual() {
    let readme = fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("README.md")).unwrap();
    assert!(readme.contains("(assets/manual/configuration.md)"));
}
