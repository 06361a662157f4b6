//! How bad a reason is: a small table, and what the configuration puts over it.

/// Reasons that are known here. Every other is `unknown`, and its row is there all the same.
const TABLE: &[(&str, &str)] = &[
    ("NodeNotReady", "critical"),
    ("CrashLoopBackOff", "error"),
    ("ImagePullBackOff", "error"),
    ("CreateContainerConfigError", "error"),
    ("CreateContainerError", "error"),
    ("RunContainerError", "error"),
    ("Unschedulable", "error"),
    ("ProgressDeadlineExceeded", "error"),
    ("ReplicaFailure", "error"),
    ("OOMKilled", "warning"),
    ("Evicted", "warning"),
    ("Pending", "warning"),
    ("NotReady", "warning"),
    ("PodFailed", "warning"),
    ("GenerationNotObserved", "warning"),
    ("JobFailed", "warning"),
    ("MemoryPressure", "warning"),
    ("DiskPressure", "warning"),
    ("PIDPressure", "warning"),
    ("NetworkUnavailable", "error"),
];

#[derive(Clone, Debug)]
pub(super) struct Severities(Vec<(String, String)>);

impl Severities {
    pub(super) fn over(own: &[(String, String)]) -> Self {
        Self(own.to_vec())
    }

    pub(super) fn of<'a>(&'a self, reason: &str) -> &'a str {
        let own = self.0.iter().find(|(r, _)| r == reason).map(|(_, s)| s.as_str());
        own.unwrap_or_else(|| TABLE.iter().find(|(r, _)| *r == reason).map_or("unknown", |(_, s)| s))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::alert::Severity;

    #[test]
    fn what_the_configuration_says_stands_over_the_table() {
        let own = Severities::over(&[("NotReady".into(), "critical".into())]);
        assert_eq!((own.of("NotReady"), own.of("OOMKilled"), own.of("Gremlins")), ("critical", "warning", "unknown"));
    }

    #[test]
    fn every_word_of_the_table_is_one_the_board_knows() {
        assert!(TABLE.iter().all(|(_, word)| Severity::read(word) != Severity::Unknown));
    }
}
