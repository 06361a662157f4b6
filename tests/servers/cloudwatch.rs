//! Sources of kind `cloudwatch`.
