//! Theme files: a palette of named colours, and a style for each role made of them.
//!
//! Knows where the files are and what is wrong in them; nothing of drawing.

use std::path::{Path, PathBuf};

use super::{
    document::{self, Entry, Node, Table},
    fault::{At, ConfigError, Report},
    theme::{Color, Role, Style, Theme},
};

pub(super) const BUILT_IN: [(&str, &str); 8] = [
    ("terminal", include_str!("../../themes/terminal.toml")),
    ("midnight", include_str!("../../themes/midnight.toml")),
    ("daylight", include_str!("../../themes/daylight.toml")),
    ("deuteranopia", include_str!("../../themes/deuteranopia.toml")),
    ("contrast", include_str!("../../themes/contrast.toml")),
    ("solarized", include_str!("../../themes/solarized.toml")),
    ("night", include_str!("../../themes/night.toml")),
    ("mono", include_str!("../../themes/mono.toml")),
];

/// The terminal's palette by name, in its order; `bright-` adds eight.
const ANSI: [&str; 8] = ["black", "red", "green", "yellow", "blue", "magenta", "cyan", "white"];
const FIELDS: [&str; 6] = ["fg", "bg", "bold", "dim", "reverse", "underline"];
const TOP: [&str; 3] = ["inherits", "palette", "roles"];

/// Why there is no theme.
#[derive(Debug)]
pub(super) enum NotFound {
    /// Nothing has this name.
    Unknown { what: String, hint: String },
    /// The file is there and wrong.
    Wrong(Vec<ConfigError>),
}

/// A built-in theme by its name, or the theme file at a path.
pub(super) fn find(name: &str, path: &Path) -> Result<Theme, NotFound> {
    if let Some(theme) = built_in(name) {
        return Ok(theme);
    }
    let names = Theme::built_in_names();
    if !name.contains(['/', '\\']) && !name.ends_with(".toml") {
        let hint = match super::fault::nearest(name, &names) {
            Some(meant) => format!("did you mean `{meant}`?"),
            None => format!("one of {}, or the path of a theme file", names.join(", ")),
        };
        return Err(NotFound::Unknown { what: format!("no theme is called `{name}`"), hint });
    }
    let text = std::fs::read_to_string(path).map_err(|e| {
        let what = format!("the theme file {} cannot be read: {e}", path.display());
        NotFound::Unknown { what, hint: format!("built in are {}", names.join(", ")) }
    })?;
    let stem = path.file_stem().map(|s| s.to_string_lossy().into_owned()).unwrap_or_default();
    parse(&stem, &text, path).map_err(NotFound::Wrong)
}

/// A test keeps all of them free of mistakes.
pub(super) fn built_in(name: &str) -> Option<Theme> {
    let (name, text) = BUILT_IN.iter().find(|(n, _)| *n == name)?;
    parse(name, text, &PathBuf::from(format!("themes/{name}.toml"))).ok()
}

/// Reads a theme; a role that is left out is a mistake unless the theme `inherits` another.
pub(super) fn parse(name: &str, text: &str, path: &Path) -> Result<Theme, Vec<ConfigError>> {
    let (root, syntax) = document::parse(text);
    let mut report = Report::new(path);
    if !syntax.is_empty() {
        syntax.iter().for_each(|e| report.add(e.at, &e.what));
        return Err(report.into_errors());
    }
    for entry in root.0.iter().filter(|e| !TOP.contains(&e.key.as_str())) {
        report.unknown(entry.at, &format!("unknown key `{}`", entry.key), &entry.key, &TOP);
    }
    let inherited = inherited(&root, &mut report);
    let palette = palette(&root, &mut report);
    let theme = roles(name, &root, &palette, inherited, &mut report);
    if report.errors.is_empty() { Ok(theme) } else { Err(report.into_errors()) }
}

fn inherited(root: &Table, report: &mut Report) -> Option<Theme> {
    let node = &root.get("inherits")?.node;
    let theme = node.text().and_then(built_in);
    if theme.is_none() {
        report.hint(
            node.at,
            "`inherits` names no built-in theme",
            format!("one of {}", Theme::built_in_names().join(", ")),
        );
    }
    theme
}

type Palette = Vec<(String, Color)>;

