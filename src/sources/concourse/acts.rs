//! What Concourse itself can do about a red job: a comment on its build, and a pause.
//!
//! A comment is one text that is replaced as a whole: what stands there is kept, and ours comes beneath it.

use async_trait::async_trait;

use super::{
    Concourse,
    board::{full_name, identity, red_since},
    wire::{Build, Job},
};
use crate::{
    domain::{
        Time,
        held::{Applied, Needs, Request, RequestPlan, Verb, Way},
        op::OpId,
        source::SourceError,
        text::SafeText,
    },
    sources::{Requests, http::Call, note},
};

/// What can be asked of every red job.
pub(super) fn ways() -> Vec<Way> {
    let way = |verb, words: &str, text, undo| Way { verb, words: words.into(), text, until: Needs::No, undo };
    vec![
        way(Verb::Note, "adds to the comment of the failed build", Needs::Must, None),
        way(Verb::Pause, "pauses the job: Concourse starts no build of it", Needs::No, Some(Verb::Unpause)),
        way(Verb::Unpause, "lets Concourse start builds of the job again", Needs::No, Some(Verb::Pause)),
    ]
}

impl Concourse {
    /// The job as it is now. Its own answer has no transition; the board's has.
    async fn job_of(&self, request: &Request, now: Time) -> Result<Job, SourceError> {
        let known = self.jobs.lock().await.get(&request.alert.fingerprint).cloned();
        let known = match known {
            Some(job) => job,
            None => {
                let jobs = self.board(now).await?.0;
                let found = jobs.into_iter().find(|j| identity(j) == request.alert.fingerprint);
                found.ok_or_else(|| SourceError::rejected("this job is not to be seen any more"))?
            }
        };
        if [&known.team_name, &known.pipeline_name, &known.name].iter().any(|part| part.contains('/')) {
            return Err(SourceError::rejected("a name with a slash in it cannot be addressed"));
        }
        Ok(self.door.json(Call::get(&path(&known)).query(&query(&known)), now).await?)
    }

    /// The build a person saw: of a later run of failures it is another.
    fn build_of<'a>(job: &'a Job, request: &Request) -> Result<&'a Build, SourceError> {
        let finished = job.finished_build.as_ref().filter(|b| b.is_red());
        let build = finished.ok_or_else(|| SourceError::rejected("the job is not red any more"))?;
        // The job by itself does not always tell its transition; then nothing is known against it.
        let since = job.transition_build.as_ref().and_then(|_| red_since(job));
        if since.is_some_and(|since| since > request.began) {
            return Err(SourceError::rejected("the job was green in between: this is another failure"));
        }
        Ok(build)
    }

    async fn note(&self, op: &OpId, request: &Request, now: Time) -> Result<Applied, SourceError> {
        let job = self.job_of(request, now).await?;
        let build = Self::build_of(&job, request)?;
        let (id, before) = self.comment(build.id, now).await?;
        let done = || Applied::Done { until: None, id: Some(id.to_string().into()) };
        if note::is_in(&before, op) {
            return Ok(done());
        }
        let line = format!("{}: {} {}", request.actor, request.text, note::mark(op));
        let comment = if before.trim().is_empty() { line } else { format!("{}\n{line}", before.trim_end()) };
        let body = serde_json::json!({ "comment": comment }).to_string();
        self.door.call(Call::put_json(&format!("api/v1/builds/{id}/comment"), &body), now).await?;
        let after = self.comment(build.id, now).await?.1;
        Ok(note::read_back(op, &comment, &after, "the comment", done()))
    }

    async fn comment(&self, id: i64, now: Time) -> Result<(i64, String), SourceError> {
        let build: Build = self.door.json(Call::get(&format!("api/v1/builds/{id}")), now).await?;
        Ok((build.id, build.comment.unwrap_or_default()))
    }

    async fn set_paused(&self, request: &Request, now: Time) -> Result<Applied, SourceError> {
        let wanted = request.verb == Verb::Pause;
        let job = self.job_of(request, now).await?;
        let done = Applied::Done { until: None, id: None };
        if job.paused == wanted {
            return Ok(done);
        }
        let act = format!("{}/{}", path(&job), request.verb.as_str());
        self.door.call(Call::put_json(&act, "").query(&query(&job)), now).await?;
        let after = self.job_of(request, now).await?.paused;
        Ok(if after == wanted {
            done
        } else {
            Applied::Otherwise { why: "the server took it and shows no difference".into() }
        })
    }
}

fn path(job: &Job) -> String {
    format!("api/v1/teams/{}/pipelines/{}/jobs/{}", job.team_name, job.pipeline_name, job.name)
}

/// Which instance, whole: a variable may have a dot in its name.
fn query(job: &Job) -> Vec<(&'static str, String)> {
    let vars = job.pipeline_instance_vars.as_ref().filter(|v| !v.is_empty());
    vars.map(|v| ("vars", serde_json::Value::Object(v.clone()).to_string())).into_iter().collect()
}

#[async_trait]
impl Requests for Concourse {
    async fn plan(&self, request: &Request, now: Time) -> Result<RequestPlan, SourceError> {
        let job = self.job_of(request, now).await?;
        let name = full_name(&job.pipeline_name, job.pipeline_instance_vars.as_ref(), Some(&job.name));
        let mut effects: Vec<SafeText> = Vec::new();
        match request.verb {
            Verb::Note => {
                let build = Self::build_of(&job, request)?;
                let kept = build.comment.as_ref().is_some_and(|c| !c.trim().is_empty());
                effects.push(format!("adds a line to the comment of {name} #{}", build.name).into());
                effects.extend(kept.then(|| "what stands there is kept".into()));
            }
            Verb::Pause if job.paused => effects.push(format!("{name} is paused already").into()),
            Verb::Pause => {
                effects.push(format!("pauses {name}: no new build of it starts").into());
                let running = job.next_build.as_ref().filter(|b| b.status == "started");
                effects.extend(running.map(|b| SafeText::new(&format!("#{} runs on", b.name))));
            }
            Verb::Unpause if !job.paused => effects.push(format!("{name} is not paused").into()),
            Verb::Unpause => effects.push(format!("{name} builds again, what waits at once").into()),
            other => return Err(SourceError::rejected(format!("Concourse cannot {}", other.as_str()))),
        }
        let author = if request.verb == Verb::Note { request.actor.as_str() } else { "the login of this source" };
        Ok(RequestPlan { effects, author: author.into(), affects: 1, handle: None })
    }

    async fn apply(&self, op: &OpId, request: &Request, now: Time) -> Result<Applied, SourceError> {
        match request.verb {
            Verb::Note => self.note(op, request, now).await,
            Verb::Pause | Verb::Unpause => self.set_paused(request, now).await,
            other => Err(SourceError::rejected(format!("Concourse cannot {}", other.as_str()))),
        }
    }

    async fn is_so(
        &self,
        op: &OpId,
        request: &Request,
        _: Option<&SafeText>,
        now: Time,
    ) -> Result<Option<Applied>, SourceError> {
        let job = self.job_of(request, now).await?;
        let so = match request.verb {
            Verb::Pause => job.paused,
            Verb::Unpause => !job.paused,
            _ => match &job.finished_build {
                Some(build) => note::is_in(&self.comment(build.id, now).await?.1, op),
                None => false,
            },
        };
        Ok(so.then_some(Applied::Done { until: None, id: None }))
    }
}
