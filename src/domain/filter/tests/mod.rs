//! Filters as people write them, and as nobody should.

mod completed;
mod mistaken;
mod sieved;

use chrono::Duration;

use super::*;
use crate::domain::{
    Time,
    alert::{Ack, AlertState, Severity},
    label::{Fingerprint, Labels},
    source::{AckVia, SourceName},
    text::SafeText,
};

/// An alert that a test may bend.
#[derive(Debug)]
struct Sample {
    labels: Labels,
    annotations: Labels,
    state: AlertState,
    source: SourceName,
    fingerprint: Fingerprint,
    silenced_by: Vec<SafeText>,
    authors: Vec<&'static str>,
    inhibited_by: Vec<Fingerprint>,
    ack: Option<Ack>,
    stale: bool,
    is_new: bool,
    receivers: Vec<SafeText>,
    age: Duration,
}

impl Sample {
    fn new() -> Self {
        let labels: Labels = [
            ("alertname", "CheckoutSlow"),
            ("job", "api-gateway"),
            ("replicas", "2"),
            ("severity", "critical"),
            ("size-μ", "ΩMEGA"),
            ("timeout", "20m"),
        ]
        .into_iter()
        .collect();
        Self {
            fingerprint: labels.fingerprint(),
            labels,
            annotations: [("summary", "Disk FULL on db-1 (95%)")].into_iter().collect(),
            state: AlertState::Firing,
            source: SourceName::new("prod-eu"),
            silenced_by: vec![],
            authors: vec![],
            inhibited_by: vec![],
            ack: None,
            stale: false,
            is_new: false,
            receivers: vec![],
            age: Duration::minutes(20),
        }
    }

    fn facts(&self) -> Facts<'_> {
        let now = Time::default() + Duration::days(1);
        Facts {
            labels: &self.labels,
            annotations: &self.annotations,
            state: self.state,
            severity: Severity::read(self.labels.value("severity")),
            source: &self.source,
            fingerprint: &self.fingerprint,
            starts_at: now - self.age,
            now,
            silenced_by: &self.silenced_by,
            silence_authors: self.authors.clone(),
            inhibited_by: &self.inhibited_by,
            ack: self.ack.as_ref(),
            stale: self.stale,
            is_new: self.is_new,
            receivers: &self.receivers,
            incident: "",
        }
    }

    fn is(&self, text: &str) -> bool {
        match Filter::parse(text) {
            Ok(filter) => filter.matches(&self.facts()),
            Err(e) => panic!("{}", e.caret(text)),
        }
    }
}

fn yes(text: &str) {
    assert!(Sample::new().is(text), "should match: {text}");
}

fn no(text: &str) {
    assert!(!Sample::new().is(text), "should not match: {text}");
}

fn error(text: &str) -> FilterError {
    match Filter::parse(text) {
        Ok(filter) => panic!("{text} was read as {filter}"),
        Err(e) => e,
    }
}

fn normal(text: &str) -> String {
    Filter::parse(text).map_or_else(|e| panic!("{}", e.caret(text)), |f| f.to_string())
}

fn words(words: &[&str]) -> String {
    Filter::from_words(words).map_or_else(|e| panic!("{}", e.caret(&words.join(" "))), |f| f.to_string())
}

#[test]
fn a_regex_is_anchored_and_minds_the_case() {
    yes("job=~api-.*");
    yes("job=~(api|web)-gateway");
    no("job=~api");
    no("job=~gateway");
    no("job=~API-.*");
    yes("job!~api");
}

#[test]
fn an_absent_label_is_an_empty_one() {
    yes("team=\"\"");
    yes("team=");
    yes("team=, severity=critical");
    yes("team!=x");
    no("team!=\"\"");
    yes("team=~\"x?\"");
}

