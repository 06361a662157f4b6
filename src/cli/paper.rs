//! What standard output is: how wide, and whether it takes colour. Where it is no terminal it is neither.

use std::{borrow::Cow, io::IsTerminal};

use crate::config::{
    Config,
    request::Env,
    theme::{Color, Role, Style, Theme},
};

use super::args::Global;

/// What a table is written on.
pub struct Paper {
    /// Columns of the terminal; none where there is no terminal.
    pub columns: Option<usize>,
    theme: Option<Theme>,
}

impl Paper {
    pub fn of(global: &Global, config: &Config) -> Self {
        if !std::io::stdout().is_terminal() {
            return Self { columns: None, theme: None };
        }
        let set = |name| std::env::var(name).is_ok_and(|v| !v.is_empty());
        let dumb = std::env::var("TERM").is_ok_and(|t| t == "dumb");
        let colour = !global.no_color && !global.plain && !set("NO_COLOR") && !dumb;
        let columns = crossterm::terminal::size().ok().map(|(columns, _)| usize::from(columns)).filter(|c| *c > 0);
        let depth = super::start::colours(config, &Env::from_process()).depth;
        Self { columns, theme: colour.then(|| config.theme.at_depth(depth)) }
    }

    /// No colour, and this wide.
    #[cfg(test)]
    pub fn blank(columns: Option<usize>) -> Self {
        Self { columns, theme: None }
    }

    /// The text in the style of a role, where there is colour.
    pub fn dye<'a>(&self, role: Role, text: &'a str) -> Cow<'a, str> {
        let codes = self.theme.as_ref().map(|t| codes(t.style(role))).unwrap_or_default();
        if codes.is_empty() || text.is_empty() {
            return text.into();
        }
        format!("\x1b[{}m{text}\x1b[0m", codes.join(";")).into()
    }
}

/// The SGR codes of a style; a background is a screen's, not a line's.
fn codes(style: Style) -> Vec<String> {
    let marks = [(style.bold, "1"), (style.dim, "2"), (style.underline, "4"), (style.reverse, "7")];
    let mut codes: Vec<String> = marks.iter().filter(|(on, _)| *on).map(|(_, code)| (*code).to_owned()).collect();
    codes.extend(match style.fg {
        None | Some(Color::Default) => None,
        Some(Color::Ansi(n @ 0..8)) => Some(format!("{}", 30 + n)),
        Some(Color::Ansi(n @ 8..16)) => Some(format!("{}", 82 + n)),
        Some(Color::Ansi(n)) => Some(format!("38;5;{n}")),
        Some(Color::Rgb(r, g, b)) => Some(format!("38;2;{r};{g};{b}")),
    });
    codes
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn without_a_terminal_nothing_is_dyed() {
        assert_eq!(Paper::blank(None).dye(Role::Critical, "C"), "C");
    }

    #[test]
    fn the_sixteen_colours_have_the_codes_of_the_terminal() {
        let code = |n| codes(Style { fg: Some(Color::Ansi(n)), ..Style::default() });
        assert_eq!((code(1), code(9), code(99)), (vec!["31".into()], vec!["91".into()], vec!["38;5;99".into()]));
    }
}
