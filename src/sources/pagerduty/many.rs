//! Plans for many incidents at once: what is open is listed once, and only what is not in the list is asked for by itself.

use std::collections::HashMap;

use futures_util::{StreamExt, future::BoxFuture, stream};

use super::{
    Pagerduty,
    act::meant,
    plan::{self, Scene},
    wire::Incident,
};
use crate::{
    domain::{
        Time,
        held::{Request, RequestPlan},
        source::SourceError,
        text::SafeText,
    },
    sources::{PLANS_AT_ONCE, Requests},
};

type Planned = Result<RequestPlan, SourceError>;

impl Pagerduty {
    /// An answer for each, in their order.
    pub(super) async fn plan_many(&self, requests: &[Request], now: Time) -> Vec<Planned> {
        match requests {
            [one] => vec![self.plan(one, now).await],
            many => {
                let told = self.plan_listed(many, now).await;
                told.unwrap_or_else(|error| vec![Err(error); many.len()])
            }
        }
    }

    /// # Errors
    /// Of what is asked once for all of them: whose token it is, and what is open.
    async fn plan_listed(&self, requests: &[Request], now: Time) -> Result<Vec<Planned>, SourceError> {
        let me = self.actor(now).await?;
        let open: HashMap<SafeText, Incident> =
            self.open(now).await?.items.into_iter().map(|i| (i.id.clone(), i)).collect();
        let wanted = |request: &Request| open.get(&SafeText::new(request.alert.fingerprint.as_str()));
        let rota = self.rota_of(requests.iter().filter_map(wanted), &self.memory, now).await;
        let plan = |request: &Request, incident: &Incident| {
            meant(incident, request)?;
            let scene = Scene { incident: incident.clone(), me: me.clone(), rota: rota.clone() };
            plan::plan(&scene, request, now)
        };
        let plans: Vec<BoxFuture<'_, Planned>> = requests
            .iter()
            .map(|request| match wanted(request) {
                Some(incident) => Box::pin(std::future::ready(plan(request, incident))) as BoxFuture<'_, Planned>,
                // It says itself why not.
                None => self.plan(request, now),
            })
            .collect();
        Ok(stream::iter(plans).buffered(PLANS_AT_ONCE).collect().await)
    }
}
