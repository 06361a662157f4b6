//! Every key a configuration may hold, as data: validation, nearest names, the reference and its test read this one table.
//!
//! Holds no default: those stand in `config/default.toml` alone.

mod json;
mod slo;
mod source;

pub use json::json;
pub use slo::SIGNALS;
use slo::{SLO, SLO_EXCLUSION};
pub use source::SOURCE;

/// What a value must be.
#[derive(Clone, Copy, Debug)]
pub enum Kind {
    Text,
    /// Text that may be empty.
    Any,
    /// Text nobody else may read.
    Secret,
    /// A path; relative ones start at the directory of the configuration file, `~/` at home.
    Path,
    Bool,
    /// A Prometheus duration within these bounds, both in milliseconds and both allowed.
    Duration(i64, i64),
    /// A whole number within these bounds, both allowed.
    Number(i64, i64),
    /// A part of a whole: 0 to 1.
    Share,
    /// A number above 0, whole or not.
    Amount,
    OneOf(&'static [&'static str]),
    /// A list of strings.
    List,
    /// A table of strings; a value may be `{ env = "NAME" }`.
    Headers,
    /// A table of strings.
    Texts,
    /// A table of commands and their keys.
    Keys,
    Table(&'static [Key]),
    Tables(&'static [Key]),
    /// Tables by their names, each with the keys of the file and [`PROFILE`].
    Profiles,
}

/// What holds where a key is left out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Absent {
    /// The value in `config/default.toml`.
    Default,
    /// Nothing, or something the machine knows.
    Nothing,
    /// It may not be left out.
    Mistake,
}

/// One key.
#[derive(Clone, Copy, Debug)]
pub struct Key {
    pub name: &'static str,
    pub kind: Kind,
    pub absent: Absent,
    /// One sentence; it stands above the key in `config/default.toml` too.
    pub doc: &'static str,
}

pub(in crate::config) const fn given(name: &'static str, kind: Kind, doc: &'static str) -> Key {
    Key { name, kind, absent: Absent::Default, doc }
}

pub(in crate::config) const fn may(name: &'static str, kind: Kind, doc: &'static str) -> Key {
    Key { name, kind, absent: Absent::Nothing, doc }
}

pub(in crate::config) const fn must(name: &'static str, kind: Kind, doc: &'static str) -> Key {
    Key { name, kind, absent: Absent::Mistake, doc }
}

const SECOND: i64 = 1_000;
const MINUTE: i64 = 60 * SECOND;
const DAY: i64 = 24 * 60 * MINUTE;

