//! Actions whose end nobody wrote down: whoever ran them was killed.

use serde_json::Value;

use crate::domain::{
    Time,
    entry::{Body, Entry, Kind, NewEntry},
    text::SafeText,
};

/// After its time-out an action that still has no end has lost whoever ran it, whatever runs under that number now.
const GRACE: i64 = 60;

/// Who ran it: the number of the process and the machine.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Holder {
    pub pid: u32,
    pub host: String,
}

impl Holder {
    pub fn fields(&self) -> [(String, Value); 2] {
        [("pid".to_owned(), self.pid.into()), ("host".to_owned(), self.host.as_str().into())]
    }

    fn of(entry: &Entry) -> Option<Self> {
        let more = &entry.body.more;
        let pid = u32::try_from(more.get("pid")?.as_u64()?).ok()?;
        Some(Self { pid, host: more.get("host")?.as_str()?.to_owned() })
    }
}

/// One entry for each action that was started and whose end will not come. `entries` in their order; `is_gone` says whether
/// a holder has certainly ended.
pub fn lost(entries: &[Entry], now: Time, is_gone: impl Fn(&Holder) -> bool) -> Vec<NewEntry> {
    let is_over = |op: &Entry| {
        let ends = |e: &&Entry| matches!(e.kind, Kind::ActionEnded | Kind::ActionUnknown);
        entries.iter().filter(ends).any(|e| e.body.op.is_some() && e.body.op == op.body.op)
    };
    let started = entries.iter().filter(|e| e.kind == Kind::ActionStarted && !is_over(e));
    started.filter(|e| is_late(e, now) || Holder::of(e).is_some_and(|h| is_gone(&h))).map(|e| unknown(e, now)).collect()
}

fn is_late(entry: &Entry, now: Time) -> bool {
    let timeout = entry.body.more.get("timeout_s").and_then(Value::as_i64).unwrap_or(0).clamp(0, 86_400);
    now - entry.at > chrono::Duration::seconds(timeout + GRACE)
}

fn unknown(started: &Entry, now: Time) -> NewEntry {
    let text = "started, outcome unknown: watchfire ended while it ran; it may have gone on".into();
    let body = Body { text: Some(text), ..started.body.clone() };
    let op = started.body.op.as_ref().map(|op| format!("action.unknown:{op}"));
    NewEntry {
        at: now,
        actor: SafeText::new("watchfire"),
        kind: Kind::ActionUnknown,
        subject: started.subject.clone(),
        source: started.source.clone(),
        body,
        once: op,
    }
}
