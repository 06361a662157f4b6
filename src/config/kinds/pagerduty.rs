//! What only a source of kind `pagerduty` has.

use crate::config::{
    document::{Node, Table},
    fault::Report,
    schema::{Key, Kind, may},
};

/// The keys of `[source.pagerduty]`.
pub(in crate::config) const KEYS: &[Key] = &[
    may(
        "from",
        Kind::Text,
        "The address of the PagerDuty user in whose name is acked and noted; an account's key needs it, a user's token does not.",
    ),
    may("region", Kind::OneOf(&["us", "eu"]), "Where the account lives, instead of url; left out, us."),
    may("auth", Kind::OneOf(&["token", "bearer"]), "An API key (token) or OAuth (bearer); left out, told by its form."),
    may("teams", Kind::List, "Only incidents of these teams, by their ids; left out, all that the token sees."),
    may("services", Kind::List, "Only incidents of these services, by their ids; left out, all."),
    may("urgencies", Kind::List, "Only incidents of these urgencies, high or low; left out, both."),
    may("user_ids", Kind::List, "Only incidents that are assigned to these users, by their ids; left out, to anybody."),
];

/// What belongs together, of a whole `[[source]]`.
pub(in crate::config) fn check(source: &Table, report: &mut Report) {
    let own = source.get("pagerduty").and_then(|e| e.node.table());
    let entry = |name: &str| own.and_then(|t| t.get(name));
    if let (Some(region), Some(_)) = (entry("region"), source.get("url").or(source.get("urls"))) {
        report.hint(region.at, "both `region` and `url`", "keep one; the region only stands for an address");
    }
    if let Some(from) = entry("from").filter(|e| e.node.text().is_some_and(|t| !t.is_empty() && !t.contains('@'))) {
        report.hint(
            from.node.at,
            "`from` is no address",
            "write the one under which PagerDuty knows you: ana@example.com",
        );
    }
    let urgencies = entry("urgencies").map(|e| &e.node).into_iter().flat_map(Node::texts);
    for (at, word) in urgencies.filter(|(_, word)| !matches!(*word, "high" | "low")) {
        report.unknown(at, &format!("unknown urgency `{word}`"), word, &["high", "low"]);
    }
}