#[test]
fn a_space_is_and_and_or_binds_weaker() {
    yes(r#"severity=critical or team=~"a.*""#);
    yes(r#"severity=warning job=x or severity=critical job=api-gateway"#);
    no(r#"(severity=warning or severity=critical) job=x"#);
    yes(r#"{severity="critical", job!="x",}"#);
    yes("severity=critical and job=api-gateway");
    yes("severity = critical job =~ api.*");
    yes("");
    yes("{}");
}

#[test]
fn words_are_found_in_values_and_annotations_whatever_the_case() {
    yes("checkoutslow");
    yes("disk db-1");
    yes("\"disk full\"");
    yes("ωmega");
    yes("\"JOB=api\"");
    yes("\"ity=crit\"");
    no("\"job=gateway\"");
    no("disk db-2");
    no("replicas");
    no("summary");
}

#[test]
fn numbers_and_durations_are_compared_as_such() {
    yes("replicas<3 replicas<=2 replicas>=2 replicas>1.5 replicas > -1");
    no("replicas<2");
    yes("timeout>15m timeout<1h");
    no("timeout>15");
    for absent_or_text in ["absent<3", "absent>3", "job<3", "job>3", "replicas>1m"] {
        no(absent_or_text);
    }
    yes("@age>15m @age<=20m");
    no("@age>20m");
}

#[test]
fn pseudo_labels_tell_what_watchfire_knows() {
    let mut a = Sample::new();
    assert!(a.is("@state=firing @state=active @severity=crit @source=prod-eu @source=~\"prod-.*\""));
    assert!(a.is("@ack=false @ack!=true @owner=\"\" @stale=false @silenced_by=, @inhibited_by=\"\""));
    assert!(!a.is("@ack") && !a.is("@stale"));
    assert!(a.is(&format!("@fingerprint={}", a.labels.fingerprint())));
    a.ack = Some(Ack {
        by: "ana".into(),
        reason: "mine".into(),
        at: Time::default(),
        until: Some(Time::default()),
        via: AckVia::Journal,
        breaks_on: vec![],
        silence: None,
    });
    a.state = AlertState::Suppressed;
    a.stale = true;
    a.silenced_by = vec!["s1".into(), "s2".into()];
    a.authors = vec!["bo", "cy"];
    a.inhibited_by = vec![Fingerprint::new("aa")];
    assert!(a.is("@ack @owner=ana @stale=true @state!=firing @inhibited_by=aa"));
    assert!(a.is("@silenced_by=s2 @silenced_by!=s3 @silenced_by!=\"\" @silence_author=~\"c.\""));
    assert!(!a.is("@silenced_by!=s1") && !a.is("@silence_author!~\"b.\""));
}

#[test]
fn a_quoted_name_is_a_label_even_if_it_looks_like_more() {
    yes(r#""size-μ"=ΩMEGA"#);
    yes(r#""@ack"="""#);
    yes(r#""or"="" or="""#);
    no(r#""@ack""#);
}

#[test]
fn escapes_behind_a_plain_name_are_classic_and_behind_a_quoted_one_gos() {
    assert_eq!(normal(r#""größe"="\x41\t\u00fc""#), r#""größe"="A\tü""#);
    assert_eq!(normal(r#"a="\x41\t\u00fc""#), r#"a="\\x41\\t\\u00fc""#);
    assert_eq!(normal("a=\"\t\""), r#""a"="\t""#);
    assert_eq!(normal(r#"a=~"\d+\.x""#), r#"a=~"\\d+\\.x""#);
    assert_eq!(normal(r"a=~\d+\.x"), r#"a=~"\\d+\\.x""#);
    assert_eq!(normal("a=b=c"), r#"a="b=c""#);
    assert_eq!(normal("foo-bar=it's"), r#""foo-bar"="it's""#);
}

#[test]
fn the_normal_form_has_no_needless_brackets() {
    assert_eq!(normal("((a=b)) (c=d (e=f))"), r#"a="b" c="d" e="f""#);
    assert_eq!(normal("(a=1 or (b=2 or c=3)) d"), r#"(a="1" or b="2" or c="3") d"#);
    assert_eq!(normal("a=1 b=2 or c=3"), r#"a="1" b="2" or c="3""#);
    assert_eq!(normal("@age > 5400s x>=1.50 @ack"), "@age>1h30m x>=1.5 @ack=true");
    assert_eq!(normal(r#""or" "a b""#), r#""or" "a b""#);
    assert_eq!(normal("{} or x"), "{} or x");
    assert_eq!((normal(""), normal("{ }")), (String::new(), String::new()));
}

#[test]
fn plain_matchers_are_handed_out_and_nothing_else_is() {
    let matchers = |t: &str| Filter::parse(t).unwrap().matchers().map(<[Matcher]>::len);
    assert_eq!(matchers("{a=b, c!~d} (e=f)"), Some(3));
    assert_eq!(matchers("a=b"), Some(1));
    assert_eq!(matchers(""), Some(0));
    for other in ["a=b or c=d", "word", "a=b word", "a<3", "@ack", "a=b @age>1m"] {
        assert_eq!(matchers(other), None, "{other}");
    }
    assert!(Filter::parse(" {} ").unwrap().is_everything() && Filter::default().is_everything());
    assert!(!Filter::parse("a=b").unwrap().is_everything() && !Filter::parse("a").unwrap().is_everything());
}

#[test]
fn a_first_word_that_is_no_matcher_is_the_alerts_name_as_in_amtool() {
    assert_eq!(words(&["CheckoutSlow", "job=api"]), r#"alertname="CheckoutSlow" job="api""#);
    assert_eq!(words(&["Disk full"]), r#"alertname="Disk full""#);
    assert_eq!(words(&["\"Disk full\""]), r#"alertname="Disk full""#);
    assert_eq!(words(&["Foo(bar)!"]), r#"alertname="Foo(bar)!""#);
    assert_eq!(words(&["job=api", "checkout"]), r#"job="api" checkout"#);
    assert_eq!(words(&["@ack=true"]), "@ack=true");
    assert_eq!(words(&[]), "");
}

#[test]
fn the_shell_takes_the_quotes_and_the_value_keeps_its_spaces() {
    assert_eq!(words(&["summary=disk full"]), r#"summary="disk full""#);
    assert_eq!(words(&["summary=~(disk|cpu) full.*"]), r#"summary=~"(disk|cpu) full.*""#);
    assert_eq!(words(&["a=b c=d"]), r#"a="b" c="d""#);
    assert_eq!(words(&["a=b or c"]), r#"a="b" or c"#);
    assert_eq!(words(&["a=b", "or", "Foo"]), r#"a="b" or alertname="Foo""#);
}

#[test]
fn an_empty_word_is_not_every_alert() {
    for empty in [&["", "a=b"][..], &["a=b", " "], &["a=b", "\"\""]] {
        assert!(Filter::from_words(empty).is_err(), "{empty:?}");
    }
    assert!(Filter::from_words(&["or", "a=b"]).is_err() && Filter::from_words(&["a=b", "or"]).is_err());
}

#[test]
fn a_mistake_in_a_later_word_is_placed_in_the_joined_words() {
    let e = Filter::from_words(&["a=b", "c=~("]).unwrap_err();
    assert_eq!((e.at, e.len), (7, 1));
}
