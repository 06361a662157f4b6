//! Composites: the whole lacks what its parts lack together, and its method is named.

use proptest::prelude::*;
use watchfire::domain::slo::{
    BucketSpan, Method, Slo, Window,
    assess::{Assessment, assess},
    budget::BudgetState,
    composite::{Combine, Component, Composite, assess_composite, combine},
    history::History,
};

use crate::slo_properties::{Backend, EPOCH, at, backend, numbers, slo};

const DAY: i64 = 86_400;

fn whole(method: Method) -> Slo {
    Slo { method, ..slo("90", 7 * DAY) }
}

fn judged(method: Method, parts: &[(f64, &History)]) -> Composite {
    let part = slo("99", 30 * DAY);
    let parts: Vec<Component<'_>> =
        parts.iter().map(|(weight, history)| Component { weight: *weight, slo: &part, history }).collect();
    assess_composite(&whole(method), &parts, at(EPOCH))
}

fn alone(history: &History) -> Assessment {
    assess(&slo("99", 7 * DAY), history, at(EPOCH))
}

const SLICES: Method = Method::RatioTimeslices { slice_s: 60 };

#[test]
fn what_two_parts_lack_is_added_up_or_averaged_and_the_method_is_named() {
    let parts = [(0.95, 1.0), (0.95, 1.0)];
    let is = |how, expected: f64| assert!((combine(how, &parts).unwrap() - expected).abs() < 1e-12, "{how:?}");
    is(Combine::SumMissing, 0.9);
    is(Combine::SumBurn, 0.9);
    is(Combine::WeightedMean, 0.95);
    assert!((combine(Combine::SumBurn, &[(0.95, 3.0), (0.99, 1.0)]).unwrap() - 0.84).abs() < 1e-12);
    assert_eq!(combine(Combine::SumMissing, &[(0.2, 1.0), (0.1, 1.0)]), Some(0.0));
    assert_eq!(combine(Combine::SumMissing, &[]), None);
    assert_eq!(Combine::of(&SLICES).as_str(), "sum_missing");
    assert_eq!(Combine::of(&Method::Occurrences).words(), "the mean of its parts by weight");
}

#[test]
fn a_part_of_which_nothing_is_known_makes_the_whole_unknown() {
    let known = Backend { seed: 1, late: 0, gaps: false }.cold(Window::rolling(7 * DAY), EPOCH);
    let c = judged(SLICES, &[(1.0, &known), (1.0, &History::default())]);
    assert_eq!((c.numbers.state, c.numbers.remaining), (BudgetState::NoData, None));
    assert_eq!(judged(SLICES, &[]).numbers.state, BudgetState::NoData);
}

#[test]
fn a_part_without_traffic_lacks_nothing() {
    let mut idle = History::default();
    for step in [300, 3_600] {
        let span = BucketSpan { from: EPOCH - 8 * DAY, to: EPOCH, step };
        let ends = (span.from / step + 1..=EPOCH / step).map(|k| k * step);
        let empty = |end| watchfire::domain::slo::Bucket { end, bad: None, total: Some(0.0) };
        idle.answer(span, ends.map(empty).collect::<Vec<_>>());
    }
    let busy = Backend { seed: 1, late: 0, gaps: false }.cold(Window::rolling(7 * DAY), EPOCH);
    let c = judged(SLICES, &[(1.0, &busy), (1.0, &idle)]);
    assert!((c.numbers.sli.unwrap() - alone(&busy).sli.unwrap()).abs() < 1e-9);
    assert_eq!(c.how, Combine::SumMissing);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    #[test]
    fn the_whole_lacks_what_its_parts_lack_together(
        a in backend(), b in backend(), weights in (0.1..5.0_f64, 0.1..5.0_f64), by_mean in any::<bool>(),
    ) {
        let window = Window::rolling(7 * DAY);
        let (a, b) = (a.cold(window, EPOCH), b.cold(window, EPOCH));
        let method = if by_mean { Method::Occurrences } else { SLICES };
        let c = judged(method, &[(weights.0, &a), (weights.1, &b)]);
        let head = a.head(EPOCH).max(b.head(EPOCH));
        let sli = |history: &History| {
            let sums = history.sum(head, 7 * DAY);
            1.0 - sums.bad.unwrap() / sums.total.unwrap()
        };
        let parts = [(sli(&a), weights.0), (sli(&b), weights.1)];
        let expected = combine(c.how, &parts).unwrap();
        prop_assert!((c.numbers.sli.unwrap() - expected).abs() < 1e-9, "{:?} {expected}", c.numbers.sli);
        prop_assert!(numbers(&c.numbers).iter().all(|n| !n.is_nan()));
        let last = c.numbers.burn_down.last().unwrap();
        prop_assert_eq!(last.1, c.numbers.remaining);
    }

    #[test]
    fn a_composite_of_one_is_that_one(a in backend()) {
        let history = a.cold(Window::rolling(7 * DAY), EPOCH);
        let c = judged(Method::Occurrences, &[(2.0, &history)]).numbers;
        let one = assess(&slo("90", 7 * DAY), &history, at(EPOCH));
        let close = |x: Option<f64>, y: Option<f64>| match (x, y) {
            (Some(x), Some(y)) => (x - y).abs() <= 1e-9 * y.abs().max(1.0),
            (x, y) => x == y,
        };
        prop_assert!(close(c.remaining, one.remaining), "{:?} {:?}", c.remaining, one.remaining);
        for ((label, x), (_, y)) in c.burn.iter().zip(one.burn) {
            prop_assert!(close(*x, y), "{label} {x:?} {y:?}");
        }
        let firing = |a: &Assessment| a.tiers.iter().map(|t| t.firing).collect::<Vec<_>>();
        prop_assert_eq!(firing(&c), firing(&one));
    }
}
