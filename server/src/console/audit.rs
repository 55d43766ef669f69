//! `/console/audit`

use app::console::{AuditPageView, render_audit};
use axum::{
    extract::{Query, rejection::QueryRejection},
    response::Response,
};
use domain::{AuditId, OperatorId, PlayerKey, audit::AuditAction};
use serde::Deserialize;
use services::console::audit::{self, AuditFilter, AuditPage};

use crate::console::desk::Desk;

/// Which lines.
#[derive(Debug, Default, Deserialize)]
pub(super) struct AuditQuery {
    /// Of which operator or player; neither is personal.
    #[serde(default)]
    of: String,
    /// Which action alone.
    #[serde(default)]
    what: String,
    /// Behind which line.
    before: Option<String>,
}

/// The filter of what was typed; `None` for what is no id.
fn filter(of: &str) -> Option<AuditFilter> {
    if of.is_empty() {
        return Some(AuditFilter::All);
    }
    if let Ok(operator) = of.parse::<OperatorId>() {
        return Some(AuditFilter::Operator(operator));
    }
    let player = of.parse::<PlayerKey>().ok().filter(|_| of.starts_with("p_"));
    player.map(AuditFilter::Player)
}

/// `GET`
pub(super) async fn show(query: Result<Query<AuditQuery>, QueryRejection>, desk: Desk) -> Response {
    let Query(AuditQuery { of, what, before }) = query.unwrap_or_default();
    let of = of.trim().to_owned();
    let before = before.and_then(|text| text.parse::<AuditId>().ok());
    let filter = filter(&of);
    let action = AuditAction::from_text(&what);
    let is_understood = filter.is_some();
    let lines = match audit::list(
        desk.services(),
        desk.operator(),
        &filter.unwrap_or_default(),
        action,
        before,
    )
    .await
    {
        Ok(lines) if is_understood => lines,
        Ok(_) => AuditPage { lines: Vec::new(), next: None },
        Err(error) => return desk.failed(error),
    };
    let shown = AuditPageView {
        // What is no id is not said back.
        of: if is_understood { of } else { String::new() },
        action,
        is_understood,
        is_later_page: before.is_some(),
        lines,
    };
    desk.page(render_audit(desk.view(), shown))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_filter_is_an_id_of_ours_or_nothing() {
        let operator = "op_00000000000000000000000000000007";
        assert_eq!(filter(operator), Some(AuditFilter::Operator(operator.parse().unwrap())));
        assert_eq!(filter("p_abc"), Some(AuditFilter::Player("p_abc".parse().unwrap())));
        assert_eq!(filter(""), Some(AuditFilter::All));
        for other in ["777", "Ada", "op_7", "<script>"] {
            assert_eq!(filter(other), None, "{other}");
        }
    }
}
