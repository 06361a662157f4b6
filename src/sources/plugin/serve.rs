//! Any source at the plugin's end of the protocol: for another watchfire, for tests, and as the protocol's own reference.
//!
//! Answers whoever speaks on its input, until that is closed. Starts nothing and remembers only the last list.

mod asked;
mod budgets;

use std::{
    collections::BTreeMap,
    io,
    sync::{Arc, Mutex, PoisonError},
};

use futures_util::{
    StreamExt,
    future::{AbortHandle, Abortable, BoxFuture},
    stream::FuturesUnordered,
};
use serde_json::{json, value::RawValue};
use tokio::io::{AsyncRead, AsyncWrite, AsyncWriteExt};

use self::asked::{
    AsksList, AsksSilences, Between, Cancel, Detailed, Made, Named, Put, Remembered, Since, many, plain, read,
    unsupported, value,
};
use super::{
    frame::{self, Frame, LINE_MAX, WireError, code},
    lines::{Line, Lines},
    read as reading, told,
    wire::{Listed, Wanted},
};
use crate::{
    domain::{
        Time,
        alert::AlertId,
        held::{Request, Verb},
        op::OpId,
        silence::Silence,
        source::Snapshot,
        text::SafeText,
    },
    sources::Source,
};

/// Items of one part; none of ours is larger than a part may be.
const PART: usize = 100;
/// Items of one page, where the asker names no other number.
const PAGE: usize = 1_000;
const PAGE_MAX: usize = 10_000;
/// Questions that are worked on at once.
const AT_ONCE: usize = 64;

/// Where it takes the time from.
pub type Clock = Box<dyn Fn() -> Time + Send + Sync>;

struct Served {
    source: Arc<dyn Source>,
    clock: Clock,
    kept: Mutex<Kept>,
}

/// The list that pages are made of.
#[derive(Default)]
struct Kept {
    number: u64,
    snapshot: Option<Arc<Snapshot>>,
}

type Work<'a> = FuturesUnordered<BoxFuture<'a, (String, Result<Made, WireError>)>>;

/// What is worked on: who may be told to stop, and whether it looks at the backend anew.
type Going = BTreeMap<String, (AbortHandle, bool)>;

/// The question that is a look.
const LOOK: &str = "alerts/list";

/// Answers until the input is closed.
///
/// # Errors
/// Where the output cannot be written or the input cannot be read.
pub async fn serve(
    source: Arc<dyn Source>,
    clock: Clock,
    input: impl AsyncRead + Unpin,
    mut output: impl AsyncWrite + Unpin,
) -> io::Result<()> {
    let served = Served { source, clock, kept: Mutex::default() };
    let mut lines = Lines::new(input, LINE_MAX);
    let mut work: Work<'_> = FuturesUnordered::new();
    let mut going = Going::new();
    // Between two looks the source is listened to; while it looks it needs its connection for itself.
    let mut news: Option<BoxFuture<'_, ()>> = None;
    loop {
        let out = tokio::select! {
            line = lines.next(), if work.len() < AT_ONCE => match line? {
                None => return Ok(()),
                Some(line) => served.hear(line, &mut work, &mut going),
            },
            Some((id, made)) = work.next() => {
                let looked = going.remove(&id).is_some_and(|(_, looks)| looks) && made.is_ok();
                if looked {
                    news = served.news();
                }
                written(&id, made)
            }
            () = heard(&mut news) => {
                news = None;
                frame::says("$/changed", &json!({}))
            }
        };
        if going.values().any(|(_, looks)| *looks) {
            news = None;
        }
        output.write_all(&out).await?;
        output.flush().await?;
    }
}

/// For ever where nobody listens.
async fn heard(news: &mut Option<BoxFuture<'_, ()>>) {
    match news {
        Some(news) => news.await,
        None => std::future::pending().await,
    }
}

/// The lines of one answer.
fn written(id: &str, made: Result<Made, WireError>) -> Vec<u8> {
    let Made { items, result } = match made {
        Ok(made) => made,
        Err(error) => return frame::fails(id, &error),
    };
    let mut out = Vec::new();
    for (seq, part) in items.chunks(PART).enumerate() {
        out.extend(frame::says("$/partial", &json!({"id": id, "seq": seq, "items": part})));
    }
    out.extend(frame::answers(id, &result));
    out
}

