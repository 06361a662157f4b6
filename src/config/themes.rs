//! The shelf: which themes there are, and where they are found. Built-in ones by their names, those in the folder `themes`
//! beside the configuration by theirs, any other by its path.
//!
//! Reads files; what stands in them is `theme_file`'s, and which one is worn the desk's.

use std::path::{Path, PathBuf};

use super::{
    fault::{ConfigError, nearest},
    theme::{Color, Role, Theme},
    theme_file::{self, Source},
};

const BUILT_IN: [(&str, &str); 8] = [
    ("terminal", include_str!("../../themes/terminal.toml")),
    ("midnight", include_str!("../../themes/midnight.toml")),
    ("daylight", include_str!("../../themes/daylight.toml")),
    ("deuteranopia", include_str!("../../themes/deuteranopia.toml")),
    ("contrast", include_str!("../../themes/contrast.toml")),
    ("solarized", include_str!("../../themes/solarized.toml")),
    ("night", include_str!("../../themes/night.toml")),
    ("mono", include_str!("../../themes/mono.toml")),
];

/// The name that stands for one of two themes, by the background of the terminal.
pub const AUTO: &str = "auto";
/// The folder of a person's own themes, beside the configuration.
pub const FOLDER: &str = "themes";
/// Files of a folder that are looked at.
const FILES: usize = 200;

/// Why there is no theme.
#[derive(Debug)]
pub(super) enum NotFound {
    /// Nothing has this name.
    Unknown { what: String, hint: String },
    /// The file is there and wrong.
    Wrong(Vec<ConfigError>),
}

/// What lies behind the text of a terminal.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ground {
    Dark,
    Light,
}

impl Ground {
    /// Of a colour, as WCAG 2.1 weighs it: dark where white is easier to read on it than black.
    pub fn of(r: u8, g: u8, b: u8) -> Self {
        if super::lab::luminance((r, g, b)) < 0.179 { Self::Dark } else { Self::Light }
    }
}

/// One theme of the shelf, or what is wrong with its file.
#[derive(Clone, Debug, PartialEq)]
pub struct Shelved {
    pub name: String,
    pub theme: Result<Theme, Vec<ConfigError>>,
}

/// What the configuration says of themes.
#[derive(Clone, Debug, PartialEq)]
pub struct Wardrobe {
    /// One of the two, by the terminal's background.
    pub auto: bool,
    pub light: Theme,
    pub dark: Theme,
    /// Every theme that a name stands for, the built-in ones first.
    pub shelf: Vec<Shelved>,
}

impl Default for Wardrobe {
    /// The built-in themes alone.
    fn default() -> Self {
        let named = |name: &str| built_in(name).unwrap_or_default();
        Self { auto: false, light: named("daylight"), dark: named("midnight"), shelf: Shelf::default().all() }
    }
}

/// Where themes are looked for.
#[derive(Clone, Debug, Default)]
pub struct Shelf {
    folders: Vec<PathBuf>,
}

impl Shelf {
    /// The folders of a person's own themes, those first that win.
    pub(super) fn new(folders: impl IntoIterator<Item = PathBuf>) -> Self {
        let mut shelf = Self::default();
        for folder in folders {
            if !shelf.folders.contains(&folder) {
                shelf.folders.push(folder);
            }
        }
        shelf
    }

    /// A theme by its name, or by the path of its file.
    pub(super) fn find(&self, name: &str, path: &Path) -> Result<Theme, NotFound> {
        let source = self.open(name, path).map_err(|(what, hint)| NotFound::Unknown { what, hint })?;
        theme_file::read(source, &|name, from| self.parent(name, from)).map_err(NotFound::Wrong)
    }

    /// Every theme that a name stands for, the built-in ones first; a file of a built-in one's name is none.
    pub fn all(&self) -> Vec<Shelved> {
        let names = Theme::built_in_names().into_iter().map(str::to_owned).chain(self.own_names());
        names.filter_map(|name| self.shelved(name)).collect()
    }

