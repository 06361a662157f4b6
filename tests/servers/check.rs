//! Sources of kind `check`.
