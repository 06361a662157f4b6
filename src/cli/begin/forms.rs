//! What is asked for a source of each kind: one table, read by whoever asks and by whoever writes the file.
//!
//! What may stand in a value is the configuration's to say; how a question is put is the conversation's.

use crate::config::SourceKind;

/// Everything that is asked of one kind.
pub struct Form {
    pub kind: SourceKind,
    /// What is seen through it, for the list of kinds.
    pub shows: &'static str,
    pub address: Address,
    /// How it may be told who asks, the usual way first; none where nobody is asked.
    pub ways: &'static [Way],
    pub fields: &'static [Field],
    /// How often it is asked, where that is other than every source.
    pub interval: Option<&'static str>,
    /// What stands above it in the file.
    pub note: &'static str,
}

/// Whether a kind is asked for its address.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Address {
    /// With what most have.
    Must(&'static str),
    /// With what an empty one means.
    May(&'static str),
    /// It has none, or one that everybody knows.
    Not,
}

/// One way to say who asks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Way {
    pub word: &'static str,
    pub says: &'static str,
    pub gives: Gives,
}

/// What is asked for then.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Gives {
    Nothing,
    Token,
    Password,
    /// As a password, and the kind is told that it is a client's.
    Client,
}

/// One more question.
#[derive(Clone, Copy, Debug)]
pub struct Field {
    pub asks: &'static str,
    pub to: To,
    /// What an empty answer means; none: there must be one.
    pub empty: Option<&'static str>,
    /// Not asked where this was given: a key of its own, `url` or `username`.
    pub unless: Option<&'static str>,
    /// Few need it: asked only where something is to be changed.
    pub late: bool,
}

