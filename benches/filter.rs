//! What one pass of a filter over a board costs: by alerts, and by how many of their values are distinct.
//!
//! `few`: six of eight labels repeat and the summaries too; `many`: two labels and both annotations are each alert's own.
//! A pass allocates a table a term and nothing an alert.

use chrono::Duration;
use divan::{AllocProfiler, Bencher, black_box, counter::ItemsCount};
use watchfire::domain::{
    Time,
    alert::{AlertState, Severity},
    filter::{Facts, Filter},
    label::{Fingerprint, Labels},
    source::SourceName,
    text::SafeText,
};

#[global_allocator]
static ALLOCATIONS: AllocProfiler = AllocProfiler::system();

const SIZES: [usize; 3] = [1_000, 10_000, 100_000];

struct Row {
    labels: Labels,
    annotations: Labels,
    fingerprint: Fingerprint,
}

/// Texts that are alike are one text, as they are when they come from a source.
#[derive(Default)]
struct Shared(std::collections::HashMap<String, SafeText>);

impl Shared {
    fn text(&mut self, text: String) -> SafeText {
        self.0.entry(text).or_insert_with_key(|t| SafeText::new(t)).clone()
    }

    fn labels<const N: usize>(&mut self, pairs: [(&str, String); N]) -> Labels {
        pairs.into_iter().map(|(n, v)| (self.text(n.to_owned()), self.text(v))).collect()
    }
}

fn board(alerts: usize, distinct: bool) -> Vec<Row> {
    let mut shared = Shared::default();
    (0..alerts).map(|i| row(&mut shared, i, if distinct { i } else { i % 50 })).collect()
}

fn row(shared: &mut Shared, i: usize, own: usize) -> Row {
    let labels = shared.labels([
        ("alertname", format!("Alert{}", i % 40)),
        ("cluster", format!("eu-{}", i % 5)),
        ("instance", format!("node-{own}.example:9100")),
        ("job", format!("job-{}", i % 25)),
        ("namespace", format!("shop-{}", i % 60)),
        ("pod", format!("payments-7d9f-{own}")),
        ("severity", ["critical", "warning", "info"][i % 3].to_owned()),
        ("replicas", (i % 7).to_string()),
    ]);
    let summary = format!("The disk of node-{own} will be full within four hours at the rate of the last six");
    let annotations = shared.labels([("summary", summary), ("runbook_url", format!("https://run.example/{own}"))]);
    Row { fingerprint: labels.fingerprint(), labels, annotations }
}

const MATCHER: &str = "severity=critical";
const REGEX: &str = "instance=~\"node-.*9\\\\..*\"";
/// Found nowhere, so that every text is looked at.
const WORD: &str = "chkt";
/// Of letters that are everywhere.
const COMMON: &str = "stone";
const QUOTED: &str = "\"rate of the first\"";
const TREE: &str = "(severity=critical or cluster=~\"eu-[12]\") @state=firing @ack=false replicas<3";

macro_rules! passes {
    ($($name:ident = $text:expr;)*) => {$(
        mod $name {
            use super::*;

            #[divan::bench(args = SIZES)]
            fn few(bencher: Bencher<'_, '_>, alerts: usize) {
                pass(bencher, alerts, false, $text);
            }

            #[divan::bench(args = SIZES)]
            fn many(bencher: Bencher<'_, '_>, alerts: usize) {
                pass(bencher, alerts, true, $text);
            }
        }
    )*};
}

passes! {
    a_matcher = MATCHER;
    a_regex = REGEX;
    a_word = WORD;
    a_word_of_common_letters = COMMON;
    a_quoted_word = QUOTED;
    a_tree = TREE;
}

fn pass(bencher: Bencher<'_, '_>, alerts: usize, distinct: bool, text: &str) {
    let board = board(alerts, distinct);
    let source = SourceName::new("prod");
    let now = Time::default() + Duration::days(1);
    let Ok(filter) = Filter::parse(text) else { panic!("{text}") };
    bencher.counter(ItemsCount::new(alerts)).bench_local(|| {
        let mut sieve = black_box(&filter).sieve();
        board.iter().filter(|row| sieve.passes(&facts(row, &source, now))).count()
    });
}

fn facts<'a>(row: &'a Row, source: &'a SourceName, now: Time) -> Facts<'a> {
    Facts {
        labels: &row.labels,
        annotations: &row.annotations,
        state: AlertState::Firing,
        severity: Severity::Critical,
        source,
        fingerprint: &row.fingerprint,
        starts_at: now - Duration::minutes(20),
        now,
        silenced_by: &[],
        silence_authors: Vec::new(),
        inhibited_by: &[],
        ack: None,
        stale: false,
        is_new: false,
        receivers: &[],
        incident: "",
    }
}

#[divan::bench]
fn reading_a_filter(bencher: Bencher<'_, '_>) {
    bencher.bench_local(|| Filter::parse(black_box("severity=critical team=~\"web|api\" checkout @age>15m")).is_ok());
}

fn main() {
    divan::main();
}
