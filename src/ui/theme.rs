//! A theme's plain styles as ratatui's. The one place in the eyes that names a colour.

use ratatui::style::{Color, Modifier, Style};

use crate::config::{profile::Colour, theme};

/// One style of a theme.
pub fn style(plain: theme::Style) -> Style {
    let mut style = Style::default();
    if let Some(fg) = plain.fg {
        style = style.fg(color(fg));
    }
    if let Some(bg) = plain.bg {
        style = style.bg(color(bg));
    }
    for (on, modifier) in [
        (plain.bold, Modifier::BOLD),
        (plain.dim, Modifier::DIM),
        (plain.reverse, Modifier::REVERSED),
        (plain.underline, Modifier::UNDERLINED),
    ] {
        if on {
            style = style.add_modifier(modifier);
        }
    }
    style
}

/// The name of a profile on its own colour, which is one of the terminal's first eight.
pub fn band(colour: Option<Colour>) -> Style {
    let on = |paper: Color, ink: Color| Style::default().bg(paper).fg(ink).add_modifier(Modifier::BOLD);
    match colour {
        None => Style::default().add_modifier(Modifier::BOLD | Modifier::REVERSED),
        Some(Colour::Red) => on(Color::Red, Color::White),
        Some(Colour::Blue) => on(Color::Blue, Color::White),
        Some(Colour::Magenta) => on(Color::Magenta, Color::White),
        Some(Colour::Yellow) => on(Color::Yellow, Color::Black),
        Some(Colour::Green) => on(Color::Green, Color::Black),
        Some(Colour::Cyan) => on(Color::Cyan, Color::Black),
    }
}

fn color(plain: theme::Color) -> Color {
    match plain {
        theme::Color::Default => Color::Reset,
        theme::Color::Ansi(n) => ansi(n),
        theme::Color::Rgb(r, g, b) => Color::Rgb(r, g, b),
    }
}

fn ansi(n: u8) -> Color {
    const NAMED: [Color; 16] = [
        Color::Black,
        Color::Red,
        Color::Green,
        Color::Yellow,
        Color::Blue,
        Color::Magenta,
        Color::Cyan,
        Color::Gray,
        Color::DarkGray,
        Color::LightRed,
        Color::LightGreen,
        Color::LightYellow,
        Color::LightBlue,
        Color::LightMagenta,
        Color::LightCyan,
        Color::White,
    ];
    NAMED.get(usize::from(n)).copied().unwrap_or(Color::Indexed(n))
}

/// The paper a picture is drawn on, for the terminal's own background.
pub const PAPER: &str = "#11151c";

/// The ordinal of one of the sixteen.
pub fn index(color: Color) -> Option<u8> {
    (0..16).find(|n| ansi(*n) == color)
}

/// The SGR parameters of a colour; `base` is 30 for the text, 40 for what lies behind it.
pub fn sgr(color: Color, base: u8) -> Option<String> {
    match color {
        Color::Reset => None,
        Color::Rgb(r, g, b) => Some(format!("{};2;{r};{g};{b}", base + 8)),
        Color::Indexed(n) => Some(format!("{};5;{n}", base + 8)),
        named => index(named).map(|n| if n < 8 { format!("{}", base + n) } else { format!("{}", base + 60 + n - 8) }),
    }
}

/// A colour of the text in a picture.
pub fn ink(color: Color) -> String {
    picture(color).unwrap_or_else(|| "#d5dbe3".to_owned())
}

/// A colour behind the text in a picture; none is the paper.
pub fn paper(color: Color) -> Option<String> {
    picture(color)
}

fn picture(color: Color) -> Option<String> {
    const SIXTEEN: [&str; 16] = [
        "#11151c", "#ff6b6b", "#7bc96f", "#e5c07b", "#6ca8f0", "#c792ea", "#56c8d8", "#c8ced6", "#68707d", "#ff8a8a",
        "#98dd8d", "#f0d296", "#8dbdf5", "#d7aef2", "#7fdbe8", "#ffffff",
    ];
    match color {
        Color::Reset => None,
        Color::Rgb(r, g, b) => Some(format!("#{r:02x}{g:02x}{b:02x}")),
        Color::Indexed(n) => SIXTEEN.get(usize::from(n)).map(|s| (*s).to_owned()),
        named => index(named).map(|n| SIXTEEN[usize::from(n)].to_owned()),
    }
}
