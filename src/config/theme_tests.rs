//! What every built-in theme promises: all roles, readable text, a selection that can be seen.

use std::fs;

use super::*;
use crate::config::{
    depth::{Depth, fixed},
    lab::luminance,
    theme::Style,
    theme_file::read,
};

fn theme(name: &str) -> Theme {
    Shelf::default().find(name, Path::new("")).unwrap_or_else(|wrong| panic!("{wrong:#?}"))
}

fn parse(name: &str, text: &str, path: &Path) -> Result<Theme, Vec<ConfigError>> {
    let source = Source { name: name.to_owned(), path: path.to_owned(), text: text.to_owned() };
    read(source, &|name, from| Shelf::default().parent(name, from))
}

fn linear(channel: u8) -> f64 {
    let c = f64::from(channel) / 255.0;
    if c <= 0.04045 { c / 12.92 } else { ((c + 0.055) / 1.055).powf(2.4) }
}

fn rgb(color: Option<Color>) -> (u8, u8, u8) {
    match color {
        Some(Color::Rgb(r, g, b)) => (r, g, b),
        Some(Color::Ansi(n @ 16..)) => fixed(n),
        other => panic!("{other:?} is no 24-bit colour"),
    }
}

/// WCAG 2.1, 1.4.3.
fn contrast(a: (u8, u8, u8), b: (u8, u8, u8)) -> f64 {
    let (a, b) = (luminance(a), luminance(b));
    (a.max(b) + 0.05) / (a.min(b) + 0.05)
}

const GRAPHIC: [Role; 6] =
    [Role::Border, Role::BorderFocus, Role::BarFull, Role::BarEmpty, Role::Graph, Role::GraphAlt];
const TRUE_COLOR: [&str; 6] = ["midnight", "daylight", "deuteranopia", "contrast", "solarized", "night"];

#[test]
fn every_built_in_theme_has_a_style_for_every_role() {
    for (name, _) in BUILT_IN {
        assert_eq!(theme(name).name, name);
        assert!(!theme(name).about.is_empty(), "{name} does not say what it is for");
    }
    assert_eq!(Theme::default().name, "terminal");
    assert_ne!(Theme::default(), Theme::blank("terminal"));
}

/// Every role against its ground and the selection; at least so much.
fn is_readable(theme: &Theme, least: f64) {
    let name = &theme.name;
    let (text, selection) = (theme.style(Role::Text), theme.style(Role::Selection));
    for role in Role::ALL {
        let style = theme.style(role);
        let fg = rgb(style.fg.or(text.fg));
        let least = if GRAPHIC.contains(&role) { 1.3 } else { least };
        let ground = contrast(fg, rgb(style.bg.or(text.bg)));
        assert!(ground >= least, "{name} {}: {ground:.2} on its ground", role.name());
        if !GRAPHIC.contains(&role) && style.bg.is_none() {
            let marked = contrast(rgb(selection.fg.or(style.fg).or(text.fg)), rgb(selection.bg));
            assert!(marked >= least, "{name} {}: {marked:.2} on the selection", role.name());
        }
    }
}

fn selection_stands_out(theme: &Theme) -> bool {
    let (text, selection) = (theme.style(Role::Text), theme.style(Role::Selection));
    selection.reverse || contrast(rgb(selection.bg), rgb(text.bg)) >= 1.2
}

#[test]
fn text_is_readable_on_the_ground_and_on_the_selection() {
    for theme in TRUE_COLOR.map(theme) {
        is_readable(&theme, 4.5);
        assert!(selection_stands_out(&theme), "{}: the selection cannot be seen", theme.name);
    }
}

#[test]
fn in_256_colours_text_is_still_readable_and_the_selection_seen() {
    for theme in TRUE_COLOR.map(|name| theme(name).at_depth(Depth::TwoFiftySix)) {
        is_readable(&theme, 4.5);
        assert!(selection_stands_out(&theme), "{}: the selection cannot be seen", theme.name);
        assert_ne!(theme.style(Role::Critical).fg, theme.style(Role::Ok).fg, "{}", theme.name);
        assert_ne!(theme.style(Role::Critical).fg, theme.style(Role::Warning).fg, "{}", theme.name);
    }
}

