//! Every source as it is.

#[path = "bosh/mod.rs"]
mod bosh;
#[path = "check.rs"]
mod check;
#[path = "cloudfoundry/mod.rs"]
mod cloudfoundry;
#[path = "cloudwatch/mod.rs"]
mod cloudwatch;
#[path = "concourse/mod.rs"]
mod concourse;
#[path = "contract.rs"]
mod contract;
#[path = "grafana/mod.rs"]
mod grafana;
#[path = "icinga2/mod.rs"]
mod icinga2;
#[path = "kubernetes/mod.rs"]
mod kubernetes;
#[path = "pagerduty/mod.rs"]
mod pagerduty;
#[path = "prometheus_family/mod.rs"]
mod prometheus_family;
#[path = "statuspage.rs"]
mod statuspage;

use watchfire::sources;
