//! Which signs a terminal can be expected to draw: told by an option, else by the locale and the terminal's name.
//!
//! Knows the names of sets, not the signs.

use super::{request::Env, types::Glyphs};

/// What is drawn with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Signs {
    /// Never [`Glyphs::Auto`].
    pub glyphs: Glyphs,
    /// Nothing but ASCII can be shown at all: the locale says so.
    pub ascii_only: bool,
    pub why: Why,
}

/// How it is known.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Why {
    Option,
    /// `ambiguous_width = 2`: the signs for borders and graphs would take two columns.
    Ambiguous,
    /// The locale is not UTF-8.
    Locale,
    /// The terminal is known to lack them.
    Term,
    /// Nothing speaks against them.
    Usual,
}

impl Why {
    pub fn words(self) -> &'static str {
        match self {
            Self::Option => "as ui.glyphs says",
            Self::Ambiguous => "as ui.ambiguous_width is 2",
            Self::Locale => "as the locale is not UTF-8",
            Self::Term => "as TERM names a terminal that lacks the others",
            Self::Usual => "as the locale is UTF-8",
        }
    }
}

/// Consoles and terminals of old that have no signs for borders and graphs.
const POOR: [&str; 8] = ["linux", "dumb", "vt100", "vt102", "vt220", "vt320", "vt420", "ansi"];

impl Signs {
    /// By the option, then by the environment.
    pub fn of(wanted: Glyphs, ambiguous_width: u8, env: &Env) -> Self {
        let utf8 = is_utf8(env);
        let set = |glyphs, why| Self { glyphs, ascii_only: false, why };
        match wanted {
            _ if ambiguous_width == 2 => set(Glyphs::Ascii, Why::Ambiguous),
            Glyphs::Unicode | Glyphs::Block | Glyphs::Ascii => set(wanted, Why::Option),
            Glyphs::Auto if !utf8 => Self { ascii_only: true, ..set(Glyphs::Ascii, Why::Locale) },
            Glyphs::Auto if is_poor(env) => set(Glyphs::Ascii, Why::Term),
            Glyphs::Auto => set(Glyphs::Unicode, Why::Usual),
        }
    }
}

fn is_poor(env: &Env) -> bool {
    is_of_old(&env.get("TERM").unwrap_or_default())
}

/// Whether a terminal of this name is a console, or one of old.
pub fn is_of_old(term: &str) -> bool {
    POOR.contains(&term.split(['-', '.']).next().unwrap_or_default())
}

/// Whether the locale in force is UTF-8; `LC_ALL` counts before `LC_CTYPE`, and that before `LANG`.
fn is_utf8(env: &Env) -> bool {
    let locale = ["LC_ALL", "LC_CTYPE", "LANG"].into_iter().find_map(|name| env.get(name)).unwrap_or_default();
    let locale = locale.to_lowercase();
    locale.contains("utf-8") || locale.contains("utf8")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn auto(env: &[(&str, &str)]) -> Signs {
        Signs::of(Glyphs::Auto, 1, &Env::of(env))
    }

    #[test]
    fn a_console_and_a_locale_without_unicode_get_ascii_by_themselves() {
        for (env, glyphs, why) in [
            (&[("LANG", "C.UTF-8"), ("TERM", "xterm-256color")][..], Glyphs::Unicode, Why::Usual),
            (&[("LANG", "de_DE.utf8"), ("TERM", "linux")], Glyphs::Ascii, Why::Term),
            (&[("LANG", "C.UTF-8"), ("TERM", "vt100")], Glyphs::Ascii, Why::Term),
            (&[("LANG", "C.UTF-8"), ("TERM", "vt220-8bit")], Glyphs::Ascii, Why::Term),
            (&[("LANG", "C.UTF-8"), ("LC_ALL", "C"), ("TERM", "xterm")], Glyphs::Ascii, Why::Locale),
            (&[("LANG", "C"), ("LC_CTYPE", "C.UTF-8")], Glyphs::Unicode, Why::Usual),
            (&[], Glyphs::Ascii, Why::Locale),
        ] {
            assert_eq!((auto(env).glyphs, auto(env).why), (glyphs, why), "{env:?}");
        }
        assert!(auto(&[("LANG", "de_DE.ISO-8859-1")]).ascii_only);
        assert!(!auto(&[("LANG", "C.UTF-8"), ("TERM", "linux")]).ascii_only);
    }

    #[test]
    fn an_option_counts_before_all_of_it() {
        let env = Env::of(&[("LANG", "C"), ("TERM", "linux")]);
        assert_eq!(Signs::of(Glyphs::Block, 1, &env).glyphs, Glyphs::Block);
        assert_eq!(Signs::of(Glyphs::Unicode, 2, &env).glyphs, Glyphs::Ascii);
    }
}
