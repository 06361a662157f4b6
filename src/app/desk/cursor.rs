//! A selection by identity: it follows the thing, not the row, and never slides onto a neighbour by itself.

/// Which item of a list is selected, where it stood, and which row is at the top of the pane.
#[derive(Clone, Debug)]
pub struct ListCursor<K> {
    selected: Option<K>,
    place: usize,
    pub top: usize,
    /// Follows the end of the list until somebody moves.
    pub sticks_to_end: bool,
    lost: bool,
    /// Somebody chose it; until then the selection is on the first item, whichever that is.
    chosen: bool,
}

impl<K> Default for ListCursor<K> {
    fn default() -> Self {
        Self { selected: None, place: 0, top: 0, sticks_to_end: false, lost: false, chosen: false }
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
        Self { sticks_to_end: true, ..Self::default() }
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
        self.chosen = true;
    }

    /// Nothing is selected and nothing was lost: the list itself is another one.
    pub fn forget(&mut self) {
        self.selected = None;
        self.lost = false;
        self.chosen = false;
    }

    /// What is selected was acted on: from now on the selection stays with it.
    pub fn hold(&mut self) {
        self.chosen = self.selected.is_some();
    }

    /// The list changed: finds the selected item again. `find` tells its new place.
    pub fn follow(&mut self, len: usize, find: impl Fn(&K) -> Option<usize>, at: impl Fn(usize) -> Option<K>) {
        if self.sticks_to_end && len > 0 {
            self.selected = at(len - 1);
            self.place = len - 1;
            return;
        }
        match self.selected.as_ref().map(&find) {
            Some(Some(_)) if !self.chosen => {
                self.selected = at(0);
                self.place = 0;
            }
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
        self.sticks_to_end = self.sticks_to_end && place == last && !matches!(motion, Motion::Up(_) | Motion::Top);
        self.lost = false;
        self.chosen = true;
        self.place = place;
        self.selected = at(place);
    }

    /// Keeps the place inside a window of `height` rows; scrolls by half a window, as that costs fewer frames.
    pub fn scroll(&mut self, height: usize, len: usize) {
        let height = height.max(1);
        let most = len.saturating_sub(height);
        if self.sticks_to_end {
            self.top = most;
            return;
        }
        let half = (height / 2).max(1);
        if self.place < self.top {
            self.top = self.place.saturating_sub(half.min(height - 1));
        } else if self.place >= self.top + height {
            self.top = self.place + half + 1 - height.min(half + 1 + self.place);
            self.top = self.top.max(self.place + 1 - height);
        }
        self.top = self.top.min(most);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn on(list: &[u32]) -> ListCursor<u32> {
        let mut c = ListCursor::default();
        settle(&mut c, list);
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
    fn until_somebody_chooses_the_first_item_is_selected_whichever_it_is() {
        let mut c = on(&[1, 2, 3]);
        settle(&mut c, &[9, 1, 2, 3]);
        assert_eq!((c.selected(), c.place()), (Some(&9), Some(0)));
        c.hold();
        settle(&mut c, &[8, 9, 1]);
        assert_eq!((c.selected(), c.place()), (Some(&9), Some(1)));
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
