//! The same matchers, asked of a real Alertmanager and of the filter: the same alerts come back.

use std::collections::BTreeSet;

use watchfire::domain::{filter::Filter, label::Labels, matcher::Matcher};

use crate::support::real::Real;

fn board() -> Vec<Labels> {
    let alerts: [&[(&str, &str)]; 7] = [
        &[("alertname", "A"), ("team", "web"), ("path", r"C:\tmp")],
        &[("alertname", "B"), ("team", "Web"), ("n", "5")],
        &[("alertname", "C"), ("n", "٥"), ("word", "größe")],
        &[("alertname", "D"), ("text", "two\nlines"), ("team", "web api")],
        &[("alertname", "E"), ("text", "say \"hi\""), ("n", "a[b")],
        &[("alertname", "F"), ("word", "a&&b"), ("team", "a|b")],
        &[("alertname", "G"), ("word", "x-y_z"), ("text", "\u{a0}")],
    ];
    alerts.iter().map(|pairs| pairs.iter().copied().collect()).collect()
}

/// Classic matchers, one a line, as both are given them.
const MATCHERS: &[&str] = &[
    r#"team="web""#,
    r#"team=web"#,
    r#"team!="web""#,
    r#"team="""#,
    r#"team!="""#,
    r#"team="#,
    r#"team=~"""#,
    r#"team!~"""#,
    r#"team=~"we""#,
    r#"team=~"we.*""#,
    r#"team=~"(?i)WEB""#,
    r#"team=~"web|Web""#,
    r#"team=~"web|.* api""#,
    r#"team!~".+""#,
    r#"team=~"a\\|b""#,
    r#"team=~"a\|b""#,
    r#"text=~"two.lines""#,
    r#"text=~"(?s)two.lines""#,
    r#"text=~"two\nlines""#,
    r#"text=~"two\\nlines""#,
    r#"text=~"two\\slines""#,
    r#"text="two\nlines""#,
    r#"text="say \"hi\"""#,
    r#"text=~".*\"hi\"""#,
    r#"text=~"\\s""#,
    r#"path="C:\\tmp""#,
    r#"path="C:\tmp""#,
    r#"path=~"C:\\\\tmp""#,
    r#"n=~"\\d""#,
    r#"n=~"\d+""#,
    r#"n=~"[\\d]""#,
    r#"n!~"\\d""#,
    r#"n=~"\\D""#,
    r#"n=~"[[:digit:]]""#,
    r#"n=~"\\pN""#,
    r#"n=~"a[[]b""#,
    r#"word=~"\\w+""#,
    r#"word=~"[\\w]+.*""#,
    r#"word=~"gr\\Bö.*""#,
    r#"word=~"gr\\bö.*""#,
    r#"word=~"a[&&]+b""#,
    r#"word=~"[x-z-_]+""#,
    r#"word=~"\\Qa&&b\\E""#,
    r#"word=~"a(?P<and>&+)b""#,
    r#"alertname=~"[A-C]|G""#,
    r#"alertname=~"A)|(B""#,
    r#"alertname=~"^A$""#,
    r#"alertname=~"\\x41""#,
    r#"alertname=~"\\x{42}""#,
    r#"alertname=~"\\101""#,
    r#"alertname=~"A{1,2}""#,
    r#"alertname=~"A{,2}""#,
    r#"alertname=~"[^A-F]""#,
    r#"alertname=~"\\pL""#,
    r#"alertname=~"\\A(?U:A+)\\z""#,
];

#[tokio::test]
async fn the_filter_and_a_real_alertmanager_pass_the_same_alerts() {
    let server = Real::alertmanager().await;
    let board = board();
    let posted: Vec<_> = board.iter().map(|labels| serde_json::json!({ "labels": labels })).collect();
    server.post("/api/v2/alerts", &serde_json::to_string(&posted).unwrap()).await;
    for text in MATCHERS {
        let query = url::form_urlencoded::byte_serialize(text.as_bytes()).collect::<String>();
        let answer = server.get(&format!("/api/v2/alerts?filter={query}")).await;
        let theirs: Option<BTreeSet<&str>> =
            answer.as_array().map(|found| found.iter().filter_map(|a| a["labels"]["alertname"].as_str()).collect());
        let ours = Filter::parse(text).ok().map(|filter| {
            let matchers: &[Matcher] = filter.matchers().unwrap();
            let found = board.iter().filter(|labels| matchers.iter().all(|m| m.matches(labels)));
            found.map(|labels| labels.value("alertname")).collect::<BTreeSet<&str>>()
        });
        assert_eq!(ours, theirs, "{text}: ours, then theirs; {answer}");
    }
}
