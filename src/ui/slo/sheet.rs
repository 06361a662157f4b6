//! An SLO in words: its objective, its numbers, its tiers, its notes and its history.

use crate::{
    app::world::retold::Retold,
    domain::{
        Time, duration,
        entry::Subject,
        slo::{
            BudgetRow,
            assess::{Assessment, RunsOut},
            forecast::look_back_of,
            tale,
            when::{self, paces},
        },
    },
    ui::{
        Canvas,
        budgets::{burn, left, percent, remaining_role},
        detail::{self, Sheet},
    },
};

use super::account;

pub(super) fn of(c: &Canvas<'_>, row: &BudgetRow, told: &Retold) -> Sheet {
    let mut sheet = Sheet::default();
    let now = c.app.now;
    if c.app.world.budgets.is_blind(now) {
        let age = c
            .app
            .world
            .budgets
            .counted_at
            .map_or_else(|| "never".into(), |at| format!("{} ago", duration::age(at, now)));
        sheet.text(&format!("UNKNOWN: last counted {age}"), remaining_role(None, true));
    }
    account::trouble(&mut sheet, row, c);
    let account = told.account.as_ref();
    if let Some(account) = account {
        account::first(&mut sheet, account, c);
    }
    let rolling = if row.slo.window.is_rolling() { " (rolling)" } else { "" };
    sheet.pair("objective", &format!("{} % over {}{rolling}", row.slo.objective.as_percent(), row.slo.window.words()));
    sheet.pair("service", &row.slo.service.line());
    match &row.numbers {
        Some(n) => numbers(&mut sheet, (row.slo.unit(), n), now),
        None => sheet.pair("budget", "not counted yet"),
    }
    if let Some(account) = account {
        tale::tiers(account).iter().for_each(|(name, text)| sheet.pair(name, text));
    }
    sheet.pair("defined in", &row.slo.origin.to_string());
    if let Some(golden) = c.app.world.signals.of(&row.slo.id) {
        account::section(
            &mut sheet,
            "golden signals of its service",
            &crate::domain::signals::tale::pairs(golden, now),
        );
    }
    if let Some(account) = account {
        account::rest(&mut sheet, account, row, c);
    }
    let subject = Subject::slo(row.slo.id.as_str());
    detail::notes(&mut sheet, c, std::slice::from_ref(&subject));
    detail::history(&mut sheet, c, std::slice::from_ref(&subject));
    sheet
}

fn numbers(sheet: &mut Sheet, (unit, n): (&str, &Assessment), now: Time) {
    sheet.pair("state", n.state.as_str());
    sheet.pair("left", &left(Some(n)));
    sheet.pair("runs out", &forecast(n, now));
    if let Some(at) = n.recovers_at {
        sheet.pair("back", &format!("{} UTC, when old errors leave the window", at.format("%d.%m. %H:%M")));
    }
    if let (Some(sli), Some(bad), Some(total)) = (n.sli, n.bad, n.total) {
        let allowed = n.allowed_bad.unwrap_or(0.0);
        sheet.pair("SLI", &format!("{:.4} %", sli * 100.0));
        sheet.pair("bad", &format!("{bad:.0} of {total:.0} {unit}; {allowed:.0} allowed"));
    }
    if let Some(coverage) = n.coverage {
        let badge = if coverage < 0.95 { "  (the rest was not counted: numbers stand on what there is)" } else { "" };
        sheet.pair("coverage", &format!("{}{badge}", percent(coverage)));
    }
    let windows: Vec<String> = n.burn.iter().map(|(w, _)| format!("{w} {}", burn(Some(n), w))).collect();
    sheet.pair("burn rate", &windows.join("   "));
}

/// The moment at the present pace, and the stretch that all paces span.
fn forecast(n: &Assessment, now: Time) -> String {
    let words = n.runs_out.words(now);
    match (n.runs_out, n.runs_dry(), n.band) {
        (RunsOut::At(at), Some(dry), Some(_)) => {
            let pace = duration::prometheus(look_back_of((at - n.as_of).num_seconds()));
            let stands_on = paces(n).map(|p| format!(" {p}")).unwrap_or_default();
            format!("{words} at the pace of the last {pace}; {} UTC{stands_on}", dry.words(now))
        }
        (RunsOut::NotAtPace | RunsOut::Survives, Some(_), _) => when::runs_out_words(n, now),
        _ => words,
    }
}