fn palette(root: &Table, report: &mut Report) -> Palette {
    let Some(entry) = root.get("palette") else { return Vec::new() };
    let Some(table) = entry.node.table() else {
        report.add(entry.node.at, format!("`palette` is {}, expected a table", entry.node.kind()));
        return Vec::new();
    };
    // A wrong colour keeps its name, so that the roles that use it are not reported as well.
    let color = |e: &Entry| (e.key.clone(), color(&e.node, &Vec::new(), report).unwrap_or(Color::Default));
    table.0.iter().map(color).collect()
}

fn roles(name: &str, root: &Table, palette: &Palette, inherited: Option<Theme>, report: &mut Report) -> Theme {
    let complete = root.get("inherits").is_some();
    let mut theme = Theme { name: name.to_owned(), ..inherited.unwrap_or_else(|| Theme::blank(name)) };
    let table = root.get("roles").and_then(|e| e.node.table());
    let at = root.get("roles").map(|e| e.at).unwrap_or(At { line: 1, col: 1 });
    let names: Vec<&str> = Role::ALL.iter().map(|r| r.name()).collect();
    for entry in table.map(|t| &t.0[..]).unwrap_or_default() {
        match Role::ALL.iter().find(|r| r.name() == entry.key) {
            Some(role) => theme.styles[*role as usize] = style(&entry.node, palette, report),
            None => report.unknown(entry.at, &format!("unknown role `{}`", entry.key), &entry.key, &names),
        }
    }
    let missing: Vec<&str> = names.into_iter().filter(|n| table.is_none_or(|t| t.get(n).is_none())).collect();
    if !complete && !missing.is_empty() {
        report.hint(at, format!("no style for {}", missing.join(", ")), "or begin with `inherits = \"terminal\"`");
    }
    theme
}

/// `role = "colour"` or `role = { fg = "colour", bold = true }`.
fn style(node: &Node, palette: &Palette, report: &mut Report) -> Style {
    let Some(table) = node.table() else {
        return Style { fg: color(node, palette, report), ..Style::default() };
    };
    let mut style = Style::default();
    for entry in &table.0 {
        match entry.key.as_str() {
            "fg" => style.fg = color(&entry.node, palette, report),
            "bg" => style.bg = color(&entry.node, palette, report),
            "bold" => style.bold = flag(entry, report),
            "dim" => style.dim = flag(entry, report),
            "reverse" => style.reverse = flag(entry, report),
            "underline" => style.underline = flag(entry, report),
            other => report.unknown(entry.at, &format!("unknown key `{other}` of a style"), other, &FIELDS),
        }
    }
    style
}

fn flag(entry: &Entry, report: &mut Report) -> bool {
    let flag = entry.node.bool();
    if flag.is_none() {
        report.add(entry.node.at, format!("`{}` is {}, expected true or false", entry.key, entry.node.kind()));
    }
    flag.unwrap_or_default()
}

fn color(node: &Node, palette: &Palette, report: &mut Report) -> Option<Color> {
    let Some(text) = node.text() else {
        report.hint(node.at, format!("a colour is a string, not {}", node.kind()), "like \"#ff8800\" or \"red\"");
        return None;
    };
    let known = palette.iter().find(|(name, _)| name == text).map(|(_, color)| *color);
    let color = known.or_else(|| hex(text)).or_else(|| named(text));
    if color.is_none() {
        let names: Vec<&str> = palette.iter().map(|(name, _)| name.as_str()).chain(ANSI).collect();
        let meant = super::fault::nearest(text, &names).map(|n| format!("did you mean `{n}`?"));
        let forms = || "a colour is #rrggbb, default, red, bright-red, ansi-208, or a name of the palette".to_owned();
        report.hint(node.at, format!("unknown colour `{text}`"), meant.unwrap_or_else(forms));
    }
    color
}

fn hex(text: &str) -> Option<Color> {
    let digits = text.strip_prefix('#').filter(|d| d.len() == 6 && d.bytes().all(|b| b.is_ascii_hexdigit()))?;
    let [_, r, g, b] = u32::from_str_radix(digits, 16).ok()?.to_be_bytes();
    Some(Color::Rgb(r, g, b))
}

fn named(text: &str) -> Option<Color> {
    if text == "default" {
        return Some(Color::Default);
    }
    if let Some(number) = text.strip_prefix("ansi-") {
        return number.parse().ok().map(Color::Ansi);
    }
    let (name, add) = text.strip_prefix("bright-").map_or((text, 0), |name| (name, 8));
    let index = ANSI.iter().position(|n| *n == name)?;
    u8::try_from(index + add).ok().map(Color::Ansi)
}

#[cfg(test)]
#[path = "theme_tests.rs"]
mod tests;
