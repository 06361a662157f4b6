//! `[ui]`'s themes: the one to begin with, the two that `auto` chooses from, and all that can be worn instead.
//!
//! Decides which names are asked for; where files are is the shelf's.

use std::path::PathBuf;

use super::{
    fault::{At, ConfigError, Report},
    read::Reader,
    theme::Theme,
    themes::{AUTO, FOLDER, NotFound, Shelf, Wardrobe},
    types::Found,
};

/// The name that is asked for: the flag's, else the file's.
pub(super) fn name(reader: &Reader<'_>) -> Option<String> {
    reader.request.flags.theme.clone().or_else(|| reader.text(&["ui", "theme"]))
}

/// The theme to begin with, and what else there is; none where a mistake was told.
pub(super) fn read(
    reader: &Reader<'_>,
    found: &Found,
    report: &mut Report,
    elsewhere: &mut Vec<ConfigError>,
) -> Option<(Theme, Wardrobe)> {
    let shelf = Shelf::new(folders(reader, found));
    let name = name(reader)?;
    let auto = name == AUTO;
    let theme = match (auto, &reader.request.flags.theme) {
        (true, _) => Some(Theme::default()),
        (false, Some(_)) => of_flag(&shelf, &name, elsewhere),
        (false, None) => of_file(reader, &shelf, "theme", (report, elsewhere)),
    };
    let light = of_file(reader, &shelf, "theme_light", (report, elsewhere));
    let dark = of_file(reader, &shelf, "theme_dark", (report, elsewhere));
    // One wrong file may have been named twice.
    elsewhere.dedup();
    Some((theme?, Wardrobe { auto, light: light?, dark: dark?, shelf: shelf.all() }))
}

/// Beside the configuration that was read, and in the usual place.
fn folders(reader: &Reader<'_>, found: &Found) -> Vec<PathBuf> {
    let beside = matches!(found, Found::File(_)).then(|| reader.place.dir.clone());
    beside.into_iter().chain(reader.request.dirs.config.clone()).map(|dir| dir.join(FOLDER)).collect()
}

fn of_flag(shelf: &Shelf, name: &str, elsewhere: &mut Vec<ConfigError>) -> Option<Theme> {
    let not_found = match shelf.find(name, &PathBuf::from(name)) {
        Ok(theme) => return Some(theme),
        Err(not_found) => not_found,
    };
    match not_found {
        NotFound::Wrong(mut errors) => elsewhere.append(&mut errors),
        NotFound::Unknown { what, hint } => {
            elsewhere.push(ConfigError { file: "--theme".into(), at: At::default(), what, hint: Some(hint) });
        }
    }
    None
}

fn of_file(
    reader: &Reader<'_>,
    shelf: &Shelf,
    key: &str,
    (report, elsewhere): (&mut Report, &mut Vec<ConfigError>),
) -> Option<Theme> {
    let name = reader.text(&["ui", key])?;
    match shelf.find(&name, &reader.place.path(&name)) {
        Ok(theme) => return Some(theme),
        Err(NotFound::Wrong(mut errors)) => elsewhere.append(&mut errors),
        Err(NotFound::Unknown { what, hint }) => {
            let at = reader.layers.get(&["ui", key]).map(|(n, _)| n.at).unwrap_or_default();
            report.hint(at, what, hint);
        }
    }
    None
}