#[test]
fn the_theme_of_contrast_has_more_of_it_than_any_guideline_asks() {
    let theme = theme("contrast");
    let text = theme.style(Role::Text);
    for role in Role::ALL.iter().filter(|r| !GRAPHIC.contains(r)) {
        let seen = contrast(rgb(theme.style(*role).fg.or(text.fg)), rgb(text.bg));
        assert!(seen >= 10.0, "{}: {seen:.2}", role.name());
    }
}

#[test]
fn the_theme_for_the_night_has_next_to_no_blue() {
    let theme = theme("night");
    for role in Role::ALL {
        let style = theme.style(role);
        for color in [style.fg, style.bg].into_iter().flatten() {
            let (r, g, b) = rgb(Some(color));
            assert!(b <= r / 2 + 16 && g < r, "{}: {color:?}", role.name());
        }
    }
}

#[test]
fn the_terminal_theme_uses_no_colour_that_could_be_the_background() {
    let theme = theme("terminal");
    for role in Role::ALL {
        let style = theme.style(role);
        for color in [style.fg, style.bg].into_iter().flatten() {
            let Color::Ansi(n) = color else { panic!("{}: {color:?}", role.name()) };
            assert!([1, 2, 3, 5, 6].contains(&n), "{}: colour {n}", role.name());
        }
        assert!(style.bg.is_none(), "{} paints a background", role.name());
    }
    assert!(theme.style(Role::Selection).reverse);
}

#[test]
fn without_colour_selection_focus_and_severity_are_still_told_apart() {
    let theme = theme("mono");
    for role in Role::ALL {
        let style = theme.style(role);
        assert_eq!((style.fg, style.bg), (None, None), "{}", role.name());
    }
    assert!(theme.style(Role::Selection).reverse);
    assert_ne!(theme.style(Role::Border), theme.style(Role::BorderFocus));
    assert_ne!(theme.style(Role::Critical), theme.style(Role::Info));
}

/// How a colour looks without the green cones (Viénot, Brettel and Mollon 1999).
fn without_green((r, g, b): (u8, u8, u8)) -> [f64; 3] {
    let (r, g, b) = (linear(r), linear(g), linear(b));
    let red_green = 0.29275 * r + 0.70725 * g;
    [red_green, red_green, (-0.02234 * r + 0.02234 * g + b).max(0.0)].map(|c| c.powf(1.0 / 2.2) * 255.0)
}

#[test]
fn good_and_bad_are_told_apart_without_green_cones() {
    let theme = theme("deuteranopia");
    let seen = |role: Role| without_green(rgb(theme.style(role).fg));
    for (a, b) in [
        (Role::Critical, Role::Ok),
        (Role::Bad, Role::Ok),
        (Role::Warning, Role::Ok),
        (Role::Critical, Role::Warning),
        (Role::Critical, Role::Info),
        (Role::Critical, Role::Resolved),
        (Role::Graph, Role::GraphAlt),
    ] {
        let far: f64 = seen(a).iter().zip(seen(b)).map(|(x, y)| (x - y).powi(2)).sum::<f64>().sqrt();
        assert!(far >= 60.0, "{} and {}: {far:.0}", a.name(), b.name());
    }
}

#[test]
fn a_wrong_theme_file_says_all_that_is_wrong_with_it() {
    let text = "inherits = \"terminal\"\n[palette]\nink = \"#12345\"\n[roles]\ncritcal = \"red\"\nok = \"gren\"\nbad = { fg = 3, blod = true }\n";
    let errors = parse("mine", text, Path::new("mine.toml")).unwrap_err();
    let lines: Vec<String> = errors.iter().map(ToString::to_string).collect();
    assert_eq!(
        lines,
        [
            "mine.toml:3:7: unknown colour `#12345`; a colour is #rrggbb, default, red, bright-red, ansi-208, or a name of the palette",
            "mine.toml:5:1: unknown role `critcal`; did you mean `critical`?",
            "mine.toml:6:6: unknown colour `gren`; did you mean `green`?",
            "mine.toml:7:14: a colour is a string, not an integer; like \"#ff8800\" or \"red\"",
            "mine.toml:7:17: unknown key `blod` of a style; did you mean `bold`?",
        ]
    );
    let missing = parse("mine", "[roles]\ntext = \"red\"\n", Path::new("m")).unwrap_err();
    assert!(missing[0].what.starts_with("no style for dim, title"), "{}", missing[0]);
}

/// A folder of themes, and a shelf on it.
fn shelf(files: &[(&str, &str)]) -> (tempfile::TempDir, Shelf) {
    let folder = tempfile::tempdir().unwrap();
    for (name, text) in files {
        fs::write(folder.path().join(name), text).unwrap();
    }
    let shelf = Shelf::new([folder.path().to_owned()]);
    (folder, shelf)
}

