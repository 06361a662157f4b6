//! Names of metrics that are conventions: of requests, how long they took and how they ended.

use crate::domain::{
    label::Labels,
    signals::{Ask, Signal, Unit, WINDOW},
};

use super::identity::Identity;

/// Labels that say how an HTTP request ended, and which of their values are the server's fault.
const HTTP: [&str; 6] = ["code", "status", "status_code", "http_response_status_code", "http_status_code", "http_code"];
const HTTP_BAD: &str = "5..";
const GRPC: [&str; 2] = ["grpc_code", "rpc_grpc_status_code"];
const GRPC_BAD: &str = "Unknown|DeadlineExceeded|Unimplemented|Internal|Unavailable|DataLoss|2|4|12|13|14|15";

/// Histograms, by their names without the suffix.
const HISTOGRAMS: [&str; 4] = [
    "http_request_duration_seconds",
    "http_server_request_duration_seconds",
    "grpc_server_handling_seconds",
    "http_server_requests_seconds",
];
const COUNTERS: [&str; 3] = ["http_requests_total", "grpc_server_handled_total", "http_server_requests_total"];

/// One metric that the server has for the service.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Found {
    name: String,
    /// Its matchers.
    selector: String,
    /// The label that says how it ended, and the values that are bad.
    code: Option<(&'static str, &'static str)>,
}

/// The names that are looked for; those of the objective itself first.
pub(super) fn names(who: &Identity) -> Vec<String> {
    let mut names: Vec<String> = Vec::new();
    for own in &who.metrics {
        let histogram = ["_bucket", "_count", "_sum"].iter().find_map(|suffix| own.strip_suffix(suffix));
        names.extend(histogram.map(|base| format!("{base}_bucket")));
        names.extend(own.ends_with("_total").then(|| own.clone()));
    }
    names.extend(HISTOGRAMS.iter().map(|h| format!("{h}_bucket")));
    names.extend(COUNTERS.iter().map(|c| (*c).to_owned()));
    let mut seen = std::collections::BTreeSet::new();
    names.retain(|n| seen.insert(n.clone()));
    names
}

/// Every label that may tell how a request ended.
pub(super) fn codes() -> impl Iterator<Item = &'static str> {
    HTTP.into_iter().chain(GRPC)
}

/// What there is, in the order of the names: what has these labels.
pub(super) fn found(names: &[String], who: &Identity, series: &[Labels]) -> Vec<Found> {
    let mut all: Vec<Found> = Vec::new();
    for name in names {
        let own: Vec<&Labels> = series.iter().filter(|l| l.value("__name__") == name).collect();
        let Some(selector) = own.iter().find_map(|l| who.selects(l)) else { continue };
        let has = |code: &&str| own.iter().any(|l| !l.value(code).is_empty());
        let http = HTTP.into_iter().find(|c| has(c)).map(|c| (c, HTTP_BAD));
        let code = http.or_else(|| GRPC.into_iter().find(|c| has(c)).map(|c| (c, GRPC_BAD)));
        all.push(Found { name: name.clone(), selector, code });
    }
    all
}

impl Found {
    fn base(&self) -> Option<&str> {
        self.name.strip_suffix("_bucket")
    }

    /// The counter of its events.
    fn count(&self) -> String {
        self.base().map_or_else(|| self.name.clone(), |base| format!("{base}_count"))
    }

    fn basis(&self, name: &str) -> String {
        format!("{name}{{{}}}", self.selector)
    }

    fn latency(&self) -> Option<Ask> {
        let base = self.base()?;
        let query =
            format!("histogram_quantile(0.99, sum by (le) (rate({}{{{}}}[{WINDOW}])))", self.name, self.selector);
        let ask = Ask::recognised(Signal::Latency, "p99", query, Unit::Seconds, &self.basis(&self.name));
        let is_milli = base.ends_with("_milliseconds") || base.ends_with("_ms");
        Some(Ask { scale: if is_milli { 1e-3 } else { 1.0 }, ..ask })
    }

