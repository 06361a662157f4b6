//! An alert read at sight: in the form in which Alertmanager itself writes it, without a look back.
//!
//! Refuses to judge: whatever it does not know word for word it leaves to the reader of JSON beside it, in `wire`, which
//! says the same of all that both can read.

use std::sync::Arc;

use super::wire::{Dated, state};
use crate::{
    domain::{
        Time,
        alert::{Alert, AlertState},
        few::Few,
        label::{Fingerprint, Labels},
        text::SafeText,
    },
    sources::{
        cursor::Cursor,
        intern::{Interner, Set},
    },
};

/// An alert at the start of a text, and how long it is.
pub(super) fn alert(text: &str, texts: &mut Interner) -> Option<(Dated<Arc<Alert>>, usize)> {
    let mut cursor = Cursor::new(text);
    let mut draft = Draft::default();
    cursor.object(|cursor, key| draft.take(key, cursor, texts))?;
    Some((draft.finish()?, cursor.at()))
}

/// The fields as they come; each at most once.
#[derive(Default)]
struct Draft<'a> {
    labels: Option<Labels>,
    annotations: Option<Labels>,
    fingerprint: Option<&'a str>,
    starts_at: Option<Time>,
    updated_at: Option<Time>,
    receivers: Option<Few<SafeText>>,
    source_url: Option<Option<SafeText>>,
    status: Option<Status<'a>>,
}

#[derive(Default)]
struct Status<'a> {
    state: Option<&'a str>,
    silenced_by: Option<Vec<SafeText>>,
    inhibited_by: Option<Vec<Fingerprint>>,
}

impl<'a> Draft<'a> {
    fn take(&mut self, key: &str, cursor: &mut Cursor<'a>, texts: &mut Interner) -> Option<()> {
        match key {
            "labels" => once(&mut self.labels, set(Set::Labels, cursor, texts)?),
            "annotations" => once(&mut self.annotations, set(Set::Annotations, cursor, texts)?),
            "fingerprint" => once(&mut self.fingerprint, cursor.plain()?),
            "startsAt" => once(&mut self.starts_at, time(cursor.plain()?)?),
            "updatedAt" => once(&mut self.updated_at, time(cursor.plain()?)?),
            "endsAt" => cursor.plain().map(drop),
            "generatorURL" => {
                let url = texts.said(cursor.string()?, None)?;
                once(&mut self.source_url, Some(url).filter(|u| !u.is_empty()))
            }
            "receivers" => {
                let names = cursor.list(|cursor| receiver(cursor, texts))?;
                once(&mut self.receivers, texts.few(names))
            }
            "status" => {
                let mut status = Status::default();
                cursor.object(|cursor, key| status.take(key, cursor, texts))?;
                once(&mut self.status, status)
            }
            _ => None,
        }
    }

    fn finish(self) -> Option<Dated<Arc<Alert>>> {
        let (labels, starts_at) = (self.labels?, self.starts_at?);
        let status = self.status.unwrap_or_default();
        let alert = Alert {
            fingerprint: self.fingerprint.map_or_else(|| labels.fingerprint(), Fingerprint::new),
            labels,
            annotations: self.annotations.unwrap_or_default(),
            state: status.state.map_or(AlertState::Firing, |word| state(Some(word))),
            starts_at,
            silenced_by: status.silenced_by.unwrap_or_default().into(),
            inhibited_by: status.inhibited_by.unwrap_or_default().into(),
            receivers: self.receivers.unwrap_or_default(),
            fires_at: None,
            source_url: self.source_url.flatten(),
            held: None,
        };
        Some((self.updated_at.unwrap_or(starts_at), Arc::new(alert)))
    }
}

impl<'a> Status<'a> {
    fn take(&mut self, key: &str, cursor: &mut Cursor<'a>, texts: &mut Interner) -> Option<()> {
        match key {
            "state" => once(&mut self.state, cursor.plain()?),
            "silencedBy" => once(&mut self.silenced_by, cursor.list(|c| texts.said(c.string()?, None))?),
            "inhibitedBy" => once(&mut self.inhibited_by, cursor.list(|c| c.plain().map(Fingerprint::new))?),
            "mutedBy" => cursor.list(|c| c.plain().map(drop)).map(drop),
            _ => None,
        }
    }
}

/// A field that stands twice is no alert.
fn once<T>(place: &mut Option<T>, value: T) -> Option<()> {
    place.replace(value).is_none().then_some(())
}

fn set(which: Set, cursor: &mut Cursor<'_>, texts: &mut Interner) -> Option<Labels> {
    let mut pairs = cursor.pairs()?;
    let labels = texts.set(which, &mut pairs)?;
    pairs.is_over().then_some(labels)
}

fn receiver(cursor: &mut Cursor<'_>, texts: &mut Interner) -> Option<SafeText> {
    let mut name = None;
    cursor.object(|cursor, key| match key {
        "name" => once(&mut name, texts.said(cursor.string()?, None)?),
        _ => None,
    })?;
    name
}

