//! Rule files in the shapes that Sloth, Pyrra and Grafana SLO give theirs.

use watchfire::domain::matcher::quote;

pub type Pairs<'a> = &'a [(&'a str, &'a str)];

/// The head of a rule file.
pub const HEAD: &str = "groups:\n";

pub fn group(name: &str, rules: &[String]) -> String {
    format!("  - name: {}\n    rules:\n{}", quote(name), rules.concat())
}

pub fn record(name: &str, expression: &str, labels: Pairs) -> String {
    format!("      - {{record: {}, expr: {}, labels: {}}}\n", quote(name), quote(expression), map(labels))
}

pub fn alert(name: &str, expression: &str, wait: &str, labels: Pairs) -> String {
    let (name, expression, labels) = (quote(name), quote(expression), map(labels));
    format!("      - {{alert: {name}, expr: {expression}, for: {wait}, labels: {labels}}}\n")
}

fn map(labels: Pairs) -> String {
    let pairs: Vec<String> = labels.iter().map(|(n, v)| format!("{n}: {}", quote(v))).collect();
    format!("{{{}}}", pairs.join(", "))
}

fn matchers(labels: Pairs) -> String {
    labels.iter().map(|(n, v)| format!("{n}={}", quote(v))).collect::<Vec<_>>().join(", ")
}

/// One SLO as Sloth writes it.
pub struct Sloth<'a> {
    pub service: &'a str,
    pub name: &'a str,
    /// Percent.
    pub objective: &'a str,
    pub days: u32,
    /// With `WINDOW` where the range belongs.
    pub ratio: String,
    pub alerts: bool,
    pub labels: Pairs<'a>,
}

impl Sloth<'_> {
    pub fn id(&self) -> String {
        format!("{}-{}", self.service, self.name)
    }

    pub fn groups(&self) -> String {
        let id = self.id();
        let own = [("sloth_id", id.as_str()), ("sloth_service", self.service), ("sloth_slo", self.name)];
        let labels = [&own[..], self.labels].concat();
        let with = |more: (&'static str, &str)| [(more.0.to_owned(), more.1.to_owned())];
        let labelled = |name: &str, expression: &str, more: &[(String, String)]| {
            let more: Vec<(&str, &str)> = more.iter().map(|(n, v)| (n.as_str(), v.as_str())).collect();
            record(name, expression, &[&labels[..], &more].concat())
        };
        let period = self.period();
        let mut ratios: Vec<String> = ["5m", "30m", "1h", "2h", "6h", "1d", "3d"]
            .iter()
            .map(|w| {
                let expression = self.ratio.replace("WINDOW", w);
                labelled(&format!("slo:sli_error:ratio_rate{w}"), &expression, &with(("sloth_window", w)))
            })
            .collect();
        let m = matchers(&own);
        let over = |f: &str| format!("{f}(slo:sli_error:ratio_rate5m{{{m}}}[{period}])");
        let average = format!("{} / ignoring (sloth_window) {}", over("sum_over_time"), over("count_over_time"));
        let window = with(("sloth_window", &period));
        ratios.push(labelled(&format!("slo:sli_error:ratio_rate{period}"), &average, &window));
        let target = self.objective.parse::<f64>().unwrap() / 100.0;
        let per = |name: &str, ratio: &str| {
            let on = "on(sloth_id, sloth_slo, sloth_service) group_left";
            labelled(name, &format!("{ratio}{{{m}}} / {on} slo:error_budget:ratio{{{m}}}"), &[])
        };
        let info =
            [("sloth_objective", self.objective), ("sloth_mode", "cli-gen-prom"), ("sloth_spec", "prometheus/v1")];
        let info = info.map(|(n, v)| (n.to_owned(), v.to_owned()));
        let meta = [
            labelled("slo:objective:ratio", &format!("vector({target})"), &[]),
            labelled("slo:error_budget:ratio", &format!("vector(1-{target})"), &[]),
            labelled("slo:time_period:days", &format!("vector({})", self.days), &[]),
            per("slo:current_burn_rate:ratio", "slo:sli_error:ratio_rate5m"),
            per("slo:period_burn_rate:ratio", &format!("slo:sli_error:ratio_rate{period}")),
            labelled("slo:period_error_budget_remaining:ratio", &format!("1 - slo:period_burn_rate:ratio{{{m}}}"), &[]),
            labelled("sloth_slo_info", "vector(1)", &info),
        ];
        let mut out = group(&format!("sloth-slo-sli-recordings-{id}"), &ratios);
        out += &group(&format!("sloth-slo-meta-recordings-{id}"), &meta);
        if self.alerts {
            out += &group(&format!("sloth-slo-alerts-{id}"), &[self.alert(&m, "page"), self.alert(&m, "ticket")]);
        }
        out
    }

    fn alert(&self, m: &str, severity: &str) -> String {
        // What binary arithmetic makes of the budget, as the generator prints it.
        let budget = 1.0 - self.objective.parse::<f64>().unwrap() / 100.0;
        let factor = |share: f64, hours: f64| share * f64::from(self.days) * 24.0 / hours;
        let tier = |short: &str, long: &str, factor: f64| {
            let one = |w: &str| {
                let above = format!("slo:sli_error:ratio_rate{w}{{{m}}} > ({factor} * {budget})");
                format!("max({above}) without (sloth_window)")
            };
            format!("({} and {})", one(short), one(long))
        };
        let (a, b) = match severity {
            "page" => (tier("5m", "1h", factor(0.02, 1.0)), tier("30m", "6h", factor(0.05, 6.0))),
            _ => (tier("2h", "1d", factor(0.1, 24.0)), tier("6h", "3d", factor(0.1, 72.0))),
        };
        alert("Burns", &format!("{a} or {b}"), "0s", &[("sloth_severity", severity), ("routing", "shop")])
    }

    fn period(&self) -> String {
        if self.days.is_multiple_of(7) { format!("{}w", self.days / 7) } else { format!("{}d", self.days) }
    }
}