impl Served {
    /// One line; answers what is to be said at once.
    fn hear<'a>(&'a self, line: Line, work: &mut Work<'a>, going: &mut Going) -> Vec<u8> {
        let Line::Whole(line) = line else { return log("a line that is too long or torn was passed over") };
        match Frame::read(&line) {
            Ok(Frame::Asks { id, method, params }) => {
                let (method, params) = (method.into_owned(), params.map_or("{}".to_owned(), |p| p.get().to_owned()));
                let (abort, registration) = AbortHandle::new_pair();
                going.insert(id.clone(), (abort, method == LOOK));
                work.push(Box::pin(async move {
                    let made = Abortable::new(self.answer(&method, &params), registration).await;
                    (id, made.unwrap_or_else(|_| Err(WireError::new(code::CANCELLED, "cancelled"))))
                }));
                Vec::new()
            }
            Ok(Frame::Says { method, params }) if method == "$/cancel" => {
                if let Ok(Cancel { id }) = serde_json::from_str(params.map_or("{}", RawValue::get))
                    && let Some((abort, _)) = going.get(&id)
                {
                    abort.abort();
                }
                Vec::new()
            }
            Ok(_) => Vec::new(),
            Err(why) => log(&why),
        }
    }

    async fn answer(&self, method: &str, params: &str) -> Result<Made, WireError> {
        let now = (self.clock)();
        match method {
            "initialize" => plain(&told::hello(&*self.source)),
            "ping" | "shutdown" => plain(&json!({})),
            LOOK | "backend/reach" => self.alerts(read(params)?, now).await,
            "alerts/details" => self.details(params, now).await,
            "alerts/past" => self.past(params, now).await,
            "slo/list" | "slo/count" | "slo/groups" | "slo/recorded" | "slo/drill" => {
                self.budgets(method, params, now).await
            }
            "metrics/range" | "metrics/signals" => self.series(method, params, now).await,
            "suppress/list" => self.silences(read(params)?, now).await,
            "suppress/put" | "suppress/get" | "suppress/expire" => self.silence(method, params, now).await,
            "action/plan" | "action/apply" | "action/status" => self.act(method, params, now).await,
            "changes/since" => self.changes(read(params)?, now).await,
            "oncall/now" => self.duties(read(params)?, now).await,
            _ => Err(WireError::new(code::NO_METHOD, format!("there is no method `{method}`"))),
        }
    }

    async fn look(&self, once: bool, now: Time) -> Result<(u64, Arc<Snapshot>), WireError> {
        let told = if once { self.source.look(now).await } else { self.source.poll(now).await };
        let snapshot = told.map_err(|e| WireError::of(&e, now))?;
        let mut kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        kept.number += 1;
        let snapshot = kept.snapshot.insert(Arc::new(snapshot)).clone();
        Ok((kept.number, snapshot))
    }

    /// The page that a cursor names, of the list as it was when it began.
    fn kept(&self, cursor: &str) -> Option<(u64, Arc<Snapshot>, usize)> {
        let (number, from) = cursor.split_once('/')?;
        let kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        let number = number.parse().ok().filter(|n| *n == kept.number)?;
        Some((number, kept.snapshot.clone()?, from.parse().ok()?))
    }

    async fn alerts(&self, asked: AsksList, now: Time) -> Result<Made, WireError> {
        let (number, snapshot, from) = match &asked.cursor {
            None => {
                let (number, snapshot) = self.look(asked.once, now).await?;
                (number, snapshot, 0)
            }
            Some(cursor) => {
                let old = || WireError::new(code::INVALID_PARAMS, "this cursor is of an older list");
                self.kept(cursor).ok_or_else(old)?
            }
        };
        let limit = asked.limit.unwrap_or(PAGE).clamp(1, PAGE_MAX);
        let page = snapshot.alerts.iter().skip(from).take(limit);
        let items = page.filter_map(|a| told::raw(&told::alert(a))).collect();
        let is_first = from == 0;
        let mut listed = if is_first { told::listed(&snapshot, now) } else { Listed::default() };
        let next = from + limit;
        listed.next = (next < snapshot.alerts.len()).then(|| format!("{number}/{next}"));
        Ok(Made { items, result: value(&listed)? })
    }

    async fn silences(&self, asked: AsksSilences, now: Time) -> Result<Made, WireError> {
        let last = self.kept.lock().unwrap_or_else(PoisonError::into_inner).snapshot.clone();
        let all = match (asked.fresh, self.source.silences(), last) {
            (true, Some(silences), _) => silences.list(now).await.map_err(|e| WireError::of(&e, now))?,
            (false, _, Some(last)) => last.silences.clone(),
            _ => self.look(false, now).await?.1.silences.clone(),
        };
        many(&all)
    }

    async fn silence(&self, method: &str, params: &str, now: Time) -> Result<Made, WireError> {
        let silences = self.source.silences().ok_or_else(unsupported)?;
        let error = |e| WireError::of(&e, now);
        match method {
            "suppress/put" => {
                let Put { silence } = read(params)?;
                plain(&json!({"id": silences.put(&silence, now).await.map_err(error)?}))
            }
            "suppress/get" => {
                let Named { id } = read(params)?;
                let silence: Option<Silence> = silences.get(id.raw(), now).await.map_err(error)?;
                plain(&json!({"silence": silence}))
            }
            _ => {
                let Named { id } = read(params)?;
                silences.expire(id.raw(), now).await.map_err(error)?;
                plain(&json!({}))
            }
        }
    }

    async fn act(&self, method: &str, params: &str, now: Time) -> Result<Made, WireError> {
        let requests = self.source.requests().ok_or_else(unsupported)?;
        let wanted: Wanted = read(params)?;
        let request = self.request(&wanted)?;
        let error = |e| WireError::of(&e, now);
        let op = OpId(wanted.idempotency_key.unwrap_or_default());
        match method {
            "action/plan" => plain(&told::plan(requests.plan(&request, now).await.map_err(error)?)),
            "action/apply" => {
                let applied = requests.apply(&op, &request, now).await.map_err(error)?;
                plain(&told::outcome(Some(applied)))
            }
            _ => {
                let handle = wanted.handle.as_deref().map(SafeText::new);
                let applied = requests.is_so(&op, &request, handle.as_ref(), now).await.map_err(error)?;
                plain(&told::outcome(applied))
            }
        }
    }

    fn request(&self, wanted: &Wanted) -> Result<Request, WireError> {
        let invalid = |why: &str| WireError::new(code::INVALID_PARAMS, why);
        let [target] = wanted.targets.as_slice() else { return Err(invalid("one target at a time")) };
        let fingerprint = crate::domain::label::Fingerprint::new(&target.key);
        Ok(Request {
            verb: Verb::read(&wanted.verb).ok_or_else(|| invalid("there is no such verb"))?,
            alert: AlertId { source: self.source.describe().name.clone(), fingerprint },
            began: target.episode,
            actor: wanted.actor.clone(),
            text: wanted.args.text.clone(),
            until: wanted.args.until,
        })
    }

    async fn changes(&self, asked: Since, now: Time) -> Result<Made, WireError> {
        let changes = self.source.changes().ok_or_else(unsupported)?;
        let all = changes.changes(asked.since, now).await.map_err(|e| WireError::of(&e, now))?;
        many(&all.iter().map(told::change).collect::<Vec<_>>())
    }

    async fn details(&self, params: &str, now: Time) -> Result<Made, WireError> {
        let details = self.source.details().ok_or_else(unsupported)?;
        let asked: Detailed = read(params)?;
        let invalid = |why| WireError::new(code::INVALID_PARAMS, why);
        let (alert, _) = reading::alert(asked.alert, now).map_err(invalid)?;
        many(&details.details(&alert, now).await.map_err(|e| WireError::of(&e, now))?)
    }

    async fn past(&self, params: &str, now: Time) -> Result<Made, WireError> {
        let remembers = self.source.past().ok_or_else(unsupported)?;
        let asked: Remembered = read(params)?;
        let invalid = |why| WireError::new(code::INVALID_PARAMS, why);
        let (alert, _) = reading::alert(asked.alert, now).map_err(invalid)?;
        let past = remembers.past(&alert, asked.since, now).await.map_err(|e| WireError::of(&e, now))?;
        plain(&told::past(&past))
    }

    /// What the source hears of until the next look; none where it does not listen.
    fn news(&self) -> Option<BoxFuture<'_, ()>> {
        self.source.listens().map(|listens| listens.heard((self.clock)()))
    }

    async fn duties(&self, asked: Between, now: Time) -> Result<Made, WireError> {
        let on_call = self.source.on_call().ok_or_else(unsupported)?;
        let (from, to) = (asked.from.unwrap_or(now), asked.to.unwrap_or(now));
        let all = on_call.duties(from, to, now).await.map_err(|e| WireError::of(&e, now))?;
        many(&all.iter().map(told::duty).collect::<Vec<_>>())
    }
}

/// A word for whoever looks after it; nobody has to heed it.
fn log(why: &str) -> Vec<u8> {
    frame::says("$/log", &json!({"level": "warn", "message": why}))
}
