//! Statistics over the shift that is written down in [`crate::report::sample`], and more of its kind.

use chrono::{NaiveTime, Weekday};
use chrono_tz::Tz;

use super::*;
use crate::{
    domain::{
        entry::Kind,
        shift::{Wall, Working},
    },
    report::sample::{about, at, fired, story},
};

fn rota() -> Rota {
    let time = |h| NaiveTime::from_hms_opt(h, 0, 0).unwrap();
    let days = vec![Weekday::Sat];
    let working = Working { days, from: time(9), to: time(17) };
    Rota::new(vec![time(8), time(20)], Wall::Named(Tz::UTC), working)
}

fn stats(entries: &[Entry]) -> Stats {
    Stats::of(&Given { now: at(48 * 60), since: at(-24 * 60), entries, rota: &rota() })
}

#[test]
fn an_incident_counts_by_the_definitions() {
    let found = stats(&story()).incidents;
    let means = [found.detect.mean, found.acknowledge.mean, found.mitigate.mean, found.resolve.mean];
    assert_eq!(means, [Some(120.0), Some(180.0), Some(2_520.0), Some(3_720.0)]);
    assert_eq!((found.count, found.open), (1, 0));
}

#[test]
fn a_page_is_owned_by_the_first_ack_before_it_resolves() {
    let resolved = |n, minute| about(Kind::AlertResolved, n, minute, "watchfire", "");
    let entries = [
        fired(1, 0, "A", "checkout"),
        about(Kind::AckConfirmed, 1, 4, "ana", ""),
        about(Kind::AckConfirmed, 1, 9, "bo", ""),
        resolved(1, 10),
        fired(2, 0, "B", "search"),
        resolved(2, 5),
        about(Kind::AckConfirmed, 2, 6, "ana", ""),
        fired(1, 700, "A", "checkout"),
    ];
    let found = stats(&entries);
    assert_eq!((found.pages.count, found.pages.fired), (3, 3));
    let own = found.pages.acknowledge;
    assert_eq!((own.count, own.mean, own.left_out), (1, Some(240.0), 2));
    assert_eq!(found.services[0].service.as_ref().map(|s| s.raw()), Some("checkout"));
    // 21:40 is nobody's working hour.
    assert_eq!((found.pages.out_of_hours, found.services[0].out_of_hours), (1, 1));
}

#[test]
fn pages_fall_into_the_shifts_they_came_in_and_a_part_of_a_shift_is_in_no_mean() {
    let entries: Vec<Entry> = (0..6).map(|n| fired(1, n * 240, &n.to_string(), "x")).collect();
    let found = stats(&entries);
    let pages: usize = found.shifts.iter().map(|s| s.pages).sum();
    assert_eq!(pages, 6);
    assert!(!found.shifts[0].whole && found.shifts[1].whole);
    let starts: Vec<(&str, usize)> = found.starts.iter().map(|s| (s.start.as_str(), s.pages)).collect();
    assert_eq!(starts, [("08:00", 3), ("20:00", 3)]);
}

#[test]
fn nothing_at_all_is_no_number_and_not_zero() {
    let found = stats(&[]);
    assert_eq!((found.incidents.resolve.mean, found.pages.out_of_hours_share), (None, None));
    assert!(found.written().unwrap().contains("| Incident: to resolve (MTTR) | - | - | - | 0 | 0 |"));
}
