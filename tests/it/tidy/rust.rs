//! Just enough of Rust's syntax to find the paths in a file, and which of them stand in tests.

use std::collections::BTreeSet;

/// What the rules look at in one file.
pub struct Source {
    pub path: String,
    pub opens_with_doc: bool,
    /// Lines that are not inside `#[cfg(test)]` items.
    pub own_lines: usize,
    pub allows_without_reason: Vec<usize>,
    pub paths: Vec<Path>,
}

/// `a::b::c` with the braces of `use` spread out and `super` resolved; single names only behind `use`.
pub struct Path {
    segments: Vec<String>,
    pub line: usize,
    pub in_test: bool,
}

impl Source {
    /// The folder or file right below `src`; none for the roots of the crates.
    pub fn room(&self) -> Option<&str> {
        let inside = self.path.strip_prefix("src/")?;
        let room = inside.split('/').next()?.trim_end_matches(".rs");
        (!matches!(room, "lib" | "main")).then_some(room)
    }
}

impl Path {
    pub fn written(&self) -> String {
        self.segments.join("::")
    }

    /// The room of this crate that it leads to.
    pub fn room(&self) -> Option<&str> {
        let inside = self.segments.strip_prefix(&["crate".to_owned()])?;
        Some(inside.first().map_or("the whole crate", String::as_str))
    }

    /// Whether it starts with `crate_or_module`, or ends with it where that is a `Type::function`.
    pub fn is_of(&self, banned: &str) -> bool {
        let banned: Vec<&str> = banned.split("::").collect();
        let is_type = banned[0].starts_with(char::is_uppercase);
        if is_type { self.segments.ends_with_strs(&banned) } else { self.segments.starts_with_strs(&banned) }
    }

    pub fn names_a_colour(&self) -> bool {
        self.segments.iter().rev().skip(1).any(|s| s == "Color")
    }
}

trait Strs {
    fn starts_with_strs(&self, start: &[&str]) -> bool;
    fn ends_with_strs(&self, end: &[&str]) -> bool;
}

impl Strs for Vec<String> {
    fn starts_with_strs(&self, start: &[&str]) -> bool {
        self.len() >= start.len() && self.iter().zip(start).all(|(a, b)| a == b)
    }

    fn ends_with_strs(&self, end: &[&str]) -> bool {
        self.len() >= end.len() && self[self.len() - end.len()..].iter().zip(end).all(|(a, b)| a == b)
    }
}

pub fn read(files: &[(String, String)]) -> Vec<Source> {
    let lexed: Vec<_> = files.iter().map(|(path, text)| (path, text, marked(lex(text)))).collect();
    let test_files: BTreeSet<String> = lexed.iter().flat_map(|(path, _, tokens)| test_modules(path, tokens)).collect();
    let is_test =
        |path: &str| test_files.iter().any(|t| path == format!("{t}.rs") || path.starts_with(&format!("{t}/")));
    lexed.into_iter().map(|(path, text, tokens)| source(path, text, tokens, is_test(path))).collect()
}

fn source(path: &str, text: &str, mut tokens: Vec<Token>, test_file: bool) -> Source {
    tokens.iter_mut().for_each(|t| t.in_test |= test_file);
    let in_tests: BTreeSet<usize> = tokens.iter().filter(|t| t.in_test).map(|t| t.line).collect();
    let test_lines = if test_file { text.lines().count() } else { spans(&tokens, &in_tests) };
    Source {
        path: path.to_owned(),
        opens_with_doc: text.starts_with("//!"),
        own_lines: text.lines().count() - test_lines,
        allows_without_reason: bare_allows(&tokens),
        paths: Walk { tokens: &tokens, module: module_of(path), inner: Vec::new(), depth: 0, found: Vec::new() }.all(),
    }
}

/// Lines from the first to the last token of each run of test code, blank lines and comments between included.
fn spans(tokens: &[Token], in_tests: &BTreeSet<usize>) -> usize {
    let own: BTreeSet<usize> = tokens.iter().filter(|t| !t.in_test).map(|t| t.line).collect();
    let Some((first, last)) = in_tests.first().zip(in_tests.last()) else { return 0 };
    let mut inside = 0;
    let mut test = false;
    for line in *first..=*last {
        test = in_tests.contains(&line) || (test && !own.contains(&line));
        inside += usize::from(test);
    }
    inside
}

#[derive(Clone, Debug)]
struct Token {
    text: String,
    line: usize,
    in_test: bool,
}

fn is_name(text: &str) -> bool {
    text.starts_with(|c: char| c.is_alphabetic() || c == '_')
}

/// Names and numbers, `::`, single signs; a string is `""`, and comments are gone.
fn lex(text: &str) -> Vec<Token> {
    let mut tokens = Vec::new();
    let mut rest = text;
    let mut line = 1;
    while let Some(c) = rest.chars().next() {
        let (len, shown) = token(rest, c);
        if let Some(shown) = shown {
            tokens.push(Token { text: shown.trim_start_matches("r#").to_owned(), line, in_test: false });
        }
        line += rest[..len].matches('\n').count();
        rest = &rest[len..];
    }
    tokens
}