/// The keys of the file.
pub const ROOT: &[Key] = &[
    given("read_only", Kind::Bool, "Never write to a source: no acks, no silences."),
    may("user", Kind::Table(USER), "Who you are."),
    may("ack", Kind::Table(ACK), "How an ack behaves."),
    may("silence", Kind::Table(SILENCE), "Silences, and when one is too broad to be sent with one key."),
    may("silence_template", Kind::Tables(SILENCE_TEMPLATE), "Silences that are made often; Alt-1 takes the first."),
    may("slo", Kind::Table(SLO), "Error budgets."),
    may("incident", Kind::Table(super::incident::KEYS), "Incidents."),
    may("shift", Kind::Table(super::shift::KEYS), "Shifts: for statistics, and the handoff from one to the next."),
    may(
        "signals",
        Kind::Tables(SIGNALS),
        "Latency, traffic, errors and saturation beside an open budget; what is left out is recognised by its name.",
    ),
    may(
        "slo_exclusion",
        Kind::Tables(SLO_EXCLUSION),
        "Planned maintenance: its events are left out of an adjusted number, which stands beside the raw one.",
    ),
    may("journal", Kind::Table(JOURNAL), "Where notes, acks and incidents are kept."),
    may("notify", Kind::Table(super::notify::KEYS), "How you are told of new alerts."),
    may("alerts", Kind::Table(ALERTS), "The alerts pane."),
    may("storm", Kind::Table(STORM), "What is a storm of alerts, and what the alerts pane does in one."),
    may("ui", Kind::Table(UI), "How it looks."),
    may(
        "keys",
        Kind::Keys,
        "Other keys for commands: a key, a list, or [] for none; in.PLACE = { .. } for one place alone; preset: srepd, k9s, vim.",
    ),
    may("view", Kind::Tables(VIEW), "One view of the alerts each, in the order of its tabs."),
    may(
        "correlation",
        Kind::Tables(CORRELATION),
        "Sources that tell the same alerts: one line for each (×2), the worst speaks; `p` takes it apart, nothing is merged.",
    ),
    may(
        "action",
        Kind::Tables(ACTION),
        "Commands that `x` runs on what is before you; each is shown as it will run, and kept in the timeline.",
    ),
    may("runbooks", Kind::Table(RUNBOOKS), "Where runbooks are read."),
    may(
        "sim",
        Kind::Table(super::sim::KEYS),
        "A simulated day beside the sources, or in their place; `watchfire demo --keep DIR` writes one.",
    ),
    may(
        "profile",
        Kind::Profiles,
        "Other places to watch: each table is laid over the rest of the file by `--profile NAME`; its lists take the place of the file's.",
    ),
    may("source", Kind::Tables(SOURCE), "One backend each; as many as you like."),
];

/// What a `[profile.NAME]` has beside the keys of the file.
pub const PROFILE: &[Key] = &[may(
    "colour",
    Kind::OneOf(super::profile::COLOUR_NAMES),
    "The colour of its name in the header; left out, red where the name begins with prod or live.",
)];

/// Every key of a `[profile.NAME]`.
pub fn profile_keys() -> &'static [Key] {
    static KEYS: std::sync::LazyLock<Vec<Key>> = std::sync::LazyLock::new(|| {
        PROFILE.iter().chain(ROOT.iter().filter(|k| k.name != "profile")).copied().collect()
    });
    &KEYS
}

const USER: &[Key] = &[
    may("name", Kind::Text, "The name on your acks, notes and silences; left out, it is your login name."),
    may(
        "aliases",
        Kind::List,
        "Other names of yours: as PagerDuty and others call you, to tell whether you are on call.",
    ),
];

const ACK: &[Key] = &[
    given(
        "lasts",
        Kind::Duration(MINUTE, 365 * DAY),
        "How long an ack lasts; one carried by a silence is kept alive while the alert fires.",
    ),
    given(
        "silences_max",
        Kind::Number(1, 10_000),
        "The most silences that acking many alerts at once makes on a source: up to it one an alert, above it fewer that cover more.",
    ),
    given(
        "breaks_on",
        Kind::List,
        "What breaks it before: severity (rises), member (a new alert joins its group), refire (it fires again), burn>N.",
    ),
    may(
        "group_by",
        Kind::List,
        "For `member`: alerts of one source that agree in these labels are a group; left out, as the source routes them.",
    ),
    given(
        "grace",
        Kind::Duration(SECOND, DAY),
        "How long an alert must be gone before its ack ends; two polls at least.",
    ),
];

const SILENCE: &[Key] = &[
    given("lasts", Kind::Duration(MINUTE, 365 * DAY), "How long a silence lasts where nothing else is said."),
    may(
        "extend_by",
        Kind::Duration(MINUTE, 365 * DAY),
        "What an extension adds; left out, as long as the silence was made for, at least 1h.",
    ),
    given("ends_soon", Kind::Duration(0, DAY), "A silence that ends within this is marked."),
    given("comment_required", Kind::Bool, "Whether a silence needs a comment."),
    given(
        "guard_share",
        Kind::Share,
        "Above this share of a source's alerts, from five muted on, the number of muted alerts must be typed.",
    ),
    given("guard_alerts", Kind::Number(0, 1_000_000), "The same above this many muted alerts."),
    given("guard_filters", Kind::List, "The same for a silence that covers everything one of these filters shows."),
];

