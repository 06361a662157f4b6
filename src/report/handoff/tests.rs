//! The handoff of a shift that is written down here.