/// Where an answer goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum To {
    /// The kind's own table.
    Own(&'static str),
    Header(&'static str),
    CaFile,
}

const fn way(word: &'static str, says: &'static str, gives: Gives) -> Way {
    Way { word, says, gives }
}

const NONE: Way = way("none", "nobody is asked who it is", Gives::Nothing);
const TOKEN: Way = way("token", "a bearer token", Gives::Token);
const PASSWORD: Way = way("password", "a user and a password", Gives::Password);
const CLIENT: Way = way("client", "a client of UAA and its secret", Gives::Client);
const OPEN: &[Way] = &[NONE, TOKEN, PASSWORD];

const fn may(to: To, asks: &'static str, empty: &'static str) -> Field {
    Field { asks, to, empty: Some(empty), unless: None, late: false }
}

const fn must(to: To, asks: &'static str) -> Field {
    Field { asks, to, empty: None, unless: None, late: false }
}

const fn late(field: Field) -> Field {
    Field { late: true, ..field }
}

const fn unless(key: &'static str, field: Field) -> Field {
    Field { unless: Some(key), ..field }
}

const CA: Field =
    may(To::CaFile, "PEM file of the authority that signed its certificate", "this machine's authorities");
const JOURNAL: &str = "An ack of it lives in the journal alone: nobody there is told.";

/// Every kind, in the order in which they are listed.
pub const ALL: &[Form] = &[
    Form {
        kind: SourceKind::Alertmanager,
        shows: "alerts and silences of an Alertmanager, or of Mimir's",
        address: Address::Must("http://localhost:9093"),
        ways: OPEN,
        fields: &[],
        interval: None,
        note: "",
    },
    Form {
        kind: SourceKind::Prometheus,
        shows: "alerts of rules, and error budgets: Prometheus, Mimir, Thanos, VictoriaMetrics",
        address: Address::Must("http://localhost:9090"),
        ways: OPEN,
        fields: &[
            late(may(To::Header("X-Scope-OrgID"), "Tenant, for Mimir and Cortex", "none")),
            late(may(To::Own("rules_url"), "Address of vmalert, for VictoriaMetrics", "that server itself")),
        ],
        interval: None,
        note: JOURNAL,
    },
    Form {
        kind: SourceKind::Pagerduty,
        shows: "incidents, who is on call, what changed",
        address: Address::Not,
        ways: &[TOKEN],
        fields: &[
            may(To::Own("region"), "Region of the account, us or eu", "us"),
            may(
                To::Own("from"),
                "Your address at PagerDuty, for an account's key",
                "a user's own token says who it is",
            ),
        ],
        interval: None,
        note: "An ack is PagerDuty's own: it assigns the incident to you. With ack = \"journal\" nobody there is told.",
    },
    Form {
        kind: SourceKind::Grafana,
        shows: "alerts that Grafana manages, silences, annotations",
        address: Address::Must("http://localhost:3000"),
        ways: &[TOKEN, PASSWORD],
        fields: &[may(To::Own("org"), "Number of the organisation", "the one that the token belongs to")],
        interval: None,
        note: "An ack is a silence that starts with ACK!. With ack = \"journal\" you own the alert and nobody is muted.",
    },
    Form {
        kind: SourceKind::Kubernetes,
        shows: "pods that fail, rollouts, events",
        address: Address::May("as kubectl finds it"),
        ways: &[TOKEN, NONE],
        fields: &[
            unless("url", may(To::Own("context"), "Context of the kubeconfig", "the current one")),
            may(To::Own("namespaces"), "Namespaces, with blanks between", "all, and nodes with them"),
            unless("context", late(CA)),
        ],
        interval: None,
        note: JOURNAL,
    },
    Form {
        kind: SourceKind::Cloudwatch,
        shows: "alarms of AWS, services of ECS",
        address: Address::Not,
        ways: &[
            way("aws", "as AWS' own tools find their keys", Gives::Nothing),
            way("keys", "an access key and its secret", Gives::Password),
        ],
        fields: &[
            may(To::Own("region"), "Region", "that of AWS_REGION or of the profile"),
            unless("credentials_command", may(To::Own("profile"), "Profile", "as AWS' own tools choose")),
            unless(
                "profile",
                may(To::Own("credentials_command"), "Command that prints keys, for SSO and roles", "none"),
            ),
        ],
        interval: None,
        note: "An ack of it lives in the journal; muting makes a mute rule at AWS. Every question costs a little: see `interval`.",
    },
    Form {
        kind: SourceKind::Cloudfoundry,
        shows: "crash loops, deployments, audit events",
        address: Address::May("as the cf CLI is logged in"),
        ways: &[way("cf", "as the cf CLI is logged in", Gives::Nothing), CLIENT, PASSWORD],
        fields: &[
            may(To::Own("organizations"), "Organizations, with blanks between", "all that may be seen"),
            may(To::Own("spaces"), "Spaces, with blanks between", "all"),
        ],
        interval: None,
        note: JOURNAL,
    },
    Form {
        kind: SourceKind::Concourse,
        shows: "jobs that are red, builds, deploys",
        address: Address::Must("http://localhost:8080"),
        ways: &[way("fly", "as the fly CLI is logged in", Gives::Nothing), PASSWORD, TOKEN],
        fields: &[may(To::Own("teams"), "Teams, with blanks between", "every job that may be seen")],
        interval: None,
        note: JOURNAL,
    },
    Form {
        kind: SourceKind::Bosh,
        shows: "tasks that fail, instances without a VM",
        address: Address::Must("https://10.0.0.6:25555"),
        ways: &[way("bosh", "as the bosh CLI is logged in", Gives::Nothing), CLIENT, PASSWORD],
        fields: &[CA, may(To::Own("deployments"), "Deployments, with blanks between", "all that may be seen")],
        interval: None,
        note: JOURNAL,
    },
    Form {
        kind: SourceKind::Icinga2,
        shows: "services and hosts that are not well, with Icinga's own acks",
        address: Address::Must("https://localhost:5665"),
        ways: &[PASSWORD],
        fields: &[CA, may(To::Own("web"), "Address of Icinga Web, for links", "no links")],
        interval: None,
        note: "An ack is Icinga's own. With ack = \"journal\" nobody there is told.",
    },
    Form {
        kind: SourceKind::Statuspage,
        shows: "any public status page: is it them?",
        address: Address::Must("https://www.githubstatus.com"),
        ways: &[],
        fields: &[may(
            To::Own("components"),
            "Components, with blanks between and \"..\" around a name with blanks",
            "all of them",
        )],
        interval: Some("1m"),
        note: JOURNAL,
    },
    Form {
        kind: SourceKind::Check,
        shows: "any Nagios-style program on this machine",
        address: Address::Not,
        ways: &[],
        fields: &[
            may(To::Own("command"), "Program and its arguments, without a shell", "every program of a directory"),
            unless("command", must(To::Own("dir"), "Directory with the programs")),
        ],
        interval: Some("1m"),
        note: JOURNAL,
    },
    Form {
        kind: SourceKind::Plugin,
        shows: "anything, by a program that speaks the plugin protocol",
        address: Address::Not,
        ways: OPEN,
        fields: &[
            must(To::Own("command"), "Program by its absolute path, and its arguments"),
            may(To::Own("config"), "What it is told at the start: name=value, with blanks between", "nothing"),
        ],
        interval: None,
        note: "What an ack does there the plugin says.",
    },
];

/// That of one kind.
pub fn of(kind: SourceKind) -> &'static Form {
    ALL.iter().find(|form| form.kind == kind).unwrap_or(&ALL[0])
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::kinds;

    #[test]
    fn every_kind_has_its_form_and_every_question_its_key() {
        let words: Vec<&str> = ALL.iter().map(|form| form.kind.as_str()).collect();
        assert_eq!(words, kinds::names().collect::<Vec<_>>(), "in the order of the configuration");
        for form in ALL {
            let known: Vec<&str> = kinds::keys(form.kind).map(|(name, _)| name).collect();
            for field in form.fields {
                if let To::Own(key) = field.to {
                    assert!(known.contains(&key), "{} has no {key}", form.kind.as_str());
                }
            }
            let is_client = |way: &Way| way.gives == Gives::Client;
            assert!(!form.ways.iter().any(is_client) || known.contains(&"grant"), "{}", form.kind.as_str());
        }
    }
}
