//! An SLO, whole: its numbers with the burn-down drawn over its window; and the same graph beside the budgets.

use ratatui::layout::Rect;

use crate::{
    app::world::budgets::BudgetRow,
    config::theme::Role,
    domain::{
        Time, duration,
        entry::Subject,
        slo::{SloId, assess::Assessment},
    },
};

use super::{
    Canvas,
    budgets::{burn, left, percent, remaining_role},
    detail::{self, Sheet},
    graph,
    widgets::frame::titled,
};

/// Rows that the graph takes in the detail.
const GRAPH_SHARE: u16 = 2;

pub(crate) fn draw(c: &mut Canvas<'_>, area: Rect, id: &SloId, scroll: usize) {
    let app = c.app;
    let Some(row) = app.world.budgets.get(id) else {
        let mut sheet = Sheet::default();
        sheet.text("this SLO is no longer defined", Role::Hint);
        return sheet.draw(c, area, id.as_str(), scroll);
    };
    let graph_height = if area.height >= 16 { area.height / GRAPH_SHARE } else { 0 };
    let upper = Rect { height: graph_height, ..area };
    let lower = Rect { y: area.y + graph_height, height: area.height - graph_height, ..area };
    if graph_height > 0 {
        burn_down(c, upper, row);
    }
    sheet(c, row).draw(c, lower, &row.slo.title.line(), scroll);
}

/// The burn-down of the selected SLO where the screen has room for it.
pub(crate) fn draw_beside(c: &mut Canvas<'_>, area: Rect) {
    if area.height < 6 {
        return;
    }
    let app = c.app;
    let budgets = &app.world.budgets;
    let selected = app.desk.budgets.selected().and_then(|id| budgets.get(id)).or_else(|| budgets.rows.first());
    if let Some(row) = selected {
        burn_down(c, area, row);
    }
}

fn burn_down(c: &mut Canvas<'_>, area: Rect, row: &BudgetRow) {
    let styles = (c.look.style(Role::Border), c.look.style(Role::Dim));
    let title = format!("burn-down {}", row.slo.title.line());
    let right = format!("{} of {} left", left(row.numbers.as_ref()), duration::prometheus(row.slo.window.seconds));
    let inner = titled(c.buf, area, &title, &right, styles, c.look.glyph("─", "-"));
    match &row.numbers {
        Some(numbers) if numbers.burn_down.iter().any(|(_, v)| v.is_some()) => graph::burn_down(c, inner, row, numbers),
        _ => {
            let blind = c.app.world.budgets.is_blind(c.app.now);
            let text = if blind { "UNKNOWN: the counts could not be read" } else { "nothing was counted yet" };
            super::widgets::text::Pen::new(c.buf, inner, 0).skip(1).put(text, c.look.style(Role::Hint));
        }
    }
}

fn sheet(c: &Canvas<'_>, row: &BudgetRow) -> Sheet {
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
    sheet.pair(
        "objective",
        &format!(
            "{} % over {} (rolling)",
            row.slo.objective.as_percent(),
            duration::prometheus(row.slo.window.seconds)
        ),
    );
    sheet.pair("service", &row.slo.service.line());
    match &row.numbers {
        Some(n) => numbers(&mut sheet, n, now),
        None => sheet.pair("budget", "not counted yet"),
    }
    sheet.pair("defined in", &row.slo.origin.line());
    let subject = Subject::slo(row.slo.id.as_str());
    detail::notes(&mut sheet, c, std::slice::from_ref(&subject));
    detail::history(&mut sheet, c, std::slice::from_ref(&subject));
    sheet
}

fn numbers(sheet: &mut Sheet, n: &Assessment, now: Time) {
    sheet.pair("state", n.state.as_str());
    sheet.pair("left", &left(Some(n)));
    sheet.pair("runs out", &n.runs_out.words(now));
    if let Some(at) = n.recovers_at {
        sheet.pair("back", &format!("{} UTC, when old errors leave the window", at.format("%d.%m. %H:%M")));
    }
    if let (Some(sli), Some(bad), Some(total)) = (n.sli, n.bad, n.total) {
        let allowed = n.allowed_bad.unwrap_or(0.0);
        sheet.pair("SLI", &format!("{:.4} %", sli * 100.0));
        sheet.pair("bad", &format!("{bad:.0} of {total:.0} events; {allowed:.0} allowed"));
    }
    if let Some(coverage) = n.coverage {
        let badge = if coverage < 0.95 { "  (the rest was not counted: numbers stand on what there is)" } else { "" };
        sheet.pair("coverage", &format!("{}{badge}", percent(coverage)));
    }
    let windows: Vec<String> = n.burn.iter().map(|(w, _)| format!("{w} {}", burn(Some(n), w))).collect();
    sheet.pair("burn rate", &windows.join("   "));
    for tier in &n.tiers {
        let state = match (tier.firing, tier.unreachable) {
            (true, _) => "FIRING",
            (_, true) => "can never fire at this objective",
            _ => "quiet",
        };
        let name = format!(
            "{} {}/{}",
            tier.severity.as_str(),
            duration::prometheus(tier.long_s),
            duration::prometheus(tier.short_s)
        );
        let rate = |b: Option<f64>| b.map_or("--".into(), |b| format!("{b:.1}x"));
        sheet.pair(
            &name,
            &format!("{state}: {} and {} against {:.1}x", rate(tier.long_burn), rate(tier.short_burn), tier.factor),
        );
    }
}
