//! Statistics over entries that are written down here.
