//! An objective that its labels split: the folded parent, and one row a group. Knows no query language.

use serde::{Deserialize, Serialize};

use super::{Slo, SloId};
use crate::domain::{label::Labels, matcher, text::SafeText};

/// Most rows that one objective is split into; the rest is told as left out.
pub const GROUPS_MAX: usize = 50;

/// What a backend declares by itself, and what about it a person should know, a sentence each.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Declared {
    pub slos: Vec<Slo>,
    pub notes: Vec<SafeText>,
}

impl From<Vec<Slo>> for Declared {
    fn from(slos: Vec<Slo>) -> Self {
        Self { slos, notes: Vec::new() }
    }
}

/// `{handler="/pay",region="eu"}`
pub fn suffix(group: &Labels) -> String {
    let pairs: Vec<String> = group.iter().map(|(n, v)| format!("{}={}", n.raw(), matcher::quote(v.raw()))).collect();
    format!("{{{}}}", pairs.join(","))
}

impl Slo {
    /// The id of the definition: of a row that was split off, its parent's.
    pub fn parent_id(&self) -> &str {
        let id = self.id.as_str();
        if self.group.is_empty() { id } else { id.strip_suffix(suffix(&self.group).as_str()).unwrap_or(id) }
    }

    /// The row of one group, counting what the parent counts until it is told otherwise.
    pub fn split(&self, group: Labels) -> Self {
        let suffix = suffix(&group);
        let with = |text: &SafeText| SafeText::new(&format!("{}{suffix}", text.raw()));
        let labels = self.labels.iter().chain(group.iter()).map(|(n, v)| (n.clone(), v.clone())).collect();
        Self {
            id: SloId(with(&self.id.0)),
            name: with(&self.name),
            title: with(&self.title),
            labels,
            grouping: Vec::new(),
            group,
            ..self.clone()
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::slo::{Counted, Indicator, Objective, Window};

    #[test]
    fn a_group_finds_its_parent_whatever_its_labels_hold() {
        let indicator = Indicator::events(Counted::Bad("bad".into()), "all", true);
        let parent = Slo::new("api", Objective::percent("99").unwrap(), Window::rolling(86_400), indicator);
        let group: Labels = [("handler", "/pay{\"x\"}\n"), ("region", "eu")].into_iter().collect();
        let row = parent.split(group.clone());
        assert_eq!(row.id.as_str(), r#"api{handler="/pay{\"x\"}\n",region="eu"}"#);
        assert_eq!((row.parent_id(), parent.parent_id()), ("api", "api"));
        assert_eq!((row.group, row.labels.value("region")), (group, "eu"));
    }
}
