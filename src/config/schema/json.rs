//! The table of keys as a JSON Schema (2020-12), for editors and other programs: shapes, bounds, defaults, sentences.
//!
//! Refuses to say what no shape can: that a name is unique, that a file is there, that a filter can be read.

use serde_json::{Map, Value, json};

use super::{Absent, Key, Kind, PROFILE, ROOT};
use crate::{
    config::{
        command::Command,
        document::{Node, Table, Value as Toml},
        layers,
    },
    domain::duration,
};

/// The address of the dialect.
const DIALECT: &str = "https://json-schema.org/draft/2020-12/schema";

/// The schema of `config.toml`.
pub fn json() -> Value {
    let (base, _) = layers::defaults();
    let mut root = object(ROOT, Some(&base));
    let text = json!({ "type": "string", "pattern": "\\S" });
    let keys = json!({ "anyOf": [
        { "type": "string" },
        { "type": "array", "items": { "type": "string" } },
        { "type": "object", "additionalProperties": { "$ref": "#/$defs/keys" } },
    ] });
    if let Value::Object(root) = &mut root {
        root.insert("$schema".into(), DIALECT.into());
        root.insert("title".into(), "The configuration of Watchfire".into());
        root.insert("$defs".into(), json!({ "text": text, "keys": keys, "profile": profile() }));
    }
    root
}

/// A profile has the keys of the file, which are said once, and its own.
fn profile() -> Value {
    let own = PROFILE.iter().map(|k| (k.name.to_owned(), value(k, None)));
    let shared = ROOT.iter().filter(|k| k.name != "profile");
    let shared = shared.map(|k| (k.name.to_owned(), json!({ "$ref": format!("#/properties/{}", k.name) })));
    let properties: Map<String, Value> = own.chain(shared).collect();
    json!({ "type": "object", "properties": properties, "additionalProperties": false })
}

fn object(keys: &[Key], defaults: Option<&Table>) -> Value {
    let default = |key: &Key| defaults.and_then(|d| d.get(key.name)).map(|e| &e.node);
    let properties: Map<String, Value> = keys.iter().map(|k| (k.name.to_owned(), value(k, default(k)))).collect();
    json!({ "type": "object", "properties": properties, "additionalProperties": false })
}

/// One of several: what it may not leave out it may not leave out. A table of which there is one may be empty.
fn item(name: &str, keys: &[Key]) -> Value {
    let mut object = object(keys, Some(&layers::example(name, keys)));
    let required: Vec<&str> = keys.iter().filter(|k| k.absent == Absent::Mistake).map(|k| k.name).collect();
    object["required"] = json!(required);
    object
}

fn value(key: &Key, default: Option<&Node>) -> Value {
    let mut schema = shape(key, default);
    schema["description"] = described(key).into();
    if let Some(default) = default.filter(|_| key.absent == Absent::Default) {
        schema["default"] = plain(default);
    }
    schema
}

/// What no pattern says is said in words.
fn described(key: &Key) -> String {
    let spell = |ms: i64| if ms % 1000 == 0 { duration::prometheus(ms / 1000) } else { format!("{ms}ms") };
    match key.kind {
        Kind::Duration(0, max) => format!("{} At most {}.", key.doc, spell(max)),
        Kind::Duration(min, max) => format!("{} From {} to {}.", key.doc, spell(min), spell(max)),
        Kind::Secret => format!("{} A secret.", key.doc),
        _ => key.doc.to_owned(),
    }
}

fn shape(key: &Key, default: Option<&Node>) -> Value {
    let text = || json!({ "$ref": "#/$defs/text" });
    match key.kind {
        Kind::Text | Kind::Secret | Kind::Path => text(),
        Kind::Any => json!({ "type": "string" }),
        Kind::Bool => json!({ "type": "boolean" }),
        Kind::Duration(..) => json!({ "type": "string", "pattern": "^(0|([0-9]+(ms|[ywdhms]))+)$" }),
        Kind::Number(min, max) => json!({ "type": "integer", "minimum": min, "maximum": max }),
        Kind::Share => json!({ "type": "number", "minimum": 0, "maximum": 1 }),
        Kind::Amount => json!({ "type": "number", "exclusiveMinimum": 0 }),
        Kind::OneOf(words) => json!({ "enum": words }),
        Kind::List => json!({ "type": "array", "items": text() }),
        Kind::Texts => json!({ "type": "object", "additionalProperties": { "type": "string" } }),
        Kind::Headers => headers(),
        Kind::Keys => bindings(),
        Kind::Table(keys) => object(keys, default.and_then(Node::table)),
        Kind::Tables(keys) => json!({ "type": "array", "items": item(key.name, keys) }),
        Kind::Profiles => json!({
            "type": "object",
            "propertyNames": { "pattern": "^[A-Za-z0-9_-]{1,40}$" },
            "additionalProperties": { "$ref": "#/$defs/profile" },
        }),
    }
}

fn headers() -> Value {
    let from_env = json!({
        "type": "object",
        "properties": { "env": { "type": "string" } },
        "required": ["env"],
        "additionalProperties": false,
    });
    json!({ "type": "object", "additionalProperties": { "anyOf": [{ "type": "string" }, from_env] } })
}

/// Each command by its name, so that an editor can offer them, and the same as tables within tables.
fn bindings() -> Value {
    let one = |c: &Command| (c.name().to_owned(), json!({ "$ref": "#/$defs/keys", "description": c.help() }));
    let commands: Map<String, Value> = Command::ALL.iter().map(one).collect();
    json!({ "type": "object", "properties": commands, "additionalProperties": { "$ref": "#/$defs/keys" } })
}

fn plain(node: &Node) -> Value {
    match &node.value {
        Toml::Text(text) | Toml::Date(text) => json!(text),
        Toml::Integer(text) | Toml::Float(text) => {
            text.parse().map_or_else(|_| json!(text), |n: serde_json::Number| json!(n))
        }
        Toml::Bool(b) => json!(b),
        Toml::List(items) => items.iter().map(plain).collect(),
        Toml::Table(table) => table.0.iter().map(|e| (e.key.clone(), plain(&e.node))).collect(),
    }
}
