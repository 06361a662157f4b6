//! What a source declared, kept so that the first frame has its rows: JSON behind a line with the program's version and a
//! checksum. One of another version is read anew.

use std::io;

use serde::{Deserialize, Serialize};

use super::{Cache, hash};
use crate::domain::slo::Declared;

const SUFFIX: &str = "slos";
/// A version of the program may read only its own: definitions change more often than counts.
const HEAD: &str = concat!("WFSLOS ", env!("CARGO_PKG_VERSION"), " 1 ");

/// What one source told.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Definitions {
    pub declared: Declared,
    pub groups: Declared,
}

impl Cache {
    /// What was kept of a source, if it can be believed.
    pub fn definitions(&self, catalogue: &str) -> Option<Definitions> {
        self.believed(&self.path_of(catalogue), decode)
    }

    /// Replaces what was kept at once or not at all.
    ///
    /// # Errors
    /// Where the directory cannot be made or written.
    pub fn define(&self, catalogue: &str, definitions: &Definitions) -> io::Result<()> {
        let body = serde_json::to_vec(definitions)?;
        self.write(&self.path_of(catalogue), &[format!("{HEAD}{}\n", hash(&body)).as_bytes(), &body].concat())
    }

    fn path_of(&self, catalogue: &str) -> std::path::PathBuf {
        self.dir.join(hash(catalogue.as_bytes())).with_extension(SUFFIX)
    }
}

fn decode(bytes: &[u8]) -> Result<Definitions, &'static str> {
    let end = bytes.iter().position(|b| *b == b'\n').ok_or("it is cut off")?;
    let (head, body) = (&bytes[..end], &bytes[end + 1..]);
    let sum = head.strip_prefix(HEAD.as_bytes()).ok_or("it is of another version")?;
    if sum != hash(body).as_bytes() {
        return Err("it is damaged");
    }
    serde_json::from_slice(body).map_err(|_| "it holds something else")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::slo::{
        Counted, EmptySlice, Indicator, Method, Objective, Slo, Window,
        burn::{Alerting, standard_tiers},
        calendar::{Calendar, Step},
    };

    fn definitions() -> Definitions {
        let indicator = Indicator::events(Counted::Good("a{b=\"\u{1b}[1m\"}".into()), "all", true);
        let plain = Slo::new("x/y", Objective::percent("99.95").unwrap(), Window::rolling(86_400), indicator);
        let anchor = chrono::NaiveDate::from_ymd_opt(2026, 1, 31).unwrap().and_time(chrono::NaiveTime::MIN);
        let calendar = Calendar { anchor, zone: chrono_tz::Europe::Berlin, step: Step::Months(1) };
        let target = Objective::percent("95").unwrap();
        let odd = Slo {
            window: Window::Calendar(calendar),
            method: Method::Timeslices { slice_s: 60, target, empty: EmptySlice::Bad },
            alerting: Alerting::Fixed(standard_tiers(30 * 86_400)),
            grouping: vec!["region".into()],
            ..plain.split([("region", "eu")].into_iter().collect())
        };
        let notes = vec!["one \u{202e} note".into()];
        Definitions { declared: Declared { slos: vec![plain], notes }, groups: vec![odd].into() }
    }

    #[test]
    fn what_was_declared_comes_back_and_what_is_damaged_does_not() {
        let dir = tempfile::tempdir().unwrap();
        let cache = Cache::new(dir.path().join("counts"), true);
        assert_eq!(cache.definitions("a"), None);
        cache.define("a", &definitions()).unwrap();
        assert_eq!(cache.definitions("a"), Some(definitions()));
        assert_eq!(cache.definitions("b"), None);
        let path = cache.path_of("a");
        let bytes = std::fs::read(&path).unwrap();
        for place in (0..bytes.len()).step_by(37) {
            let mut broken = bytes.clone();
            broken[place] ^= 1;
            assert!(decode(&broken).is_err() && decode(&bytes[..place]).is_err(), "{place}");
        }
        std::fs::write(&path, &bytes[..40]).unwrap();
        assert!(cache.definitions("a").is_none() && !path.exists(), "and is thrown away");
    }
}
