//! A selection by identity: it follows the thing, not the row, and never slides onto a neighbour by itself.

/// Which item of a list is selected, where it stood, and which row is at the top of the pane.
#[derive(Clone, Debug)]
pub struct ListCursor<K> {
    selected: Option<K>,
    place: usize,
    pub top: usize,
    /// Stays at the end where the news is until somebody moves.
    sticks: bool,
    news: Stick,
    lost: bool,
}

/// The end of a list where the news comes in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Stick {
    Top,
    End,
}

impl<K> Default for ListCursor<K> {
    fn default() -> Self {
        Self { selected: None, place: 0, top: 0, sticks: true, news: Stick::Top, lost: false }
    }
}

/// A way to move.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Motion {
    Down(usize),
    Up(usize),
    Top,
    Bottom,
}

impl<K: Clone + PartialEq> ListCursor<K> {
    /// One that follows the end of its list.
    pub fn at_end() -> Self {
        Self { news: Stick::End, ..Self::default() }
    }

    /// Whether it follows an end of the list and not yet a thing.
    pub fn sticks(&self) -> bool {
        self.sticks
    }

    pub fn selected(&self) -> Option<&K> {
        self.selected.as_ref()
    }

    /// Where the selection stands; none where it is gone or never was.
    pub fn place(&self) -> Option<usize> {
        self.selected.as_ref().map(|_| self.place)
    }

    /// Whether what was selected has gone from the list.
    pub fn is_lost(&self) -> bool {
        self.lost
    }

    pub fn select(&mut self, key: K, place: usize) {
        self.selected = Some(key);
        self.place = place;
        self.lost = false;
        self.sticks = false;
    }

    /// What is selected goes by another name now.
    pub fn rename(&mut self, key: K) {
        self.selected = Some(key);
    }

    /// Nothing is selected and nothing was lost: the list itself is another one.
    pub fn forget(&mut self) {
        self.selected = None;
        self.lost = false;
        self.sticks = true;
    }

    /// What is selected was acted on: from now on the selection stays with it.
    pub fn hold(&mut self) {
        self.sticks &= self.selected.is_none();
    }

    /// The list changed: finds the selected item again. `find` tells its new place.
    pub fn follow(&mut self, len: usize, find: impl Fn(&K) -> Option<usize>, at: impl Fn(usize) -> Option<K>) {
        if self.sticks {
            self.place = if self.news == Stick::End { len.saturating_sub(1) } else { 0 };
            self.selected = if len > 0 { at(self.place) } else { None };
            return;
        }
        match self.selected.as_ref().map(&find) {
            Some(Some(place)) => self.place = place,
            Some(None) => {
                self.selected = None;
                self.lost = true;
                self.place = self.place.min(len.saturating_sub(1));
            }
            None if !self.lost && len > 0 => {
                self.selected = at(0);
                self.place = 0;
            }
            None => self.place = self.place.min(len.saturating_sub(1)),
        }
    }

    pub fn go(&mut self, motion: Motion, len: usize, at: impl Fn(usize) -> Option<K>) {
        if len == 0 {
            return;
        }
        let last = len - 1;
        let from = self.place.min(last);
        // After a loss the first step lands on the place itself, not beyond it.
        let lost = self.lost || self.selected.is_none();
        let place = match motion {
            Motion::Down(1) | Motion::Up(1) if lost => from,
            Motion::Down(n) => (from + n).min(last),
            Motion::Up(n) => from.saturating_sub(n),
            Motion::Top => 0,
            Motion::Bottom => last,
        };
        self.sticks = matches!((motion, self.news), (Motion::Top, Stick::Top) | (Motion::Bottom, Stick::End));
        self.lost = false;
        self.place = place;
        self.selected = at(place);
    }

    /// Keeps the place inside a window of `height` rows; scrolls by half a window, as that costs fewer frames.
    pub fn scroll(&mut self, height: usize, len: usize) {
        let height = height.max(1);
        let most = len.saturating_sub(height);
        if self.sticks && self.news == Stick::End {
            self.top = most;
            return;
        }
        let half = (height / 2).min(height - 1);
        if self.place < self.top {
            self.top = self.place.saturating_sub(half);
        } else if self.place >= self.top + height {
            self.top = (self.place + 1 + half).saturating_sub(height);
        }
        self.top = self.top.min(most);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A cursor that somebody has moved onto the first item.
    fn on(list: &[u32]) -> ListCursor<u32> {
        let mut c = ListCursor::default();
        settle(&mut c, list);
        c.go(Motion::Up(1), list.len(), |i| list.get(i).copied());
        c
    }

    fn settle(c: &mut ListCursor<u32>, list: &[u32]) {
        c.follow(list.len(), |k| list.iter().position(|x| x == k), |i| list.get(i).copied());
    }

    #[test]
    fn the_selection_follows_the_thing_and_not_the_row() {
        let mut c = on(&[1, 2, 3]);
        c.go(Motion::Down(1), 3, |i| [1, 2, 3].get(i).copied());
        settle(&mut c, &[9, 8, 1, 2, 3]);
        assert_eq!((c.selected(), c.place()), (Some(&2), Some(3)));
    }

    #[test]
    fn what_has_gone_is_not_replaced_by_its_neighbour() {
        let mut c = on(&[1, 2, 3]);
        settle(&mut c, &[2, 3]);
        assert_eq!((c.selected(), c.is_lost()), (None, true));
        settle(&mut c, &[2, 3]);
        assert_eq!(c.selected(), None);
        c.go(Motion::Down(1), 2, |i| [2, 3].get(i).copied());
        assert_eq!(c.selected(), Some(&2));
    }

    #[test]
    fn until_somebody_moves_the_worst_row_is_selected_and_seen() {
        let mut c = ListCursor::default();
        settle(&mut c, &[7]);
        settle(&mut c, &[1, 2, 7]);
        assert_eq!((c.selected(), c.place()), (Some(&1), Some(0)));
        c.go(Motion::Down(1), 3, |i| [1, 2, 7].get(i).copied());
        settle(&mut c, &[0, 1, 2, 7]);
        assert_eq!((c.selected(), c.place()), (Some(&2), Some(2)));
    }

    #[test]
    fn the_window_always_holds_the_selection() {
        let list: Vec<u32> = (0..100).collect();
        for height in [1, 2, 3, 10, 60] {
            let mut c = on(&list);
            for motion in [Motion::Down(1); 60].into_iter().chain([Motion::Up(1); 45]).chain([
                Motion::Bottom,
                Motion::Up(30),
                Motion::Top,
            ]) {
                c.go(motion, 100, |i| list.get(i).copied());
                c.scroll(height, 100);
                let place = c.place().unwrap();
                assert!(c.top <= place && place < c.top + height, "{height} {motion:?} top {} place {place}", c.top);
                assert!(c.top + height <= 100 || c.top == 0);
            }
        }
    }
}
