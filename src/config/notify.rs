//! `[notify]`: by which ways a person is told of alerts of each severity, and when not.

use chrono::NaiveTime;

use super::{
    document::Node,
    fault::Report,
    layers::Layers,
    schema::{Key, Kind, given, may},
    shift,
    types::{NotifyConfig, TerminalNotice},
    view,
};
use crate::domain::{
    alert::Severity,
    duration,
    notify::{Quiet, Rules, Way, Ways},
};

const DAY: i64 = 24 * 60 * 60 * 1_000;

/// The keys of `[notify]`.
pub(super) const KEYS: &[Key] = &[
    given("critical", Kind::List, "How a new critical alert is told: bell, terminal, desktop, command."),
    given("error", Kind::List, "The same for an error."),
    given("warning", Kind::List, "The same for a warning."),
    given("info", Kind::List, "The same for an info."),
    given("unknown", Kind::List, "The same for an alert whose severity nobody knows."),
    given("bell", Kind::Bool, "The terminal's bell; never more than one in ten seconds, and one in a storm."),
    given(
        "terminal",
        Kind::OneOf(&["auto", "osc9", "osc99", "osc777", "off"]),
        "A notification that the terminal shows; auto chooses by the terminal, over SSH too.",
    ),
    given("desktop", Kind::Bool, "A notification on the desktop; never over SSH."),
    may(
        "command",
        Kind::List,
        "A program and its arguments, without a shell; it gets the notice as JSON on its input.",
    ),
    given("command_timeout", Kind::Duration(100, 10 * 60 * 1_000), "The program is ended after this."),
    given("detail", Kind::Bool, "Whether the summary of an alert is told as well: anybody may read a lock screen."),
    may("quiet", Kind::Text, "Quiet hours, such as 22:00-07:00: nothing is told, and at their end what came, once."),
    may("zone", Kind::Text, "The zone of quiet hours by its name; left out, that of the machine."),
    given("quiet_except", Kind::List, "Severities that are told in quiet hours all the same."),
    given("awake", Kind::Duration(60 * 1_000, DAY), "How long the key for it lifts quiet hours."),
    may("filter", Kind::Text, "Only new alerts that pass this filter are told."),
];

/// None where anything in it is a mistake, which is told.
pub(super) fn read(layers: Layers<'_>, report: &mut Report) -> Option<NotifyConfig> {
    let filter = layers.get(&["notify", "filter"]).and_then(|(node, _)| view::filter(node, report));
    let routes = Severity::ALL.map(|s| ways(layers, s.as_str(), report));
    let quiet = quiet(layers, report);
    let except = except(layers, report);
    let length = |name| layers.read(&["notify", name], |n| duration::parse(n.text()?).ok());
    let switch = |name| layers.read(&["notify", name], Node::bool);
    let words = layers.get(&["notify", "command"]).map(|(n, _)| n.texts()).unwrap_or_default();
    let [Some(critical), Some(error), Some(warning), Some(info), Some(unknown)] = routes else { return None };
    Some(NotifyConfig {
        rules: Rules {
            routes: [critical, error, warning, info, unknown],
            quiet: quiet?,
            except: except?,
            awake: length("awake")?,
            detail: switch("detail")?,
        },
        bell: switch("bell")?,
        terminal: layers.read(&["notify", "terminal"], |n| n.text().map(terminal))?,
        desktop: switch("desktop")?,
        command: words.into_iter().map(|(_, word)| word.to_owned()).collect(),
        command_timeout: length("command_timeout")?,
        filter: filter.unwrap_or_default(),
    })
}

fn terminal(word: &str) -> TerminalNotice {
    match word {
        "osc9" => TerminalNotice::Osc9,
        "osc99" => TerminalNotice::Osc99,
        "osc777" => TerminalNotice::Osc777,
        "off" => TerminalNotice::Off,
        _ => TerminalNotice::Auto,
    }
}

fn ways(layers: Layers<'_>, severity: &str, report: &mut Report) -> Option<Ways> {
    let (node, _) = layers.get(&["notify", severity])?;
    let mut ways = Some(Ways::NONE);
    for (at, word) in node.texts() {
        match Way::from_name(word.trim()) {
            Some(way) => ways = ways.map(|w| w.with(way)),
            None => {
                report.hint(at, format!("nothing is told by `{word}`"), "bell, terminal, desktop, command");
                ways = None;
            }
        }
    }
    ways
}

fn except(layers: Layers<'_>, report: &mut Report) -> Option<Vec<Severity>> {
    let (node, _) = layers.get(&["notify", "quiet_except"])?;
    let mut all = Some(Vec::new());
    for (at, word) in node.texts() {
        match Severity::ALL.into_iter().find(|s| s.as_str() == word.trim()) {
            Some(severity) => all.iter_mut().for_each(|a| a.push(severity)),
            None => {
                report.hint(at, format!("`{word}` is no severity"), "critical, error, warning, info, unknown");
                all = None;
            }
        }
    }
    all
}

/// None inside: there are no quiet hours.
fn quiet(layers: Layers<'_>, report: &mut Report) -> Option<Option<Quiet>> {
    let wall = shift::wall(layers, &["notify", "zone"], report)?;
    let Some((node, _)) = layers.get(&["notify", "quiet"]) else { return Some(None) };
    let text = node.text().unwrap_or_default();
    let time = |text: &str| NaiveTime::parse_from_str(text.trim(), "%H:%M").ok();
    let hours = text.split_once('-').and_then(|(from, to)| Some((time(from)?, time(to)?)));
    let Some((from, to)) = hours.filter(|(from, to)| from != to) else {
        report.hint(node.at, format!("`{text}` are no quiet hours"), "such as 22:00-07:00");
        return None;
    };
    Some(Some(Quiet { from, to, wall }))
}
