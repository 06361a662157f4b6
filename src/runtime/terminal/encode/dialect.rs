//! What a terminal understands beyond the VT100: told by its name alone, as no answer can be waited for.
//!
//! A name that is not known is taken for the least of them that people sit at. Nothing is sent that some of them draw as text.

/// The sequences that may be used.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Dialect {
    /// `CSI n G`: to a column of the row.
    pub columns: bool,
    /// `CSI n X`: blanks, and the cursor stays.
    pub erase_cells: bool,
    /// What is erased takes the background of the pen; elsewhere it takes the terminal's own.
    pub erase_in_colour: bool,
    /// `CSI n S` and `CSI n T`: a region scrolls; elsewhere a line feed at its edge does it.
    pub scroll: bool,
    /// `CSI 22 m` to `CSI 49 m`: one attribute, or the colour, ends; elsewhere all of them do.
    pub ends_one: bool,
}

impl Dialect {
    /// All of it.
    pub const XTERM: Self =
        Self { columns: true, erase_cells: true, erase_in_colour: true, scroll: true, ends_one: true };
    /// What every terminal since 1978 does.
    pub const VT100: Self =
        Self { columns: false, erase_cells: false, erase_in_colour: false, scroll: false, ends_one: false };

    /// By the value of `TERM`.
    pub fn of(term: &str) -> Self {
        let family = term.split(['-', '.']).next().unwrap_or_default();
        match family {
            "vt100" | "vt102" | "vt220" | "vt320" | "ansi" | "dumb" | "" => Self::VT100,
            "linux" => Self { scroll: false, ..Self::XTERM },
            "screen" | "tmux" => Self { erase_in_colour: false, ..Self::XTERM },
            "xterm" | "foot" | "alacritty" | "kitty" | "wezterm" | "ghostty" | "contour" | "mintty" | "rio"
            | "konsole" | "vte" | "gnome" | "st" | "iterm" | "iterm2" => Self::XTERM,
            _ => Self { erase_in_colour: false, scroll: false, ..Self::XTERM },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_terminal_is_told_by_its_name() {
        for (term, dialect) in [
            ("xterm-256color", Dialect::XTERM),
            ("xterm-kitty", Dialect::XTERM),
            ("st-256color", Dialect::XTERM),
            ("vt100", Dialect::VT100),
            ("", Dialect::VT100),
        ] {
            assert_eq!(Dialect::of(term), dialect, "{term}");
        }
    }

    #[test]
    fn a_multiplexer_is_not_trusted_to_erase_in_colour() {
        for term in ["screen-256color", "tmux-256color", "screen.xterm-256color"] {
            let dialect = Dialect::of(term);
            assert!(dialect.scroll && !dialect.erase_in_colour, "{term}");
        }
    }

    #[test]
    fn the_console_and_a_stranger_scroll_by_line_feeds() {
        assert!(!Dialect::of("linux").scroll && !Dialect::of("wy60").scroll);
    }
}
