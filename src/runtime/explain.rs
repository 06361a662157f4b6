//! Asks every source that tells more of an alert, all at once: each answer is shown as it comes, so none waits for another.

use std::{sync::Arc, time::Duration};

use futures_util::{StreamExt, stream::FuturesUnordered};
use tokio::time::timeout;

use crate::{
    app::{
        App,
        msg::{Explanation, Msg},
    },
    domain::{
        alert::{Alert, AlertId},
        source::{Detail, SourceError, SourceName},
        text::SafeText,
    },
    sources::Details,
};

use super::{Inbox, Sources, clock::Clock, panics::supervised};

type Answer = Result<Vec<Detail>, SourceError>;

/// How long one source may take; some need two requests.
const WITHIN: Duration = Duration::from_secs(30);

/// One alert to be explained.
pub struct Question {
    id: AlertId,
    alert: Arc<Alert>,
    sources: Sources,
    clock: Clock,
}

impl Question {
    /// None for an alert that has left the board: there is nothing to ask about.
    pub fn new(app: &App, id: &AlertId, sources: &Sources, clock: Clock) -> Option<Self> {
        let alert = app.world.board.get(id)?.alert.clone();
        Some(Self { id: id.clone(), alert, sources: sources.clone(), clock })
    }

    /// Sends what is told so far: first with nothing told, last with everything.
    pub async fn tell(self, inbox: Inbox) {
        let (mut told, mut answers) = self.ask();
        loop {
            let msg = Msg::Explained { id: self.id.clone(), told: told.clone() };
            // A loop that has gone needs no answer.
            if inbox.send(msg).await.is_err() {
                return;
            }
            match answers.next().await {
                Some((place, answer)) => told[place].answer = Some(answer),
                None => return,
            }
        }
    }

    /// Everything that is told, once all have answered.
    pub async fn whole(self) -> Msg {
        let (mut told, mut answers) = self.ask();
        while let Some((place, answer)) = answers.next().await {
            told[place].answer = Some(answer);
        }
        Msg::Explained { id: self.id.clone(), told }
    }

    /// Who is asked, and their answers as they come, each with its place among those who are asked.
    fn ask(&self) -> (Vec<Explanation>, FuturesUnordered<impl Future<Output = (usize, Answer)> + Send + '_>) {
        let asked = || self.sources.iter().filter_map(|s| Some((s.describe().name.clone(), s.details()?)));
        let told = asked().map(|(source, _)| Explanation { source, answer: None }).collect();
        let answer =
            async |(place, (_, details)): (usize, (SourceName, &dyn Details))| (place, self.one(details).await);
        (told, asked().enumerate().map(answer).collect())
    }

    async fn one(&self, details: &dyn Details) -> Answer {
        let asked = supervised(details.details(&self.alert, self.clock.now()));
        match timeout(WITHIN, asked).await {
            Ok(Ok(answer)) => answer,
            Ok(Err(words)) => Err(SourceError::Crashed { why: SafeText::new(&words) }),
            Err(_) => Err(SourceError::unreachable(format!("no answer within {WITHIN:?}"))),
        }
    }
}
