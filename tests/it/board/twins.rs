//! Twins: after any news each row stands beside those it would stand beside if everything were looked at anew, and every
//! visible alert is told by exactly one line.

use proptest::{collection::vec, prelude::*};
use watchfire::{
    app::{
        desk::view::{Line, twins::worst_first},
        world::board::{Row, Slot},
    },
    config::keymap::Key,
    domain::{
        correlation::{By, Correlation, Link},
        source::SourceName,
    },
};

use super::{Msg, News, Run, answer, burning, news, run};

fn correlations() -> Vec<Correlation> {
    let of = |names: [&str; 2]| names.iter().map(|n| SourceName::new(n)).collect();
    vec![
        Correlation {
            sources: of(["am", "eu"]),
            by: By::Labels(vec!["alertname".into(), "pod".into()]),
            link: Link::Same,
        },
        Correlation {
            sources: of(["eu", "prom"]),
            by: By::AllBut(vec!["cluster".into(), "pod".into()]),
            link: Link::Same,
        },
    ]
}

fn correlated() -> Run {
    let mut run = run();
    run.app.world.correlate(correlations());
    run
}

/// Everybody who is the same alert as this one, straight or through others, by looking at all.
fn company(rows: &[&Row], from: usize, all: &[Correlation]) -> Vec<usize> {
    let same = |a: &Row, b: &Row| {
        let joins = |c: &&Correlation| c.joins(&a.id.source) && c.joins(&b.id.source);
        let are = |c: &Correlation| {
            let both = |l: &watchfire::domain::label::Labels| match &c.by {
                By::Labels(names) => names.iter().all(|n| !l.value(n).is_empty()),
                By::AllBut(_) => true,
            };
            both(&a.alert.labels) && c.is_same(&a.alert.labels, &b.alert.labels)
        };
        a.id.source != b.id.source && all.iter().filter(joins).any(are)
    };
    let mut found = vec![from];
    let mut at = 0;
    while at < found.len() {
        let one = rows[found[at]];
        found.extend((0..rows.len()).filter(|i| !found.contains(i) && same(one, rows[*i])).collect::<Vec<_>>());
        at += 1;
    }
    found
}

fn twins_are_right(run: &Run) {
    let world = &run.app.world;
    let rows: Vec<&Row> = world.board.iter().collect();
    for (i, row) in rows.iter().enumerate() {
        let mut wanted: Vec<String> = company(&rows, i, &correlations())
            .into_iter()
            .filter(|j| *j != i)
            .map(|j| rows[j].id.to_string())
            .collect();
        wanted.sort();
        let mut told: Vec<String> = world.twins(row).iter().map(|t| t.id.to_string()).collect();
        told.sort();
        assert_eq!(told, wanted, "beside {}", row.id);
    }
}

fn lines_are_right(run: &Run) {
    let (world, desk) = (&run.app.world, &run.app.desk);
    let mut told: Vec<Slot> = Vec::new();
    for at in 0..desk.view.len(&desk.visible) {
        match desk.view.line(&desk.visible, at).unwrap() {
            Line::Alert(slot) | Line::Apart(slot, _) => told.push(slot),
            Line::Twins(line) => {
                let members = desk.view.joined().members(line);
                assert!(members.len() > 1);
                let worst = worst_first(world, members)[0];
                assert_eq!(world.twins(worst).iter().filter(|t| seen(desk, world, t)).count() + 1, members.len());
                told.extend(members);
            }
            Line::Group(_) => {}
        }
        let key = desk.view.key(world, &desk.visible, at).unwrap();
        assert_eq!(desk.view.find(world, &desk.visible, &key), Some(at), "a line is found by its key");
    }
    told.sort_unstable();
    let mut visible = desk.visible.clone();
    visible.sort_unstable();
    assert_eq!(told, visible, "each alert is told once");
}

fn seen(desk: &watchfire::app::desk::Desk, world: &watchfire::app::world::World, row: &Row) -> bool {
    world.board.slot(&row.id).is_some_and(|slot| desk.visible.contains(&slot))
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 96, ..ProptestConfig::default() })]

    #[test]
    fn after_any_news_twins_are_those_that_a_look_at_everything_finds(all in vec((news(), 0..8_u8), 1..24)) {
        let mut run = correlated();
        for (news, key) in &all {
            run.take(news, false);
            if let Some(key) = ['j', 'j', 'p', 'P', 'G', 'O'].get(usize::from(*key)) {
                run.tell(Msg::Key(Key::char(*key)));
            }
            twins_are_right(&run);
            lines_are_right(&run);
        }
    }
}

#[test]
fn a_correlation_that_is_told_late_finds_those_that_are_there() {
    let mut run = run();
    run.take(&answer(0, vec![burning(1, true)]), false);
    run.take(&answer(1, vec![burning(1, false)]), false);
    assert!(run.app.world.twins.is_empty());
    run.app.world.correlate(correlations());
    let row = run.app.world.board.iter().next().unwrap();
    assert_eq!((run.app.world.twins(row).len(), run.app.world.told_also(row)), (1, 1));
}

#[test]
fn a_correlation_that_joins_a_crowd_joins_nothing_and_still_names_some() {
    let mut run = run();
    let by = By::Labels(vec!["alertname".into()]);
    let sources = ["am", "eu"].iter().map(|n| SourceName::new(n)).collect();
    run.app.world.correlate(vec![Correlation { sources, by, link: Link::Same }]);
    run.take(&answer(0, (0..30).map(|pod| burning(pod, true)).collect()), false);
    run.take(&answer(1, vec![burning(1, false)]), false);
    run.tell(Msg::Resized { width: 80, height: 24 });
    let (world, desk) = (&run.app.world, &run.app.desk);
    assert!(world.twins.is_empty());
    assert_eq!(desk.view.len(&desk.visible), 31);
    let eu = world.board.iter().find(|r| r.id.source.as_str() == "eu").unwrap();
    assert_eq!((world.twins(eu).len(), world.told_also(eu)), (20, 1));
    // Most of the crowd leaves: those that are left are one alert.
    run.take(&answer(0, vec![burning(1, true)]), false);
    run.take(&News::Wait(301), false);
    let (world, desk) = (&run.app.world, &run.app.desk);
    assert_eq!((world.board.len(), desk.view.len(&desk.visible)), (2, 1));
}