/// One SLO as Pyrra writes it for a window of 28 days.
pub struct Pyrra<'a> {
    pub name: &'a str,
    /// A ratio.
    pub target: &'a str,
    /// What the recordings are named after.
    pub base: &'a str,
    /// The error ratio, with `WINDOW` where the range belongs.
    pub ratio: &'a str,
    /// What is counted over the whole window.
    pub increase: (&'a str, &'a str),
    pub labels: Pairs<'a>,
    /// Written with generic rules.
    pub generic: bool,
}

impl Pyrra<'_> {
    pub fn groups(&self) -> String {
        let labels = [self.labels, &[("slo", self.name)]].concat();
        let m = matchers(&labels);
        let burn = |w: &str| format!("{}:burnrate{w}", self.base);
        let mut rules: Vec<String> = ["5m", "30m", "1h", "2h", "6h", "1d", "4d"]
            .iter()
            .map(|w| record(&burn(w), &self.ratio.replace("WINDOW", w), &labels))
            .collect();
        let tiers = [
            ("5m", "1h", "14", "2m", "critical"),
            ("30m", "6h", "7", "15m", "critical"),
            ("2h", "1d", "2", "1h", "warning"),
            ("6h", "4d", "1", "3h", "warning"),
        ];
        for (short, long, factor, wait, severity) in tiers {
            let one = |w: &str| format!("{}{{{m}}} > ({factor} * (1-{}))", burn(w), self.target);
            let more = [("long", long), ("short", short), ("severity", severity), ("exhaustion", "2d")];
            let expression = format!("{} and {}", one(short), one(long));
            rules.push(alert("ErrorBudgetBurn", &expression, wait, &[&labels[..], &more].concat()));
        }
        let (suffix, expression) = self.increase;
        let increase = record(&format!("{}:{suffix}", self.base), expression, &labels);
        let mut out = group(&format!("{}-increase", self.name), &[increase]);
        out += &group(self.name, &rules);
        if self.generic {
            let slo = [("slo", self.name)];
            let generic = [
                record("pyrra_objective", self.target, &slo),
                record("pyrra_window", "2419200", &slo),
                record("pyrra_availability", &format!("1 - {}", self.ratio.replace("WINDOW", "5m")), &slo),
                record("pyrra_requests:rate5m", "vector(10)", &slo),
                record("pyrra_errors:rate5m", "vector(0.5)", &slo),
            ];
            // Numbers alone are scalars, which no rule records.
            let generic = generic.map(|r| scalar_as_vector(&r));
            out += &group(&format!("{}-generic", self.name), &generic);
        }
        out
    }
}

fn scalar_as_vector(rule: &str) -> String {
    let number = |text: &str| text.parse::<f64>().is_ok();
    match rule.split("expr: \"").nth(1).and_then(|r| r.split('"').next()) {
        Some(text) if number(text) => rule.replace(&format!("expr: \"{text}\""), &format!("expr: \"vector({text})\"")),
        _ => rule.to_owned(),
    }
}

/// One SLO as Grafana writes it.
pub fn grafana(uuid: &str, name: &str, target: &str, good: &str, total: &str) -> String {
    let labels =
        [("grafana_slo_uuid", uuid), ("grafana_slo_name", name), ("grafana_slo_service", "web"), ("team", "a")];
    let m = matchers(&labels[..1]);
    let sli = |w: &str| {
        let (good, total) = (good.replace("5m", w), total.replace("5m", w));
        record(&format!("grafana_slo_sli_{w}"), &format!("{good} / {total}"), &labels)
    };
    let above = |w: &str, f: &str| format!("(1 - grafana_slo_sli_{w}{{{m}}}) > {f} * (1 - {target})");
    let pair = |short: &str, long: &str, f: &str| format!("({} and {})", above(short, f), above(long, f));
    let fast = format!("{} or {}", pair("5m", "1h", "13.44"), pair("30m", "6h", "5.6"));
    group(
        &format!("grafana-slo-{uuid}"),
        &[
            record("grafana_slo_info", "vector(1)", &labels),
            record("grafana_slo_objective", &format!("vector({target})"), &labels),
            record("grafana_slo_objective_window_seconds", "vector(2419200)", &labels),
            record("grafana_slo_success_rate_5m", good, &labels),
            record("grafana_slo_total_rate_5m", total, &labels),
            sli("5m"),
            sli("1h"),
            alert("Fast", &fast, "2m", &[("grafana_slo_severity", "critical"), ("grafana_slo_uuid", uuid)]),
        ],
    )
}
