//! Batches: whole or not at all, once, and decided on facts that still hold.

use std::collections::BTreeSet;
use std::sync::Arc;

use precedent::case::CaseStatus;
use precedent::store::{CommitSummary, MailId, MailKey, MailState, Store, StoreError, case_number};

use crate::Place;
use crate::samples::{
    PREFIX, archive, batch, case_state, event, fill, outcome, poll_some, time, upsert,
};

async fn next(store: &dyn Store) -> u64 {
    store.next_numbers(&[PREFIX.to_owned()]).await.unwrap()[PREFIX]
}

pub async fn numbers_have_no_gaps_under_conflict(place: &dyn Place) {
    let store = place.open().await;
    let mails = archive(&*store, 0, 4).await;
    assert_eq!(next(&*store).await, 1001);
    let mine = batch(&mails[..2], 1001);
    let theirs = batch(&mails[2..], 1001);
    store.commit(&mine).await.unwrap();
    let error = store.commit(&theirs).await.unwrap_err();
    assert!(error.is_conflict(), "{error}");
    assert!(!error.is_transient());
    // Nothing of it was written, its mails are pending, and decided anew it fits.
    assert_eq!(store.stats().await.unwrap().pending, 2);
    assert_eq!(next(&*store).await, 1003);
    // Right by luck is not enough: the number must have been read, not guessed.
    let mut guessed = batch(&mails[2..], 1003);
    guessed.expected_numbers.insert(PREFIX.to_owned(), 1001);
    assert!(store.commit(&guessed).await.unwrap_err().is_conflict());
    store.commit(&batch(&mails[2..], 1003)).await.unwrap();
    for number in 1001..1005 {
        let case = store.case(&case_number(PREFIX, number)).await.unwrap();
        assert_eq!(case.unwrap().state, case_state(number));
    }
    drop(store);
    assert_eq!(next(&*place.open().await).await, 1005);
}

pub async fn wrong_numbers_are_refused(place: &dyn Place) {
    let store = place.open().await;
    let mails = archive(&*store, 0, 2).await;
    let mut gap = batch(&mails, 1001);
    gap.cases[1].state.number = case_number(PREFIX, 1003);
    let mut unexpected = batch(&mails, 1001);
    unexpected.expected_numbers.clear();
    let mut nameless = batch(&mails, 1001);
    nameless.cases[0].state.number.0 = "SP1001".to_owned();
    let mut twice = batch(&mails, 1001);
    twice.cases.push(upsert(1001, &[]));
    let mut mail_twice = batch(&mails, 1001);
    mail_twice.outcomes.push(outcome(mails[0], None));
    for wrong in [gap, unexpected, nameless, twice, mail_twice] {
        let error = store.commit(&wrong).await.unwrap_err();
        assert!(matches!(error, StoreError::Invalid { .. }), "{error}");
    }
    assert_eq!(store.stats().await.unwrap().pending, 2);
    assert_eq!(store.last_sequence().await.unwrap(), 0);
}

pub async fn committing_twice_writes_once(place: &dyn Place) {
    let store = place.open().await;
    let mails = archive(&*store, 0, 3).await;
    let commit = batch(&mails, 1001);
    let summary = store.commit(&commit).await.unwrap();
    assert_eq!(
        summary,
        CommitSummary {
            processed: 3,
            opened: 3,
            outgoing: 3,
            ..CommitSummary::default()
        }
    );
    let before = store.stats().await.unwrap();
    let summary = store.commit(&commit).await.unwrap();
    assert_eq!(
        summary,
        CommitSummary {
            skipped: mails.clone(),
            ..CommitSummary::default()
        }
    );
    assert_eq!(store.stats().await.unwrap(), before);
    let number = case_number(PREFIX, 1002);
    let history = store.history(&number).await.unwrap().unwrap();
    assert_eq!(history.journal.len(), 3);
    assert_eq!(history.case.revision, 1);

    // A mail that never was is not pending either.
    let mut ghost = batch(&[], 1004);
    ghost.outcomes.push(outcome(MailId(77), None));
    assert_eq!(store.commit(&ghost).await.unwrap().skipped, [MailId(77)]);
}

pub async fn a_partly_processed_case_is_a_conflict(place: &dyn Place) {
    let store = place.open().await;
    let mails = archive(&*store, 0, 2).await;
    let mut first = batch(&[], 1001);
    first.outcomes.push(outcome(mails[0], None));
    store.commit(&first).await.unwrap();
    let mut both = batch(&[], 1001);
    both.outcomes.push(outcome(mails[0], Some(1001)));
    both.outcomes.push(outcome(mails[1], Some(1001)));
    both.cases.push(upsert(1001, &mails));
    let error = store.commit(&both).await.unwrap_err();
    assert!(error.is_conflict(), "{error}");
    assert_eq!(store.pending(None, 9).await.unwrap().len(), 1);
}

pub async fn a_stale_revision_is_a_conflict(place: &dyn Place) {
    let store = place.open().await;
    fill(&*store, 0, 1, 1001).await;
    let mails = archive(&*store, 1, 2).await;
    let follow_up = |mail: MailId, revision| {
        let mut commit = batch(&[], 1002);
        commit.outcomes.push(outcome(mail, Some(1001)));
        let mut case = upsert(1001, &[mail]);
        case.revision = revision;
        case.problem = None;
        case.state.status = CaseStatus::Complete;
        commit.cases.push(case);
        commit
    };
    let summary = store.commit(&follow_up(mails[0], 1)).await.unwrap();
    assert_eq!((summary.opened, summary.changed), (0, 1));
    for stale in [0, 1, 3] {
        let mut commit = follow_up(mails[1], stale);
        commit.expected_numbers.insert(PREFIX.to_owned(), 1002);
        let error = store.commit(&commit).await.unwrap_err();
        assert!(error.is_conflict(), "{error}");
    }
    store.commit(&follow_up(mails[1], 2)).await.unwrap();
    let case = store
        .case(&case_number(PREFIX, 1001))
        .await
        .unwrap()
        .unwrap();
    assert_eq!(case.revision, 3);
    assert_eq!(case.state.status, CaseStatus::Complete);
    assert_eq!(case.problem, "problem 1001", "none given keeps it");
}