/// A moment as `2026-11-21T02:01:11.636Z`: to the second or finer, in UTC.
fn time(text: &str) -> Option<Time> {
    let (date, rest) = text.as_bytes().split_at_checked(19)?;
    let fits = |at: usize, mark: u8| date[at] == mark;
    if !(fits(4, b'-') && fits(7, b'-') && fits(10, b'T') && fits(13, b':') && fits(16, b':')) {
        return None;
    }
    let part = |from: usize| digits(&date[from..from + 2]);
    let nanos = match rest {
        b"Z" => 0,
        [b'.', fraction @ .., b'Z'] if (1..=9).contains(&fraction.len()) => {
            digits(fraction)? * 10_u32.pow(9 - u32::try_from(fraction.len()).ok()?)
        }
        _ => return None,
    };
    let year = i32::try_from(digits(&date[..4])?).ok()?;
    let day = chrono::NaiveDate::from_ymd_opt(year, part(5)?, part(8)?)?;
    Some(day.and_hms_nano_opt(part(11)?, part(14)?, part(17)?, nanos)?.and_utc())
}

fn digits(text: &[u8]) -> Option<u32> {
    text.iter().try_fold(0, |sum, byte| byte.is_ascii_digit().then(|| sum * 10 + u32::from(byte - b'0')))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::sources::{alertmanager::wire::WireAlert, items};

    const ALERT: &str = r#"{"annotations":{"description":"a\nb","summary":"Größe\u2028"},"endsAt":"2026-11-21T11:36:47.191Z","fingerprint":"0001a0bb5fb6656b","receivers":[{"name":"nobody"},{"name":"a\"b"}],"startsAt":"2026-11-21T11:36:47.191Z","status":{"inhibitedBy":["0001a0bb5fb6656c"],"mutedBy":["x"],"silencedBy":["s1"],"state":"suppressed"},"updatedAt":"2026-11-21T08:36:50.434Z","generatorURL":"http://p/graph?a\u0026b","labels":{"alertname":"Alert27","b":"","instance":"火"}}"#;

    fn read(text: &str) -> Option<Dated<Alert>> {
        let wire: WireAlert<'_> = items::read(text.as_bytes()).ok()?;
        Some(wire.read(&mut Interner::default()))
    }

    fn seen(text: &str, texts: &mut Interner) -> Option<Dated<Alert>> {
        let ((at, alert), length) = alert(text, texts)?;
        assert_eq!(length, text.len());
        Some((at, Arc::unwrap_or_clone(alert)))
    }

    #[test]
    fn what_alertmanager_writes_is_read_at_sight_and_says_the_same() {
        for mut texts in [Interner::default(), Interner::of_a_look()] {
            for text in [ALERT, ALERT, &ALERT.replace("Alert27", "B"), &ALERT.replace("\"b\":\"\",", "")] {
                let seen = seen(text, &mut texts);
                assert!(seen.is_some() && seen == read(text), "{text}");
            }
        }
        let (_, length) = alert(&format!("{ALERT},{ALERT}"), &mut Interner::default()).unwrap();
        assert_eq!(length, ALERT.len());
    }

    #[test]
    fn what_is_no_alert_or_is_not_whole_is_left_to_the_reader_of_json() {
        let mut texts = Interner::default();
        for end in (0..ALERT.len()).filter(|end| ALERT.is_char_boundary(*end)) {
            assert_eq!(alert(&ALERT[..end], &mut texts), None, "{end}");
        }
        for (from, to) in [
            ("nobody", "no\nbody"),
            ("\\u2028", "\\ud800"),
            ("a\\nb", "a\\qb"),
            ("\"b\":\"\"", "\"b\":1"),
            ("\"state\"", "\"startsAt\""),
            ("\"endsAt\"", "\"startsAt\""),
            ("\"startsAt\"", "\"endsAt\""),
            ("{\"name\":\"nobody\"}", "{}"),
            (",\"labels\"", "\"labels\""),
            ("08:36:50", "08:36:60"),
            ("\"labels\"", "\"future\""),
        ] {
            assert_eq!(alert(&ALERT.replace(from, to), &mut texts), None, "{from} {to}");
        }
    }

    proptest! {
        /// Whatever is read at sight, the reader of JSON reads as the same.
        #[test]
        fn one_wrong_byte_is_never_read_otherwise(at in 0..ALERT.len(), byte in 0u8..0x80) {
            let mut bytes = ALERT.as_bytes().to_vec();
            bytes[at] = byte;
            if let Ok(text) = std::str::from_utf8(&bytes)
                && let Some((told, length)) = alert(text, &mut Interner::of_a_look())
            {
                let (at, alert) = read(&text[..length]).unwrap();
                prop_assert_eq!((told.0, &*told.1), (at, &alert));
            }
        }

        #[test]
        fn a_moment_is_what_chrono_reads(text in "[0-9]{4}-[01][0-9]-[0-3][0-9]T[0-2][0-9]:[0-6][0-9]:[0-6][0-9](\\.[0-9]{1,9})?Z") {
            if let Some(read) = time(&text) {
                prop_assert_eq!(Some(read), text.parse().ok());
            }
            let sane = text.parse::<Time>().ok().filter(|_| !text.contains(":60"));
            prop_assert_eq!(time(&text), sane);
        }

        #[test]
        fn a_moment_that_was_written_is_read_again(seconds in -62_135_596_800i64..253_402_300_799, nanos in 0u32..1_000_000_000) {
            let at = Time::from_timestamp(seconds, nanos).unwrap();
            prop_assert_eq!(time(&at.to_rfc3339_opts(chrono::SecondsFormat::AutoSi, true)), Some(at));
        }
    }
}
