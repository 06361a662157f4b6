//! Where keys are found, and when they are fetched anew.