pub async fn a_failed_commit_writes_nothing(place: &dyn Place) {
    let store = place.open().await;
    let mails = archive(&*store, 0, 3).await;
    let mut commit = batch(&mails, 1001);
    // The same token on two cases: the database itself refuses it, late in the transaction.
    commit.cases[2].token = commit.cases[0].token.clone();
    store.commit(&commit).await.unwrap_err();
    let stats = store.stats().await.unwrap();
    assert_eq!((stats.pending, stats.processed), (3, 0));
    assert_eq!(stats.last_sequence, 0);
    assert_eq!(next(&*store).await, 1001);
    store.commit(&batch(&mails, 1001)).await.unwrap();
}

/// Polls a commit a few times and lets it go: at shutdown, a caller stops waiting at any point.
pub async fn a_cancelled_commit_is_whole_or_absent(place: &dyn Place) {
    let store = place.open().await;
    for polls in 0..40 {
        let number = next(&*store).await;
        let mails = archive(&*store, polls * 10, 3).await;
        let pending = store.stats().await.unwrap().pending;
        let commit = batch(&mails, number);
        poll_some(polls, store.commit(&commit)).await;
        // A commit that was let go gives way to the next write, whichever way it went.
        store.archive(&[], &[]).await.unwrap();
        let stats = store.stats().await.unwrap();
        let done = pending - stats.pending;
        assert!(done == 0 || done == 3, "{done} of 3 after {polls} polls");
        // The next one works, whichever way the last one went.
        let number = next(&*store).await;
        store.commit(&batch(&mails, number)).await.unwrap();
        assert_eq!(store.stats().await.unwrap().pending, 0);
        assert_eq!(next(&*store).await - 1001, (polls + 1) * 3);
    }
}

pub async fn batches_of_every_size_are_whole(place: &dyn Place) {
    let store = place.open().await;
    let mut first = 0;
    for size in [0, 1, 7, 8, 9, 63, 64, 65, 73, 137, 300] {
        let number = next(&*store).await;
        let mails = fill(&*store, first, size, number).await;
        first += size;
        assert_eq!(next(&*store).await, number + size);
        if let Some(&last) = mails.last() {
            let records = store.mails(&MailKey::Id(last)).await.unwrap();
            let expected = outcome(last, Some(number + size - 1));
            assert_eq!(records[0].state, MailState::Processed(Box::new(expected)));
        }
    }
    let stats = store.stats().await.unwrap();
    assert_eq!(stats.processed, first);
    assert_eq!(stats.cases["waiting"], first);
}

pub async fn a_revision_replaces_analysis_and_fields(place: &dyn Place) {
    let store = place.open().await;
    let mails = fill(&*store, 0, 2, 1001).await;
    let mut revised = outcome(mails[0], Some(1001));
    revised.analysis = r#"{"version":2}"#.to_owned();
    revised.fields.remove("operation");
    let mut commit = batch(&[], 1003);
    commit.revised.push(revised.clone());
    let before = store.stats().await.unwrap();
    store.commit(&commit).await.unwrap();
    assert_eq!(store.stats().await.unwrap(), before);
    let records = store.mails(&MailKey::Id(mails[0])).await.unwrap();
    assert_eq!(records[0].state, MailState::Processed(Box::new(revised)));

    let pending = archive(&*store, 9, 1).await;
    let mut commit = batch(&[], 1003);
    commit.revised.push(outcome(pending[0], None));
    assert!(store.commit(&commit).await.unwrap_err().is_conflict());
}

pub async fn two_workers_on_the_same_mails_make_one_case_each(place: &dyn Place) {
    let store = place.open().await;
    archive(&*store, 0, 40).await;
    let work = |store: Arc<dyn Store>| async move {
        loop {
            let pending = store.pending(None, 7).await.unwrap();
            if pending.is_empty() {
                break;
            }
            let mails: Vec<MailId> = pending.iter().map(|mail| mail.mail).collect();
            let number = next(&*store).await;
            match store.commit(&batch(&mails, number)).await {
                Err(error) if !error.is_conflict() => panic!("{error}"),
                _ => {}
            }
        }
    };
    let workers = [
        tokio::spawn(work(Arc::clone(&store))),
        tokio::spawn(work(Arc::clone(&store))),
        tokio::spawn(work(Arc::clone(&store))),
    ];
    for worker in workers {
        worker.await.unwrap();
    }
    let changes = store.changes(0, 100).await.unwrap();
    let numbers: BTreeSet<String> = changes
        .iter()
        .map(|change| change.case.state.number.0.clone())
        .collect();
    let expected: BTreeSet<String> = (1001..1041)
        .map(|number| case_number(PREFIX, number).0)
        .collect();
    assert_eq!(numbers, expected);
    let stats = store.stats().await.unwrap();
    assert_eq!((stats.processed, stats.pending), (40, 0));
    assert_eq!(stats.outbox["waiting"], 40);

    // A change without any mail, by a person or a clock, needs nothing but the revision.
    let mut reminder = batch(&[], 1041);
    reminder.journal.push(event(1001, None, "reminded"));
    reminder.at = time(99);
    store.commit(&reminder).await.unwrap();
}
