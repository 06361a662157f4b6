//! Where the panes lie: one pure function that the heart (to scroll) and the eyes (to draw) both call.

use super::shares::{Kept, Shares};

/// A rectangle in cells.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Area {
    pub x: u16,
    pub y: u16,
    pub width: u16,
    pub height: u16,
}

impl Area {
    pub fn is_empty(self) -> bool {
        self.width == 0 || self.height == 0
    }

    fn split_top(self, height: u16) -> (Area, Area) {
        let height = height.min(self.height);
        let top = Area { height, ..self };
        (top, Area { y: self.y + height, height: self.height - height, ..self })
    }

    fn split_left(self, width: u16) -> (Area, Area) {
        let width = width.min(self.width);
        let left = Area { width, ..self };
        (left, Area { x: self.x + width, width: self.width - width, ..self })
    }
}

/// A pane that can have the focus.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Pane {
    #[default]
    Alerts,
    Budgets,
    Timeline,
}

impl Pane {
    pub const ALL: [Pane; 3] = [Pane::Alerts, Pane::Budgets, Pane::Timeline];

    pub fn name(self) -> &'static str {
        match self {
            Pane::Alerts => "alerts",
            Pane::Budgets => "budgets",
            Pane::Timeline => "timeline",
        }
    }

    pub fn next(self) -> Pane {
        match self {
            Pane::Alerts => Pane::Budgets,
            Pane::Budgets => Pane::Timeline,
            Pane::Timeline => Pane::Alerts,
        }
    }

    pub fn previous(self) -> Pane {
        self.next().next()
    }
}

/// Where everything lies. A pane that does not fit is empty.
///
/// ```text
/// narrow (80x24)              wide (200x60)
/// ┌ header ────────────┐      ┌ header ─────────────────────┐
/// │ alerts             │      │ alerts          │ budgets   │
/// │ budgets            │      │                 │ graph     │
/// │ timeline           │      │ timeline                    │
/// └ footer ────────────┘      └ footer ─────────────────────┘
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Regions {
    pub header: Area,
    pub body: Area,
    pub alerts: Area,
    pub budgets: Area,
    /// The burn-down of the selected SLO, where there is room for it.
    pub graph: Area,
    pub timeline: Area,
    pub footer: Area,
}

/// From this width on panes stand side by side.
const WIDE: u16 = 120;
/// Rows of header and footer.
const AROUND: u16 = 3;
/// Below this nothing but the three most important facts is shown.
pub const SMALLEST: (u16, u16) = (40, 10);

/// Whether panes stand side by side on a screen of this size.
pub fn is_wide(width: u16, height: u16) -> bool {
    width >= WIDE && height >= 20 + AROUND
}

/// Whether there is room for one pane alone.
pub fn is_alone(height: u16) -> bool {
    height < 12 + AROUND
}

/// Lays the screen out.
pub fn regions((width, height): (u16, u16), focus: Pane, zoomed: bool, slos: usize, shares: &Kept) -> Regions {
    let screen = Area { x: 0, y: 0, width, height };
    if width < SMALLEST.0 || height < SMALLEST.1 {
        return Regions { body: screen, ..Regions::default() };
    }
    let (header, rest) = screen.split_top(AROUND - 1);
    let (body, footer) = rest.split_top(rest.height - 1);
    let frame = Regions { header, body, footer, ..Regions::default() };
    if zoomed || is_alone(height) {
        return alone(frame, focus);
    }
    if is_wide(width, height) { wide(frame, slos, shares.wide) } else { narrow(frame, slos, shares.narrow) }
}

fn alone(frame: Regions, focus: Pane) -> Regions {
    match focus {
        Pane::Alerts => Regions { alerts: frame.body, ..frame },
        Pane::Budgets => {
            let (budgets, graph) = frame.body.split_top(frame.body.height / 2);
            if frame.body.height < 24 {
                Regions { budgets: frame.body, ..frame }
            } else {
                Regions { budgets, graph, ..frame }
            }
        }
        Pane::Timeline => Regions { timeline: frame.body, ..frame },
    }
}

fn narrow(frame: Regions, slos: usize, shares: Shares) -> Regions {
    let body = frame.body;
    let wanted = u16::try_from(slos).unwrap_or(u16::MAX).saturating_add(1).max(2);
    let budgets = shares.budgets.map_or_else(|| wanted.min(body.height / 4), |share| part(body.height, share));
    let budgets = budgets.clamp(2, body.height - 2 * FEWEST);
    let left = body.height - budgets;
    let alerts = part(left, shares.upper).clamp(FEWEST, left - FEWEST);
    let (alerts, rest) = body.split_top(alerts);
    let (budgets, timeline) = rest.split_top(budgets);
    Regions { alerts, budgets, timeline, ..frame }
}

/// Rows of a pane that can be read at all: its title and a few lines.
const FEWEST: u16 = 3;

fn part(whole: u16, percent: u8) -> u16 {
    u16::try_from(u32::from(whole) * u32::from(percent) / 100).unwrap_or(whole)
}

fn wide(frame: Regions, slos: usize, shares: Shares) -> Regions {
    let body = frame.body;
    let (upper, timeline) = body.split_top(part(body.height, shares.upper));
    let (alerts, right) = upper.split_left(part(body.width, shares.left));
    let wanted = u16::try_from(slos).unwrap_or(u16::MAX).saturating_add(2).max(3);
    let rows = wanted.min(right.height.saturating_sub(10)).max(right.height / 3);
    // A graph of fewer rows than this says nothing.
    let rows = if right.height < rows + 6 { right.height } else { rows };
    let (budgets, graph) = right.split_top(rows);
    Regions { alerts, budgets, graph, timeline, ..frame }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_region_ever_leaves_the_screen() {
        for width in 0..=250 {
            for height in 0..=70 {
                for focus in Pane::ALL {
                    for zoomed in [false, true] {
                        let r = regions((width, height), focus, zoomed, 7, &Kept::default());
                        for a in [r.header, r.body, r.alerts, r.budgets, r.graph, r.timeline, r.footer] {
                            assert!(a.x + a.width <= width && a.y + a.height <= height, "{width}x{height} {a:?}");
                        }
                    }
                }
            }
        }
    }

    #[test]
    fn at_80x24_all_three_panes_can_be_read() {
        let r = regions((80, 24), Pane::Alerts, false, 4, &Kept::default());
        assert!(r.alerts.height >= 8 && r.budgets.height >= 5 && r.timeline.height >= 5, "{r:?}");
    }

    #[test]
    fn whatever_the_shares_every_pane_of_a_screen_with_room_can_be_read() {
        for share in [20, 45, 80] {
            let shares = Shares { upper: share, left: share, budgets: Some(share.min(60)) };
            for (width, height) in [(40, 15), (80, 24), (119, 70), (120, 23), (200, 60), (300, 100)] {
                let r = regions((width, height), Pane::Alerts, false, 30, &Kept::all(shares));
                for pane in [r.alerts, r.budgets, r.timeline] {
                    assert!(pane.height >= 2 && pane.width >= 20, "{width}x{height} at {share} %: {r:?}");
                }
            }
        }
    }
}
