//! The checks of where it runs: the terminal, the locale, tmux, proxies. Reads the environment and changes nothing.

use std::io::IsTerminal;

use super::Check;

pub(super) fn checks() -> Vec<Check> {
    let mut checks = terminal();
    checks.push(locale());
    checks.extend(tmux());
    checks.extend(proxies());
    checks
}

fn env(name: &str) -> Option<String> {
    std::env::var(name).ok().filter(|v| !v.is_empty())
}

fn terminal() -> Vec<Check> {
    let what = "terminal";
    if !std::io::stdout().is_terminal() {
        return vec![Check::ok(what, "standard output is none here: the cockpit would print one frame as text")];
    }
    let mut checks = vec![match env("TERM").as_deref() {
        None | Some("dumb") => Check::fail(what, "TERM says it can draw nothing", "use --plain, or set TERM"),
        Some(term) => Check::ok(what, format!("TERM={term}")),
    }];
    checks.push(match crossterm::terminal::size() {
        Ok((columns, rows)) if columns < 80 || rows < 20 => {
            Check::warn(what, format!("{columns}x{rows}"), "80x24 or more shows all panes")
        }
        Ok((columns, rows)) => Check::ok(what, format!("{columns}x{rows}")),
        Err(error) => {
            Check::warn(what, format!("its size is not known: {error}"), "set it with `stty rows 24 cols 80`")
        }
    });
    checks
}

fn locale() -> Check {
    let set = ["LC_ALL", "LC_CTYPE", "LANG"].into_iter().find_map(|name| Some((name, env(name)?)));
    let advice = "set LANG to a UTF-8 locale such as C.UTF-8; until then everything is drawn in ASCII";
    match set {
        None => Check::warn("locale", "LANG is not set", advice),
        Some((name, value)) => {
            let lower = value.to_lowercase();
            let utf8 = lower.contains("utf-8") || lower.contains("utf8");
            let said = format!("{name}={value}");
            if utf8 { Check::ok("locale", said) } else { Check::warn("locale", said, advice) }
        }
    }
}

fn tmux() -> Option<Check> {
    let inside = if env("TMUX").is_some() { "tmux" } else { env("STY").map(|_| "screen")? };
    let term = env("TERM").unwrap_or_default();
    let fits = term.starts_with("tmux") || term.starts_with("screen");
    let advice = "set default-terminal to tmux-256color (screen-256color in screen)";
    let said = format!("inside {inside}, TERM={term}");
    Some(if fits { Check::ok("multiplexer", said) } else { Check::warn("multiplexer", said, advice) })
}

/// Names as every client reads them; the upper-case HTTP_PROXY is ignored in a CGI, which this is not.
const PROXIES: [&str; 4] = ["HTTPS_PROXY", "HTTP_PROXY", "ALL_PROXY", "NO_PROXY"];

fn proxies() -> Vec<Check> {
    let value = |name: &str| env(name).or_else(|| env(&name.to_lowercase()));
    let set = PROXIES.into_iter().filter_map(|name| Some((name, value(name)?)));
    set.map(|(name, value)| Check::ok("proxy", format!("{name}={}", redacted(&value)))).collect()
}

/// Without a user and a password, however odd the address is.
fn redacted(value: &str) -> String {
    let (scheme, rest) = value.split_once("://").map_or(("", value), |(s, r)| (s, r));
    match rest.rsplit_once('@') {
        Some((_, host)) if scheme.is_empty() => format!("<redacted>@{host}"),
        Some((_, host)) => format!("{scheme}://<redacted>@{host}"),
        None => value.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_proxy_is_shown_without_its_credentials() {
        assert_eq!(redacted("http://ana:p@ss/word@proxy:3128"), "http://<redacted>@proxy:3128");
        assert_eq!(redacted("ana:pw@proxy"), "<redacted>@proxy");
        assert_eq!(redacted("http://proxy:3128"), "http://proxy:3128");
        assert_eq!(redacted("localhost,.example"), "localhost,.example");
    }
}
