//! What an action is run on, and what that can fill in.

use std::collections::BTreeMap;

use super::template::Variable;
use crate::domain::{
    alert::{Alert, AlertId},
    entry::Subject,
    label::Labels,
    text::SafeText,
};

/// Where an action can be asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scope {
    Alert,
    Slo,
    Incident,
    Anywhere,
}

impl Scope {
    pub const ALL: [(Scope, &'static str); 4] =
        [(Self::Alert, "alert"), (Self::Slo, "slo"), (Self::Incident, "incident"), (Self::Anywhere, "anywhere")];

    pub fn read(word: &str) -> Option<Self> {
        Self::ALL.iter().find(|(_, w)| *w == word).map(|(s, _)| *s)
    }

    pub fn as_str(self) -> &'static str {
        Self::ALL.iter().find(|(s, _)| *s == self).map_or("", |(_, w)| w)
    }
}

/// One thing that an action is run on, as it was when it was asked for.
#[derive(Clone, Debug, PartialEq)]
pub struct Target {
    pub subject: Subject,
    /// What a person calls it.
    pub title: Option<SafeText>,
    pub alert: Option<AlertFacts>,
    pub slo: Option<String>,
    pub incident: Option<String>,
    pub user: String,
}

/// What an alert fills in.
#[derive(Clone, Debug, PartialEq)]
pub struct AlertFacts {
    pub id: AlertId,
    pub labels: Labels,
    pub annotations: Labels,
}

impl Target {
    pub fn of_alert(id: &AlertId, alert: &Alert, user: &str) -> Self {
        let (labels, annotations) = (alert.labels.clone(), alert.annotations.clone());
        Self {
            title: Some(alert.name().clone()),
            alert: Some(AlertFacts { id: id.clone(), labels, annotations }),
            ..Self::bare(Subject::alert(id), user)
        }
    }

    pub fn of_slo(id: &str, title: Option<SafeText>, user: &str) -> Self {
        Self { title, slo: Some(id.to_owned()), ..Self::bare(Subject::slo(id), user) }
    }

    pub fn of_incident(subject: Subject, id: &str, title: Option<SafeText>, user: &str) -> Self {
        Self { title, incident: Some(id.to_owned()), ..Self::bare(subject, user) }
    }

    /// Nothing in particular: what can be run anywhere.
    pub fn of_watch(user: &str) -> Self {
        Self::bare(Subject::watch(), user)
    }

    fn bare(subject: Subject, user: &str) -> Self {
        Self { subject, title: None, alert: None, slo: None, incident: None, user: user.to_owned() }
    }

    pub fn scope(&self) -> Scope {
        match self {
            Self { alert: Some(_), .. } => Scope::Alert,
            Self { slo: Some(_), .. } => Scope::Slo,
            Self { incident: Some(_), .. } => Scope::Incident,
            _ => Scope::Anywhere,
        }
    }

    /// What a person calls it, on one line.
    pub fn name(&self) -> String {
        self.title.as_ref().map_or_else(|| self.subject.to_string(), |t| t.line().into_owned())
    }

    /// What stands for a variable; none where this has nothing to say. An empty label is one that is not there.
    pub fn value(&self, variable: &Variable, inputs: &BTreeMap<String, String>) -> Option<String> {
        let alert = self.alert.as_ref();
        let of = |labels: &Labels, name: &str| labels.get(name).map(|v| v.raw().to_owned()).filter(|v| !v.is_empty());
        match variable {
            Variable::Label(name) => of(&alert?.labels, name),
            Variable::Annotation(name) => of(&alert?.annotations, name),
            Variable::AlertId => Some(alert?.id.to_string()),
            Variable::Fingerprint => Some(alert?.id.fingerprint.as_str().to_owned()),
            Variable::Source => Some(alert?.id.source.as_str().to_owned()),
            Variable::SloId => self.slo.clone(),
            Variable::IncidentId => self.incident.clone(),
            Variable::User => Some(self.user.clone()),
            Variable::Input(name) => inputs.get(name).cloned(),
        }
    }
}