/// How long the next token is, and how it is kept.
fn token(rest: &str, c: char) -> (usize, Option<&str>) {
    let name_len = || {
        let from = if rest.starts_with("r#") { 2 } else { 0 };
        rest[from..].find(|c: char| !(c.is_alphanumeric() || c == '_')).map_or(rest.len(), |n| n + from)
    };
    if rest.starts_with("//") {
        return (rest.find('\n').unwrap_or(rest.len()), None);
    }
    if rest.starts_with("/*") {
        return (block_comment(rest), None);
    }
    if let Some(len) = string(rest) {
        return (len, Some("\"\""));
    }
    if c == '\'' {
        return (quote_or_lifetime(rest), None);
    }
    if c.is_alphanumeric() || c == '_' {
        return (name_len(), Some(&rest[..name_len()]));
    }
    if rest.starts_with("::") {
        return (2, Some("::"));
    }
    (c.len_utf8(), (!c.is_whitespace()).then(|| &rest[..c.len_utf8()]))
}

fn block_comment(text: &str) -> usize {
    let (mut depth, mut at) = (0, 0);
    loop {
        match (text[at..].find("/*"), text[at..].find("*/")) {
            (Some(open), Some(close)) if open < close => (depth, at) = (depth + 1, at + open + 2),
            (_, Some(close)) => (depth, at) = (depth - 1, at + close + 2),
            _ => return text.len(),
        }
        if depth == 0 {
            return at;
        }
    }
}

/// The length of a string literal of any kind.
fn string(text: &str) -> Option<usize> {
    let body = text.trim_start_matches(['b', 'c', 'r']);
    let prefix = text.len() - body.len();
    if text[..prefix].contains('r') && prefix <= 2 {
        let hashes = body.len() - body.trim_start_matches('#').len();
        let inside = body[hashes..].strip_prefix('"')?;
        let end = format!("\"{}", "#".repeat(hashes));
        return Some(inside.find(&end).map_or(text.len(), |n| prefix + hashes + 1 + n + end.len()));
    }
    let inside = body.strip_prefix('"').filter(|_| prefix <= 1)?;
    Some(prefix + 1 + closed_by(inside, b'"'))
}

/// Bytes up to and with the first unescaped `end`.
fn closed_by(inside: &str, end: u8) -> usize {
    let mut escaped = false;
    for (i, b) in inside.bytes().enumerate() {
        if !escaped && b == end {
            return i + 1;
        }
        escaped = b == b'\\' && !escaped;
    }
    inside.len()
}

fn quote_or_lifetime(text: &str) -> usize {
    let mut chars = text[1..].chars();
    match (chars.next(), chars.next()) {
        (Some('\\'), _) | (Some(_), Some('\'')) => 1 + closed_by(&text[1..], b'\''),
        _ => 1,
    }
}

/// Marks what `#[cfg(test)]` stands before, to the end of the item.
fn marked(mut tokens: Vec<Token>) -> Vec<Token> {
    let mut at = 0;
    while at < tokens.len() {
        let Some(end) = test_attribute(&tokens[at..]) else {
            at += 1;
            continue;
        };
        let whole_file = tokens[at + 1].text == "!";
        let end = if whole_file { tokens.len() } else { item_end(&tokens, at + end) };
        tokens[at..end].iter_mut().for_each(|t| t.in_test = true);
        at = end;
    }
    tokens
}

/// The number of tokens of a `#[cfg(test)]` at the start.
fn test_attribute(tokens: &[Token]) -> Option<usize> {
    let open = 1 + usize::from(tokens.get(1).is_some_and(|t| t.text == "!"));
    let starts = tokens[0].text == "#" && tokens.get(open)?.text == "[" && tokens.get(open + 1)?.text == "cfg";
    let end = open + tokens[open..].iter().position(|t| t.text == "]")?;
    let inside = || tokens[open..end].iter();
    (starts && inside().any(|t| t.text == "test") && !inside().any(|t| t.text == "not")).then_some(end + 1)
}

/// Behind the `;` or the `}` that ends the item at `at`.
fn item_end(tokens: &[Token], at: usize) -> usize {
    let mut depth = 0;
    for (i, token) in tokens.iter().enumerate().skip(at) {
        match token.text.as_str() {
            "(" | "[" | "{" => depth += 1,
            ")" | "]" | "}" => depth -= 1,
            _ => {}
        }
        if depth == 0 && matches!(token.text.as_str(), ";" | "}") {
            return i + 1;
        }
    }
    tokens.len()
}

/// Files that a `#[cfg(test)] mod name;` stands for, without their ending.
fn test_modules(path: &str, tokens: &[Token]) -> Vec<String> {
    let folder = path.trim_end_matches("/mod.rs").trim_end_matches("/lib.rs").trim_end_matches(".rs");
    let declared = tokens.windows(3).filter(|w| w[0].in_test && w[0].text == "mod" && w[2].text == ";");
    declared.map(|w| format!("{folder}/{}", w[1].text)).collect()
}

