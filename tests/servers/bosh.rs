//! Sources of kind `bosh`.
