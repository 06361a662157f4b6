//! Sources of kind `grafana`.
