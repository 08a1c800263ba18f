//! Raw mails in, pending ones out.

use precedent::limits::RAW_BYTES_MAX;
use precedent::store::{Cursor, MailId, StoreError, compress, decompress};

use crate::Place;
use crate::samples::{archive, batch, new_mail, poll_some, raw};

fn cursor(position: &str) -> Cursor {
    Cursor {
        source: "/mail/in".to_owned(),
        position: position.to_owned(),
    }
}

pub async fn the_same_bytes_are_the_same_mail(place: &dyn Place) {
    let store = place.open().await;
    let first = store
        .archive(&[new_mail(1), new_mail(2), new_mail(1)], &[])
        .await
        .unwrap();
    assert_eq!(
        first.iter().map(|mail| mail.fresh).collect::<Vec<_>>(),
        [true, true, false]
    );
    assert_eq!(first[0].mail, first[2].mail);
    let mut elsewhere = new_mail(2);
    elsewhere.source = "/mail/other".to_owned();
    let again = store.archive(&[elsewhere, new_mail(3)], &[]).await.unwrap();
    assert_eq!(again[0].mail, first[1].mail);
    assert!(!again[0].fresh && again[1].fresh);
    assert_eq!(store.stats().await.unwrap().mails, 3);
    assert_eq!(store.archive(&[], &[]).await.unwrap(), []);
}

pub async fn cursors_move_with_the_mails(place: &dyn Place) {
    let store = place.open().await;
    assert_eq!(store.cursor("/mail/in").await.unwrap(), None);
    store.archive(&[new_mail(1)], &[cursor("1")]).await.unwrap();
    assert_eq!(store.cursor("/mail/in").await.unwrap().unwrap(), "1");

    store
        .archive(&[], &[cursor("2"), cursor("3")])
        .await
        .unwrap();
    drop(store);
    let store = place.open().await;
    assert_eq!(store.cursor("/mail/in").await.unwrap().unwrap(), "3");
    assert_eq!(store.cursor("/mail/other").await.unwrap(), None);
}

/// The server is told by the cursor what we have: it must never be ahead of the mails.
pub async fn a_cancelled_archive_moves_mails_and_cursor_or_neither(place: &dyn Place) {
    let store = place.open().await;
    let mut archived = 0;
    for polls in 0..20 {
        let mails = [new_mail(polls * 2), new_mail(polls * 2 + 1)];
        let cursors = [cursor(&(archived + 2).to_string())];
        poll_some(polls, store.archive(&mails, &cursors)).await;
        // A writer that was let go gives way to the next call, whichever way it went.
        store.archive(&[], &[]).await.unwrap();
        let mails = store.stats().await.unwrap().mails;
        assert!(mails == archived || mails == archived + 2, "{mails}");
        archived = mails;
        let position = store.cursor("/mail/in").await.unwrap();
        let told: u64 = position.map_or(0, |position| position.parse().unwrap());
        assert_eq!(told, archived, "after {polls} polls");
    }
    assert!(archived > 0, "twenty polls are enough for any store");
}

pub async fn pending_mails_are_found_again_after_a_crash(place: &dyn Place) {
    let store = place.open().await;
    let mails = archive(&*store, 0, 5).await;
    drop(store);

    let store = place.open().await;
    let pending = store.pending(None, 3).await.unwrap();
    assert_eq!(
        pending.iter().map(|mail| mail.mail).collect::<Vec<_>>(),
        mails[..3]
    );
    assert_eq!(decompress(&pending[0].raw_compressed).unwrap(), raw(0));
    assert_eq!(pending[2].received_at, new_mail(2).received_at);
    assert_eq!(pending[1].hash, new_mail(1).hash);
    let rest = store.pending(Some(mails[2]), 10).await.unwrap();
    assert_eq!(rest.len(), 2);

    store.commit(&batch(&mails[..3], 1001)).await.unwrap();
    drop(store);
    let store = place.open().await;
    let pending = store.pending(None, 10).await.unwrap();
    assert_eq!(
        pending.iter().map(|mail| mail.mail).collect::<Vec<_>>(),
        mails[3..]
    );
    let processed = store.processed(Some(mails[0]), 10).await.unwrap();
    assert_eq!(
        processed.iter().map(|mail| mail.mail).collect::<Vec<_>>(),
        mails[1..3]
    );
}

pub async fn attempts_survive_a_crash(place: &dyn Place) {
    let store = place.open().await;
    let mails = archive(&*store, 0, 2).await;
    store.commit(&batch(&mails[1..], 1001)).await.unwrap();
    assert_eq!(store.count_attempts(&mails).await.unwrap(), [1, 0]);
    drop(store);
    let store = place.open().await;
    assert_eq!(store.count_attempts(&mails[..1]).await.unwrap(), [2]);
    assert_eq!(store.pending(None, 1).await.unwrap()[0].attempts, 2);
}

pub async fn raw_bytes_come_back(place: &dyn Place) {
    let store = place.open().await;
    let mails = archive(&*store, 7, 1).await;
    assert_eq!(store.raw(mails[0]).await.unwrap().unwrap(), raw(7));
    assert_eq!(store.raw(MailId(99)).await.unwrap(), None);
    let huge = vec![0; RAW_BYTES_MAX + 1];
    assert!(matches!(compress(&huge), Err(StoreError::TooLarge { .. })));
}
