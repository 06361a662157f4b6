//! Sources of kind `concourse`.
