//! Sources of kind `pagerduty`.
