//! The simulated sources are held to the same contract as every backend.

use chrono::Duration;
use watchfire::{
    domain::{Time, slo::BucketSpan},
    sources::{
        Source,
        sim::{self, Imitates, SimWorld},
    },
};

use crate::{contract, support::cockpit::scenario};

/// Every source of every built-in scenario and of those the tests have, with a moment at which nothing fails.
fn all() -> Vec<(SimWorld, Time)> {
    let own = ["trials", "lasting", "overreach", "journal-acks", "broken", "hostile"];
    let names = sim::builtin().iter().map(|(name, _)| *name).chain(own);
    names
        .map(|name| {
            let scenario = scenario(name);
            let (start, at) = (scenario.start, scenario.opens_at);
            (SimWorld::new(scenario, start), start + at)
        })
        .collect()
}

#[tokio::test]
async fn every_simulated_source_keeps_the_contract_of_alerts() {
    for (world, now) in all() {
        for source in world.sources() {
            contract::alerts_source(&*source, now).await;
        }
    }
}

#[tokio::test]
async fn every_simulated_alertmanager_keeps_the_contract_of_silences() {
    for (world, now) in all() {
        let plans = &world.scenario().sources;
        for (source, plan) in world.sources().iter().zip(plans) {
            assert_eq!(source.silences().is_some(), plan.imitates == Imitates::Alertmanager);
            if source.silences().is_some() {
                let before = active(&**source, now).await;
                contract::silences_source(&**source, now).await;
                assert_eq!(active(&**source, now).await, before, "nothing is left behind");
            }
        }
    }
}

async fn active(source: &dyn Source, now: Time) -> usize {
    source.poll(now).await.unwrap().silences.iter().filter(|s| s.is_active(now)).count()
}

#[tokio::test]
async fn every_simulated_source_that_counts_keeps_the_contract_of_counts() {
    let mut counted = 0;
    for (world, now) in all() {
        for source in world.sources().iter().filter(|s| s.describe().can.counts) {
            let declared = source.counts().unwrap().declared(now).await.unwrap().slos;
            let to = (now + Duration::hours(1)).timestamp() / 300 * 300;
            contract::counts_source(&**source, &declared, BucketSpan { from: to - 86_400, to, step: 300 }, now).await;
            counted += declared.len();
        }
    }
    assert!(counted >= 8, "only {counted} budgets were counted");
}
