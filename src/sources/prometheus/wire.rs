//! Prometheus' JSON, API v1, as it and its relatives write it. Nothing outside this folder sees it.

use serde::Deserialize;
use serde_json::value::RawValue;

use crate::domain::{
    Time,
    alert::{Alert, AlertState},
    label::Labels,
    text::SafeText,
};

/// What every answer is wrapped in.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Envelope<'a> {
    pub(super) status: String,
    #[serde(borrow)]
    pub(super) data: Option<&'a RawValue>,
    pub(super) error: Option<SafeText>,
    /// Parts of the answer are missing.
    pub(super) warnings: Option<Vec<SafeText>>,
    /// The same, as VictoriaMetrics says it.
    pub(super) is_partial: Option<bool>,
}

/// What the query engine thinks of the query, in the field that also says what is missing: nothing is.
pub(super) fn is_of_the_engine(warning: &SafeText) -> bool {
    warning.raw().starts_with("PromQL ")
}

#[derive(Deserialize)]
pub(super) struct Alerts<'a> {
    #[serde(borrow)]
    pub(super) alerts: Option<Vec<&'a RawValue>>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct WireAlert {
    labels: Labels,
    annotations: Option<Labels>,
    state: Option<String>,
    active_at: Time,
    /// Its page, as vmalert knows it.
    source: Option<SafeText>,
}

impl WireAlert {
    pub(super) fn read(self) -> Result<Alert, String> {
        Ok(Alert {
            fingerprint: self.labels.fingerprint(),
            labels: self.labels,
            annotations: self.annotations.unwrap_or_default(),
            state: if self.state.as_deref() == Some("pending") { AlertState::Pending } else { AlertState::Firing },
            starts_at: self.active_at,
            silenced_by: Default::default(),
            inhibited_by: Default::default(),
            receivers: Default::default(),
            fires_at: None,
            source_url: self.source.filter(|s| s.raw().starts_with("http")),
            held: None,
        })
    }
}

#[derive(Deserialize)]
pub(super) struct BuildInfo {
    pub(super) version: Option<SafeText>,
    /// What it is, as Mimir and Cortex say.
    pub(super) application: Option<SafeText>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct QueryData<'a> {
    result_type: String,
    #[serde(borrow)]
    result: &'a RawValue,
    #[serde(borrow)]
    stats: Option<&'a RawValue>,
}

/// What a query cost, as far as a server tells.
#[derive(Deserialize)]
struct Stats {
    samples: Samples,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Samples {
    total_queryable_samples: u64,
}

/// Unix seconds and the value, which travels as text because JSON has no `+Inf`.
#[derive(Deserialize)]
struct Sample(f64, String);

#[derive(Deserialize)]
struct WireSeries {
    #[serde(default)]
    metric: Labels,
    value: Option<Sample>,
    values: Option<Vec<Sample>>,
}

/// One series of finite numbers; what is not finite, or a native histogram, is a gap.
#[derive(Clone, Debug, PartialEq)]
pub struct Series {
    pub labels: Labels,
    /// Unix seconds and value, oldest first.
    pub points: Vec<(f64, f64)>,
}

impl QueryData<'_> {
    /// None where the server does not say, or says it otherwise.
    pub(super) fn samples(&self) -> Option<u64> {
        let stats: Stats = serde_json::from_str(self.stats?.get()).ok()?;
        Some(stats.samples.total_queryable_samples)
    }

    /// # Errors
    /// Where the result is none of the four shapes.
    pub(super) fn read(&self) -> Result<Vec<Series>, String> {
        match self.result_type.as_str() {
            "vector" | "matrix" => {
                let series: Vec<WireSeries> = serde_json::from_str(self.result.get()).map_err(|e| e.to_string())?;
                Ok(series.into_iter().map(WireSeries::read).collect())
            }
            "scalar" => {
                let sample: Sample = serde_json::from_str(self.result.get()).map_err(|e| e.to_string())?;
                Ok(vec![Series { labels: Labels::default(), points: finite([sample]) }])
            }
            other => Err(format!("a result of type `{other}` holds no numbers")),
        }
    }
}

impl WireSeries {
    fn read(self) -> Series {
        let samples = self.values.unwrap_or_default().into_iter().chain(self.value);
        Series { labels: self.metric, points: finite(samples) }
    }
}

fn finite(samples: impl IntoIterator<Item = Sample>) -> Vec<(f64, f64)> {
    let read = samples.into_iter().filter_map(|Sample(at, text)| Some((at, text.parse::<f64>().ok()?)));
    read.filter(|(at, value)| at.is_finite() && value.is_finite()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(json: &str) -> Result<Vec<Series>, String> {
        serde_json::from_str::<QueryData>(json).map_err(|e| e.to_string())?.read()
    }

    #[test]
    fn what_is_no_finite_number_is_a_gap() {
        let series = read(
            r#"{"resultType":"matrix","result":[{"metric":{"a":"b"},"values":[[1,"1"],[2,"+Inf"],[3,"NaN"],[4.5,"-2e0"],[5,"x"]]}]}"#,
        )
        .unwrap();
        assert_eq!(series[0].points, [(1.0, 1.0), (4.5, -2.0)]);
        assert!(read(r#"{"resultType":"scalar","result":[1795229251.822,"+Inf"]}"#).unwrap()[0].points.is_empty());
    }

    #[test]
    fn a_native_histogram_is_a_gap_beside_the_numbers() {
        let series = read(
            r#"{"resultType":"matrix","result":[{"metric":{},"histograms":[[1,{"count":"3"}]]},{"metric":{},"values":[[1,"7"]],"histograms":[]}]}"#,
        )
        .unwrap();
        assert_eq!((series[0].points.len(), series[1].points.len()), (0, 1));
        assert!(read(r#"{"resultType":"string","result":[1,"x"]}"#).unwrap_err().contains("string"));
    }
}
