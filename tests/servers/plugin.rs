//! Sources of kind `plugin`.
