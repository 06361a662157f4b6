//! The keys about SLOs: where they are read from, what is left out of them, what follows from them, and which signals
//! stand beside them.

use super::{DAY, Key, Kind, MINUTE, given, may, must};

pub(super) const SLO: &[Key] = &[
    given(
        "files",
        Kind::List,
        "OpenSLO, Sloth and Pyrra files, told apart by content; `*` stands for any part of a file's name.",
    ),
    given(
        "sloth_period",
        Kind::Duration(60 * MINUTE, 400 * DAY),
        "The period of Sloth's SLOs, which their files leave to Sloth's own command line.",
    ),
    given(
        "samples_per_minute",
        Kind::Number(0, 1_000_000_000_000),
        "Samples that a Prometheus may read for our history each minute, beside the newest counts; 0 = no limit.",
    ),
    given(
        "discover",
        Kind::Bool,
        "Find the SLOs that rules record on each Prometheus: Sloth's, Pyrra's and Grafana's.",
    ),
    may("policy", Kind::Table(SLO_POLICY), "What follows from a budget that is spent: `slo gate` ends by it."),
];

/// The units of `[[signals]]`.
const UNITS: Kind = Kind::OneOf(&["s", "ms", "us", "/s", "/min", "ratio", "percent", "bytes", "number"]);

/// The keys of one `[[signals]]`: PromQL that answers with one series, with `$service`, `{{labels.NAME}}` and `[$window]`.
pub const SIGNALS: &[Key] = &[
    may("service", Kind::Text, "Only for the budgets of this service; left out, for every one."),
    may(
        "matchers",
        Kind::Text,
        "Only for budgets with these labels, beside service, slo and name; as Alertmanager writes them.",
    ),
    may(
        "latency",
        Kind::Text,
        "How long it takes: PromQL that answers with one series; in its quotes $service, $slo, $name and {{labels.NAME}} are filled in, escaped.",
    ),
    may("traffic", Kind::Text, "How much there is to do; [$window] is as long as the axis needs."),
    may("errors", Kind::Text, "How much of it fails."),
    may("saturation", Kind::Text, "How full it is; with a limit it is foretold when it is full."),
    may("latency_unit", UNITS, "Left out, s."),
    may("traffic_unit", UNITS, "Left out, /s."),
    may("errors_unit", UNITS, "Left out, ratio."),
    may("saturation_unit", UNITS, "Left out, ratio."),
    may("saturation_name", Kind::Text, "What saturates, in a few letters for its row."),
    may(
        "full_at",
        Kind::Amount,
        "The value at which it is full, in saturation_unit; left out, 1 of a ratio and 100 of a percentage.",
    ),
    may("source", Kind::Text, "Which [[source]] is asked; left out, the one that counts the budget."),
];

const SLO_POLICY: &[Key] = &[
    given("freeze_at", Kind::Share, "Releases stop while this share of a budget or less is left."),
    given("warn_at", Kind::Share, "A warning while this share or less is left."),
    given("postmortem_over", Kind::Share, "An incident that took more than this share needs a postmortem."),
    given("adjusted", Kind::Bool, "Judge without planned maintenance ([[slo_exclusion]]); both numbers are told."),
];

/// The keys of one `[[slo_exclusion]]`.
pub(super) const SLO_EXCLUSION: &[Key] = &[
    must("name", Kind::Text, "What it is; told beside the number that it changes."),
    may("slo", Kind::Text, "Ids of SLOs, `*` for any part of one; left out, every SLO."),
    may("service", Kind::Text, "Services, in the same way."),
    may("from", Kind::Text, "When it begins; with `every`, from when on it recurs."),
    may("to", Kind::Text, "When it ends; with `every`, until when it recurs."),
    may("every", Kind::Text, "Every week: `Sun 02:00`, `Mon-Fri 22:30`, `daily 03:00`."),
    may("for", Kind::Text, "How long it then lasts."),
    may("zone", Kind::Text, "The time zone of `every`; left out, UTC."),
];
