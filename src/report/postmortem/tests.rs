//! The post-mortem of an incident that is written down here.
