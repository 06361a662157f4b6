//! Sources of kind `icinga2`.
