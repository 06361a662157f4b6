//! Names of metrics that are conventions: what of the machines and volumes under a service is used up.

use crate::domain::{
    label::Labels,
    matcher::quote,
    signals::{Ask, Signal, Unit, WINDOW, template::regex_escaped},
};

use super::identity::Identity;

/// File systems that are no disk.
const NO_DISK: &str = "tmpfs|devtmpfs|ramfs|squashfs|overlay|iso9660|fuse.*|nsfs|autofs";
/// Hosts of one service that are looked at.
pub(super) const HOSTS_MAX: usize = 20;
/// Labels that tell one resource from another.
const TELLING: [&str; 6] = ["instance", "mountpoint", "device", "namespace", "persistentvolumeclaim", "node"];

/// One kind of resource: how the worst one is found, and how that one is asked for.
pub(super) struct Resource {
    pub(super) name: &'static str,
    /// Answers with one series, the worst; with none where there is none.
    pub(super) worst: String,
    ask: Later,
}

enum Later {
    /// Used share of what these two gauges tell, of the worst one alone.
    OfWorst { left: &'static str, whole: &'static str },
    /// This query.
    Whole(String, &'static str),
}

impl Resource {
    /// The question about the one that was found worst.
    pub(super) fn ask(&self, found: &Labels, by: &str) -> Ask {
        match &self.ask {
            Later::Whole(query, metric) => {
                let basis = format!("{metric} {by}");
                let ask = Ask::recognised(Signal::Saturation, self.name, query.clone(), Unit::Share, &basis);
                // How busy a processor is says nothing of when it will be.
                if ask.is_gauge() { ask } else { Ask { full_at: None, ..ask } }
            }
            Later::OfWorst { left, whole } => {
                let own = found.iter().filter(|(n, v)| TELLING.contains(&n.raw()) && !v.raw().is_empty());
                let own: Vec<String> = own.map(|(n, v)| format!("{}={}", n.raw(), quote(v.raw()))).collect();
                let own = own.join(",");
                let query = format!("max(1 - {left}{{{own}}} / {whole}{{{own}}})");
                let basis = format!("{left}{{{own}}} {by}");
                Ask::recognised(Signal::Saturation, self.name, query, Unit::Share, &basis)
            }
        }
    }
}

/// What node_exporter tells of the machines that these matchers select.
pub(super) fn of_nodes(selector: &str) -> [Resource; 3] {
    let disks = format!("{selector},fstype!~\"{NO_DISK}\"");
    let used = |left: &str, whole: &str, s: &str| format!("topk(1, 1 - {left}{{{s}}} / {whole}{{{s}}})");
    let (avail, size) = ("node_filesystem_avail_bytes", "node_filesystem_size_bytes");
    let (free, all) = ("node_memory_MemAvailable_bytes", "node_memory_MemTotal_bytes");
    let busy =
        format!("max(1 - avg by (instance) (rate(node_cpu_seconds_total{{{selector},mode=\"idle\"}}[{WINDOW}])))");
    [
        Resource {
            name: "disk",
            // The one that is fullest in a day, at the pace of the last hours.
            worst: format!("topk(1, 1 - predict_linear({avail}{{{disks}}}[6h], 86400) / {size}{{{disks}}})"),
            ask: Later::OfWorst { left: avail, whole: size },
        },
        Resource { name: "memory", worst: used(free, all, selector), ask: Later::OfWorst { left: free, whole: all } },
        Resource { name: "cpu", worst: busy.replace(WINDOW, "5m"), ask: Later::Whole(busy, "node_cpu_seconds_total") },
    ]
}

/// What a kubelet tells of the volumes and containers of a service.
pub(super) fn of_pods(namespace: &str, service: &str) -> [Resource; 2] {
    let (namespace, part) = (quote(namespace), regex_escaped(service));
    let claims = format!("namespace={namespace},persistentvolumeclaim=~{}", quote(&format!(".*{part}.*")));
    let pods = format!("namespace={namespace},pod=~{},container!=\"\"", quote(&format!("{part}-.*")));
    let (left, whole) = ("kubelet_volume_stats_available_bytes", "kubelet_volume_stats_capacity_bytes");
    let used = "container_memory_working_set_bytes";
    let memory = format!("max({used}{{{pods}}} / (container_spec_memory_limit_bytes{{{pods}}} > 0))");
    [
        Resource {
            name: "volume",
            worst: format!("topk(1, 1 - predict_linear({left}{{{claims}}}[6h], 86400) / {whole}{{{claims}}})"),
            ask: Later::OfWorst { left, whole },
        },
        Resource { name: "memory", worst: memory.clone(), ask: Later::Whole(memory, used) },
    ]
}

/// Matchers for the machines on which the service's own targets run.
pub(super) fn hosts(instances: &[&str]) -> Option<String> {
    let mut hosts: Vec<&str> = instances.iter().map(|i| host(i)).filter(|h| !h.is_empty()).collect();
    hosts.sort_unstable();
    hosts.dedup();
    let any: Vec<String> = hosts.into_iter().take(HOSTS_MAX).map(regex_escaped).collect();
    (!any.is_empty()).then(|| format!("instance=~{}", quote(&format!("(?:{})(?::[0-9]+)?", any.join("|")))))
}

/// Without the port.
fn host(instance: &str) -> &str {
    let is_port = |p: &str| !p.is_empty() && p.bytes().all(|b| b.is_ascii_digit());
    match instance.rsplit_once(':') {
        Some((host, port)) if is_port(port) => host,
        _ => instance,
    }
}

/// Matchers that a machine's exporter may share with the service itself; one each.
pub(super) fn shared(who: &Identity) -> Vec<String> {
    who.strong.iter().map(|(n, v)| format!("{n}={}", quote(v))).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_host_is_found_whatever_its_port() {
        assert_eq!(
            hosts(&["db-1:9187", "db-1:80", "[::1]:9", "a.b"]).unwrap(),
            r#"instance=~"(?:\\[::1\\]|a\\.b|db-1)(?::[0-9]+)?""#
        );
        assert_eq!(hosts(&[]), None);
    }

    #[test]
    fn the_worst_disk_is_asked_for_alone() {
        let [disk, _, cpu] = of_nodes("job=\"db\"");
        let labels: Labels = [("instance", "db-1:9100"), ("mountpoint", "/v\"ar"), ("job", "node"), ("fstype", "ext4")]
            .into_iter()
            .collect();
        let ask = disk.ask(&labels, "by host");
        assert_eq!(
            ask.query,
            r#"max(1 - node_filesystem_avail_bytes{instance="db-1:9100",mountpoint="/v\"ar"} / node_filesystem_size_bytes{instance="db-1:9100",mountpoint="/v\"ar"})"#
        );
        assert_eq!((ask.full_at, cpu.ask(&labels, "").full_at), (Some(1.0), None));
    }
}
