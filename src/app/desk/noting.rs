//! What stands before the text of a note: `#impact` says what it is, `@10:15` when it was so. Anything else is text.

use crate::{
    app::world::ops::Note,
    domain::{Time, incident::Tag, moment, silence::end::Zone},
};

use super::layer::NoteForm;

/// A tag and a time, in either order, and the text behind them.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Prefix<'t> {
    pub tag: Option<Tag>,
    pub at: Option<Time>,
    pub text: &'t str,
}

impl<'t> Prefix<'t> {
    /// A word that is neither begins the text.
    pub fn read(text: &'t str, now: Time, zone: &Zone) -> Self {
        let mut read = Self { text, ..Self::default() };
        loop {
            let rest = read.text.trim_start();
            let (word, after) = rest.split_once(char::is_whitespace).unwrap_or((rest, ""));
            let tag = word.strip_prefix('#').and_then(|w| Tag::read(w).ok()).filter(|_| read.tag.is_none());
            let at = word.strip_prefix('@').and_then(|w| moment::parse(w, now, zone).ok());
            match (tag, at.filter(|_| read.at.is_none())) {
                (Some(tag), _) => read.tag = Some(tag),
                (None, Some(at)) => read.at = Some(at),
                (None, None) => return read,
            }
            read.text = after;
        }
    }
}

/// What stands before a text, in words: the tag, and the time in its zone and in UTC. What looks like one of them and is
/// none says that it stays text.
pub fn meant(text: &str, now: Time, zone: &Zone) -> Option<Result<String, String>> {
    let Prefix { tag, at, text: rest } = Prefix::read(text, now, zone);
    let word = rest.split_whitespace().next().unwrap_or_default();
    if let Some(time) = word.strip_prefix('@').filter(|w| at.is_none() && w.starts_with(|c: char| c.is_ascii_digit())) {
        return moment::parse(time, now, zone).err().map(|why| Err(format!("{why}; it stays text")));
    }
    let said = [tag.map(|t| t.to_string()), at.map(|at| format!("as of {}", zone.show_both(at)))];
    let said: Vec<String> = said.into_iter().flatten().collect();
    (!said.is_empty()).then(|| Ok(said.join(", ")))
}

impl Note {
    /// What is written in a form.
    ///
    /// # Errors
    /// A sentence, where nothing but a tag or a time is.
    pub(crate) fn read(form: &NoteForm, now: Time, zone: &Zone) -> Result<Self, String> {
        let Prefix { tag, at, text } = Prefix::read(form.text.as_str(), now, zone);
        if text.trim().is_empty() {
            return Err("a tag or a time alone says nothing; write the note behind it".into());
        }
        let (subject, title) = (form.subject.clone(), form.title.clone());
        Ok(Self { tag, at, corrects: form.corrects.clone(), ..Self::new(subject, title, text.trim_end()) })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_tag_and_a_time_stand_before_the_text_and_anything_else_is_text() {
        let now: Time = "2026-11-21T20:00:00Z".parse().unwrap();
        let read = |text| {
            let p = Prefix::read(text, now, &Zone::UTC);
            (p.tag.map(Tag::as_str), p.at.map(|at| at.format("%H:%M").to_string()), p.text.trim().to_owned())
        };
        let at = |text: &str| Some(text.to_owned());
        assert_eq!(read("#impact @19:15 no payments"), (Some("impact"), at("19:15"), "no payments".into()));
        assert_eq!(read("@15m #Decision roll back"), (Some("decision"), at("19:45"), "roll back".into()));
        assert_eq!(read("#1234 is the ticket"), (None, None, "#1234 is the ticket".into()));
        assert_eq!(read("@bo look at this"), (None, None, "@bo look at this".into()));
        assert_eq!(read("#impact #customer both"), (Some("impact"), None, "#customer both".into()));
    }
}
