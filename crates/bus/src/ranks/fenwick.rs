//! Running counts over a list that change and are summed in logarithmic time (a binary indexed tree).

/// Counts by position; `tree[i]` holds the sum of the positions that end at `i` and are covered by its lowest set bit.
#[derive(Debug, Default)]
pub(super) struct Fenwick {
    tree: Vec<usize>,
}

impl Fenwick {
    /// The tree of these counts, in linear time.
    pub(super) fn new(counts: impl ExactSizeIterator<Item = usize>) -> Self {
        let mut tree = Vec::with_capacity(counts.len() + 1);
        tree.push(0);
        tree.extend(counts);
        for position in 1..tree.len() {
            let parent = position + lowest_bit(position);
            if parent < tree.len() {
                tree[parent] += tree[position];
            }
        }
        Self { tree }
    }

    /// One more at `position`.
    pub(super) fn increment(&mut self, position: usize) {
        let mut at = position + 1;
        while at < self.tree.len() {
            self.tree[at] += 1;
            at += lowest_bit(at);
        }
    }

    /// One less at `position`, whose count is not 0.
    pub(super) fn decrement(&mut self, position: usize) {
        let mut at = position + 1;
        while at < self.tree.len() {
            self.tree[at] -= 1;
            at += lowest_bit(at);
        }
    }

    /// The sum of all counts in front of `position`.
    pub(super) fn sum_before(&self, position: usize) -> usize {
        let mut at = position;
        let mut sum = 0;
        while at > 0 {
            sum += self.tree[at];
            at -= lowest_bit(at);
        }
        sum
    }

    /// The position in which the item number `index` (from 0) lies, and its number within that position. Behind the
    /// last item: the position behind the last one.
    pub(super) fn locate(&self, index: usize) -> (usize, usize) {
        let mut position = 0;
        let mut rest = index;
        let mut step = self.tree.len().next_power_of_two() / 2;
        while step > 0 {
            if let Some(count) = self.tree.get(position + step)
                && *count <= rest
            {
                position += step;
                rest -= count;
            }
            step /= 2;
        }
        (position, rest)
    }
}

const fn lowest_bit(number: usize) -> usize {
    number & number.wrapping_neg()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn sums_and_positions_agree_with_a_plain_list(
            mut counts in prop::collection::vec(0_usize..5, 0..40),
            changes in prop::collection::vec((any::<prop::sample::Index>(), any::<bool>()), 0..20),
        ) {
            let mut tree = Fenwick::new(counts.iter().copied());
            for (index, up) in changes {
                if counts.is_empty() {
                    break;
                }
                let position = index.index(counts.len());
                if up {
                    counts[position] += 1;
                    tree.increment(position);
                } else if counts[position] > 0 {
                    counts[position] -= 1;
                    tree.decrement(position);
                }
            }
            for position in 0..=counts.len() {
                prop_assert_eq!(tree.sum_before(position), counts[..position].iter().sum::<usize>());
            }
            let items = counts.iter().enumerate().flat_map(|(position, count)| (0..*count).map(move |item| (position, item)));
            for (index, expected) in items.enumerate() {
                prop_assert_eq!(tree.locate(index), expected);
            }
            let total = counts.iter().sum();
            prop_assert_eq!(tree.locate(total).0, counts.len());
        }
    }
}
