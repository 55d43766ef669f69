//! Lists as arrays, for `UNNEST`.

/// One column of a list of items.
pub(crate) fn column<'items, T, C>(items: &'items [T], value: impl Fn(&'items T) -> C) -> Vec<C> {
    items.iter().map(value).collect()
}
