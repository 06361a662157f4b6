//! Theme files: a palette of named colours, and a style for each role made of them; a theme may begin with another's.
//!
//! Knows what is wrong in a file; where files are is the shelf's, and nothing here is drawn.

use std::path::PathBuf;

use super::{
    document::{self, Entry, Node, Table},
    fault::{At, ConfigError, Report},
    theme::{Color, Role, Style, Theme},
};

/// The terminal's palette by name, in its order; `bright-` adds eight.
const ANSI: [&str; 8] = ["black", "red", "green", "yellow", "blue", "magenta", "cyan", "white"];
const FIELDS: [&str; 6] = ["fg", "bg", "bold", "dim", "reverse", "underline"];
const TOP: [&str; 4] = ["about", "inherits", "palette", "roles"];

/// The text of a theme, and where it is.
pub(super) struct Source {
    pub(super) name: String,
    pub(super) path: PathBuf,
    pub(super) text: String,
}

/// Finds the theme that another begins with: its name, and the file that names it. What and hint where there is none.
pub(super) type Find<'a> = &'a dyn Fn(&str, &std::path::Path) -> Result<Source, (String, String)>;

/// One file of a theme, as it was read.
struct Sheet {
    path: PathBuf,
    root: Table,
    report: Report,
}

/// Reads a theme with all that it begins with; a role that none of them has is a mistake.
///
/// # Errors
/// Every mistake in every file of them, each with its place.
pub(super) fn read(source: Source, find: Find<'_>) -> Result<Theme, Vec<ConfigError>> {
    let name = source.name.clone();
    let mut sheets = chain(source, find)?;
    let about = sheets.first().and_then(|s| s.root.get("about")?.node.text()).unwrap_or_default();
    let mut theme = Theme { about: crate::domain::text::sanitise(about).replace('\n', " "), ..Theme::blank(&name) };
    // A colour that a younger file names anew is another one in the roles of the older, too.
    let mut palette = Palette::new();
    sheets.iter_mut().for_each(|sheet| palette_of(sheet, &mut palette));
    sheets.iter_mut().rev().for_each(|sheet| roles(sheet, &palette, &mut theme));
    complete(&mut sheets);
    let errors: Vec<ConfigError> = sheets.into_iter().flat_map(|s| s.report.into_errors()).collect();
    if errors.is_empty() { Ok(theme) } else { Err(errors) }
}

/// The file, the one that it begins with, and so on.
fn chain(source: Source, find: Find<'_>) -> Result<Vec<Sheet>, Vec<ConfigError>> {
    let mut sheets: Vec<Sheet> = Vec::new();
    let mut next = Some(source);
    while let Some(source) = next.take() {
        let mut sheet = sheet(source)?;
        if let Some(entry) = sheet.root.get("inherits") {
            let at = entry.node.at;
            match entry.node.text() {
                None => sheet.report.hint(at, "`inherits` is no name", "like \"midnight\""),
                Some(parent) => match find(parent, &sheet.path) {
                    Ok(older) if older.path == sheet.path || sheets.iter().any(|s| s.path == older.path) => {
                        sheet.report.hint(at, round(&sheets, &sheet, &older), "take one `inherits` out");
                    }
                    Ok(older) => next = Some(older),
                    Err((what, hint)) => sheet.report.hint(at, what, hint),
                },
            }
        }
        sheets.push(sheet);
    }
    Ok(sheets)
}

fn round(sheets: &[Sheet], last: &Sheet, again: &Source) -> String {
    let stem = |path: &PathBuf| path.file_stem().map(|s| s.to_string_lossy().into_owned()).unwrap_or_default();
    let mut names: Vec<String> = sheets.iter().chain([last]).map(|s| stem(&s.path)).collect();
    names.push(again.name.clone());
    format!("`inherits` goes round: {}", names.join(" -> "))
}

fn sheet(source: Source) -> Result<Sheet, Vec<ConfigError>> {
    let (root, syntax) = document::parse(&source.text);
    let mut report = Report::new(&source.path);
    if !syntax.is_empty() {
        syntax.iter().for_each(|e| report.add(e.at, &e.what));
        return Err(report.into_errors());
    }
    for entry in root.0.iter().filter(|e| !TOP.contains(&e.key.as_str())) {
        report.unknown(entry.at, &format!("unknown key `{}`", entry.key), &entry.key, &TOP);
    }
    for (key, wanted) in [("palette", "a table"), ("roles", "a table"), ("about", "a string")] {
        let wrong = |e: &&Entry| if key == "about" { e.node.text().is_none() } else { e.node.table().is_none() };
        if let Some(entry) = root.get(key).filter(wrong) {
            report.add(entry.node.at, format!("`{key}` is {}, expected {wanted}", entry.node.kind()));
        }
    }
    Ok(Sheet { path: source.path, root, report })
}

type Palette = Vec<(String, Color)>;

/// Adds the colours that no younger file has named.
fn palette_of(sheet: &mut Sheet, palette: &mut Palette) {
    let entries = sheet.root.get("palette").and_then(|e| e.node.table()).map(|t| &t.0[..]).unwrap_or_default();
    for entry in entries {
        // A wrong colour keeps its name, so that the roles that use it are not reported as well.
        let color = color(&entry.node, &Vec::new(), &mut sheet.report).unwrap_or(Color::Default);
        if !palette.iter().any(|(name, _)| *name == entry.key) {
            palette.push((entry.key.clone(), color));
        }
    }
}

fn names() -> Vec<&'static str> {
    Role::ALL.iter().map(|r| r.name()).collect()
}

fn roles(sheet: &mut Sheet, palette: &Palette, theme: &mut Theme) {
    let entries = sheet.root.get("roles").and_then(|e| e.node.table()).map(|t| &t.0[..]).unwrap_or_default();
    for entry in entries {
        match Role::ALL.iter().find(|r| r.name() == entry.key) {
            Some(role) => theme.styles[*role as usize] = style(&entry.node, palette, &mut sheet.report),
            None => sheet.report.unknown(entry.at, &format!("unknown role `{}`", entry.key), &entry.key, &names()),
        }
    }
}

/// A theme that begins with no other has every role.
fn complete(sheets: &mut [Sheet]) {
    let Some(oldest) = sheets.last_mut().filter(|s| s.root.get("inherits").is_none()) else { return };
    let has = |name: &&str| oldest.root.get("roles").and_then(|e| e.node.table()?.get(name)).is_some();
    let missing: Vec<&str> = names().into_iter().filter(|name| !has(name)).collect();
    if !missing.is_empty() {
        let at = oldest.root.get("roles").map_or(At { line: 1, col: 1 }, |e| e.at);
        let what = format!("no style for {}", missing.join(", "));
        oldest.report.hint(at, what, "or begin with `inherits = \"terminal\"`");
    }
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
