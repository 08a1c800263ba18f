//! One suite over every store: each story is told against `dyn Store` on each backend.
//!
//! A further backend implements [`Place`] and gets one more line of [`suite!`]. What is special to a backend
//! (files, locks, a full disk) has its own module.

mod commits;
mod delivery;
mod forgetting;
mod intake;
mod mails;
mod outgoing;
mod reads;
mod samples;
mod sqlite;

use std::sync::Arc;

use async_trait::async_trait;
use precedent::store::Store;
use precedent::store::sqlite::SqliteStore;
use tempfile::TempDir;

/// Somewhere a store lives across restarts.
#[async_trait]
trait Place: Send + Sync {
    /// Opens the store, new or as the last one left it.
    async fn open(&self) -> Arc<dyn Store>;
}

struct SqlitePlace(TempDir);

impl SqlitePlace {
    fn new() -> Self {
        Self(tempfile::tempdir().unwrap())
    }
}

#[async_trait]
impl Place for SqlitePlace {
    async fn open(&self) -> Arc<dyn Store> {
        Arc::new(SqliteStore::open(self.0.path()).await.unwrap())
    }
}

/// One test for each story: `suite!(backend, place, [module::story, ...])`.
macro_rules! suite {
    ($backend:ident, $place:expr, [$($module:ident :: $story:ident),* $(,)?]) => {
        mod $backend {
            $(
                #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
                async fn $story() {
                    crate::$module::$story(&$place).await;
                }
            )*
        }
    };
}

suite!(
    on_sqlite,
    crate::SqlitePlace::new(),
    [
        intake::the_same_bytes_are_the_same_mail,
        intake::cursors_move_with_the_mails,
        intake::a_cancelled_archive_moves_mails_and_cursor_or_neither,
        intake::pending_mails_are_found_again_after_a_crash,
        intake::attempts_survive_a_crash,
        intake::raw_bytes_come_back,
        commits::numbers_have_no_gaps_under_conflict,
        commits::wrong_numbers_are_refused,
        commits::committing_twice_writes_once,
        commits::a_partly_processed_case_is_a_conflict,
        commits::a_stale_revision_is_a_conflict,
        commits::a_failed_commit_writes_nothing,
        commits::a_cancelled_commit_is_whole_or_absent,
        commits::batches_of_every_size_are_whole,
        commits::a_revision_replaces_analysis_and_fields,
        commits::two_workers_on_the_same_mails_make_one_case_each,
        mails::quarantine_and_retry,
        mails::mails_are_found_by_number_hash_and_message_id,
        reads::candidates_by_every_key,
        reads::changes_give_each_case_once_in_order,
        reads::importing_twice_changes_nothing,
        reads::an_imported_case_is_updated,
        reads::lists_of_cases,
        reads::a_case_comes_back_with_all_that_belongs_to_it,
        reads::resolving_a_case,
        reads::readers_see_whole_batches_while_one_writes,
        reads::a_summary_counts_everything,
        reads::the_secret_key_is_made_once,
        outgoing::only_legal_steps,
        outgoing::every_pair_of_states_is_decided,
        outgoing::a_step_from_the_wrong_state_is_a_conflict,
        outgoing::a_message_id_leaves_once,
        outgoing::what_the_gate_counts,
        outgoing::what_never_leaves_does_not_count,
        outgoing::hard_bounces_are_remembered,
        outgoing::lists_of_outgoing_mails,
        delivery::attempts_and_their_schedule_are_kept,
        delivery::a_refused_address_counts_as_bounced_while_the_mail_is_failed,
        delivery::plus_tags_and_subdomains_are_counted_together,
        delivery::what_left_counts_by_when_it_left,
        delivery::reminders_of_a_case_are_counted,
        delivery::the_order_to_stop_is_kept,
        delivery::success_and_failure_are_noted,
        delivery::threads_of_mails_in_quarantine_are_found,
        delivery::mails_are_found_by_our_message_id,
        delivery::copies_are_filed_once,
        delivery::a_healthy_store_is_consistent,
        forgetting::what_was_written_to_a_person_goes_and_goes_on_counting,
        forgetting::a_case_is_forgotten_only_as_it_was_read,
        forgetting::what_somebody_needs_does_not_expire,
    ]
);
