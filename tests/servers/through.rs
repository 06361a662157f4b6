//! The same tests with every source at the far end of the plugin protocol: what it reads, does and refuses is the same.

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
#[path = "through/pagerduty.rs"]
mod pagerduty;
#[path = "prometheus_family/mod.rs"]
mod prometheus_family;
#[path = "statuspage.rs"]
mod statuspage;

/// In place of the sources of the crate, for the modules above.
mod sources {
    use std::sync::Arc;

    pub use watchfire::sources::*;
    use watchfire::{config::SourceConfig, domain::source::SourceError};

    use crate::plugin::far::Far;

    /// Connected to as ever, then served, and reached through the protocol.
    pub async fn connect(config: &SourceConfig) -> Result<Arc<dyn Source>, SourceError> {
        let plain = watchfire::sources::connect(config).await?;
        Ok(Arc::new(Far::of(plain).await))
    }
}
