//! Which terminal this is, and what stands between: told by the environment alone, which lies inside a multiplexer.
//!
//! tmux and screen are looked for first: the marks of a terminal outlive a session that is attached from another one.

use super::questions;
use crate::config::{
    request::Env,
    types::{TerminalNotice, Wanted},
};

/// What stands between the program and the terminal.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mux {
    None,
    Tmux,
    Screen,
    /// One on another machine, by the name of the terminal alone: it may be either.
    Some,
}

/// How a terminal is asked to show a notification.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Osc {
    Nine,
    NinetyNine,
    SevenSevenSeven,
}

impl Osc {
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Nine => "OSC 9",
            Self::NinetyNine => "OSC 99",
            Self::SevenSevenSeven => "OSC 777",
        }
    }
}

/// Where it runs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Host {
    pub mux: Mux,
    /// The screen is on another machine.
    pub ssh: bool,
    /// There is a desktop to open windows on.
    pub desktop: bool,
    /// A console, or a terminal of another century: it may draw what it does not know.
    bare: bool,
    notices: Osc,
    links: bool,
}

/// What may be sent to the terminal beside frames.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Manners {
    pub bell: bool,
    pub notices: Option<Osc>,
    pub links: bool,
    pub title: bool,
    /// Whether frames are wrapped in synchronised updates.
    pub synchronized: bool,
    pub mux: Mux,
    /// How long an Esc waits for the rest of a torn sequence; none: as the link needs it.
    pub escape_delay: Option<std::time::Duration>,
}

impl Manners {
    /// Frames alone.
    pub const NONE: Self = Self {
        bell: false,
        notices: None,
        links: false,
        title: false,
        synchronized: true,
        mux: Mux::None,
        escape_delay: None,
    };
}

impl Host {
    pub fn of(env: &Env) -> Self {
        let term = env.get("TERM").unwrap_or_default();
        let mux = mux(env, &term);
        Self {
            mux,
            ssh: env.is_over_ssh(),
            desktop: cfg!(target_os = "macos") || ["DISPLAY", "WAYLAND_DISPLAY"].iter().any(|n| env.get(n).is_some()),
            bare: !questions::may_ask(&term),
            notices: if mux == Mux::None { osc(env, &term) } else { Osc::Nine },
            links: links(env, &term, mux),
        }
    }

    pub fn manners(&self, bell: bool, terminal: TerminalNotice, links: Wanted, title: Wanted) -> Manners {
        let wants =
            |wanted: Wanted, auto: bool| !self.bare && (wanted == Wanted::Always || wanted == Wanted::Auto && auto);
        Manners {
            bell,
            notices: self.notices(terminal),
            links: wants(links, self.links),
            title: wants(title, self.mux == Mux::None),
            synchronized: true,
            mux: self.mux,
            escape_delay: None,
        }
    }

    /// How this terminal is asked to show a notification; none where it is not.
    pub fn notices(&self, wanted: TerminalNotice) -> Option<Osc> {
        match wanted {
            TerminalNotice::Off => None,
            TerminalNotice::Auto => Some(self.notices).filter(|_| !self.bare),
            TerminalNotice::Osc9 => Some(Osc::Nine),
            TerminalNotice::Osc99 => Some(Osc::NinetyNine),
            TerminalNotice::Osc777 => Some(Osc::SevenSevenSeven),
        }
    }
}

fn family(term: &str) -> &str {
    term.split(['-', '.']).next().unwrap_or_default()
}

fn mux(env: &Env, term: &str) -> Mux {
    match family(term) {
        _ if env.get("TMUX").is_some() => Mux::Tmux,
        _ if env.get("STY").is_some() => Mux::Screen,
        "tmux" => Mux::Tmux,
        "screen" => Mux::Some,
        _ => Mux::None,
    }
}

fn program(env: &Env) -> String {
    env.get("TERM_PROGRAM").unwrap_or_default().to_lowercase()
}

/// Whoever is not known gets what most of those know who know any, and the others ignore.
fn osc(env: &Env, term: &str) -> Osc {
    let has = |name| env.get(name).is_some();
    match (family(term), program(env).as_str()) {
        _ if term == "xterm-kitty" || has("KITTY_WINDOW_ID") => Osc::NinetyNine,
        ("foot" | "rxvt", _) | (_, "ghostty" | "wezterm") => Osc::SevenSevenSeven,
        _ if has("KONSOLE_VERSION") || has("VTE_VERSION") => Osc::SevenSevenSeven,
        _ => Osc::Nine,
    }
}

