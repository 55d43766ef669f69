//! What every implementation of a port must do, whatever it is built on. The tests of this crate run each suite once
//! in process and once on Redis; another implementation joins by one macro call.
//!
//! Invariant: a test uses keys and boards of its own, so that all of them can share one server.

#![expect(clippy::unwrap_used, reason = "a suite tells of a failure by a panic")]

pub mod limits;
pub mod ranks;
pub mod signals;

/// Makes a `#[tokio::test]` of every test of a port. The second argument is an async function that makes an
/// implementation and runs the test that it is given on it.
#[macro_export]
macro_rules! suite {
    (ranks, $with:path) => {
        $crate::suite!(@ ranks, $with, [
            a_board_that_was_never_loaded_answers_nothing
            an_empty_board_is_loaded_at_version_0
            the_better_score_then_the_earlier_time_then_the_older_account_stands_higher
            scores_and_times_are_exact_to_their_limits
            pages_follow_one_another_without_gap_or_repetition
            a_page_follows_a_key_that_is_gone
            peers_1_3_6_a_page_before_a_row_is_the_one_that_led_there
            who_is_taken_off_a_board_is_not_on_it
            a_board_in_another_order_is_forgotten
            tie_columns_decide_each_in_its_own_direction
            a_player_stands_in_the_middle_where_there_is_room
            a_limit_of_0_and_one_beyond_the_board_are_answered
            a_page_is_bounded_whatever_limit_is_asked_for
            changes_follow_on_versions
            a_move_that_changes_nothing_moves_nobody
            a_load_replaces_the_whole_board
            a_load_older_than_the_index_is_left_out
            two_keys_of_one_player_are_refused
            an_unloaded_board_is_forgotten
            boards_do_not_mix
            a_page_is_of_one_version_while_the_board_changes
            a_hundred_thousand_players_are_ranked_and_moved
        ]);
    };
    (limits, $with:path) => {
        $crate::suite!(@ limits, $with, [
            a_burst_passes_and_then_one_an_interval
            a_refusal_takes_nothing
            a_bucket_fills_up_to_its_burst_and_no_further
            buckets_are_separate
            a_clock_that_steps_back_lets_nobody_through_early
            extremes_are_answered
            a_gate_opens_at_its_time
            the_later_time_closes_a_gate
            gates_and_buckets_of_one_name_are_separate
        ]);
    };
    (signals, $with:path) => {
        $crate::suite!(@ signals, $with, [
            every_receiver_hears_each_hint_once_and_in_order
            a_receiver_hears_nothing_from_before_it_came
            a_receiver_that_lags_is_told_so
            a_commit_that_touches_thousands_of_boards_is_one_hint
            nobody_needs_to_listen
        ]);
    };
    (@ $port:ident, $with:path, [$($name:ident)*]) => {
        $(
            #[tokio::test]
            async fn $name() {
                $with($crate::testsuite::$port::$name).await;
            }
        )*
    };
}
