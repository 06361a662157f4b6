//! What a score says of each act, right and wrong, and of none at all.
