//! How values stand in rows, for both engines: what is not a plain number, text or id, and what is read back into a
//! type that has rules. A value that breaks a rule is [`StoreError::Inconsistent`], never a panic and never a guess.

use domain::{
    ConsentChannel, ConsentKind, Consents, Locale, Operator, Order, Score, TieOrders, Ties,
    ranking::TIES_MAX, session::DeviceKind,
};

use crate::{
    board::{BoardState, Presence},
    error::StoreError,
    session::TokenHash,
};

/// A validated value from its text.
///
/// # Errors
/// [`StoreError::Inconsistent`] when the text breaks the type's rules.
pub fn parse<T: TryFrom<String>>(
    text: String,
    table: &'static str,
    column: &'static str,
) -> Result<T, StoreError> {
    T::try_from(text).map_err(|_| StoreError::Inconsistent { table, column })
}

/// A number that is never negative.
///
/// # Errors
/// [`StoreError::Inconsistent`] when it is, or is too large for the type.
pub fn unsigned<T: TryFrom<i64>>(
    number: i64,
    table: &'static str,
    column: &'static str,
) -> Result<T, StoreError> {
    T::try_from(number).map_err(|_| StoreError::Inconsistent { table, column })
}

/// The stored form of a number that is never negative; no real count or version comes near the limit.
pub fn signed(number: u64) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}

/// A score.
///
/// # Errors
/// [`StoreError::Inconsistent`] when it is beyond the limits.
pub fn score(points: i64, table: &'static str, column: &'static str) -> Result<Score, StoreError> {
    Score::new(points).map_err(|_| StoreError::Inconsistent { table, column })
}

/// The hash of a token.
///
/// # Errors
/// [`StoreError::Inconsistent`] when it has not 32 bytes.
pub fn token_hash(
    bytes: Vec<u8>,
    table: &'static str,
    column: &'static str,
) -> Result<TokenHash, StoreError> {
    bytes.try_into().map_err(|_| StoreError::Inconsistent { table, column })
}

/// A locale from its tag.
///
/// # Errors
/// [`StoreError::Inconsistent`] when there is no such locale.
pub fn locale(tag: &str, table: &'static str, column: &'static str) -> Result<Locale, StoreError> {
    Locale::ALL
        .into_iter()
        .find(|locale| locale.tag() == tag)
        .ok_or(StoreError::Inconsistent { table, column })
}

/// A kind of consent from its stored form.
///
/// # Errors
/// [`StoreError::Inconsistent`] when there is no such kind.
pub fn consent_kind(
    text: &str,
    table: &'static str,
    column: &'static str,
) -> Result<ConsentKind, StoreError> {
    ConsentKind::from_text(text).ok_or(StoreError::Inconsistent { table, column })
}

/// A channel of a consent from its stored form.
///
/// # Errors
/// [`StoreError::Inconsistent`] when there is no such channel.
pub fn consent_channel(
    text: &str,
    table: &'static str,
    column: &'static str,
) -> Result<ConsentChannel, StoreError> {
    ConsentChannel::ALL
        .into_iter()
        .find(|channel| channel.as_str() == text)
        .ok_or(StoreError::Inconsistent { table, column })
}

/// A kind of device from its stored form.
///
/// # Errors
/// [`StoreError::Inconsistent`] when there is no such kind.
pub fn device(text: &str, table: &'static str, column: &'static str) -> Result<DeviceKind, StoreError> {
    DeviceKind::ALL
        .into_iter()
        .find(|kind| kind.as_str() == text)
        .ok_or(StoreError::Inconsistent { table, column })
}

/// What holds, from the last answer to each kind.
///
/// # Errors
/// [`StoreError::Inconsistent`] when there is no such kind.
pub fn consents(rows: &[(String, bool)]) -> Result<Consents, StoreError> {
    let mut consents = Consents::default();
    for (kind, is_given) in rows {
        consents.set(consent_kind(kind, "consents", "kind")?, *is_given);
    }
    Ok(consents)
}

/// The stored form of an operator.
pub const fn operator_label(operator: Operator) -> &'static str {
    match operator {
        Operator::Best => "best",
        Operator::Sum => "sum",
        Operator::Latest => "latest",
        Operator::Count => "count",
    }
}

/// An operator from its stored form.
///
/// # Errors
/// [`StoreError::Inconsistent`] when there is no such operator.
pub fn operator(label: &str, table: &'static str, column: &'static str) -> Result<Operator, StoreError> {
    [Operator::Best, Operator::Sum, Operator::Latest, Operator::Count]
        .into_iter()
        .find(|operator| operator_label(*operator) == label)
        .ok_or(StoreError::Inconsistent { table, column })
}

