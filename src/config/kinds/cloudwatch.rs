//! What only a source of kind `cloudwatch` has.

use crate::config::schema::{Key, Kind, may};

/// The keys of `[source.cloudwatch]`.
pub(in crate::config) const KEYS: &[Key] = &[
    may("region", Kind::Text, "The region; left out, that of AWS_REGION or of the profile."),
    may("profile", Kind::Text, "The profile of ~/.aws whose keys are used; left out, as AWS' own tools find them."),
    may(
        "credentials_command",
        Kind::List,
        "A command, without a shell, that prints keys as `aws configure export-credentials` does: for SSO and roles.",
    ),
    may(
        "fips",
        Kind::Bool,
        "Whether endpoints of FIPS 140 are asked; left out, as AWS_USE_FIPS_ENDPOINT or the profile say.",
    ),
    may("severity", Kind::Text, "What an alarm counts as, for CloudWatch knows no severity; left out, warning."),
    may(
        "severity_by_name",
        Kind::Texts,
        "The same for alarms by their names, where * stands for anything; the first that fits.",
    ),
    may(
        "insufficient_data",
        Kind::OneOf(&["unknown", "firing", "hide"]),
        "How an alarm without data is shown; left out, unknown.",
    ),
    may("ecs", Kind::Bool, "Whether services of ECS are watched; left out, true."),
    may("clusters", Kind::List, "The clusters whose services are watched; left out, all of them."),
    may("history", Kind::Bool, "Whether each change of an alarm's state is a line of the timeline; left out, false."),
    may("slos", Kind::Bool, "Whether the budgets of Application Signals are shown; left out, false."),
    may(
        "promql",
        Kind::Bool,
        "Whether SLOs that name this source are counted by CloudWatch's PromQL; left out, false.",
    ),
];
