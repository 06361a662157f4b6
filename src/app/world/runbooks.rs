//! The runbook that is open: where it is, what it says, and which of its steps are done.

use std::{collections::BTreeMap, path::Path, sync::Arc};

use crate::{
    app::effect::{Effect, Effects},
    config::RunbooksConfig,
    domain::{
        Time,
        alert::AlertId,
        entry::{Body, Kind, Subject},
        runbook::{self, Item, Place, Runbook, Tick, place::is_below},
        text::SafeText,
    },
};

use super::{World, board::Row, ops::Recording};

#[derive(Debug, Default)]
pub struct Runbooks {
    pub rules: RunbooksConfig,
    /// The one that was opened last.
    pub opened: Option<Opened>,
}

/// A runbook that somebody opened.
#[derive(Clone, Debug)]
pub struct Opened {
    pub alert: AlertId,
    pub title: SafeText,
    /// What was ticked before this firing began does not count.
    pub since: Time,
    /// Where it may be; the first that can be read counts.
    pub places: Vec<Place>,
    /// What the alert itself says, to be copied.
    pub link: Option<SafeText>,
    /// None while it is being read.
    pub told: Option<Result<Read, SafeText>>,
}

/// A runbook that was read.
#[derive(Clone, Debug, PartialEq)]
pub struct Read {
    /// Names it in the journal.
    pub place: String,
    pub runbook: Arc<Runbook>,
}

impl Opened {
    pub fn subject(&self) -> Subject {
        Subject::alert(&self.alert)
    }

    pub fn read(&self) -> Option<&Read> {
        self.told.as_ref()?.as_ref().ok()
    }
}

impl RunbooksConfig {
    /// Where the runbook of an alert may be, best first.
    ///
    /// # Errors
    /// Why there is none to read.
    pub fn places(&self, alert: &str, link: Option<&str>) -> Result<Vec<Place>, String> {
        let mut places = Vec::new();
        let below = |path: &Path| Some(Place::File { dir: self.dir.clone()?, path: path.to_owned() });
        let mapped = self.by_alert.iter().find(|(name, _)| name == alert).and_then(|(_, path)| below(path));
        places.extend(mapped);
        let mut why = None;
        match link.map(|link| (link, link.starts_with("http://") || link.starts_with("https://"))) {
            Some((url, true)) => match self.address(url) {
                Ok(place) => places.push(place),
                Err(reason) => why = Some(reason),
            },
            Some((path, false)) => {
                let path = Path::new(path.strip_prefix("file://").unwrap_or(path));
                let path = self.dir.as_ref().and_then(|dir| path.strip_prefix(dir).ok()).unwrap_or(path);
                match (is_below(path), &self.dir) {
                    (true, Some(_)) => places.extend(below(path)),
                    (true, None) => why = Some("[runbooks] dir does not say where files are".into()),
                    (false, _) => why = Some("its path leaves the directory of runbooks".into()),
                }
            }
            None => {}
        }
        let own = format!("{alert}.md");
        if !alert.contains(['/', '\\']) && is_below(Path::new(&own)) {
            places.extend(below(Path::new(&own)));
        }
        match (places.is_empty(), why) {
            (false, _) => Ok(places),
            (true, Some(why)) => Err(why),
            (true, None) => Err("the alert has no runbook_url, and [runbooks] has no file for it".into()),
        }
    }

    fn address(&self, url: &str) -> Result<Place, String> {
        if let Some((url, text)) = self.built_in.iter().find(|(known, _)| *known == url) {
            return Ok(Place::BuiltIn { url: (*url).to_owned(), text });
        }
        match self.fetch {
            true => Ok(Place::Url(url.to_owned())),
            false => Err("nothing is read over the network here ([runbooks] fetch)".into()),
        }
    }
}

impl World {
    /// Opens the runbook of an alert.
    ///
    /// # Errors
    /// Where the alert has gone, or has none at all.
    pub(crate) fn open_runbook(&mut self, id: &AlertId) -> Result<Effects, String> {
        let row = self.board.get(id).ok_or("that alert has gone")?;
        let (opened, effects) = self.begin_runbook(row)?;
        self.runbooks.opened = Some(opened);
        Ok(effects)
    }

    fn begin_runbook(&self, row: &Row) -> Result<(Opened, Effects), String> {
        let link = row.alert.runbook_url().cloned();
        let found = self.runbooks.rules.places(row.name().raw(), link.as_ref().map(SafeText::raw));
        let (places, told) = match found {
            Ok(places) => (places, None),
            Err(why) if link.is_some() => (Vec::new(), Some(Err(SafeText::new(&why)))),
            Err(why) => return Err(why),
        };
        let read = (!places.is_empty()).then(|| Effect::ReadRunbook(places.clone()));
        let effects = [Some(Effect::History(Subject::alert(&row.id))), read].into_iter().flatten().collect();
        let (title, since) = (row.name().clone(), row.alert.starts_at);
        Ok((Opened { alert: row.id.clone(), title, since, places, link, told }, effects))
    }

    /// Reads it once more.
    pub(crate) fn reread_runbook(&mut self) -> Effects {
        let Some(opened) = self.runbooks.opened.as_mut().filter(|o| !o.places.is_empty()) else { return Vec::new() };
        opened.told = None;
        vec![Effect::ReadRunbook(opened.places.clone())]
    }

    pub(crate) fn runbook_read(&mut self, places: &[Place], told: Result<(String, Runbook), SafeText>) {
        if let Some(opened) = self.runbooks.opened.as_mut().filter(|o| o.places == places) {
            opened.told = Some(told.map(|(place, runbook)| Read { place, runbook: Arc::new(runbook) }));
        }
    }

    /// Which steps are done, by whom.
    pub fn ticks(&self, opened: &Opened) -> BTreeMap<String, Tick> {
        let Some(read) = opened.read() else { return BTreeMap::new() };
        let subject = opened.subject();
        runbook::ticks(self.timeline.of(&subject), &read.place, opened.since)
    }

    /// Ticks a step, or takes the tick back: an entry in the journal.
    pub(crate) fn tick(&mut self, now: Time, item: &Item) -> Effects {
        let Some(opened) = &self.runbooks.opened else { return Vec::new() };
        let Some(read) = opened.read() else { return Vec::new() };
        let done = !self.ticks(opened).contains_key(&item.key);
        let body = Body {
            title: Some(opened.title.clone()),
            text: Some(item.text.clone()),
            more: runbook::tick_fields(&read.place, &item.key, done),
            ..Body::default()
        };
        let entry = self.entry(now, Kind::RunbookTicked, opened.subject(), body);
        self.record(now, Recording::Step { done }, entry, None)
    }
}
