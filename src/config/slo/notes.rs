//! What is found wrong while one document is read, and mappings that are read by the keys their format knows.
//!
//! A key that nobody knows is told with the one that was probably meant. Knows no format.

use super::{
    super::fault,
    problem::Problem,
    yaml::{Node, Value},
};

/// Problems keep something from being counted as it was meant; warnings do not.
#[derive(Debug, Default)]
pub(super) struct Notes {
    /// How the document is named in its problems, like: SLO `checkout`.
    owner: String,
    pub problems: Vec<Problem>,
    pub warnings: Vec<Problem>,
}

/// The name that was probably meant: capitals count for nothing, then the nearest.
pub(super) fn nearest<'a>(name: &str, known: &[&'a str]) -> Option<&'a str> {
    let lower: Vec<String> = known.iter().map(|k| k.to_lowercase()).collect();
    let same = lower.iter().position(|k| *k == name.to_lowercase());
    let near = || {
        let lower: Vec<&str> = lower.iter().map(String::as_str).collect();
        let found = fault::nearest(name, &lower)?;
        lower.iter().position(|k| *k == found)
    };
    same.or_else(near).map(|at| known[at])
}

/// A mapping and the keys its format knows in it.
#[derive(Clone, Copy)]
pub(super) struct Map<'a> {
    pub node: &'a Node,
    pub name: &'static str,
    keys: &'static [&'static str],
}

impl<'a> Map<'a> {
    pub fn get(&self, key: &str) -> Option<&'a Node> {
        self.node.get(key)
    }

    pub fn line(&self) -> u32 {
        self.node.line
    }
}

impl Notes {
    /// Who the problems are about from here on.
    pub fn call(&mut self, owner: String) {
        self.owner = owner;
    }

    /// Adds a problem and answers nothing, as the reader then has nothing.
    pub fn wrong<T>(&mut self, line: u32, what: impl AsRef<str>, hint: impl AsRef<str>) -> Option<T> {
        self.problems.push(Problem::new(line, self.owned(what.as_ref())).hint(hint));
        None
    }

    pub fn warn(&mut self, line: u32, what: impl AsRef<str>, hint: impl AsRef<str>) {
        self.warnings.push(Problem::new(line, self.owned(what.as_ref())).hint(hint));
    }

    fn owned(&self, what: &str) -> String {
        if self.owner.is_empty() { what.to_owned() } else { format!("{}: {what}", self.owner) }
    }

    /// The node as a mapping; warns of keys that are not among `keys`. `name` is how it is called in words.
    pub fn map<'a>(&mut self, node: &'a Node, name: &'static str, keys: &'static [&'static str]) -> Option<Map<'a>> {
        let Value::Map(fields) = &node.value else {
            return self.wrong(node.line, format!("{name} is {}, not a mapping", node.kind()), "");
        };
        for field in fields.iter().filter(|f| !keys.contains(&f.key.as_str()) && !f.key.starts_with("x-")) {
            let hint = match nearest(&field.key, keys) {
                Some(meant) => format!("did you mean `{meant}`?"),
                None => format!("known: {}", keys.join(", ")),
            };
            self.warn(field.line, format!("unknown key `{}` in {name}, it is ignored", field.key), hint);
        }
        Some(Map { node, name, keys })
    }

    /// A field that must be there; where it is not, the key that was probably meant is the mistake.
    pub fn need<'a>(&mut self, map: &Map<'a>, key: &str, hint: &str) -> Option<&'a Node> {
        if let Some(node) = map.get(key) {
            return Some(node);
        }
        let Value::Map(fields) = &map.node.value else { return None };
        if let Some(empty) = fields.iter().find(|f| f.key == key) {
            return self.wrong(empty.line, format!("`{key}` is empty"), hint);
        }
        let strange = fields.iter().filter(|f| !map.keys.contains(&f.key.as_str()));
        for field in strange {
            if nearest(&field.key, &[key]).is_some() {
                let what = format!("unknown key `{}` in {}", field.key, map.name);
                return self.wrong(field.line, what, format!("did you mean `{key}`?"));
            }
        }
        self.wrong(map.line(), format!("{} has no `{key}`", map.name), hint)
    }

    /// The text of a field that must be there.
    pub fn need_text<'a>(&mut self, map: &Map<'a>, key: &str, hint: &str) -> Option<&'a str> {
        let node = self.need(map, key, hint)?;
        self.text(node, key)
    }

    /// The text of a field, where it is there.
    pub fn may_text<'a>(&mut self, map: &Map<'a>, key: &str) -> Option<&'a str> {
        let node = map.get(key)?;
        self.text(node, key)
    }

    /// A node as a text with something in it.
    pub fn text<'a>(&mut self, node: &'a Node, key: &str) -> Option<&'a str> {
        match node.text() {
            Some(text) => Some(text),
            None if matches!(node.value, Value::Text(_)) => self.wrong(node.line, format!("`{key}` is empty"), ""),
            None => self.wrong(node.line, format!("`{key}` is {}, not a text", node.kind()), ""),
        }
    }

    /// A truth value, `false` where there is none.
    pub fn truth(&mut self, map: &Map<'_>, key: &str) -> bool {
        let Some(node) = map.get(key) else { return false };
        node.truth().unwrap_or_else(|| {
            self.wrong::<()>(node.line, format!("`{key}` is neither true nor false"), "");
            false
        })
    }

    /// What was told as a problem need not be told as a warning too.
    pub fn settled(mut self) -> Self {
        let problems = &self.problems;
        self.warnings.retain(|w| !problems.iter().any(|p| p.line == w.line));
        self
    }
}