/// The keys of one `[[silence_template]]`.
const SILENCE_TEMPLATE: &[Key] = &[
    must("name", Kind::Text, "What it is called; unique."),
    must("matchers", Kind::Text, "Matchers as Alertmanager writes them."),
    may("for", Kind::Text, "How long, or until when: 2h, 08:00, 2026-11-22T08:00."),
    may("comment", Kind::Text, "The comment to begin with."),
];

const JOURNAL: &[Key] =
    &[given("url", Kind::Text, "`sqlite` is a file in the data directory; `sqlite:PATH` is that file.")];

const ALERTS: &[Key] = &[
    given("columns", Kind::List, "From left to right: state, age, name, summary, owner, source, spark or label:NAME."),
    given("sort", Kind::Text, "severity, newest, oldest, name, source or label:NAME."),
    given(
        "group_by",
        Kind::List,
        "Labels that the alerts are grouped by from the start, or @route: as their sources route them; none: one by one.",
    ),
    given("away", Kind::Duration(10 * SECOND, DAY), "Without a key for this long you have been away."),
    given(
        "flap_changes",
        Kind::Number(2, 1_000),
        "An alert that fires and resolves this often within flap_window flaps.",
    ),
    given("flap_window", Kind::Duration(MINUTE, DAY), "How far back flap_changes looks."),
];

const STORM: &[Key] = &[
    given("auto", Kind::Bool, "Whether the alerts pane changes by itself; the key works in either case."),
    given(
        "alerts_per_minute",
        Kind::Number(2, 1_000_000),
        "More alerts than this that begin within a minute are a storm.",
    ),
    given("quiet_for", Kind::Duration(MINUTE, DAY), "It is over when less than half as many began for this long."),
];

const UI: &[Key] = &[
    given(
        "theme",
        Kind::Text,
        "terminal, midnight, daylight, deuteranopia, contrast, solarized, night, mono, auto (by the terminal's background), one of your folder themes/, or the path of a theme file.",
    ),
    given("theme_light", Kind::Text, "What auto takes on a light background."),
    given(
        "theme_dark",
        Kind::Text,
        "What auto takes on a dark background; until the terminal has told, it is terminal.",
    ),
    given(
        "colors",
        Kind::OneOf(&["auto", "truecolor", "256", "16", "none"]),
        "How many colours there are; auto: as many as the terminal has.",
    ),
    given("glyphs", Kind::OneOf(&["auto", "unicode", "block", "ascii"]), "Borders and graphs; block has no braille."),
    given(
        "ambiguous_width",
        Kind::Number(1, 2),
        "2 where the terminal draws characters of ambiguous width in two columns, as some East Asian set-ups do.",
    ),
    given(
        "unfocused_interval",
        Kind::Duration(SECOND, DAY),
        "How often each source is asked at least while the terminal says that you look elsewhere; never more often than its interval.",
    ),
    given(
        "synchronized",
        Kind::Bool,
        "Frames are drawn as a whole (synchronised updates, mode 2026); off where a terminal or multiplexer flickers by it.",
    ),
    given(
        "low_bandwidth",
        Kind::Bool,
        "For a slow link: two frames a second at most, ages of sources by the minute; no colours but the severities', no borders, no graphs.",
    ),
    given(
        "mouse",
        Kind::Bool,
        "The mouse selects, opens, scrolls and moves on the time axis; a key turns it on and off as well.",
    ),
    may(
        "escape_delay",
        Kind::Duration(1, SECOND),
        "How long Esc waits for the rest of a torn sequence before it is a key; left out, 40ms, and 120ms over SSH.",
    ),
    given(
        "links",
        Kind::OneOf(&["auto", "always", "never"]),
        "Links that the terminal opens by a click (OSC 8); auto: where the terminal is known for it.",
    ),
    given(
        "title",
        Kind::OneOf(&["auto", "always", "never"]),
        "The terminal's title, with how much burns; auto: not inside tmux and screen.",
    ),
    given("reduced_motion", Kind::Bool, "Nothing moves by itself: ages and clocks are drawn anew once a minute."),
    given(
        "show_cursor",
        Kind::Bool,
        "Show the terminal's cursor on the selected row; magnifiers that need to see it follow it.",
    ),
];