    fn rate(&self, more: &str) -> String {
        format!("sum(rate({}{{{}{more}}}[{WINDOW}]))", self.count(), self.selector)
    }

    fn traffic(&self) -> Ask {
        Ask::recognised(Signal::Traffic, "calls", self.rate(""), Unit::PerSecond, &self.basis(&self.count()))
    }

    /// A service that never failed has no series of failures: then nothing of its traffic is bad.
    fn errors(&self) -> Option<Ask> {
        let (label, bad) = self.code?;
        let (bad, all) = (self.rate(&format!(",{label}=~\"{bad}\"")), self.rate(""));
        let query = format!("({bad} or {all} * 0) / {all}");
        Some(Ask::recognised(Signal::Errors, "errors", query, Unit::Share, &self.basis(&self.count())))
    }
}

/// One question for each wanted signal of requests that can be asked.
pub(super) fn asks(found: &[Found], wanted: &[Signal]) -> Vec<Ask> {
    let counters = || found.iter().filter(|f| f.base().is_none()).chain(found.iter().filter(|f| f.base().is_some()));
    let ask = |signal: &Signal| match signal {
        Signal::Latency => found.iter().find_map(Found::latency),
        Signal::Traffic => counters().next().map(Found::traffic),
        Signal::Errors => counters().find_map(Found::errors),
        Signal::Saturation => None,
    };
    wanted.iter().filter_map(ask).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn who() -> Identity {
        let strong = vec![("job".to_owned(), "api".to_owned())];
        let metrics = vec!["shop_seconds_count".to_owned()];
        Identity { strong, weak: Vec::new(), metrics, service: "api".into() }
    }

    fn series(name: &str, code: &str) -> Labels {
        [("__name__", name), ("job", "api"), (code, "200")].into_iter().collect()
    }

    fn queries(series: &[Labels]) -> Vec<String> {
        let names = names(&who());
        asks(&found(&names, &who(), series), &Signal::ALL).into_iter().map(|a| a.query).collect()
    }

    #[test]
    fn counters_tell_traffic_and_errors_and_a_histogram_how_long_it_took() {
        let both = [series("http_requests_total", "code"), series("http_request_duration_seconds_bucket", "path")];
        assert_eq!(
            queries(&both),
            [
                r#"histogram_quantile(0.99, sum by (le) (rate(http_request_duration_seconds_bucket{job="api"}[$window])))"#,
                r#"sum(rate(http_requests_total{job="api"}[$window]))"#,
                r#"(sum(rate(http_requests_total{job="api",code=~"5.."}[$window])) or sum(rate(http_requests_total{job="api"}[$window])) * 0) / sum(rate(http_requests_total{job="api"}[$window]))"#,
            ]
        );
    }

    #[test]
    fn one_histogram_with_a_code_tells_all_three() {
        let otel = queries(&[series("http_server_request_duration_seconds_bucket", "http_response_status_code")]);
        assert!(otel[0].contains("_bucket{") && otel[1].contains("duration_seconds_count{"));
        assert!(otel[2].contains(r#"http_response_status_code=~"5..""#));
        let grpc = queries(&[
            series("grpc_server_handled_total", "grpc_code"),
            series("grpc_server_handling_seconds_bucket", "x"),
        ]);
        assert!(grpc[2].contains("grpc_code=~\"Unknown|"), "{grpc:?}");
    }

    #[test]
    fn the_metric_of_the_objective_itself_comes_first_and_nothing_is_made_of_nothing() {
        let own =
            queries(&[series("http_request_duration_seconds_bucket", "code"), series("shop_seconds_bucket", "x")]);
        assert!(own[0].contains("shop_seconds_bucket"), "{own:?}");
        assert!(queries(&[]).is_empty());
        let other: Labels = [("__name__", "http_requests_total"), ("job", "other")].into_iter().collect();
        assert!(queries(&[other]).is_empty());
    }
}
