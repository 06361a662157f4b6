//! The name that Alertmanager gives a group, and the key under which PagerDuty knows it: computed, for nobody tells it.
//!
//! `groupKey = routeKey + ":" + groupLabels` (Alertmanager's `dispatch/route.go`, `dispatch/dispatch.go`), and
//! `dedup_key = hex(sha256(groupKey))` (`notify/util.go`). `tests/servers/group_keys.rs` holds both to what a
//! running Alertmanager sends. Refuses to name a group without labels: that name is the same for every Alertmanager there is.

use std::fmt::Write as _;

use super::{
    Policy,
    route::{Route, Way},
};
use crate::domain::{
    label::Labels,
    matcher::{MatchOp, Matcher},
    sha256,
};

/// The kind of a receiver that pages by PagerDuty.
pub const PAGERDUTY: &str = "pagerduty";
/// The name of such a key in what a page tells of itself.
pub const ALERT_KEY: &str = "pagerduty.alert_key";

impl Policy {
    /// Under which keys PagerDuty knows the groups that a label set is in: one for each route that pages there.
    pub fn alert_keys(&self, labels: &Labels) -> Vec<String> {
        let ways = self.root.ways(labels);
        let paging = ways.iter().filter(|way| way.end().is_some_and(|end| self.pages(end)));
        let mut keys: Vec<String> =
            paging.filter_map(|way| group_key(way, labels)).map(|key| alert_key(&key)).collect();
        keys.dedup();
        keys
    }

    /// Of a receiver that is not known it is not known either: then it is no page.
    fn pages(&self, route: &Route) -> bool {
        let receiver = self.receiver(&route.options.receiver);
        receiver.is_some_and(|r| r.kinds.iter().any(|kind| kind.raw() == PAGERDUTY))
    }
}

/// As Alertmanager hashes it for PagerDuty.
pub fn alert_key(group_key: &str) -> String {
    sha256::hex(group_key.as_bytes())
}

/// What the group of a label set is called at the end of a way; none where no label names the group.
pub fn group_key(way: &Way<'_>, labels: &Labels) -> Option<String> {
    let group = way.end()?.group_of(labels);
    if group.iter().all(|(_, value)| value.is_empty()) {
        return None;
    }
    let route: Vec<String> = way.steps.iter().map(|step| route_key(step.route)).collect();
    Some(format!("{}:{}", route.join("/"), label_set(&group)))
}

/// The matchers of one route, in the order in which Alertmanager sorts them.
fn route_key(route: &Route) -> String {
    let mut matchers: Vec<&Matcher> = route.matchers.iter().collect();
    matchers.sort_by_key(|m| (m.name.as_bytes(), m.value.as_bytes(), place(m.op)));
    let written: Vec<String> = matchers.into_iter().map(matcher).collect();
    format!("{{{}}}", written.join(","))
}

fn place(op: MatchOp) -> u8 {
    match op {
        MatchOp::Equal => 0,
        MatchOp::NotEqual => 1,
        MatchOp::Regex => 2,
        MatchOp::NotRegex => 3,
    }
}

/// As `pkg/labels` writes it: a name that needs quotes has its value quoted as Go does, any other as OpenMetrics does.
fn matcher(m: &Matcher) -> String {
    let reserved = |c: char| c.is_whitespace() || "{}!=~,\\\"'`".contains(c);
    let op = m.op.as_str();
    if m.name.contains(reserved) {
        return format!("{}{op}{}", quoted(&m.name), quoted(&m.value));
    }
    let value = m.value.replace('\\', "\\\\").replace('\n', "\\n").replace('"', "\\\"");
    format!("{}{op}\"{value}\"", m.name)
}

/// As `model.LabelSet` writes it: by name in the order of bytes, values quoted as Go does.
fn label_set(labels: &Labels) -> String {
    let mut pairs: Vec<(&str, &str)> = labels.iter().map(|(n, v)| (n.raw(), v.raw())).collect();
    pairs.sort_unstable();
    let written: Vec<String> = pairs.into_iter().map(|(name, value)| format!("{name}={}", quoted(value))).collect();
    format!("{{{}}}", written.join(", "))
}

/// Go's `strconv.Quote`.
pub fn quoted(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 2);
    out.push('"');
    text.chars().for_each(|c| quote(c, &mut out));
    out.push('"');
    out
}

fn quote(c: char, out: &mut String) {
    let short = match c {
        '"' => "\\\"",
        '\\' => "\\\\",
        '\u{7}' => "\\a",
        '\u{8}' => "\\b",
        '\u{c}' => "\\f",
        '\n' => "\\n",
        '\r' => "\\r",
        '\t' => "\\t",
        '\u{b}' => "\\v",
        _ => "",
    };
    let code = u32::from(c);
    // Writing to a string cannot fail.
    let _ = match code {
        _ if !short.is_empty() => write!(out, "{short}"),
        _ if is_printed(c) => write!(out, "{c}"),
        0..=0x1f | 0x7f => write!(out, "\\x{code:02x}"),
        0x80..=0xffff => write!(out, "\\u{code:04x}"),
        _ => write!(out, "\\U{code:08x}"),
    };
}

