//! What every built-in theme promises: all roles, readable text, a selection that can be seen.

use super::*;

fn theme(name: &str) -> Theme {
    let (_, text) = BUILT_IN.iter().find(|(n, _)| *n == name).unwrap();
    parse(name, text, Path::new(name)).unwrap_or_else(|errors| panic!("{errors:#?}"))
}

fn linear(channel: u8) -> f64 {
    let c = f64::from(channel) / 255.0;
    if c <= 0.04045 { c / 12.92 } else { ((c + 0.055) / 1.055).powf(2.4) }
}

fn rgb(color: Option<Color>) -> (u8, u8, u8) {
    match color {
        Some(Color::Rgb(r, g, b)) => (r, g, b),
        other => panic!("{other:?} is no 24-bit colour"),
    }
}

fn luminance((r, g, b): (u8, u8, u8)) -> f64 {
    0.2126 * linear(r) + 0.7152 * linear(g) + 0.0722 * linear(b)
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
    }
    assert_eq!(Theme::default().name, "terminal");
    assert_ne!(Theme::default(), Theme::blank("terminal"));
}

#[test]
fn text_is_readable_on_the_ground_and_on_the_selection() {
    for name in TRUE_COLOR {
        let theme = theme(name);
        let (text, selection) = (theme.style(Role::Text), theme.style(Role::Selection));
        for role in Role::ALL {
            let style = theme.style(role);
            let fg = rgb(style.fg.or(text.fg));
            let least = if GRAPHIC.contains(&role) { 1.5 } else { 4.5 };
            let ground = contrast(fg, rgb(style.bg.or(text.bg)));
            assert!(ground >= least, "{name} {}: {ground:.2} on its ground", role.name());
            if !GRAPHIC.contains(&role) && style.bg.is_none() {
                let marked = contrast(rgb(selection.fg.or(style.fg).or(text.fg)), rgb(selection.bg));
                assert!(marked >= 4.5, "{name} {}: {marked:.2} on the selection", role.name());
            }
        }
        assert!(contrast(rgb(selection.bg), rgb(text.bg)) >= 1.2, "{name}: the selection cannot be seen");
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
