//! Composites among what is counted: their rows are made anew where one of their parts was. Asks nobody.

use std::sync::Arc;

use super::{Counting, known::Known};
use crate::domain::{
    Time,
    slo::{
        SloId,
        history::History,
        row::Trouble,
        whole::{self, whole},
    },
};

/// What a row was made of. Holding the counts keeps them from being changed in place.
pub(super) type Made = Vec<(Arc<History>, Option<Time>, Option<Trouble>)>;

impl Counting {
    /// Makes the rows of composites of those of their parts.
    pub(super) fn compose(&mut self) {
        let places = (0..self.rows.len()).filter(|i| self.rows[*i].slo.is_composite());
        for place in places.collect::<Vec<_>>() {
            let slo = self.rows[place].slo.clone();
            let find = |id: &SloId| self.rows.iter().find(|k| k.slo.id == *id && !k.slo.is_composite());
            let parts = slo.parts.iter().filter_map(|p| find(&p.id));
            let made: Made = parts.map(|k| (k.history.clone(), k.counted_at, k.trouble.clone())).collect();
            if !self.rows[place].is_made_of(&made) {
                let row = whole(&slo, |id| find(id).map(Known::as_part));
                self.rows[place].become_whole(row, made, &self.means.planned);
            }
        }
    }

    /// These, and the parts of the composites among them.
    pub(super) fn with_parts(&self, mut eyes: Vec<SloId>) -> Vec<SloId> {
        let wholes = self.rows.iter().filter(|k| k.slo.is_composite() && eyes.contains(&k.slo.id));
        let parts: Vec<SloId> = wholes.flat_map(|k| k.slo.parts.iter().map(|p| p.id.clone())).collect();
        eyes.extend(parts);
        eyes
    }
}

impl Known {
    fn as_part(&self) -> whole::Known<'_> {
        let (slo, history, counted_at, trouble) = (&*self.slo, &*self.history, self.counted_at, self.trouble.as_ref());
        whole::Known { slo, history, counted_at, trouble }
    }

    fn is_made_of(&self, parts: &Made) -> bool {
        let Some(made) = self.made.as_ref().filter(|made| made.len() == parts.len()) else { return false };
        made.iter().zip(parts).all(|(was, is)| Arc::ptr_eq(&was.0, &is.0) && was.1 == is.1 && was.2 == is.2)
    }
}
