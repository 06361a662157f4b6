//! A list that is empty for most who hold one, and the same for many: one pointer, shared by its clones.

use std::{
    borrow::Borrow,
    hash::{Hash, Hasher},
    ops::Deref,
    sync::Arc,
};

/// Some items, most often none.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Few<T>(Option<Arc<Vec<T>>>);

impl<T> Few<T> {
    /// Whether nobody else holds these items.
    pub(crate) fn is_alone(&self) -> bool {
        self.0.as_ref().is_none_or(|items| Arc::strong_count(items) == 1)
    }
}

impl<T> Default for Few<T> {
    fn default() -> Self {
        Self(None)
    }
}

impl<T> Deref for Few<T> {
    type Target = [T];

    fn deref(&self) -> &[T] {
        self.0.as_ref().map_or(&[], |items| items)
    }
}

/// As a slice, as equality is.
impl<T> Borrow<[T]> for Few<T> {
    fn borrow(&self) -> &[T] {
        self
    }
}

impl<T: Hash> Hash for Few<T> {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self[..].hash(state);
    }
}

impl<T> From<Vec<T>> for Few<T> {
    fn from(mut items: Vec<T>) -> Self {
        items.shrink_to_fit();
        Self((!items.is_empty()).then(|| Arc::new(items)))
    }
}

impl<T> FromIterator<T> for Few<T> {
    fn from_iter<I: IntoIterator<Item = T>>(items: I) -> Self {
        items.into_iter().collect::<Vec<T>>().into()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_empty_list_takes_a_pointer_and_no_more() {
        let none: Few<String> = Vec::with_capacity(8).into();
        assert!(none.0.is_none() && none.is_empty() && none == Few::default());
        assert_eq!(size_of::<Few<String>>(), size_of::<usize>());
    }

    #[test]
    fn clones_share_their_items() {
        let some: Few<String> = ["a".to_owned()].into_iter().collect();
        assert!(std::ptr::eq(some.clone().as_ptr(), some.as_ptr()));
        assert_eq!(some[..], ["a"]);
    }
}