/// Go's `strconv.IsPrint`: letters, marks, numbers, punctuation, symbols and the ASCII space. The standard library knows
/// these as what it does not escape in the midst of a text.
fn is_printed(c: char) -> bool {
    let mut text = String::from("a");
    text.push(c);
    let mut escaped = text.escape_debug().skip(1);
    matches!(c, '\'' | '"' | '\\') || escaped.next() == Some(c) && escaped.next().is_none()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{
        Time,
        routing::{
            Receiver,
            route::{GroupBy, Options},
        },
        text::SafeText,
    };

    fn labels(pairs: &[(&str, &str)]) -> Labels {
        pairs.iter().copied().collect()
    }

    fn route(matchers: Vec<Matcher>, receiver: &str, by: &[&str], routes: Vec<Route>) -> Route {
        let group_by = GroupBy::Labels(by.iter().map(|n| SafeText::new(n)).collect());
        let options = Options { receiver: receiver.into(), group_by, ..Options::default() };
        Route { matchers, options, mute: Vec::new(), active: Vec::new(), goes_on: false, routes }
    }

    fn policy(root: Route) -> Policy {
        let receivers = [("pd", "pagerduty"), ("mail", "email")]
            .map(|(name, kind)| Receiver { name: name.into(), kinds: vec![kind.into()] });
        Policy {
            read_at: Time::UNIX_EPOCH,
            root,
            inhibits: Vec::new(),
            intervals: Default::default(),
            receivers: receivers.into(),
            problems: Vec::new(),
        }
    }

    fn key(root: &Route, labels: &Labels) -> Option<String> {
        group_key(root.ways(labels).first()?, labels)
    }

    #[test]
    fn the_key_is_the_one_that_a_running_alertmanager_sent() {
        let root = route(Vec::new(), "pd", &["job", "alertname"], Vec::new());
        let labels = labels(&[("alertname", "TargetDown"), ("job", "dead"), ("instance", "a:1")]);
        assert_eq!(key(&root, &labels).unwrap(), r#"{}:{alertname="TargetDown", job="dead"}"#);
        let keys = policy(root).alert_keys(&labels);
        assert_eq!(keys, ["1fcd8375e43b06558d3f52ef3705fa686af46b2dec5010d5afeed1cfd48b76cb"]);
    }

    #[test]
    fn routes_are_joined_and_their_matchers_sorted() {
        let matchers = vec![
            Matcher::new("team", MatchOp::Regex, "pay|shop").unwrap(),
            Matcher::new("severity", MatchOp::NotEqual, "info").unwrap(),
            Matcher::equal("severity", "critical"),
        ];
        let child = route(matchers, "pd", &["alertname"], Vec::new());
        let root = route(Vec::new(), "mail", &["alertname"], vec![child]);
        let labels = labels(&[("alertname", "A"), ("team", "pay"), ("severity", "critical")]);
        let wanted = r#"{}/{severity="critical",severity!="info",team=~"pay|shop"}:{alertname="A"}"#;
        assert_eq!(key(&root, &labels).unwrap(), wanted);
    }

    #[test]
    fn a_receiver_that_does_not_page_makes_no_key_and_neither_does_a_group_without_a_name() {
        let named = labels(&[("alertname", "A")]);
        assert!(policy(route(Vec::new(), "mail", &["alertname"], Vec::new())).alert_keys(&named).is_empty());
        assert!(policy(route(Vec::new(), "gone", &["alertname"], Vec::new())).alert_keys(&named).is_empty());
        assert!(policy(route(Vec::new(), "pd", &[], Vec::new())).alert_keys(&named).is_empty());
        assert!(policy(route(Vec::new(), "pd", &["cluster"], Vec::new())).alert_keys(&named).is_empty());
        assert_eq!(policy(route(Vec::new(), "pd", &["alertname"], Vec::new())).alert_keys(&named).len(), 1);
    }

    #[test]
    fn values_are_quoted_as_go_does() {
        for (text, wanted) in [
            ("plain", r#""plain""#),
            ("größe ✓ 日本", r#""größe ✓ 日本""#),
            ("a \"b\" \\ 'c'", r#""a \"b\" \\ 'c'""#),
            ("\u{7}\u{8}\u{c}\n\r\t\u{b}", r#""\a\b\f\n\r\t\v""#),
            ("\u{0}\u{1b}\u{7f}", r#""\x00\x1b\x7f""#),
            ("\u{80}\u{a0}\u{ad}\u{200b}\u{2028}\u{feff}", r#""\u0080\u00a0\u00ad\u200b\u2028\ufeff""#),
            ("e\u{301} \u{300}", "\"e\u{301} \u{300}\""),
            ("\u{1f525}", "\"\u{1f525}\""),
            ("\u{e0001}\u{10ffff}", r#""\U000e0001\U0010ffff""#),
            ("\u{fffd}", "\"\u{fffd}\""),
        ] {
            assert_eq!(quoted(text), wanted, "{text:?}");
        }
    }

    proptest::proptest! {
        #[test]
        fn ascii_is_quoted_so_that_it_can_be_read_back(text in "[ -~]{0,40}") {
            let written = quoted(&text);
            let inner = &written[1..written.len() - 1];
            proptest::prop_assert_eq!(inner.replace("\\\\", "\u{1}").replace("\\\"", "\"").replace('\u{1}', "\\"), text);
        }
    }
}
