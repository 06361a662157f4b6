//! Maps for hands that know another program: a file each, in the words of `[keys]`, over the built-in map.

use std::path::Path;

use super::{BoundBy, Keymap};
use crate::config::{document, fault::Report};

macro_rules! presets {
    ($($name:literal),*) => {
        /// The names that `preset` may have.
        pub const NAMES: &[&str] = &[$($name),*];

        fn text(name: &str) -> &'static str {
            match name {
                $($name => include_str!(concat!("../../../config/keys/", $name, ".toml")),)*
                _ => "",
            }
        }
    };
}

presets!("srepd", "k9s", "vim");

/// The map of a preset, with nothing over it; the built-in one where no preset has this name.
pub fn keymap(name: &str) -> Keymap {
    read(name).0
}

/// The map, and what is wrong with its file: nothing, as a test sees to.
pub(super) fn read(name: &str) -> (Keymap, Report) {
    let mut report = Report::new(Path::new(name));
    let mut map = Keymap::default();
    if let Some(name) = NAMES.iter().copied().find(|n| *n == name) {
        let (table, _) = document::parse(text(name));
        map.lay(&table, &|_| BoundBy::Preset(name), &mut report);
    }
    (map, report)
}