/// The keys of one `[[view]]`.
pub const VIEW: &[Key] = &[
    must("name", Kind::Text, "Unique; the name of its tab."),
    must("filter", Kind::Text, "What it shows, as after `/`; `{}` is every alert."),
    may("group_by", Kind::List, "Labels that alerts are grouped by, or @route."),
    may("sort", Kind::Text, "What its rows are sorted by."),
    may("columns", Kind::List, "The columns of its rows."),
];

/// The keys of one `[[correlation]]`.
pub const CORRELATION: &[Key] = &[
    must("sources", Kind::List, "Two or more, by their names."),
    may("labels", Kind::List, "Two alerts are the same where both have these labels and agree in them."),
    may("ignore", Kind::List, "Instead of labels: they agree in every label but these."),
    may(
        "link",
        Kind::OneOf(&["same", "page"]),
        "`same`: one alert told twice; `page`: the first source pages for the others, and each keeps its own state.",
    ),
];

/// The keys of one `[[action]]`.
pub const ACTION: &[Key] = &[
    must("name", Kind::Text, "Unique; what the menu calls it."),
    must(
        "run",
        Kind::List,
        "The program and its arguments; {{labels.NAME}}, {{annotations.NAME}}, {{alert.id}}, {{slo.id}}, {{incident.id}}, {{user}} and {{input.NAME}} are filled in, and one argument stays one.",
    ),
    may("description", Kind::Text, "One sentence for the menu."),
    given(
        "shell",
        Kind::Bool,
        "Run a single text by `sh -c`; what is filled in stays data, as its positional parameters.",
    ),
    given("on", Kind::List, "What it can be run on: alert, slo, incident, anywhere."),
    may("scope", Kind::Text, "Only alerts that pass this filter."),
    given("confirm", Kind::Bool, "Ask before it runs; without, the menu runs it, where its line is shown as well."),
    given("dangerous", Kind::Bool, "Its name must be typed before it runs."),
    given(
        "dashes",
        Kind::OneOf(&["pass", "refuse"]),
        "What becomes of a value that would begin an argument with a dash: a program may take it for an option.",
    ),
    given("timeout", Kind::Duration(SECOND, DAY), "It is ended after this, with all that it started."),
    given(
        "output_max",
        Kind::Number(1_024, 4_194_304),
        "Bytes of output that are kept; of more the middle is left out.",
    ),
    may("cwd", Kind::Path, "The directory it runs in."),
    may("env", Kind::Texts, "Set beside your environment, out of which the secrets of sources are taken."),
    may("inputs", Kind::Tables(INPUT), "What is asked for before it runs."),
];

/// The keys of one of an action's `inputs`.
const INPUT: &[Key] = &[
    must("name", Kind::Text, "{{input.NAME}} stands for it."),
    may("prompt", Kind::Text, "What is asked."),
    may("default", Kind::Any, "What stands there at first; with \"\" it may stay empty."),
    may("choices", Kind::List, "It must be one of these."),
    may("pattern", Kind::Text, "A regular expression that all of it must match."),
];

const RUNBOOKS: &[Key] = &[
    may("dir", Kind::Path, "Where a runbook that is no address is a file; NAME.md is the runbook of the alert NAME."),
    may("by_alert", Kind::Texts, "The files of alerts by their names, before what the alert itself says."),
    given("fetch", Kind::Bool, "Read what has an address from there, when you open it; without any credentials."),
];