/// The stored form of an order.
pub const fn order_label(order: Order) -> &'static str {
    match order {
        Order::Desc => "desc",
        Order::Asc => "asc",
    }
}

/// An order from its stored form.
///
/// # Errors
/// [`StoreError::Inconsistent`] when there is no such order.
pub fn order(label: &str, table: &'static str, column: &'static str) -> Result<Order, StoreError> {
    [Order::Desc, Order::Asc]
        .into_iter()
        .find(|order| order_label(*order) == label)
        .ok_or(StoreError::Inconsistent { table, column })
}

/// The stored form of tie columns: the label of each, in their order.
pub fn tie_orders_label(orders: TieOrders) -> String {
    orders.iter().map(order_label).collect::<Vec<_>>().join(",")
}

/// Tie columns from their stored form.
///
/// # Errors
/// [`StoreError::Inconsistent`] when it is none.
pub fn tie_orders(text: &str, table: &'static str, column: &'static str) -> Result<TieOrders, StoreError> {
    let labels = text.split(',').filter(|label| !label.is_empty());
    let orders = labels.map(|label| order(label, table, column)).collect::<Result<Vec<_>, _>>()?;
    TieOrders::new(&orders).ok_or(StoreError::Inconsistent { table, column })
}

/// The values in the tie columns.
///
/// # Errors
/// [`StoreError::Inconsistent`] when one is beyond the limits.
pub fn ties(columns: [i64; TIES_MAX], table: &'static str) -> Result<Ties, StoreError> {
    let mut values = [Score::default(); TIES_MAX];
    for (value, points) in values.iter_mut().zip(columns) {
        *value = score(points, table, "tie_1")?;
    }
    Ok(Ties::new(&values).unwrap_or_default())
}

/// The stored form of the values in the tie columns.
pub fn tie_columns(ties: &Ties) -> [i64; TIES_MAX] {
    ties.columns().map(Score::points)
}

/// What the tie columns are multiplied by so that the smaller product is the better value. 0 for a column that
/// the board does not have: it decides nothing.
pub fn tie_signs(orders: TieOrders) -> [i64; TIES_MAX] {
    let mut signs = [0; TIES_MAX];
    for (sign, order) in signs.iter_mut().zip(orders.iter()) {
        *sign = order_sign(order);
    }
    signs
}

/// Whether a player's row has a rank, from its stored form.
///
/// # Errors
/// [`StoreError::Inconsistent`] when there is no such form.
pub fn presence(number: i64, table: &'static str, column: &'static str) -> Result<Presence, StoreError> {
    Presence::ALL
        .into_iter()
        .find(|presence| presence.as_number() == number)
        .ok_or(StoreError::Inconsistent { table, column })
}

/// The state of a board from its stored form.
///
/// # Errors
/// [`StoreError::Inconsistent`] when there is no such state.
pub fn board_state(text: &str, table: &'static str, column: &'static str) -> Result<BoardState, StoreError> {
    BoardState::ALL
        .into_iter()
        .find(|state| state.as_str() == text)
        .ok_or(StoreError::Inconsistent { table, column })
}

/// What a score is multiplied by so that the smaller product is the better score: one statement serves both orders.
pub const fn order_sign(order: Order) -> i64 {
    match order {
        Order::Desc => -1,
        Order::Asc => 1,
    }
}

/// Refuses a call with more items than its method takes: a list without a bound is a mistake of the caller.
///
/// # Errors
/// [`StoreError::Failed`] when there are more than `max` items.
pub fn at_most(max: usize, items: usize, operation: &'static str) -> Result<(), StoreError> {
    if items > max {
        return Err(StoreError::failed(operation, format!("{items} items in a call that takes {max}")));
    }
    Ok(())
}

/// Refuses a link that did not meet exactly one row that was free for it: somebody else was faster.
///
/// # Errors
/// [`StoreError::Conflict`] on `constraint` when another number of rows was changed.
pub fn ensure_free(
    affected: u64,
    operation: &'static str,
    constraint: &'static str,
) -> Result<(), StoreError> {
    if affected != 1 {
        return Err(StoreError::Conflict { operation, constraint: constraint.to_owned() });
    }
    Ok(())
}

/// Refuses a change that did not meet exactly one row.
///
/// # Errors
/// [`StoreError::Failed`] when another number of rows was changed.
pub fn ensure_one(affected: u64, operation: &'static str) -> Result<(), StoreError> {
    if affected != 1 {
        return Err(StoreError::failed(operation, format!("one row should have changed, {affected} did")));
    }
    Ok(())
}
