//! The contracts that every engine keeps, one function each. An engine's tests expand them by
//! [`contract_suite!`](crate::contract_suite), each against a store of its own.
//!
//! A contract is given a fresh, migrated store, and fails by panicking.

#![expect(clippy::unwrap_used, reason = "a contract fails by panicking")]

pub mod activities;
pub mod audit;
pub mod board_messages;
pub mod boards;
pub mod campaigns;
pub mod consents;
pub mod console_sessions;
pub mod dialogues;
pub mod entries;
pub mod events;
pub mod fixtures;
pub mod inbox;
pub mod jobs;
pub mod leases;
pub mod links;
pub mod mission_progress;
pub mod missions;
pub mod old_rows;
pub mod one_time_tokens;
pub mod operators;
pub mod outbox;
pub mod outgoing_events;
pub mod periods;
pub mod planted;
pub mod privacy;
pub mod pulse;
pub mod rank_samples;
pub mod results;
pub mod rewards;
pub mod score_log;
pub mod sessions;
pub mod settings;
pub mod signing_keys;
pub mod tournaments;
pub mod transactions;
pub mod users;
pub mod wishes;

use std::panic::{AssertUnwindSafe, resume_unwind};

use async_trait::async_trait;
use futures::FutureExt;

use crate::Store;

/// A store of a test's own, and what has to be cleared away behind it.
#[async_trait]
pub trait Fixture {
    /// The store: fresh and migrated.
    fn store(&self) -> &dyn Store;

    /// Clears away whatever was made for the test.
    async fn finish(self);
}

/// Runs a contract, and clears up behind it also when it fails.
pub async fn run(fixture: impl Fixture, contract: impl AsyncFnOnce(&dyn Store)) {
    let result = AssertUnwindSafe(contract(fixture.store())).catch_unwind().await;
    fixture.finish().await;
    if let Err(panic) = result {
        resume_unwind(panic);
    }
}

