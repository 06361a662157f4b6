//! Which columns a line of the budgets has room for: the name comes first, and what matters least folds first.

use crate::{app::App, domain::slo::BudgetRow, ui::widgets::text::width};

use super::row::{SPARK, badges};

/// The selection and the alarm, before the name.
const SIGNS: usize = 3;
/// From this width on bars and rates have room to breathe.
const ROOMY: usize = 90;
/// A name is wanted whole, up to this share of the line...
const SHARE: (usize, usize) = (2, 5);
/// ...and up to these columns, at least and at most.
const NAME: (usize, usize) = (12, 40);

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Column {
    Objective,
    Window,
    Bar,
    Left,
    Spark,
    Hour,
    SixHours,
    Days,
    RunsOut,
    Alert,
    Policy,
}

use Column::{Alert, Bar, Days, Hour, Left, Objective, Policy, RunsOut, SixHours, Spark, Window};

/// From left to right.
const ORDER: [Column; 11] = [Objective, Window, Bar, Left, Spark, Hour, SixHours, Days, RunsOut, Alert, Policy];
/// What stays longest first; the first two always stay.
const WORTH: [Column; 11] = [Left, Hour, RunsOut, Bar, SixHours, Days, Alert, Policy, Spark, Objective, Window];

/// The columns of one width of the pane.
pub(super) struct Columns {
    pub name: usize,
    pub shown: Vec<Column>,
    roomy: bool,
}

impl Columns {
    /// The same for every row, so that they stand under one another.
    pub(super) fn fit(app: &App, columns: u16, frugal: bool) -> Self {
        let all = usize::from(columns);
        let most = (all * SHARE.0 / SHARE.1).clamp(NAME.0, NAME.1);
        let widest = app.world.budgets.rows.iter().map(name_width).max().unwrap_or(0);
        Self::of(all, widest.clamp(NAME.0, most), frugal)
    }

    /// A frugal one draws nothing that its numbers do not say.
    fn of(all: usize, name: usize, frugal: bool) -> Self {
        let roomy = all >= ROOMY;
        // The last column of the line stays blank.
        let mut left = all.saturating_sub(SIGNS + name + 1);
        let mut kept = Vec::new();
        let is_drawn = |column: &Column| !(frugal && matches!(column, Bar | Spark));
        for (i, column) in WORTH.into_iter().filter(is_drawn).enumerate() {
            let wide = column.width(roomy);
            if i >= 2 && wide > left {
                break;
            }
            left = left.saturating_sub(wide);
            kept.push(column);
        }
        let shown: Vec<Column> = ORDER.into_iter().filter(|c| kept.contains(c)).collect();
        let used: usize = shown.iter().map(|c| c.width(roomy)).sum();
        Self { name: all.saturating_sub(SIGNS + used + 1), shown, roomy }
    }

    pub(super) fn width(&self, column: Column) -> usize {
        column.width(self.roomy)
    }

    /// What stands over them.
    pub(super) fn heads(&self) -> String {
        let heads: String = self.shown.iter().map(|c| c.head(self.width(*c))).collect();
        heads.trim_start().to_owned()
    }
}

impl Column {
    /// With the blank before it.
    fn width(self, roomy: bool) -> usize {
        match self {
            Objective | Alert | Policy => 8,
            Window => 9,
            Bar => {
                if roomy {
                    13
                } else {
                    7
                }
            }
            Left => 8,
            Spark => SPARK + 2,
            Hour | SixHours | Days => {
                if roomy {
                    8
                } else {
                    6
                }
            }
            RunsOut => 15,
        }
    }

    fn head(self, width: usize) -> String {
        let right = |text: &str| format!("{text:>width$}");
        let left = |text: &str, blank: usize| format!("{:blank$}{text:<rest$}", "", rest = width - blank);
        match self {
            Objective => right("goal"),
            Window => right("window"),
            Bar => left("budget", 1),
            Left => right("left"),
            Spark => left("burn-down", 2),
            Hour => right("1h"),
            SixHours => right("6h"),
            Days => right("3d"),
            RunsOut => left("runs out", 2),
            Alert => left("alert", 1),
            Policy => left("policy", 1),
        }
    }
}

/// What a row's name takes at least: its title or its id, whichever is shorter, and its badges.
fn name_width(row: &BudgetRow) -> usize {
    let name = width(&row.slo.title.line()).min(width(&row.slo.id.0.line()));
    name + width(&badges(row, true))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_has_its_room_before_the_columns_that_matter_least() {
        for all in 0..300 {
            let columns = Columns::of(all, 26, false);
            let used: usize = columns.shown.iter().map(|c| columns.width(*c)).sum();
            assert!(columns.shown.starts_with(&[Left, Hour]) || columns.shown.contains(&Left), "{all}");
            assert!(all < 45 || columns.name >= 26, "{all}: {} for the name", columns.name);
            assert!(all < 20 || SIGNS + columns.name + used < all, "{all}");
            assert!(columns.heads().len() <= used);
        }
        assert_eq!(Columns::of(200, 40, false).shown, ORDER);
        assert!(!Columns::of(80, 26, false).shown.contains(&Spark));
        assert!(!Columns::of(200, 40, true).shown.iter().any(|c| matches!(c, Bar | Spark)));
    }
}
