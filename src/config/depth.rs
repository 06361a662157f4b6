//! How many colours a terminal has and how that is known, and a theme in no more than those: the nearest colour instead of a
//! refusal.
//!
//! Reads the environment and the terminfo that it is given; asks the terminal nothing.

use std::sync::LazyLock;

use super::{
    lab::{Lab, lab},
    request::Env,
    terminfo::Terminfo,
    theme::{Color, Role, Style, Theme},
};

/// How many colours can be shown.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub enum Depth {
    /// None: bold, dim and reverse.
    Mono,
    /// The terminal's own palette.
    Sixteen,
    TwoFiftySix,
    /// 24 bits.
    #[default]
    True,
}

impl Depth {
    /// As an option spells it.
    pub fn from_name(name: &str) -> Option<Self> {
        Some(match name {
            "none" => Self::Mono,
            "16" => Self::Sixteen,
            "256" => Self::TwoFiftySix,
            "truecolor" => Self::True,
            _ => return None,
        })
    }

    /// In words.
    pub fn words(self) -> &'static str {
        match self {
            Self::Mono => "no colour",
            Self::Sixteen => "16 colours",
            Self::TwoFiftySix => "256 colours",
            Self::True => "16 million colours",
        }
    }
}

/// How the number of colours is known, from the surest to the least sure.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Why {
    /// An option says it.
    #[default]
    Option,
    /// `NO_COLOR` is set.
    NoColor,
    /// `COLORTERM` says it, or Windows Terminal its session.
    Colorterm,
    /// `TERM` names a terminal that is known to.
    Name,
    /// The terminfo of `TERM` says it.
    Terminfo,
    /// The terminal has said who it is.
    Answer,
    /// `TERM` ends in the number.
    Suffix,
    /// Nothing says it: what every terminal in colour has.
    Least,
}

impl Why {
    pub fn words(self) -> &'static str {
        match self {
            Self::Option => "as --colors or ui.colors says",
            Self::NoColor => "as NO_COLOR asks",
            Self::Colorterm => "as COLORTERM says",
            Self::Name => "as TERM names a terminal that is known",
            Self::Terminfo => "as its terminfo says",
            Self::Answer => "as the terminal has said who it is",
            Self::Suffix => "as TERM says",
            Self::Least => "as nothing says that there are more",
        }
    }

    /// Whether what the terminal says of itself is to be believed over it.
    fn is_a_guess(self) -> bool {
        matches!(self, Self::Suffix | Self::Least)
    }
}

/// How many colours there are, and how that is known.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Colours {
    pub depth: Depth,
    pub why: Why,
}

/// Terminals that show 24 bits and whose `TERM` survives where `COLORTERM` is lost, as over SSH.
const TRUE_COLOR: [&str; 8] = ["-direct", "kitty", "ghostty", "alacritty", "wezterm", "foot", "contour", "iterm"];
/// Terminals without colour, where no terminfo is there to say it.
const COLOURLESS: [&str; 6] = ["vt100", "vt102", "vt220", "vt320", "vt420", "dumb"];
/// What terminals that show 24 bits say when they are asked who they are.
const NAMES: [&str; 15] = [
    "xterm(",
    "kitty(",
    "foot(",
    "vte(",
    "iterm2 ",
    "wezterm ",
    "konsole ",
    "ghostty ",
    "contour ",
    "mlterm(",
    "rio ",
    "mintty ",
    "xterm.js(",
    "alacritty",
    "windows terminal",
];

impl Colours {
    /// What an option, `NO_COLOR`, the rest of the environment and the terminfo say, in this order of trust.
    pub fn of(wanted: Option<Depth>, env: &Env, terminfo: Option<&Terminfo>) -> Self {
        match wanted {
            None if env.get("NO_COLOR").is_some() => Self { depth: Depth::Mono, why: Why::NoColor },
            wanted => Self::there_are(wanted, env, terminfo),
        }
    }

    /// The same, whatever `NO_COLOR` asks for: for a theme that was chosen on purpose.
    pub fn there_are(wanted: Option<Depth>, env: &Env, terminfo: Option<&Terminfo>) -> Self {
        let by = |depth, why| Self { depth, why };
        let colorterm = env.get("COLORTERM").unwrap_or_default();
        let term = env.get("TERM").unwrap_or_default();
        if let Some(depth) = wanted {
            return by(depth, Why::Option);
        }
        if env.get("WT_SESSION").is_some() || ["truecolor", "24bit"].contains(&colorterm.as_str()) {
            return by(Depth::True, Why::Colorterm);
        }
        if TRUE_COLOR.iter().any(|t| term.contains(t)) {
            return by(Depth::True, Why::Name);
        }
        if let Some(depth) = terminfo.and_then(Terminfo::depth) {
            return by(depth, Why::Terminfo);
        }
        match term.as_str() {
            t if t.contains("256color") => by(Depth::TwoFiftySix, Why::Suffix),
            t if COLOURLESS.contains(&t.split('-').next().unwrap_or_default()) => by(Depth::Mono, Why::Name),
            _ => by(Depth::Sixteen, Why::Least),
        }
    }

    /// The terminal has said who it is: more colours than were guessed, or as many.
    #[must_use]
    pub fn heard(self, name: &str) -> Self {
        let name = name.to_lowercase();
        let known = NAMES.iter().any(|n| name.starts_with(n));
        if known && self.why.is_a_guess() { Self { depth: Depth::True, why: Why::Answer } } else { self }
    }
}