/// Makes a test of every contract. `$fixture` is an async function without arguments that returns a
/// [`Fixture`](crate::testsuite::Fixture).
#[macro_export]
macro_rules! contract_suite {
    ($fixture:path) => {
        $crate::contract_suite! { @modules $fixture;
            transactions: [
                a_closed_store_is_unavailable,
                a_read_refuses_to_write,
                a_read_sees_one_state,
                a_transaction_sees_its_own_changes,
                migrating_again_changes_nothing,
                unsaved_changes_leave_no_trace,
            ]
            inbox: [
                a_buried_update_releases_its_chat,
                a_chat_is_claimed_one_at_a_time,
                a_chat_with_much_to_do_holds_nobody_up,
                a_dead_workers_update_is_taken_over,
                a_lost_lease_changes_nothing,
                a_lower_id_that_comes_late_waits_for_the_running_one,
                a_payload_survives_byte_for_byte,
                a_retry_holds_its_chat_but_no_other,
                a_backlog_is_what_is_open_or_given_up,
                an_update_is_stored_once,
                updates_are_stored_by_one_statement,
                chats_of_two_bots_are_apart,
                dead_letters_are_replayed,
                old_dead_letters_are_removed,
                old_done_updates_are_removed,
                stats_tell_how_much_is_where,
                the_oldest_are_claimed_first,
                updates_without_a_chat_wait_for_nobody,
                workers_at_once_keep_each_chats_order,
                workers_at_once_never_share_a_chat,
            ]
            periods: [
                a_period_is_found_by_a_moment,
                periods_are_found_by_where_they_stand,
                a_moved_period_moves_its_boards,
                a_full_period_takes_nobody,
                a_cohort_fills_before_the_next_is_opened,
            ]
            entries: [
                excluded_players_are_listed_by_period,
                a_player_enters_a_period_once,
                what_is_noted_before_an_entry_stays,
                entering_again_ends_at_the_limit,
                an_exclusion_is_noted_and_taken_back,
                the_entries_of_a_player_are_found,
                entries_follow_a_light_profile_once,
                a_place_is_free_when_one_person_had_two,
            ]
            wishes: [
                a_wish_is_kept_until_it_is_withdrawn,
                a_start_is_told_once,
                where_a_player_was_seen_is_noted,
            ]
            results: [
                ranks_are_frozen_in_the_order_of_the_board,
                ranks_are_frozen_once,
                ranks_are_written_in_slices_that_nobody_sees,
                ranks_of_an_earlier_version_become_no_results,
                a_final_board_keeps_the_order_that_it_had,
                a_range_of_ranks_wins_a_prize,
                a_players_history_holds_their_final_ranks_the_latest_first,
            ]
            outbox: [
                a_backlog_is_what_is_open_or_ended_badly,
                a_cause_writes_each_row_once,
                a_bots_rows_are_its_own,
                a_chat_has_one_row_on_the_wire,
                a_chats_rows_leave_in_order,
                a_flood_is_no_try_of_the_message,
                a_given_back_row_has_not_been_tried,
                a_lost_lease_changes_nothing,
                a_payload_survives_byte_for_byte,
                a_retry_waits_and_holds_its_chat,
                a_row_is_not_claimed_before_it_is_due,
                a_row_is_not_claimed_twice,
                an_account_s_waiting_rows_are_taken_back,
                an_urgent_row_passes_a_less_urgent_one,
                old_ended_rows_are_removed,
                rows_of_dead_senders_are_ended,
                senders_at_once_keep_each_chats_order,
                senders_at_once_never_share_a_chat,
                stats_tell_how_much_is_where,
                the_longest_due_are_claimed_first,
            ]
            links: [
                a_light_profile_is_merged,
                a_link_ends_and_what_belongs_to_the_account_stays,
                a_link_is_never_replaced,
                a_merge_beside_sign_ins_loses_no_session,
                a_merge_of_what_is_not_light_is_refused,
                a_telegram_id_is_given_once,
                nothing_counts_twice_after_a_merge,
                of_links_at_once_one_wins,
            ]
            users: [
                a_contact_is_asked_for_once,
                a_hidden_user_is_shown_by_another_name_and_key,
                a_message_makes_reachable_and_a_sign_in_only_hints,
                a_platform_user_is_added_once,
                a_telegram_user_is_added_once,
                known_new_and_changed_people_are_answered_in_order,
                names_are_replaced_unless_they_have_changed,
                only_telegram_overrules_a_locale,
                people_are_answered_in_the_order_of_the_call,
                region_and_identification_are_as_told_last,
                text_survives,
                too_many_ids_are_refused,
                users_are_found_by_every_key,
                users_are_found_by_the_beginning_of_their_alias,
            ]
            sessions: [
                a_familiar_way_of_signing_in_is_recognized,
                a_session_ends_once,
                all_sessions_of_a_user_end_or_move,
                a_session_is_found_as_it_was_stored,
                an_ended_session_is_not_rotated,
                live_sessions_are_listed_the_one_used_last_first,
                of_refreshes_at_once_one_wins,
                other_sessions_of_a_user_are_ended,
                over_sessions_are_removed,
                rotation_keeps_the_hash_before,
            ]
            signing_keys: [
                a_key_id_is_unique,
                only_keys_in_use_are_listed,
                others_retire_unless_they_do_earlier,
            ]
            settings: [
                a_setting_is_replaced,
                of_first_values_at_once_one_stays,
                the_first_value_stays,
            ]
            leases: [
                a_lease_has_one_owner,
                a_lease_that_ran_out_is_free,
                only_the_owner_releases,
                owners_at_once_do_not_share,
            ]
            rank_samples: [
                samples_are_apart_in_time_and_in_rank,
                the_oldest_samples_make_room,
                old_samples_are_removed,
            ]
            pulse: [
                minutes_add_up_over_calls_and_nodes,
                old_minutes_are_removed,
            ]
            tournaments: [
                a_status_is_kept_when_the_definition_changes,
                a_glance_tells_whom_a_tournament_is_for,
                lists_leave_out_what_is_not_public,
                operators_find_tournaments_page_by_page,
                pages_of_lists_follow_on_each_other,
                a_missing_tournament_has_no_board,
                a_tournament_is_replaced_and_its_board_stays,
                tournaments_are_found_by_their_ids,
                lists_show_running_then_upcoming_then_finished,
                locked_boards_lose_no_update,
                versions_are_committed_in_their_order,
            ]
            boards: [
                a_place_and_its_surroundings,
                scores_are_counted_by_period,
                a_scan_meets_everyone_once,
                boards_are_opened_and_raised_together,
                boards_that_show_a_user_are_those_that_are_not_final,
                changes_behind_a_version_are_found,
                pages_equal_the_order_of_rank_keys,
                rows_of_players_are_put_and_found,
                too_many_players_are_refused,
                who_is_off_the_board_has_no_rank,
            ]
            score_log: [
                a_chain_leads_from_its_head_to_the_first_row,
                numbers_are_never_given_again,
                rows_of_boards_long_over_are_found,
                rows_of_the_log_are_kept_as_they_were_said,
            ]
            events: [
                a_forgotten_event_is_new_again,
                an_event_is_new_once,
                calls_at_once_do_not_share_an_event,
                old_events_are_met_slice_by_slice,
            ]
            operators: [
                a_person_is_one_operator,
                a_recovery_code_is_spent_once,
                a_second_factor_is_replaced_and_removed,
                an_operator_ends_once,
                an_operator_is_found_as_it_was_stored,
                of_codes_at_once_one_is_taken,
                operators_are_listed_page_by_page,
            ]
            console_sessions: [
                a_console_session_is_found_as_it_was_stored,
                console_sessions_are_removed_by_hash_and_by_operator,
                expired_console_sessions_are_removed,
            ]
            audit: [
                a_line_is_found_as_it_was_written,
                a_line_is_never_replaced,
                a_line_is_undone_with_what_it_tells,
                a_page_of_lines_is_bounded,
                lines_are_listed_by_action,
                lines_are_listed_newest_first_page_by_page,
                lines_of_one_millisecond_have_one_order,
                old_lines_are_removed,
            ]
            one_time_tokens: [
                a_request_makes_one_token,
                a_spend_is_undone_with_its_action,
                a_token_is_bound_to_who_shows_it_first,
                a_token_is_found_as_it_was_stored,
                a_token_is_spent_once,
                a_voided_token_is_expired,
                of_spends_at_once_one_wins,
                old_tokens_are_removed,
                tokens_are_listed_by_person,
            ]
            campaigns: [
                a_code_is_found_and_replaced,
                a_player_arrives_once,
            ]
            board_messages: [
                a_board_is_claimed_once_and_comes_back_as_it_was,
                a_chat_has_one_message_a_board,
                a_message_that_was_replaced_is_not_changed_any_more,
                no_message_is_claimed_while_its_edit_is_open_or_fresh,
                the_oldest_messages_expire_when_there_are_too_many,
            ]
            dialogues: [
                a_dialogue_is_kept_by_bot_and_chat,
                idle_dialogues_are_removed,
            ]
            privacy: [
                a_download_is_used_once,
                an_erasure_is_planned_once_and_taken_back,
                an_erasure_leaves_a_standing_of_nobody_and_others_alone,
                an_erasure_waits_for_what_is_under_way,
                erasures_are_due_in_the_order_of_their_time,
                old_downloads_are_removed,
                records_are_those_of_the_person,
            ]
            consents: [
                a_consent_is_off_until_it_is_given,
                a_merge_takes_the_proofs_along,
                a_repeated_answer_leaves_no_second_proof,
                of_answers_at_once_each_leaves_one_proof,
                proofs_are_kept_as_they_were_given,
            ]
            jobs: [
                a_job_survives_as_it_was_planned,
                a_waiting_job_moves,
                a_job_that_is_over_is_planned_anew,
                a_running_job_is_planned_anew_behind_its_run,
                a_job_plans_its_next_run,
                a_waiting_job_is_canceled,
                a_running_job_is_canceled,
                an_end_is_undone_with_what_was_done,
                a_dead_workers_job_is_taken_over,
                a_plan_outlives_a_dead_worker,
                a_retry_waits,
                the_longest_due_of_known_kinds_are_claimed,
                a_backlog_is_what_is_open_or_given_up,
                dead_jobs_are_replayed,
                old_jobs_are_removed,
                too_much_is_refused,
                workers_at_once_never_share_a_job,
                the_last_plan_is_not_lost_among_workers,
            ]
            outgoing_events: [
                a_backlog_is_what_is_open_or_given_up,
                a_dead_event_is_replayed,
                a_dead_senders_event_is_taken_over,
                a_lost_lease_changes_nothing,
                a_retry_waits_and_holds_its_subject_alone,
                an_event_survives_as_it_was_written,
                old_ended_events_are_removed,
                senders_at_once_never_share_an_event,
            ]
            missions: [
                a_mission_is_replaced_and_stays_its_owner_s,
                each_change_of_a_mission_raises_the_version,
                missions_are_found_by_their_ids,
                missions_that_are_not_over_are_listed,
            ]
            mission_progress: [
                a_locked_player_loses_no_progress,
                a_player_s_progress_is_listed_from_a_day_on,
                old_periods_are_removed,
                what_was_done_once_stays_done,
                progress_is_put_and_found,
                stats_count_who_has_begun_and_who_is_done,
                too_much_progress_is_refused,
                versions_of_players_grow_one_by_one,
                what_is_done_is_known_by_player,
            ]
            activities: [
                a_player_s_activities_are_found_by_time,
                activities_of_a_kind_are_met_once,
                an_activity_is_kept_once_as_it_was,
                old_activities_are_removed,
                too_many_activities_are_refused,
            ]
            rewards: [
                a_merge_rewards_nothing_twice,
                a_reward_is_found_as_it_was_stored,
                a_thing_is_rewarded_once,
                of_claims_at_once_one_wins,
                rewards_are_listed_newest_first_page_by_page,
                too_many_rewards_are_refused,
                what_is_not_claimed_in_time_expires,
                what_waits_to_be_claimed_is_listed_oldest_first,
            ]
        }
    };
    (@modules $fixture:path; $($module:ident: [$($contract:ident,)*])*) => {
        $(
            mod $module {
                $(
                    #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
                    async fn $contract() {
                        $crate::testsuite::run($fixture().await, $crate::testsuite::$module::$contract).await;
                    }
                )*
            }
        )*
    };
}

