//! The checks of how it looks here: how many colours there are and how that is known, which signs are drawn, and what would
//! make it better.

use crate::{
    cli::start,
    config::{
        Config, Glyphs,
        depth::{Colours, Depth, Why},
        glyphs::{self, Signs},
        request::Env,
    },
};

use super::Check;

pub(super) fn checks(config: &Config, env: &Env) -> Vec<Check> {
    let signs = Signs::of(config.ui.glyphs, config.ui.ambiguous_width, env);
    vec![colours(start::colours(config, env), env), drawn(signs)]
}

fn colours(colours: Colours, env: &Env) -> Check {
    let said = format!("{}, {}", colours.depth.words(), colours.why.words());
    match advice(colours, env) {
        Some(advice) => Check { advice: Some(advice.to_owned()), ..Check::ok("colours", said) },
        None => Check::ok("colours", said),
    }
}

/// What to do where there may be more colours than are known of.
fn advice(colours: Colours, env: &Env) -> Option<&'static str> {
    if colours.depth == Depth::True || matches!(colours.why, Why::Option | Why::NoColor) {
        return None;
    }
    let far = env.is_over_ssh();
    if env.get("TMUX").is_some() {
        return Some(
            "if your terminal shows 24 bits: `set -as terminal-features \",*:RGB\"` and `set-environment -g COLORTERM truecolor` in ~/.tmux.conf",
        );
    }
    if far {
        return Some(
            "if your terminal shows 24 bits: `SendEnv COLORTERM` in ~/.ssh/config there and `AcceptEnv COLORTERM` in sshd_config here, or colors = \"truecolor\" under [ui]",
        );
    }
    Some("if your terminal shows 24 bits: set COLORTERM=truecolor, or colors = \"truecolor\" under [ui]")
}

fn drawn(signs: Signs) -> Check {
    let set = match signs.glyphs {
        Glyphs::Ascii if signs.ascii_only => "ASCII, what others write too",
        Glyphs::Ascii => "borders and graphs in ASCII",
        Glyphs::Block => "graphs in blocks",
        Glyphs::Unicode | Glyphs::Auto => "borders and graphs in Unicode",
    };
    let said = format!("{set}, {}", signs.why.words());
    match signs.why {
        glyphs::Why::Locale => Check::warn("glyphs", said, "set LANG to a UTF-8 locale such as C.UTF-8"),
        _ => Check::ok("glyphs", said),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(env: &[(&str, &str)]) -> String {
        let env = Env::of(env);
        let check = colours(Colours::of(None, &env, None), &env);
        format!("{} | {}", check.said, check.advice.unwrap_or_default())
    }

    #[test]
    fn the_number_of_colours_its_reason_and_the_way_to_more_are_told() {
        let far = told(&[("TERM", "xterm-256color"), ("SSH_CONNECTION", "10.0.0.1 1 10.0.0.2 22")]);
        assert!(far.starts_with("256 colours, as TERM says | ") && far.contains("SendEnv COLORTERM"), "{far}");
        assert!(far.contains("AcceptEnv COLORTERM"), "{far}");
        let tmux = told(&[("TERM", "tmux-256color"), ("TMUX", "/tmp/tmux-0/default,1,0"), ("SSH_TTY", "/dev/pts/1")]);
        assert!(tmux.contains("terminal-features \",*:RGB\""), "{tmux}");
        let good = told(&[("TERM", "xterm-256color"), ("COLORTERM", "truecolor")]);
        assert_eq!(good, "16 million colours, as COLORTERM says | ");
        let none = told(&[("NO_COLOR", "1"), ("TERM", "xterm")]);
        assert_eq!(none, "no colour, as NO_COLOR asks | ");
    }
}