impl Theme {
    /// The theme in the colours there are.
    #[must_use]
    pub fn at_depth(&self, depth: Depth) -> Self {
        let plain = if depth == Depth::Mono { Self::mono() } else { self.clone() };
        let text = self.style(Role::Text);
        let mut theme = Self { name: self.name.clone(), about: self.about.clone(), ..plain };
        for style in &mut theme.styles {
            *style = at_depth(*style, depth, text);
        }
        theme
    }
}

fn at_depth(style: Style, depth: Depth, text: Style) -> Style {
    match depth {
        Depth::True | Depth::Mono => style,
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

/// The 240 colours that are the same in every terminal, as eyes see them.
static FIXED: LazyLock<Vec<(u8, Lab)>> = LazyLock::new(|| (16..=255).map(|n| (n, lab(fixed(n)))).collect());

/// The nearest of them.
fn indexed(color: Color) -> Color {
    let Color::Rgb(r, g, b) = color else { return color };
    let seen = lab((r, g, b));
    let near = FIXED.iter().min_by(|a, b| a.1.far(seen).total_cmp(&b.1.far(seen)));
    near.map_or(color, |(n, _)| Color::Ansi(*n))
}

/// The colours 16 to 255: a cube of six steps a side, then greys.
pub(super) fn fixed(n: u8) -> (u8, u8, u8) {
    if n >= 232 {
        let grey = 8 + 10 * (n - 232);
        return (grey, grey, grey);
    }
    let step = |i: u8| STEPS[usize::from(i % 6)];
    let n = n.saturating_sub(16);
    (step(n / 36), step(n / 6), step(n))
}

/// Less than this is grey.
const GREY: f64 = 0.05;
/// The terminal's colours that can be read on black and on white, by the hue of their sRGB primaries in Oklab.
const HUES: [(u8, f64); 6] = [(1, 29.0), (3, 90.0), (2, 142.0), (6, 195.0), (6, 264.0), (5, 328.0)];

/// One of the terminal's colours by hue alone, as its brightness is anybody's guess; no hue is the terminal's own text
/// colour. Never black, white, the greys, or a blue that cannot be read on black.
fn named(color: Color) -> Option<Color> {
    let seen = lab(match color {
        Color::Rgb(r, g, b) => (r, g, b),
        Color::Ansi(n @ 16..) => fixed(n),
        other => return Some(other),
    });
    let hue = seen.hue();
    let apart = |other: f64| (hue - other).abs().min(360.0 - (hue - other).abs());
    let near = HUES.iter().filter(|_| seen.chroma() >= GREY).min_by(|a, b| apart(a.1).total_cmp(&apart(b.1)))?;
    Some(Color::Ansi(near.0))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::themes::built_in;

    fn of(env: &[(&str, &str)]) -> Colours {
        Colours::of(None, &Env::of(env), None)
    }

    #[test]
    fn the_environment_says_how_many_colours_there_are_and_the_surest_word_of_it_counts() {
        for (env, depth, why) in [
            (&[("COLORTERM", "truecolor"), ("TERM", "xterm-256color")][..], Depth::True, Why::Colorterm),
            (&[("COLORTERM", "24bit"), ("NO_COLOR", "1")], Depth::Mono, Why::NoColor),
            (&[("COLORTERM", "24bit"), ("NO_COLOR", "")], Depth::True, Why::Colorterm),
            (&[("TERM", "xterm-direct")], Depth::True, Why::Name),
            (&[("TERM", "xterm-kitty")], Depth::True, Why::Name),
            (&[("TERM", "tmux-256color")], Depth::TwoFiftySix, Why::Suffix),
            (&[("TERM", "linux")], Depth::Sixteen, Why::Least),
            (&[("TERM", "vt100")], Depth::Mono, Why::Name),
            (&[], Depth::Sixteen, Why::Least),
        ] {
            assert_eq!(of(env), Colours { depth, why }, "{env:?}");
        }
        let env = Env::of(&[("NO_COLOR", "1"), ("TERM", "dumb")]);
        assert_eq!(Colours::of(Some(Depth::TwoFiftySix), &env, None).depth, Depth::TwoFiftySix);
    }

    #[test]
    fn terminfo_counts_where_the_name_says_nothing() {
        let info = |text: &str| Terminfo { colours: Some(256), names: text.split(' ').map(str::to_owned).collect() };
        let env = Env::of(&[("TERM", "st-256color")]);
        let of = |info: &Terminfo| Colours::of(None, &env, Some(info));
        assert_eq!(of(&info("XT Tc")), Colours { depth: Depth::True, why: Why::Terminfo });
        assert_eq!(of(&info("setrgbf setrgbb")).depth, Depth::True);
        assert_eq!(of(&info("AX")), Colours { depth: Depth::TwoFiftySix, why: Why::Suffix });
    }

    #[test]
    fn a_terminal_that_says_who_it_is_overrules_a_guess_and_nothing_else() {
        let far = of(&[("TERM", "xterm-256color")]);
        for name in ["XTerm(388)", "VTE(7600)", "kitty(0.35.2)", "WezTerm 20240203", "iTerm2 3.5.0", "ghostty 1.0.0"] {
            assert_eq!(far.heard(name), Colours { depth: Depth::True, why: Why::Answer }, "{name}");
        }
        assert_eq!(far.heard("tmux 3.3a"), far, "what is behind it may have fewer");
        let none = of(&[("TERM", "xterm-256color"), ("NO_COLOR", "1")]);
        assert_eq!(none.heard("kitty(0.35.2)"), none);
    }

    #[test]
    fn without_colour_every_theme_is_the_one_without() {
        let theme = built_in("midnight").unwrap().at_depth(Depth::Mono);
        assert_eq!(theme.name, "midnight");
        for role in Role::ALL {
            assert_eq!(theme.style(role), Theme::mono().style(role), "{}", role.name());
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
