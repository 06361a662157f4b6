//! The experiments of scenarios: what is told of them, and what is wrong with them.

use watchfire::{
    domain::drill::Part,
    sources::sim::{self, Scenario},
};

use super::Desk;

const BASE: &str = "name = 'small'\ntitle = 'Small'\nstory = 'One.'\nstart = '2026-03-02T20:00:00Z'\nopens_at = '1m'\n\
    [[source]]\nname = 'am'\n\
    [[alert]]\nat = '2m'\nuntil = '9m'\nlabels = { alertname = 'Down' }\n\
    [[alert]]\nat = '0s'\nlabels = { alertname = 'Disk' }\n\
    [experiment]\nsteady_state = 'calm'\nhypothesis = 'it holds'\n";

fn read(experiment: &str) -> Result<Scenario, String> {
    Scenario::parse("s.toml", &format!("{BASE}{experiment}"))
}

#[test]
fn every_built_in_scenario_is_a_drill_and_what_it_asks_for_can_be_done_in_it() {
    for (name, _) in sim::builtin() {
        let scenario = sim::load(name).unwrap();
        let experiment = scenario.experiment.as_ref().unwrap_or_else(|| panic!("{name} is no drill"));
        assert!(scenario.ends_at() > scenario.opens_at, "{name}");
        let (from, to) = (scenario.start + scenario.opens_at, scenario.start + scenario.ends_at());
        let cast = scenario.cast(scenario.start);
        for duty in 0..experiment.own.len() {
            let mut asks = cast.iter().filter(|c| c.part == Part::Own(duty));
            assert!(asks.any(|c| c.fires_at <= to && c.ends_at.is_none_or(|end| end > from)), "{name}: {duty}");
        }
    }
}

#[test]
fn a_mistake_in_an_experiment_has_its_place() {
    assert!(read("own = [['alertname=Down']]\nunrelated = [['alertname=Disk']]\n").is_ok());
    for (text, wanted) in [
        ("own = [['alertname=Dwon']]\n", "s.toml:18:8: no alert of this scenario has alertname=\"Dwon\""),
        ("own = [[]]\n", "s.toml:18:8: an empty list of matchers"),
        ("own = [['Down']]\n", "s.toml:18:8: `Down` is no matcher"),
        (
            "own = [['alertname=Down']]\nunrelated = [['alertname=~D.*']]\n",
            "s.toml:19:14: `Down` is unrelated here and to be owned above",
        ),
        ("ends_at = '30s'\n", "s.toml:18:11: the drill ends before it opens"),
        ("within = { own = 'soon' }\n", "s.toml:18:18: `soon` is no duration"),
        ("owned = []\n", "s.toml:18:1: unknown field `owned`"),
        ("[[experiment.fault]]\nwhat = 'x'\nat = '1m'\n", "s.toml:19:8: this fault never ends"),
        (
            "[[experiment.fault]]\nwhat = 'x'\nat = '3m'\nuntil = '2m'\n",
            "s.toml:20:6: this ends (until) before it begins",
        ),
        ("[[experiment.fault]]\nwhat = ' '\nat = '1m'\nuntil = '2m'\n", "s.toml:19:8: what is empty"),
        (
            "[[experiment.fault]]\nwhat = 'x'\nat = '1m'\nuntil = '2m'\non = ['a=b']\n",
            "s.toml:19:8: `on` matches no alert",
        ),
    ] {
        let why = read(text).unwrap_err();
        assert!(why.starts_with(wanted), "{text}\n{why}");
    }
    let empty = BASE.replace("'calm'", "''");
    assert!(Scenario::parse("s.toml", &empty).unwrap_err().contains("steady_state is empty"));
}

#[test]
fn a_drill_is_told_before_it_begins() {
    let desk = Desk::new();
    let list = desk.run(&["drill", "--list"]);
    assert_eq!(list.code, 0, "{}", list.err);
    for told in ["payment-outage (30m)", "steady state  Fewer than", "hypothesis    ", "rollback      checkout back"] {
        assert!(list.out.contains(told), "{told}:\n{}", list.out);
    }
    let brief = desk.run(&["drill", "--brief", "source-dies"]);
    for told in
        ["## Steady state", "## Hypothesis", "- own what pages within 2m: PostgresReplicationLag", "- leave alone: "]
    {
        assert!(brief.out.contains(told), "{told}:\n{}", brief.out);
    }
    let without = desk.run(&["drill"]);
    assert!(without.code == 0 && without.out.starts_with("# payment-outage: "), "{}", without.out);
    let unknown = desk.run(&["drill", "--scenario", "storms"]);
    assert!(unknown.code == 2 && unknown.err.contains("no scenario is named `storms`"), "{}", unknown.err);
}