fn wrong(shelf: &Shelf, name: &str) -> Vec<String> {
    match shelf.find(name, Path::new("")) {
        Ok(theme) => panic!("{} is read", theme.name),
        Err(NotFound::Unknown { what, hint }) => vec![format!("{what}; {hint}")],
        Err(NotFound::Wrong(errors)) => {
            let last = |e: &ConfigError| e.to_string().rsplit('/').next().unwrap_or_default().to_owned();
            errors.iter().map(last).collect()
        }
    }
}

#[test]
fn a_theme_begins_with_another_and_a_colour_that_it_names_anew_is_another_in_all_roles() {
    let mine = "inherits = \"midnight\"\nabout = \"mine\"\n[palette]\nred = \"#ff0000\"\n[roles]\nok = \"cyan\"\n";
    let (_folder, shelf) = shelf(&[("mine.toml", mine), ("grandchild.toml", "inherits = \"mine\"\n")]);
    let (midnight, mine) = (theme("midnight"), shelf.find("mine", Path::new("")).unwrap());
    assert_eq!(mine.style(Role::Critical), Style { fg: Some(Color::Rgb(255, 0, 0)), ..midnight.style(Role::Critical) });
    assert_eq!(mine.style(Role::Ok).fg, midnight.style(Role::Accent).fg, "a name of its parent's palette");
    assert_eq!(mine.style(Role::Text), midnight.style(Role::Text));
    assert_eq!(mine.about, "mine");
    let grandchild = shelf.find("grandchild", Path::new("")).unwrap();
    assert_eq!(grandchild.style(Role::Critical), mine.style(Role::Critical));
}

#[test]
fn a_parent_that_is_missing_and_parents_that_go_round_are_one_clear_error_each() {
    let (_folder, shelf) = shelf(&[
        ("lost.toml", "# a comment\ninherits = \"midnigth\"\n"),
        ("a.toml", "inherits = \"b\"\n"),
        ("b.toml", "inherits = \"a\"\n"),
        ("self.toml", "inherits = \"self\"\n"),
        ("child.toml", "inherits = \"broken\"\n"),
        ("broken.toml", "inherits = \"mono\"\n[roles]\nok = \"gren\"\nbad = \"red\"\nbad = \"blue\"\n"),
    ]);
    assert_eq!(wrong(&shelf, "lost"), ["lost.toml:2:12: no theme is called `midnigth`; did you mean `midnight`?"]);
    assert_eq!(wrong(&shelf, "a"), ["b.toml:1:12: `inherits` goes round: a -> b -> a; take one `inherits` out"]);
    assert_eq!(wrong(&shelf, "self"), ["self.toml:1:12: `inherits` goes round: self -> self; take one `inherits` out"]);
    assert_eq!(wrong(&shelf, "child").len(), 1, "{:?}", wrong(&shelf, "child"));
    assert!(wrong(&shelf, "child")[0].starts_with("broken.toml:5:1: "), "{:?}", wrong(&shelf, "child"));
    assert_eq!(wrong(&shelf, "midnihgt"), ["no theme is called `midnihgt`; did you mean `midnight`?"]);
}

#[test]
fn the_shelf_has_the_folder_behind_the_built_in_themes_and_says_which_file_is_wrong() {
    let (_folder, shelf) = shelf(&[
        ("ours.toml", "inherits = \"night\"\n"),
        ("worse.toml", "inherits = 3\n"),
        ("night.toml", "this is never read"),
        (".hidden.toml", ""),
        ("notes.md", ""),
    ]);
    let all = shelf.all();
    let names: Vec<&str> = all.iter().map(|s| s.name.as_str()).collect();
    assert_eq!(names[..8], Theme::built_in_names()[..]);
    assert_eq!(names[8..], ["ours", "worse"]);
    assert!(all[8].theme.is_ok() && all[9].theme.is_err());
}

#[test]
fn a_ground_is_dark_or_light_or_the_terminals_own() {
    for (name, ground) in [
        ("daylight", Some(Ground::Light)),
        ("midnight", Some(Ground::Dark)),
        ("solarized", Some(Ground::Dark)),
        ("terminal", None),
        ("mono", None),
    ] {
        assert_eq!(theme(name).ground(), ground, "{name}");
    }
}
