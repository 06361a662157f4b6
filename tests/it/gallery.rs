//! The pictures of the manual are the screen as it is, in every theme and at every size, and its tables are what the program
//! knows. `UPDATE=1 cargo test --test it gallery` writes them anew.

use std::{fs, path::PathBuf, process::Command};

use watchfire::config::{
    schema::{self, Kind},
    theme::{Role, Theme},
    themes::{Ground, built_in},
};

fn root(path: &str) -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join(path)
}

/// Compares a file with what it should hold, or writes it.
fn keep(path: &str, wanted: &str) {
    if std::env::var_os("UPDATE").is_some() {
        fs::write(root(path), wanted).unwrap();
        return;
    }
    let found = fs::read_to_string(root(path)).unwrap_or_default();
    assert!(found == wanted, "{path} is not current: run UPDATE=1 cargo test --test it gallery");
}

/// The screen twenty minutes into the demo, whoever's machine it is drawn on.
fn picture(theme: &str, size: &str, keys: &str) -> String {
    let home = tempfile::tempdir().unwrap();
    let output = Command::new(env!("CARGO_BIN_EXE_watchfire"))
        .args(["snapshot", "--demo", "--at", "20m", "--size", size, "--format", "svg", "--theme", theme])
        .args(["--keys", keys])
        .env("HOME", home.path())
        .env("XDG_CONFIG_HOME", home.path())
        .output()
        .unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap()
}

const MANUAL: &str = "assets/manual/themes.md";
/// The size of the pictures of themes.
const SIZE: &str = "100x30";
const SIZES: [&str; 4] = ["40x10", "80x24", "120x40", "200x60"];

/// Path, and what it is made with: theme, size, keys.
fn pictures() -> Vec<(String, &'static str, &'static str, &'static str)> {
    let themes = Theme::built_in_names().into_iter();
    let themes = themes.map(|name| (format!("assets/pictures/theme-{name}.svg"), name, SIZE, ""));
    let sizes = SIZES.into_iter().map(|size| (format!("assets/pictures/size-{size}.svg"), "midnight", size, ""));
    let list = ("assets/pictures/themes.svg".to_owned(), "midnight", SIZE, ", j");
    themes.chain(sizes).chain([list]).collect()
}

#[test]
fn every_theme_and_every_size_has_its_picture_as_the_screen_is_and_the_manual_shows_it() {
    let manual = fs::read_to_string(root(MANUAL)).unwrap();
    for (path, theme, size, keys) in pictures() {
        keep(&path, &picture(theme, size, keys));
        let name = path.rsplit('/').next().unwrap();
        assert!(manual.contains(&format!("(../pictures/{name})")), "{MANUAL} does not show {name}");
    }
    let here = fs::read_dir(root("assets/pictures")).unwrap().map(|e| e.unwrap().file_name().into_string().unwrap());
    let ours = here.filter(|n| n.starts_with("theme") || n.starts_with("size-"));
    for name in ours {
        assert!(pictures().iter().any(|(path, ..)| path.ends_with(&format!("/{name}"))), "{name} is nobody's picture");
    }
}

/// Writes what stands between two marks of the manual.
fn keep_part(mark: &str, wanted: &str) {
    let manual = fs::read_to_string(root(MANUAL)).unwrap();
    let (before, rest) = manual.split_once(&format!("<!-- {mark} -->\n")).unwrap();
    let (_, after) = rest.split_once(&format!("<!-- /{mark} -->")).unwrap();
    keep(MANUAL, &format!("{before}<!-- {mark} -->\n{wanted}<!-- /{mark} -->{after}"));
}

#[test]
fn the_manual_lists_the_themes_the_roles_and_the_options_that_there_are() {
    let ground = |theme: &Theme| match theme.ground() {
        Some(Ground::Dark) => "dark",
        Some(Ground::Light) => "light",
        None => "the terminal's own",
    };
    let row = |name: &str| {
        let theme = built_in(name).unwrap();
        format!("| `{name}` | {} | {} |\n", ground(&theme), theme.about)
    };
    let themes: String = Theme::built_in_names().into_iter().map(row).collect();
    keep_part("themes", &format!("| theme | background | what it is |\n|---|---|---|\n{themes}"));
    let roles: Vec<String> = Role::ALL.iter().map(|r| format!("`{}`", r.name())).collect();
    keep_part("roles", &format!("{}\n", roles.join(", ")));
    let ui = schema::ROOT.iter().find(|k| k.name == "ui").unwrap();
    let Kind::Table(keys) = ui.kind else { panic!("{:?}", ui.kind) };
    let ours = ["theme", "theme_light", "theme_dark", "colors", "glyphs", "ambiguous_width"];
    let options = keys.iter().filter(|k| ours.contains(&k.name));
    let options: String = options.map(|k| format!("| `{}` | {} |\n", k.name, k.doc)).collect();
    keep_part("options", &format!("| under `[ui]` | |\n|---|---|\n{options}"));
}

#[test]
fn the_theme_that_the_manual_makes_is_one() {
    let manual = fs::read_to_string(root(MANUAL)).unwrap();
    let block = manual.split("```toml\n").find(|b| b.contains("inherits")).unwrap().split("```").next().unwrap();
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("mine.toml");
    fs::write(&file, block).unwrap();
    let svg = picture(file.to_str().unwrap(), "80x24", "");
    assert!(svg.contains("#ff4040"), "the red of the theme is not on the screen");
}
