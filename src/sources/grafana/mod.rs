//! Grafana: the alerts it manages, or those of a data source, which it shapes like Alertmanager's; its rules; its annotations,
//! which are changes to read and notes to write.
//!
//! What is Alertmanager's shape is read by that source. Everything of Grafana's own names ends at `words`.

mod annotations;
mod checkup;
mod pending;
mod rules;
mod urls;
mod wire;
mod words;

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError},
};

use async_trait::async_trait;
use futures_util::future::join;

use super::{Changes, Details, Requests, Silences, Source, alertmanager::Alertmanager, http::Http};
use crate::{
    config::SourceConfig,
    domain::{
        Time,
        checkup::Checkup,
        held::{Needs, Verb, Way},
        label::Fingerprint,
        silence::{Silence, SilenceDraft},
        source::{Capabilities, Description, Snapshot, SourceError},
        text::SafeText,
    },
};

/// One organisation of one Grafana.
pub struct Grafana {
    description: Description,
    /// Its alerts and silences.
    alerts: Alertmanager,
    http: Http,
    /// Whose alerts, where they are a data source's.
    of: Option<String>,
    /// Where an alert is drawn: dashboard and panel.
    panels: Mutex<HashMap<Fingerprint, Panel>>,
    waiting: pending::Waiting,
}

/// A place in a dashboard.
#[derive(Clone, Default)]
struct Panel {
    dashboard: String,
    panel: Option<i64>,
}

/// Fetches secrets and certificates; asks the server nothing yet.
///
/// # Errors
/// `Auth` where a secret or certificate cannot be had, `Rejected` where the address is none.
pub async fn connect(config: &SourceConfig) -> Result<Arc<dyn Source>, SourceError> {
    let of = config.own.text("alertmanager").map(str::to_owned);
    let mut config = config.clone();
    if let Some(org) = config.own.number("org") {
        config.headers.push(("X-Grafana-Org-Id".to_owned(), org.to_string().into()));
    }
    let first = Http::for_source(&config).await?.into_iter().next();
    let http = first.ok_or_else(|| SourceError::rejected("this source has no address"))?;
    let description = describe(&config);
    config.urls = config.urls.iter().take(1).map(|url| urls::alertmanager(url, of.as_deref())).collect();
    let alerts = Alertmanager::connect(&config).await?;
    Ok(Arc::new(Grafana {
        description,
        alerts,
        http,
        of,
        panels: Mutex::default(),
        waiting: pending::Waiting::default(),
    }))
}

/// What it will be once it connects.
pub fn describe(config: &SourceConfig) -> Description {
    let as_alertmanager = super::alertmanager::describe(config);
    let note = Way {
        verb: Verb::Note,
        words: "writes an annotation, on the alert's panel where it has one; everybody sees it on the dashboards"
            .into(),
        text: Needs::Must,
        until: Needs::No,
        undo: None,
    };
    let can = Capabilities { ways: vec![note], changes: true, ..as_alertmanager.can };
    Description { can, ..as_alertmanager }
}

impl Grafana {
    async fn dressed(
        &self,
        told: Result<Snapshot, SourceError>,
        version: Option<SafeText>,
        now: Time,
    ) -> Result<Snapshot, SourceError> {
        let mut snapshot = told?;
        let panels = snapshot.alerts.iter().filter_map(|a| Some((a.fingerprint.clone(), panel(&a.annotations)?)));
        *self.panels.lock().unwrap_or_else(PoisonError::into_inner) = panels.collect();
        snapshot.alerts.iter_mut().for_each(words::shown);
        snapshot.silences.iter_mut().for_each(|s| words::matchers_shown(&mut s.matchers));
        snapshot.version = version.or(snapshot.version.take());
        self.with_pending(&mut snapshot, now).await;
        Ok(snapshot)
    }

    fn panel_of(&self, alert: &Fingerprint) -> Option<Panel> {
        self.panels.lock().unwrap_or_else(PoisonError::into_inner).get(alert).cloned()
    }
}

fn panel(annotations: &crate::domain::label::Labels) -> Option<Panel> {
    let dashboard = annotations.get("__dashboardUid__").filter(|d| !d.is_empty())?.raw().to_owned();
    Some(Panel { dashboard, panel: annotations.value("__panelId__").parse().ok() })
}

#[async_trait]
impl Source for Grafana {
    fn describe(&self) -> &Description {
        &self.description
    }

    async fn poll(&self, now: Time) -> Result<Snapshot, SourceError> {
        let (told, version) = join(self.alerts.poll(now), urls::version(&self.http, now)).await;
        self.dressed(told, version, now).await
    }

    async fn look(&self, now: Time) -> Result<Snapshot, SourceError> {
        let (told, version) = join(self.alerts.look(now), urls::version(&self.http, now)).await;
        self.dressed(told, version, now).await
    }

    async fn checkup(&self, now: Time) -> Checkup {
        self.check_up(now).await
    }

    fn silences(&self) -> Option<&dyn Silences> {
        self.description.can.silences.then_some(self)
    }

    fn changes(&self) -> Option<&dyn Changes> {
        Some(self)
    }

    fn requests(&self) -> Option<&dyn Requests> {
        Some(self)
    }

    fn details(&self) -> Option<&dyn Details> {
        Some(self)
    }
}

/// As Alertmanager's, in the names that people read.
#[async_trait]
impl Silences for Grafana {
    async fn put(&self, draft: &SilenceDraft, now: Time) -> Result<SafeText, SourceError> {
        let mut draft = draft.clone();
        words::matchers_sent(&mut draft.matchers);
        self.alerts.put(&draft, now).await.map_err(|error| match error {
            SourceError::Auth { why } => SourceError::Auth {
                why: format!(
                    "{why}: without the permission for all silences a token may mute one rule, by grafana_rule_uid"
                )
                .into(),
            },
            error => error,
        })
    }

    async fn get(&self, id: &str, now: Time) -> Result<Option<Silence>, SourceError> {
        let mut silence = self.alerts.get(id, now).await?;
        silence.iter_mut().for_each(|s| words::matchers_shown(&mut s.matchers));
        Ok(silence)
    }

    async fn list(&self, now: Time) -> Result<Vec<Silence>, SourceError> {
        let mut silences = self.alerts.list(now).await?;
        silences.iter_mut().for_each(|s| words::matchers_shown(&mut s.matchers));
        Ok(silences)
    }

    async fn expire(&self, id: &str, now: Time) -> Result<(), SourceError> {
        self.alerts.expire(id, now).await
    }
}
