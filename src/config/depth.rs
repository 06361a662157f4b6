//! How many colours a terminal has, and a theme in no more than those: the nearest colour instead of a refusal.
//!
//! Reads the environment it is given; asks the terminal nothing.

use super::{
    request::Env,
    theme::{Color, Role, Style, Theme},
};

/// How many colours can be shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Depth {
    /// The terminal's own palette.
    Sixteen,
    TwoFiftySix,
    /// 24 bits.
    True,
}

/// Terminals that show 24 bits and whose `TERM` survives where `COLORTERM` is lost, as over SSH.
const TRUE_COLOR: [&str; 8] = ["-direct", "kitty", "ghostty", "alacritty", "wezterm", "foot", "contour", "iterm"];

impl Depth {
    /// What `COLORTERM` and `TERM` say; neither is asked whether colour is wanted at all.
    pub fn of(env: &Env) -> Self {
        let colorterm = env.get("COLORTERM").unwrap_or_default();
        let term = env.get("TERM").unwrap_or_default();
        let windows = env.get("WT_SESSION").is_some();
        if windows
            || ["truecolor", "24bit"].contains(&colorterm.as_str())
            || TRUE_COLOR.iter().any(|t| term.contains(t))
        {
            Self::True
        } else if term.contains("256color") {
            Self::TwoFiftySix
        } else {
            Self::Sixteen
        }
    }
}

impl Theme {
    /// The theme in the colours there are.
    pub fn at_depth(&self, depth: Depth) -> Self {
        let text = self.style(Role::Text);
        let mut theme = self.clone();
        for style in &mut theme.styles {
            *style = at_depth(*style, depth, text);
        }
        theme
    }
}

fn at_depth(style: Style, depth: Depth, text: Style) -> Style {
    match depth {
        Depth::True => style,
        Depth::TwoFiftySix => Style { fg: style.fg.map(indexed), bg: style.bg.map(indexed), ..style },
        Depth::Sixteen => {
            // Nobody knows what the sixteen look like: text and background are the terminal's, and what stood out by
            // its background stands out by being reversed.
            let fixed = |c: &Color| !matches!(c, Color::Default | Color::Ansi(0..16));
            let marked = style.bg.filter(fixed).is_some_and(|bg| Some(bg) != text.bg);
            Style {
                fg: style.fg.filter(|c| !fixed(c) || Some(*c) != text.fg).and_then(named),
                bg: style.bg.filter(|c| !fixed(c)),
                reverse: style.reverse || marked,
                ..style
            }
        }
    }
}

const STEPS: [u8; 6] = [0, 95, 135, 175, 215, 255];

/// The nearest of the 240 colours that are the same in every terminal.
fn indexed(color: Color) -> Color {
    let Color::Rgb(r, g, b) = color else { return color };
    (16..=255).min_by_key(|n| far(fixed(*n), (r, g, b))).map_or(color, Color::Ansi)
}

/// The colours 16 to 255: a cube of six steps a side, then greys.
fn fixed(n: u8) -> (u8, u8, u8) {
    if n >= 232 {
        let grey = 8 + 10 * (n - 232);
        return (grey, grey, grey);
    }
    let step = |i: u8| STEPS[usize::from(i % 6)];
    let n = n.saturating_sub(16);
    (step(n / 36), step(n / 6), step(n))
}

fn far(a: (u8, u8, u8), b: (u8, u8, u8)) -> u32 {
    let square = |a: u8, b: u8| u32::from(a.abs_diff(b)).pow(2);
    2 * square(a.0, b.0) + 4 * square(a.1, b.1) + 3 * square(a.2, b.2)
}

/// One of the terminal's colours by hue alone, as its brightness is anybody's guess; no hue is the terminal's own text
/// colour. Never black, white, the greys, or a blue that cannot be read on black.
fn named(color: Color) -> Option<Color> {
    let (r, g, b) = match color {
        Color::Rgb(r, g, b) => (r, g, b),
        Color::Ansi(n @ 16..) => fixed(n),
        other => return Some(other),
    };
    let (low, high) = (r.min(g).min(b), r.max(g).max(b));
    if high - low < 48 {
        return None;
    }
    // Above the middle between the weakest and the strongest part counts as on.
    let on = |c: u8| c - low >= (high - low) / 2;
    let index = match (on(r), on(g), on(b)) {
        (true, true, _) => 3,
        (true, false, true) => 5,
        (true, false, false) => 1,
        (false, true, false) => 2,
        (false, _, true) => 6,
        (false, false, false) => return None,
    };
    Some(Color::Ansi(index))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::theme_file::built_in;

    #[test]
    fn the_environment_says_how_many_colours_there_are() {
        for (env, depth) in [
            (&[("COLORTERM", "truecolor"), ("TERM", "xterm-256color")][..], Depth::True),
            (&[("TERM", "xterm-direct")], Depth::True),
            (&[("TERM", "xterm-kitty")], Depth::True),
            (&[("TERM", "tmux-256color")], Depth::TwoFiftySix),
            (&[("TERM", "linux")], Depth::Sixteen),
            (&[], Depth::Sixteen),
        ] {
            assert_eq!(Depth::of(&Env::of(env)), depth, "{env:?}");
        }
    }

    #[test]
    fn a_colour_of_the_cube_is_its_own_nearest() {
        for n in (16..=255).map(fixed).map(|(r, g, b)| Color::Rgb(r, g, b)) {
            let Color::Ansi(near) = indexed(n) else { panic!("{n:?}") };
            let (r, g, b) = fixed(near);
            assert_eq!(Color::Rgb(r, g, b), n);
        }
        assert_eq!(indexed(Color::Rgb(255, 136, 0)), Color::Ansi(208));
    }

    #[test]
    fn in_sixteen_colours_meaning_and_selection_stay() {
        for name in ["midnight", "daylight", "deuteranopia", "contrast", "solarized", "night"] {
            let theme = built_in(name).unwrap().at_depth(Depth::Sixteen);
            for role in Role::ALL {
                let style = theme.style(role);
                let readable = [None, Some(1), Some(2), Some(3), Some(5), Some(6)].map(|n| n.map(Color::Ansi));
                assert!(readable.contains(&style.fg) && style.bg.is_none(), "{name} {}: {style:?}", role.name());
            }
            assert!(theme.style(Role::Selection).reverse, "{name}");
            assert_eq!(theme.style(Role::Text), Style::default(), "{name}");
            assert_ne!(theme.style(Role::Critical), theme.style(Role::Ok), "{name}");
        }
        let own = Theme::default();
        assert_eq!(own.at_depth(Depth::Sixteen), own);
    }
}
