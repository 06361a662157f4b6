//! SLOs that nobody named: found by the rules and series of a real Prometheus, and of relatives that have less.

mod bounds;
mod files;
mod real;
pub mod shapes;

use std::{collections::BTreeMap, sync::Arc, time::Duration};

use watchfire::{
    config::SourceKind,
    domain::slo::{Counted, Declared, Measure, Slo},
    sources::{self, Source},
};

use crate::support::{config, machine_time};

async fn connect(url: String) -> Arc<dyn Source> {
    sources::connect(&config(SourceKind::Prometheus, &[url])).await.unwrap()
}

async fn declared(source: &dyn Source) -> Declared {
    source.counts().unwrap().declared(machine_time()).await.unwrap()
}

/// The answer to a question, as soon as it is the one that is waited for: rules take a moment to be evaluated.
async fn until<T, F: Future<Output = T>>(mut ask: impl FnMut() -> F, is_there: impl Fn(&T) -> bool) -> T {
    let look = async {
        let mut look = tokio::time::interval(Duration::from_millis(100));
        loop {
            look.tick().await;
            let answer = ask().await;
            if is_there(&answer) {
                return answer;
            }
        }
    };
    tokio::time::timeout(Duration::from_secs(60), look).await.expect("the rules are evaluated")
}

fn by_id(slos: Vec<Slo>) -> BTreeMap<String, Slo> {
    slos.into_iter().map(|s| (s.id.as_str().to_owned(), s)).collect()
}

/// Which half is counted, its query, and the query of the total.
fn queries(slo: &Slo) -> (&'static str, &str, &str) {
    match &slo.indicator.measure {
        Measure::Events { counted: Counted::Good(good), total, .. } => ("good", good, total),
        Measure::Events { counted: Counted::Bad(bad), total, .. } => ("bad", bad, total),
        Measure::Ratio(ratio) => ("ratio", ratio.query(), ""),
        other => panic!("{other:?}"),
    }
}
