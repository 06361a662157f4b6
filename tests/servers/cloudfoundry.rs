//! Sources of kind `cloudfoundry`.
