//! Whose an object is: the workload that a person knows, not the replica set or the run between.

use std::collections::BTreeMap;

use super::{feed::Feed, object::Object, resource::Resource, wire::Regarding};

/// A workload as rows and entries name it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Workload {
    pub(super) uid: String,
    /// In lower case: `deployment`.
    pub(super) kind: String,
    pub(super) name: String,
    pub(super) namespace: String,
    pub(super) service: Option<String>,
    /// How many pods it wants, where it says.
    pub(super) wants: Option<i64>,
    /// Where it can be written to.
    pub(super) resource: Option<Resource>,
}

/// Everything that is known, by uid and by name.
pub(super) struct Index<'a> {
    by_uid: BTreeMap<&'a str, &'a Object>,
    by_name: BTreeMap<(Resource, &'a str, &'a str), &'a Object>,
}

impl<'a> Index<'a> {
    pub(super) fn of(feeds: &'a [Feed]) -> Self {
        let all = || feeds.iter().filter(|f| f.resource != Resource::Events).flat_map(|f| f.objects.values());
        let by_uid = all().map(|o| (o.uid.as_str(), &**o)).collect();
        let by_name = all().map(|o| ((o.resource, o.namespace.as_str(), o.name.as_str()), &**o)).collect();
        Self { by_uid, by_name }
    }

    /// The workload of a pod, a job or a workload.
    pub(super) fn workload(&self, object: &Object) -> Workload {
        let Some(owner) = object.owner.as_ref().filter(|o| o.kind != "Node") else { return itself(object) };
        if let (Some(hash), "ReplicaSet") = (&object.hash, owner.kind.as_str()) {
            let name = owner.name.strip_suffix(hash.as_str()).and_then(|n| n.strip_suffix('-')).unwrap_or(&owner.name);
            return match self.by_name.get(&(Resource::Deployments, object.namespace.as_str(), name)) {
                Some(deployment) => Workload { service: service(deployment, object), ..itself(deployment) },
                None => named(&owner.uid, "deployment", name, object),
            };
        }
        match self.by_uid.get(owner.uid.as_str()) {
            // The run of a scheduled job is one of many.
            Some(job) if job.resource == Resource::Jobs && job.owner.is_some() => self.workload(job),
            Some(known) => Workload { service: service(known, object), ..itself(known) },
            None => named(&owner.uid, &owner.kind.to_ascii_lowercase(), &owner.name, object),
        }
    }

    /// What an event is about.
    pub(super) fn about(&self, regarding: &Regarding) -> Option<Workload> {
        let resource = match regarding.kind.as_str() {
            "Pod" => Resource::Pods,
            "Deployment" => Resource::Deployments,
            "StatefulSet" => Resource::StatefulSets,
            "DaemonSet" => Resource::DaemonSets,
            "Job" => Resource::Jobs,
            "Node" => Resource::Nodes,
            _ => return None,
        };
        let key = (resource, regarding.namespace.as_str(), regarding.name.as_str());
        self.by_name.get(&key).map(|object| self.workload(object))
    }
}

fn service(first: &Object, second: &Object) -> Option<String> {
    first.service.clone().or_else(|| second.service.clone())
}

fn kind(resource: Resource) -> &'static str {
    resource.plural().trim_end_matches('s')
}

fn itself(object: &Object) -> Workload {
    let writable = matches!(
        object.resource,
        Resource::Deployments | Resource::StatefulSets | Resource::DaemonSets | Resource::Jobs
    );
    Workload {
        uid: object.uid.clone(),
        kind: kind(object.resource).to_owned(),
        name: object.name.clone(),
        namespace: object.namespace.clone(),
        service: object.service.clone(),
        wants: object.wants,
        resource: writable.then_some(object.resource),
    }
}

/// One that was only heard of.
fn named(uid: &str, kind: &str, name: &str, of: &Object) -> Workload {
    Workload {
        uid: uid.to_owned(),
        kind: kind.to_owned(),
        name: name.to_owned(),
        namespace: of.namespace.clone(),
        service: of.service.clone(),
        wants: None,
        resource: None,
    }
}
