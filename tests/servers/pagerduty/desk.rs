// What the tests of PagerDuty share, wherever they are included.

use std::sync::Arc;

use watchfire::domain::{
    Time,
    alert::{Alert, AlertId},
    held::{Applied, Request, RequestPlan, Verb},
    op::OpId,
    source::{Snapshot, SourceError},
    text::SafeText,
};

use super::sources::{self, Source};

use self::fake::Fake;

/// A fake and a source that reads it.
struct Desk {
    fake: Fake,
    source: Arc<dyn Source>,
}

impl Desk {
    async fn new() -> Self {
        let fake = Fake::start().await;
        let source = sources::connect(&fake.config()).await.unwrap();
        Self { fake, source }
    }

    /// With an account's key, and perhaps somebody in whose name it writes.
    async fn of_an_account(from: Option<&str>) -> Self {
        let fake = Fake::start().await;
        fake.state().key.user = None;
        let mut config = fake.config();
        config.own = from.into_iter().fold(config.own, |own, from| own.with("from", from));
        let source = sources::connect(&config).await.unwrap();
        Self { fake, source }
    }

    async fn poll(&self) -> Snapshot {
        self.source.poll(self.fake.now()).await.unwrap()
    }

    async fn only(&self) -> Arc<Alert> {
        let told = self.poll().await;
        assert_eq!(told.alerts.len(), 1, "{told:?}");
        told.alerts[0].clone()
    }

    fn request(&self, verb: Verb, id: &str) -> Request {
        let began = self.fake.state().found(id).created_at;
        let alert = AlertId { source: self.source.describe().name.clone(), fingerprint: SafeText::new(id).into() };
        Request { verb, alert, began, actor: "ana".into(), text: String::new(), until: None }
    }

    async fn plan(&self, request: &Request) -> Result<RequestPlan, SourceError> {
        self.source.requests().unwrap().plan(request, self.fake.now()).await
    }

    /// The sentences of a plan, one a line.
    async fn says(&self, request: &Request) -> String {
        let plan = self.plan(request).await.unwrap();
        plan.effects.iter().map(|e| e.raw().to_owned()).collect::<Vec<_>>().join("\n")
    }

    async fn apply(&self, op: &str, request: &Request) -> Result<Applied, SourceError> {
        self.source.requests().unwrap().apply(&OpId(op.into()), request, self.fake.now()).await
    }

    async fn is_so(&self, op: &str, request: &Request, handle: Option<&SafeText>) -> Option<Applied> {
        let requests = self.source.requests().unwrap();
        requests.is_so(&OpId(op.into()), request, handle, self.fake.now()).await.unwrap()
    }

    /// How many requests of a method there were.
    fn sent(&self, method: &str) -> usize {
        self.fake.server.seen().iter().filter(|r| r.method == method).count()
    }

    fn asked(&self, path: &str) -> usize {
        self.fake.server.seen().iter().filter(|r| r.path == path).count()
    }
}

fn done(until: Option<Time>) -> Applied {
    Applied::Done { until, id: None }
}