#[cfg(test)]
mod tests {
    /// A contract that the macro does not name would never run.
    #[test]
    fn every_contract_is_in_the_suite() {
        let sources = [
            ("activities", include_str!("testsuite/activities.rs")),
            ("missions", include_str!("testsuite/missions.rs")),
            ("mission_progress", include_str!("testsuite/mission_progress.rs")),
            ("audit", include_str!("testsuite/audit.rs")),
            ("boards", include_str!("testsuite/boards.rs")),
            ("console_sessions", include_str!("testsuite/console_sessions.rs")),
            ("consents", include_str!("testsuite/consents.rs")),
            ("campaigns", include_str!("testsuite/campaigns.rs")),
            ("board_messages", include_str!("testsuite/board_messages.rs")),
            ("dialogues", include_str!("testsuite/dialogues.rs")),
            ("periods", include_str!("testsuite/periods.rs")),
            ("entries", include_str!("testsuite/entries.rs")),
            ("wishes", include_str!("testsuite/wishes.rs")),
            ("results", include_str!("testsuite/results.rs")),
            ("events", include_str!("testsuite/events.rs")),
            ("inbox", include_str!("testsuite/inbox.rs")),
            ("jobs", include_str!("testsuite/jobs.rs")),
            ("leases", include_str!("testsuite/leases.rs")),
            ("links", include_str!("testsuite/links.rs")),
            ("operators", include_str!("testsuite/operators.rs")),
            ("one_time_tokens", include_str!("testsuite/one_time_tokens.rs")),
            ("outbox", include_str!("testsuite/outbox.rs")),
            ("privacy", include_str!("testsuite/privacy.rs")),
            ("outgoing_events", include_str!("testsuite/outgoing_events.rs")),
            ("rewards", include_str!("testsuite/rewards.rs")),
            ("sessions", include_str!("testsuite/sessions.rs")),
            ("settings", include_str!("testsuite/settings.rs")),
            ("signing_keys", include_str!("testsuite/signing_keys.rs")),
            ("score_log", include_str!("testsuite/score_log.rs")),
            ("pulse", include_str!("testsuite/pulse.rs")),
            ("rank_samples", include_str!("testsuite/rank_samples.rs")),
            ("tournaments", include_str!("testsuite/tournaments.rs")),
            ("transactions", include_str!("testsuite/transactions.rs")),
            ("users", include_str!("testsuite/users.rs")),
        ];
        let listed = include_str!("testsuite.rs");
        for (module, source) in sources {
            let (_, list) = listed.split_once(&format!("            {module}: [\n")).unwrap();
            let (list, _) = list.split_once("            ]\n").unwrap();
            let contracts =
                source.split("\npub async fn ").skip(1).map(|rest| rest.split('(').next().unwrap());
            for contract in contracts {
                assert!(
                    list.lines().any(|line| line.trim() == format!("{contract},")),
                    "{module}::{contract} is not in contract_suite!"
                );
            }
        }
    }
}
