//! Sources of kind `plugin`.

use std::sync::Arc;

use super::Source;
use crate::{
    config::SourceConfig,
    domain::source::{Description, SourceError},
};

/// Fetches secrets and certificates; asks the server nothing yet.
///
/// # Errors
/// `Auth` where a secret or certificate cannot be had, `Rejected` where the address is none.
pub async fn connect(config: &SourceConfig) -> Result<Arc<dyn Source>, SourceError> {
    Err(SourceError::rejected(format!("{} is not built yet", config.kind.as_str())))
}

/// What it will be once it connects.
pub fn describe(config: &SourceConfig) -> Description {
    super::plain(config)
}
