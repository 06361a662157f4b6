//! Sources of kind `kubernetes`.
