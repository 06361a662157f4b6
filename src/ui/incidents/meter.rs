//! What an incident costs its budgets: live while it goes on, the sum once it is over.

use crate::{
    app::world::World,
    domain::{
        Time,
        incident::{Incident, Moment, Status},
        slo::{
            SloId,
            account::account,
            meter,
            span::spent,
            tale::{self, percent},
            timeline::Timeline,
        },
        text::SafeText,
    },
};

/// Seconds that are looked back at most: counts reach no further.
const MOST: i64 = 400 * 86_400;

/// One budget in words.
pub(super) fn words(world: &World, incident: &Incident, slo: &SafeText, now: Time) -> String {
    let id = SloId::new(slo.raw());
    let Some(row) = world.budgets.get(&id) else { return "UNKNOWN: no such budget is defined here".into() };
    let Some(numbers) = row.numbers() else { return "UNKNOWN: it was not counted".into() };
    let clues = world.clues(incident);
    let Some(from) = incident.time(Moment::Started, &clues).map(|t| t.at) else { return "UNKNOWN: no start".into() };
    let head = numbers.as_of.timestamp();
    let line = Timeline::of(&row.history, head, (head - from.timestamp()).clamp(3_600, MOST));
    if incident.status() < Status::Mitigated && !incident.withdrawn {
        let told = account(&row.slo, &row.history, numbers, &world.causes(&row.slo, now), &world.budgets.policy);
        return tale::meter(&meter::meter(&row.slo, numbers, &line, from, told.baseline), now);
    }
    let to = incident.time(Moment::Mitigated, &clues).map_or(now, |t| t.at).min(numbers.as_of);
    let sum = spent(numbers, row.slo.objective.budget_ratio(), &line, from, to);
    let (Some(share), Some(bad)) = (sum.share, sum.bad) else { return "UNKNOWN: nothing was counted then".into() };
    format!("{} of the budget, {bad:.0} bad events from start to mitigation", percent(share))
}
