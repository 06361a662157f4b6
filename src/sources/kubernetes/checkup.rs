//! As whom the cluster is asked, and whether a note could be put on a workload. What may not be read the poll tells itself.

use serde::Deserialize;

use super::Kubernetes;
use crate::{
    domain::{
        Time,
        checkup::{Checkup, Right},
    },
    sources::http::Call,
};

/// The question whether somebody may do a thing; nothing is kept of it.
const MAY_I: &str = "apis/authorization.k8s.io/v1/selfsubjectaccessreviews";

#[derive(Deserialize)]
struct Review {
    status: Status,
}

#[derive(Deserialize)]
struct Status {
    #[serde(default)]
    allowed: bool,
}

impl Kubernetes {
    pub(super) async fn check_up(&self, now: Time) -> Checkup {
        let of = |name: &str, what: &str| if name.is_empty() { String::new() } else { format!("{what} {name}") };
        let (user, cluster) = (of(&self.login.user, "user"), of(&self.login.cluster, "cluster"));
        let words: Vec<&str> = [user.as_str(), cluster.as_str()].into_iter().filter(|w| !w.is_empty()).collect();
        let checkup = Checkup::by(words.join(", "));
        if self.description.can.ways.is_empty() {
            return checkup;
        }
        match self.may_note(now).await {
            None => checkup,
            Some(may) => checkup.with(Right::of(
                "put notes on workloads",
                may,
                "it may not patch deployments",
                "bind the ClusterRole watchfire-notes that the manual gives, or take notes = true out",
            )),
        }
    }

    /// None where the cluster does not say.
    async fn may_note(&self, now: Time) -> Option<bool> {
        let namespace = self.options.namespaces.first();
        let asks = serde_json::json!({
            "apiVersion": "authorization.k8s.io/v1",
            "kind": "SelfSubjectAccessReview",
            "spec": { "resourceAttributes": {
                "verb": "patch", "group": "apps", "resource": "deployments", "namespace": namespace,
            } },
        });
        let http = self.login.http(now).await.ok()?;
        let answer = http.call(Call::post_json(MAY_I, &asks.to_string()).reads(), now).await.ok()?;
        Some(http.json::<Review>(&answer).ok()?.status.allowed)
    }
}