/// Terminals that are known to take links; tmux takes them since 3.4.
fn links(env: &Env, term: &str, mux: Mux) -> bool {
    let version = |name: &str| env.get(name).and_then(|v| v.parse::<u32>().ok()).unwrap_or(0);
    match mux {
        Mux::Tmux => program(env) == "tmux" && env.get("TERM_PROGRAM_VERSION").is_some_and(|v| since_3_4(&v)),
        Mux::Screen | Mux::Some => false,
        Mux::None => {
            term == "xterm-kitty"
                || matches!(family(term), "foot" | "alacritty" | "contour" | "ghostty" | "wezterm")
                || matches!(program(env).as_str(), "iterm.app" | "wezterm" | "ghostty" | "vscode" | "hyper" | "kitty")
                || ["WT_SESSION", "KITTY_WINDOW_ID", "KONSOLE_VERSION", "ALACRITTY_WINDOW_ID"]
                    .iter()
                    .any(|name| env.get(name).is_some())
                || version("VTE_VERSION") >= 5_000
        }
    }
}

/// `3.4`, `3.5a`, `next-3.6`.
fn since_3_4(version: &str) -> bool {
    let digits = version.trim_start_matches(|c: char| !c.is_ascii_digit());
    let mut parts = digits.split(|c: char| !c.is_ascii_digit()).map(|p| p.parse::<u32>().unwrap_or(0));
    (parts.next().unwrap_or(0), parts.next().unwrap_or(0)) >= (3, 4)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn manners(pairs: &[(&str, &str)]) -> Manners {
        Host::of(&Env::of(pairs)).manners(true, TerminalNotice::Auto, Wanted::Auto, Wanted::Auto)
    }

    #[test]
    fn a_terminal_is_told_by_its_marks() {
        let told = |pairs: &[(&str, &str)]| {
            let manners = manners(pairs);
            (manners.notices, manners.links, manners.title)
        };
        for (pairs, wanted) in [
            (&[("TERM", "xterm-kitty")][..], (Some(Osc::NinetyNine), true, true)),
            (&[("TERM", "foot")], (Some(Osc::SevenSevenSeven), true, true)),
            (&[("TERM", "xterm-256color"), ("TERM_PROGRAM", "iTerm.app")], (Some(Osc::Nine), true, true)),
            (&[("TERM", "xterm-256color"), ("VTE_VERSION", "7200")], (Some(Osc::SevenSevenSeven), true, true)),
            (&[("TERM", "xterm-256color")], (Some(Osc::Nine), false, true)),
            (&[("TERM", "linux")], (None, false, false)),
            (&[], (None, false, false)),
        ] {
            assert_eq!(told(pairs), wanted, "{pairs:?}");
        }
    }

    #[test]
    fn inside_a_multiplexer_the_marks_of_a_terminal_are_not_believed() {
        let tmux = |version| {
            manners(&[
                ("TERM", "tmux-256color"),
                ("TMUX", "/tmp/x"),
                ("KITTY_WINDOW_ID", "1"),
                ("TERM_PROGRAM", "tmux"),
                ("TERM_PROGRAM_VERSION", version),
            ])
        };
        let old = tmux("3.3a");
        assert_eq!((old.mux, old.notices, old.links, old.title), (Mux::Tmux, Some(Osc::Nine), false, false));
        assert!(tmux("3.4").links && tmux("next-3.6").links && tmux("10.0").links);
        assert_eq!(manners(&[("TERM", "screen-256color"), ("STY", "1.x")]).mux, Mux::Screen);
        assert_eq!(manners(&[("TERM", "screen-256color")]).mux, Mux::Some);
    }

    #[test]
    fn what_is_wanted_wins_but_for_a_console() {
        let of = |term| Host::of(&Env::of(&[("TERM", term)]));
        let wants = |term| of(term).manners(false, TerminalNotice::Osc777, Wanted::Always, Wanted::Never);
        assert_eq!((wants("xterm").notices, wants("xterm").links), (Some(Osc::SevenSevenSeven), true));
        assert!(!wants("xterm").title && !wants("linux").links && !wants("xterm").bell);
    }
}
