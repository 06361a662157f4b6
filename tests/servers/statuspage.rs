//! Sources of kind `statuspage`.
