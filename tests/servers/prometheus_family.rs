//! Relatives of Prometheus, by their own servers.