fn bare_allows(tokens: &[Token]) -> Vec<usize> {
    let is = |i: usize, text: &str| tokens.get(i).is_some_and(|t: &Token| t.text == text);
    let starts = |i: usize| is(i, "[") && (is(i + 1, "allow") || is(i + 1, "expect")) && is(i + 2, "(");
    let with_reason = |i: usize| tokens[i..].iter().take_while(|t| t.text != "]").any(|t| t.text == "reason");
    (0..tokens.len()).filter(|i| starts(*i) && !with_reason(*i)).map(|i| tokens[i].line).collect()
}

/// `src/app/world/mod.rs` is `app::world`.
fn module_of(path: &str) -> Vec<String> {
    let inside = path.trim_start_matches("src/").trim_end_matches(".rs");
    let parts = inside.split('/').filter(|p| !matches!(*p, "mod" | "lib" | "main"));
    parts.map(str::to_owned).collect()
}

/// Goes over the tokens of a file and knows in which module it is.
struct Walk<'t> {
    tokens: &'t [Token],
    module: Vec<String>,
    /// Depths at which the modules written inside the file opened.
    inner: Vec<usize>,
    depth: usize,
    found: Vec<Path>,
}

impl Walk<'_> {
    fn is(&self, at: usize, text: &str) -> bool {
        self.tokens.get(at).is_some_and(|t| t.text == text)
    }

    fn all(mut self) -> Vec<Path> {
        let mut at = 0;
        while at < self.tokens.len() {
            at = if self.starts_path(at) { self.path(at, Vec::new()) } else { self.step(at) };
        }
        self.found
    }

    fn step(&mut self, at: usize) -> usize {
        match self.tokens[at].text.as_str() {
            "mod" if self.is(at + 2, "{") => {
                self.module.push(self.tokens[at + 1].text.clone());
                self.inner.push(self.depth);
                self.depth += 1;
                return at + 3;
            }
            "{" => self.depth += 1,
            "}" => self.close(),
            _ => {}
        }
        at + 1
    }

    fn close(&mut self) {
        self.depth = self.depth.saturating_sub(1);
        if self.inner.last() == Some(&self.depth) {
            self.inner.pop();
            self.module.pop();
        }
    }

    /// A name that leads somewhere, or stands alone behind `use`; not a field, a method or the rest of another path.
    fn starts_path(&self, at: usize) -> bool {
        let before = |n: usize, text: &str| at >= n && self.is(at - n, text);
        let field = before(1, ".") && !before(2, ".");
        let continues = before(1, "::") && at >= 2 && (before(2, ">") || is_path_part(&self.tokens[at - 2].text));
        let alone = before(1, "use") || (before(1, "crate") && before(2, "extern"));
        is_name(&self.tokens[at].text) && !field && !continues && (alone || self.is(at + 1, "::"))
    }

    /// Reads a path, or a tree of them, and gives what follows it.
    fn path(&mut self, mut at: usize, mut segments: Vec<String>) -> usize {
        let line = self.tokens[at].line;
        let in_test = self.tokens[at].in_test;
        while at < self.tokens.len() && (is_name(&self.tokens[at].text) || self.is(at, "*")) {
            segments.push(self.tokens[at].text.clone());
            at += 1;
            match self.tokens.get(at + 1).map(|t| t.text.as_str()) {
                Some("{") if self.is(at, "::") => return self.tree(at + 2, &segments),
                Some("*") if self.is(at, "::") => at += 1,
                Some(next) if self.is(at, "::") && is_name(next) => at += 1,
                _ => break,
            }
        }
        let segments = self.resolved(segments);
        self.found.push(Path { segments, line, in_test });
        if self.is(at, "as") { at + 2 } else { at }
    }

    fn tree(&mut self, mut at: usize, prefix: &[String]) -> usize {
        while at < self.tokens.len() && !self.is(at, "}") {
            at = if self.is(at, ",") { at + 1 } else { self.path(at, prefix.to_vec()).max(at + 1) };
        }
        at + 1
    }

    /// From the root of the crate where it leads into this crate, as written where it does not.
    fn resolved(&self, mut segments: Vec<String>) -> Vec<String> {
        segments.retain(|s| s != "self");
        let ups = segments.iter().take_while(|s| *s == "super").count();
        if ups == 0 {
            return segments;
        }
        let base = self.module[..self.module.len().saturating_sub(ups)].iter().cloned();
        ["crate".to_owned()].into_iter().chain(base).chain(segments.into_iter().skip(ups)).collect()
    }
}

/// Whether a `::` behind it goes on with the same path.
fn is_path_part(text: &str) -> bool {
    is_name(text) && !matches!(text, "use" | "return" | "in" | "as" | "else" | "match" | "if" | "mut" | "dyn" | "impl")
}
