//! What was asked about a budget: every number with its formula and its query, or which part of the traffic spent it.

use ratatui::layout::Rect;

use crate::{
    app::world::inquiry::{Answer, Question},
    config::theme::Role,
    domain::{
        Time, duration,
        slo::{
            BudgetRow,
            drill::{self, Counted},
            explain::{Queries, explain_row},
            history::FINE,
        },
        source::SourceError,
    },
    ui::{Canvas, detail::Sheet},
};

/// Portions that are told.
const PORTIONS: usize = 20;

pub(crate) fn draw(c: &mut Canvas<'_>, area: Rect, question: &Question, scroll: usize) {
    let (Question::Queries(id) | Question::Drill(id, _)) = question;
    let mut sheet = Sheet::default();
    let title = match c.app.world.budgets.get(id) {
        None => "this SLO is no longer defined".into(),
        Some(row) => {
            let answer = c.app.world.answered(question);
            match question {
                Question::Queries(_) => numbers(&mut sheet, c, row, answer),
                Question::Drill(_, span) => portions(&mut sheet, *span, answer),
            }
            title(question, row)
        }
    };
    sheet.draw(c, area, &title, scroll);
}

fn title(question: &Question, row: &BudgetRow) -> String {
    match question {
        Question::Queries(_) => format!("explained: {}", row.slo.title.line()),
        Question::Drill(_, _) => format!("what of the traffic spent it: {}", row.slo.title.line()),
    }
}

fn numbers(sheet: &mut Sheet, c: &Canvas<'_>, row: &BudgetRow, answer: Option<&Answer>) {
    let Some(n) = row.numbers() else { return sheet.text("it was not counted, so there is no number", Role::Unknown) };
    queries(sheet, answer);
    signals(sheet, c, row);
    for e in explain_row(row, n) {
        sheet.gap();
        sheet.text(&format!("{} = {}", e.name, e.result), Role::Title);
        sheet.pair("formula", e.formula);
        sheet.pair("values", &e.values);
        if e.counts.back > 0 {
            let (step, back) = (duration::prometheus(e.counts.step), duration::prometheus(e.counts.back));
            sheet.pair("counted", &format!("every {step} over the last {back}"));
        }
    }
}

fn queries(sheet: &mut Sheet, answer: Option<&Answer>) {
    match answer {
        None => sheet.text("asking by which queries it is counted", Role::Hint),
        Some(Answer::Queries(Some(q))) => told(sheet, q),
        Some(_) => sheet.text("its source needs no query", Role::Hint),
    }
}

/// What each sparkline is asked by, so that no line is a guess.
fn signals(sheet: &mut Sheet, c: &Canvas<'_>, row: &BudgetRow) {
    let Some(golden) = c.app.world.signals.of(&row.slo.id) else { return };
    super::account::section(sheet, "golden signals, asked by", &crate::domain::signals::tale::queries(golden));
}

fn told(sheet: &mut Sheet, q: &Queries) {
    let step = duration::prometheus(FINE);
    let safe = |query: &str| crate::domain::text::SafeText::new(query).line().into_owned();
    sheet.text(&format!("counted by these queries, here for buckets of {step}:"), Role::Hint);
    sheet.pair(if q.is_good { "good" } else { "bad" }, &safe(&q.counted));
    sheet.pair("total", &safe(&q.total));
}

fn portions(sheet: &mut Sheet, (from, to): (i64, i64), answer: Option<&Answer>) {
    let at = |s: i64| Time::from_timestamp(s, 0).map_or_else(String::new, |t| t.format("%d.%m. %H:%M").to_string());
    sheet.text(&format!("from {} to {} UTC", at(from), at(to)), Role::Hint);
    match answer {
        None => sheet.text("asking its source", Role::Hint),
        Some(Answer::Drilled(told)) => ranked(sheet, told),
        Some(Answer::Queries(_)) => {}
    }
}

fn ranked(sheet: &mut Sheet, told: &Result<Vec<Counted>, SourceError>) {
    let counted = match told {
        Ok(counted) => counted,
        Err(error) => return sheet.text(&format!("UNKNOWN: {error}"), Role::Unknown),
    };
    let ranked = drill::rank(counted);
    if ranked.is_empty() {
        return sheet.text("no events were bad in that time, or no label tells them apart", Role::Text);
    }
    let whole = counted.first().map_or(0.0, |c| c.bad);
    sheet.text(&format!("{whole:.0} bad events; each label tells all of them anew"), Role::Text);
    sheet.gap();
    for r in ranked.iter().take(PORTIONS) {
        sheet.pair(&format!("{}={}", r.label.line(), r.value.line()), &r.words());
    }
}
