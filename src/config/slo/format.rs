//! Which format a document is in, by what stands in it and never by the name of its file.

use super::{
    notes::nearest,
    openslo::{Kind, Version},
    problem::Problem,
    sloth::Style,
    yaml::{Node, Value},
};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Format {
    OpenSlo(Version, Kind),
    Sloth(Style),
    /// A catalogue of alert windows for Sloth.
    SlothWindows,
    Pyrra,
}

const SLOTH_RAW: &str = "prometheus/v1";
const SLOTH: &str = "sloth.slok.dev/v1";
const PYRRA: &str = "pyrra.dev/v1alpha1";
/// What an `apiVersion` may say.
const VERSIONS: [&str; 5] = ["openslo/v1", "openslo/v1alpha", "openslo.com/v2alpha", SLOTH, PYRRA];
const KNOWN: &str = "OpenSLO (openslo/v1, openslo/v1alpha, openslo.com/v2alpha), Sloth (prometheus/v1, sloth.slok.dev/v1) \
                     and Pyrra (pyrra.dev/v1alpha1) are read";

/// The documents in a list as Kubernetes answers it.
pub(super) fn items(node: &Node) -> Option<&[Node]> {
    let kind = node.get("kind")?.text()?;
    let items = node.get("items")?;
    (kind.ends_with("List") && matches!(items.value, Value::List(_))).then(|| items.items())
}

/// # Errors
/// Where the document is in no format that is known, in words for its author.
pub(super) fn tell(node: &Node) -> Result<Format, Problem> {
    if !matches!(node.value, Value::Map(_)) {
        let what = format!("this document is {}, no definition of an SLO", node.kind());
        return Err(Problem::new(node.line, what).hint(KNOWN));
    }
    let version = node.get("apiVersion").and_then(|n| Some((n.text()?, n.line)));
    match version {
        Some((version, line)) => versioned(node, version, line),
        None => unversioned(node),
    }
}

fn versioned(node: &Node, version: &str, line: u32) -> Result<Format, Problem> {
    match version {
        SLOTH => match kind(node, &["PrometheusServiceLevel", "AlertWindows"])? {
            "AlertWindows" => Ok(Format::SlothWindows),
            _ => Ok(Format::Sloth(Style::Resource)),
        },
        PYRRA => kind(node, &["ServiceLevelObjective"]).map(|_| Format::Pyrra),
        _ => match Version::read(version) {
            Some(version) => {
                let kind = kind(node, &Kind::ALL.map(Kind::as_str))?;
                let kind = Kind::ALL.into_iter().find(|k| k.as_str() == kind).unwrap_or(Kind::Slo);
                Ok(Format::OpenSlo(version, kind))
            }
            None => Err(foreign(version, line)),
        },
    }
}

fn foreign(version: &str, line: u32) -> Problem {
    let what = format!("apiVersion `{version}` is none that is read here");
    let same_group = VERSIONS.iter().copied().find(|v| v.split('/').next() == version.split('/').next());
    match nearest(version, &VERSIONS).or(same_group) {
        Some(meant) => Problem::new(line, what).hint(format!("did you mean `{meant}`?")),
        None => Problem::new(line, what).hint(KNOWN),
    }
}

/// The document's kind, one of those there are.
fn kind<'a>(node: &Node, kinds: &[&'a str]) -> Result<&'a str, Problem> {
    let all = kinds.join(", ");
    let Some(found) = node.get("kind") else {
        return Err(Problem::new(node.line, "this document has no kind").hint(format!("one of {all}")));
    };
    let name = found.text().unwrap_or("");
    kinds.iter().copied().find(|k| *k == name).ok_or_else(|| {
        let version = node.get("apiVersion").and_then(Node::text).unwrap_or("");
        let what = format!("kind `{name}` is no kind of {version}");
        let hint = match nearest(name, kinds) {
            Some(meant) => format!("did you mean `{meant}`? kinds are case-sensitive"),
            None => format!("one of {all}"),
        };
        Problem::new(found.line, what).hint(hint)
    })
}

/// Sloth's raw files have a `version`; anything else without an `apiVersion` is told by what it looks like.
fn unversioned(node: &Node) -> Result<Format, Problem> {
    let version = node.get("version").and_then(|n| Some((n.text()?, n.line)));
    let has = |key: &str| node.get(key).is_some();
    match version {
        Some((SLOTH_RAW, _)) => return Ok(Format::Sloth(Style::Raw)),
        Some((other, line)) if has("slos") || nearest(other, &[SLOTH_RAW]).is_some() => {
            let what = format!("version `{other}` of Sloth is none that is read here");
            return Err(Problem::new(line, what).hint(format!("did you mean `{SLOTH_RAW}`?")));
        }
        _ => {}
    }
    if let Value::Map(fields) = &node.value
        && let Some(strange) = fields.iter().find(|f| nearest(&f.key, &["apiVersion"]).is_some())
    {
        let what = format!("unknown key `{}`", strange.key);
        return Err(Problem::new(strange.line, what).hint("did you mean `apiVersion`?"));
    }
    let (what, hint) = if has("slos") && has("service") {
        ("this looks like a definition of Sloth and has no version", "begin it with `version: prometheus/v1`")
    } else if has("groups") {
        ("these are rules of Prometheus, no definitions", "take the file out of [slo] files")
    } else {
        ("this is in no format that is known: it has no apiVersion", KNOWN)
    };
    Err(Problem::new(node.line, what).hint(hint))
}
