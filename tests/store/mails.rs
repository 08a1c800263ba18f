//! Mails kept aside, and mails looked up.

use precedent::store::{MailKey, MailState, Quarantine, StoreError};

use crate::Place;
use crate::samples::{archive, batch, fill, new_mail, time};

pub async fn quarantine_and_retry(place: &dyn Place) {
    let store = place.open().await;
    let mails = archive(&*store, 0, 3).await;
    let entry = Quarantine {
        mail: mails[1],
        code: "panic".to_owned(),
        detail: "index out of bounds".to_owned(),
        from: None,
        subject: Some("x".to_owned()),
        thread: vec!["1@shop.example".to_owned(), "2@shop.example".to_owned()],
    };
    store.count_attempts(&mails).await.unwrap();
    let mut commit = batch(&mails[..1], 1001);
    commit.quarantined.push(entry.clone());
    let summary = store.commit(&commit).await.unwrap();
    assert_eq!((summary.processed, summary.quarantined), (1, 1));
    assert_eq!(store.commit(&commit).await.unwrap().quarantined, 0);

    let kept = store.quarantine(None, 10).await.unwrap();
    assert_eq!(kept.len(), 1);
    assert_eq!(kept[0].entry, entry);
    assert_eq!(kept[0].at, time(50));
    assert_eq!(kept[0].origin, "new/1");
    assert_eq!(store.quarantine(Some(mails[1]), 10).await.unwrap(), []);
    let record = store.mails(&MailKey::Id(mails[1])).await.unwrap();
    assert_eq!(record[0].state, MailState::Quarantined(kept[0].clone()));
    assert_eq!(store.pending(None, 10).await.unwrap().len(), 1);

    // Only what is in quarantine comes back, with a clean slate.
    assert_eq!(store.retry_quarantined(&mails).await.unwrap(), 1);
    assert_eq!(store.retry_quarantined(&mails).await.unwrap(), 0);
    let pending = store.pending(None, 10).await.unwrap();
    assert_eq!(
        pending
            .iter()
            .map(|mail| (mail.mail, mail.attempts))
            .collect::<Vec<_>>(),
        [(mails[1], 0), (mails[2], 1)]
    );
    let mut both = batch(&mails[1..2], 1002);
    both.quarantined.push(entry);
    let error = store.commit(&both).await.unwrap_err();
    assert!(matches!(error, StoreError::Invalid { .. }), "{error}");
}

pub async fn mails_are_found_by_number_hash_and_message_id(place: &dyn Place) {
    let store = place.open().await;
    let mails = fill(&*store, 0, 30, 1001).await;
    let hash = |index| {
        use std::fmt::Write;
        new_mail(index)
            .hash
            .iter()
            .fold(String::new(), |mut text, byte| {
                write!(text, "{byte:02x}").unwrap();
                text
            })
    };
    let id = format!("#{}", mails[3]);
    for text in [
        id,
        hash(3),
        hash(3)[..13].to_uppercase(),
        format!("<m{}@example.org>", mails[3]),
    ] {
        let found = store.mails(&MailKey::parse(&text)).await.unwrap();
        assert_eq!(found.len(), 1, "{text}");
        assert_eq!(found[0].mail, mails[3], "{text}");
        assert_eq!(found[0].hash, new_mail(3).hash);
        assert_eq!(found[0].size, new_mail(3).size);
    }
    let all = store
        .mails(&MailKey::HashPrefix(String::new()))
        .await
        .unwrap();
    assert_eq!(all.len(), 30);
    for text in [
        "99",
        "ffffffffffffffffffffffffffffffff",
        "nobody@example.org",
    ] {
        assert_eq!(store.mails(&MailKey::parse(text)).await.unwrap(), []);
    }
    let fresh = archive(&*store, 40, 1).await;
    let record = store.mails(&MailKey::Id(fresh[0])).await.unwrap();
    assert_eq!(record[0].state, MailState::Pending { attempts: 0 });
}