    fn shelved(&self, name: String) -> Option<Shelved> {
        let theme = match self.find(&name, Path::new("")) {
            Ok(theme) => Ok(theme),
            Err(NotFound::Wrong(errors)) => Err(errors),
            Err(NotFound::Unknown { .. }) => return None,
        };
        Some(Shelved { name, theme })
    }

    fn own_names(&self) -> Vec<String> {
        let files = self.folders.iter().filter_map(|f| std::fs::read_dir(f).ok()).flatten().filter_map(Result::ok);
        let stem = |e: std::fs::DirEntry| {
            let name = e.file_name().into_string().ok()?;
            name.strip_suffix(".toml").filter(|n| !n.starts_with('.')).map(str::to_owned)
        };
        let mut names: Vec<String> = files.filter_map(stem).filter(|n| !is_built_in(n) && n != AUTO).collect();
        names.sort();
        names.dedup();
        names.truncate(FILES);
        names
    }

    /// Beside the file that begins with it, where it is given by a path.
    fn parent(&self, name: &str, from: &Path) -> Result<Source, (String, String)> {
        self.open(name, &from.parent().unwrap_or(Path::new("")).join(name))
    }

    /// The text of a theme; what is wrong and what helps where there is none.
    fn open(&self, name: &str, path: &Path) -> Result<Source, (String, String)> {
        if let Some((name, text)) = BUILT_IN.iter().find(|(n, _)| *n == name) {
            let path = PathBuf::from(format!("themes/{name}.toml"));
            return Ok(Source { name: (*name).to_owned(), path, text: (*text).to_owned() });
        }
        let plain = !name.contains(['/', '\\']) && !name.ends_with(".toml");
        let own = self.folders.iter().map(|f| f.join(format!("{name}.toml"))).find(|p| plain && p.is_file());
        let path = match own {
            Some(path) => path,
            None if plain => return Err(self.unknown(name)),
            None => path.to_owned(),
        };
        let text = std::fs::read_to_string(&path).map_err(|e| {
            let what = format!("the theme file {} cannot be read: {e}", path.display());
            (what, format!("built in are {}", Theme::built_in_names().join(", ")))
        })?;
        let name = path.file_stem().map(|s| s.to_string_lossy().into_owned()).unwrap_or_default();
        Ok(Source { name, path, text })
    }

    fn unknown(&self, name: &str) -> (String, String) {
        let own = self.own_names();
        let names: Vec<&str> =
            Theme::built_in_names().into_iter().chain(own.iter().map(String::as_str)).chain([AUTO]).collect();
        let hint = match nearest(name, &names) {
            Some(meant) => format!("did you mean `{meant}`?"),
            None => format!("one of {}, or the path of a theme file", names.join(", ")),
        };
        (format!("no theme is called `{name}`"), hint)
    }
}

fn is_built_in(name: &str) -> bool {
    BUILT_IN.iter().any(|(n, _)| *n == name)
}

/// A test keeps all of them free of mistakes.
pub fn built_in(name: &str) -> Option<Theme> {
    if is_built_in(name) { Shelf::default().find(name, Path::new("")).ok() } else { None }
}

/// The names of the themes that are built in, the default first.
pub(super) fn built_in_names() -> Vec<&'static str> {
    BUILT_IN.iter().map(|(name, _)| *name).collect()
}

impl Theme {
    /// What it paints behind its text; none where it leaves that to the terminal.
    pub fn ground(&self) -> Option<Ground> {
        match self.style(Role::Text).bg? {
            Color::Rgb(r, g, b) => Some(Ground::of(r, g, b)),
            Color::Ansi(n @ 16..) => {
                let (r, g, b) = super::depth::fixed(n);
                Some(Ground::of(r, g, b))
            }
            Color::Default | Color::Ansi(_) => None,
        }
    }
}

#[cfg(test)]
#[path = "theme_tests.rs"]
mod tests;
