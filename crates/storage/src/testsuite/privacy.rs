//! Contracts of export and erasure. That nothing is left in any table is each engine's own test, over a dump.

use domain::{ChatId, TelegramUserId};
use futures::future::join_all;

use crate::{
    Store,
    outbox::OutgoingClass,
    privacy::{DialogueRecord, Download, ErasureOutcome, RankRecord, ScoreRecord, SessionRecord},
    testsuite::{
        fixtures::{BOT, at, board_id, lease, read, session, session_id, telegram_profile, user_id, write},
        planted::{CAMPAIGN, erase, erasure, plant},
    },
};

/// The first plan holds, whoever plans again; taken back once, it is gone.
pub async fn an_erasure_is_planned_once_and_taken_back(store: &dyn Store) {
    write(store, async |transaction| {
        transaction.users().upsert_telegram(&[telegram_profile(1)]).await.unwrap();
        let mut privacy = transaction.privacy();
        assert_eq!(privacy.plan_erasure(user_id(1), at(50)).await.unwrap(), Some(at(50)));
        assert_eq!(privacy.plan_erasure(user_id(1), at(90)).await.unwrap(), Some(at(50)));
        assert_eq!(privacy.plan_erasure(user_id(2), at(50)).await.unwrap(), None);
        drop(privacy);
        let user = transaction.users().by_id(user_id(1)).await.unwrap().unwrap();
        assert_eq!(user.erase_after, Some(at(50)));
        let mut privacy = transaction.privacy();
        assert!(privacy.cancel_erasure(user_id(1)).await.unwrap());
        assert!(!privacy.cancel_erasure(user_id(1)).await.unwrap());
        assert_eq!(privacy.erase(&erasure(user_id(1))).await.unwrap(), ErasureOutcome::NotDue);
        assert_eq!(privacy.plan_erasure(user_id(1), at(90)).await.unwrap(), Some(at(90)));
    })
    .await;
}

/// Who is due is listed, the longest due first, within the limit.
pub async fn erasures_are_due_in_the_order_of_their_time(store: &dyn Store) {
    write(store, async |transaction| {
        let profiles = [telegram_profile(1), telegram_profile(2), telegram_profile(3), telegram_profile(4)];
        transaction.users().upsert_telegram(&profiles).await.unwrap();
        let mut privacy = transaction.privacy();
        for (number, milliseconds) in [(1, 30), (2, 10), (3, 31)] {
            privacy.plan_erasure(user_id(number), at(milliseconds)).await.unwrap();
        }
    })
    .await;
    let due = async |milliseconds, limit| {
        read(store, async |transaction| {
            transaction.privacy().due_erasures(at(milliseconds), limit).await.unwrap()
        })
        .await
    };
    assert_eq!(due(9, 10).await, []);
    assert_eq!(due(30, 10).await, [user_id(2), user_id(1)]);
    assert_eq!(due(31, 1).await, [user_id(2)]);
}

/// An erasure takes one person's rows; boards keep a standing that leads to nobody.
pub async fn an_erasure_leaves_a_standing_of_nobody_and_others_alone(store: &dyn Store) {
    let (person, other) = plant(store).await;
    erase(store, person).await;
    let mut tx = store.begin_read().await.unwrap();
    let erased = tx.users().by_id(person).await.unwrap().unwrap();
    assert_eq!((erased.telegram_user_id, erased.platform_user_id, erased.chat_id), (None, None, None));
    assert_eq!((erased.first_name, erased.username, erased.erase_after), (None, None, None));
    assert_eq!((erased.player, erased.alias.as_str()), (erasure(person).player, "Player 99"));
    assert!(tx.users().by_telegram_id(TelegramUserId(279_058_397_123)).await.unwrap().is_none());
    assert!(tx.sessions().by_id(session_id(1)).await.unwrap().is_none());
    assert!(tx.sessions().by_id(session_id(2)).await.unwrap().is_some());
    assert!(tx.consents().proofs(person, 10).await.unwrap().is_empty());
    assert_eq!(tx.consents().proofs(other, 10).await.unwrap().len(), 1);
    assert!(tx.dialogues().get(BOT, ChatId(279_058_397_123)).await.unwrap().is_none());
    let records = tx.privacy().records(person, 10).await.unwrap();
    assert_eq!((records.standings.len(), records.past_scores.len(), records.messages.len()), (1, 0, 0));
    assert_eq!((&records.campaigns, &records.sessions, &records.dialogues), (&vec![], &vec![], &vec![]));
    assert_eq!(records.ranks, []);
    assert_eq!(tx.rank_samples().of_player(&board_id("cup"), person).await.unwrap(), []);
    let of_other = tx.privacy().records(other, 10).await.unwrap();
    assert_eq!((of_other.past_scores.len(), of_other.campaigns.len(), of_other.sessions.len()), (1, 1, 1));
    assert_eq!(of_other.ranks.len(), 1);
    drop(tx);
    let again = write(store, async |transaction| {
        assert_eq!(transaction.privacy().plan_erasure(person, at(1)).await.unwrap(), None, "nobody is left");
        transaction.privacy().erase(&erasure(person)).await.unwrap()
    })
    .await;
    assert_eq!(again, ErasureOutcome::NotDue);
}

/// What is under way would write of the person when it ends: the erasure waits for it.
pub async fn an_erasure_waits_for_what_is_under_way(store: &dyn Store) {
    let (person, _) = plant(store).await;
    let try_to_erase = async || {
        write(store, async |transaction| transaction.privacy().erase(&erasure(person)).await.unwrap()).await
    };
    write(store, async |transaction| {
        transaction.privacy().plan_erasure(person, at(100)).await.unwrap();
    })
    .await;
    let update = write(store, async |transaction| {
        transaction.inbox().claim(at(5), lease(8), at(1_000), 10).await.unwrap().remove(0)
    })
    .await;
    assert_eq!(try_to_erase().await, ErasureOutcome::Busy);
    write(store, async |transaction| {
        assert!(transaction.inbox().complete(&update, at(6)).await.unwrap());
    })
    .await;
    let row = write(store, async |transaction| {
        let mut outbox = transaction.outbox();
        outbox.claim(BOT, OutgoingClass::Reply, at(5), lease(9), at(1_000), 10).await.unwrap().remove(0)
    })
    .await;
    assert_eq!(try_to_erase().await, ErasureOutcome::Busy);
    write(store, async |transaction| {
        assert!(transaction.outbox().give_back(&row, at(7)).await.unwrap());
    })
    .await;
    assert_eq!(try_to_erase().await, ErasureOutcome::Erased);
}

/// A copy holds the person's rows and nobody else's, each list within the limit.
pub async fn records_are_those_of_the_person(store: &dyn Store) {
    let (person, _) = plant(store).await;
    let records =
        read(store, async |transaction| transaction.privacy().records(person, 10).await.unwrap()).await;
    let score = ScoreRecord { board_id: "cup".to_owned(), score: 10, at: at(1) };
    assert_eq!((&records.standings, &records.past_scores), (&vec![score.clone()], &vec![score]));
    assert_eq!(records.ranks, [RankRecord { board_id: "cup".to_owned(), rank: 2, at: at(1) }]);
    let states: Vec<&str> = records.messages.iter().map(|message| message.state.as_str()).collect();
    assert_eq!(states, ["waiting", "sent"], "newest first");
    assert!(records.messages.iter().all(|message| message.payload.contains("planted words")));
    assert_eq!(records.campaigns, [(CAMPAIGN.to_owned(), at(0))]);
    let device = session(1, person);
    let signed_in = SessionRecord {
        method: device.method.to_owned(),
        device: device.device,
        created_at: device.created_at,
        refreshed_at: device.created_at,
        expires_at: device.expires_at,
        ended: None,
    };
    assert_eq!(records.sessions, std::slice::from_ref(&signed_in));
    let dialogue = DialogueRecord { state: r#"{"state":"greeted"}"#.to_owned(), updated_at: at(0) };
    assert_eq!(records.dialogues, [dialogue]);
    write(store, async |transaction| {
        assert!(transaction.sessions().end(device.session_id, at(3), "sign_out").await.unwrap());
    })
    .await;
    let later =
        read(store, async |transaction| transaction.privacy().records(person, 10).await.unwrap()).await;
    let ended = SessionRecord { ended: Some((at(3), "sign_out".to_owned())), ..signed_in };
    assert_eq!(later.sessions, [ended], "one that is over is told of too");
    let one = read(store, async |transaction| transaction.privacy().records(person, 1).await.unwrap()).await;
    assert_eq!(one.messages.len(), 1);
    let nobody =
        read(store, async |transaction| transaction.privacy().records(user_id(9), 10).await.unwrap()).await;
    assert_eq!(nobody, crate::privacy::PersonalRecords::default());
}

/// An address is good once, until it expires; of several calls at once, one gets it.
pub async fn a_download_is_used_once(store: &dyn Store) {
    write(store, async |transaction| {
        transaction.users().upsert_telegram(&[telegram_profile(1)]).await.unwrap();
        let mut privacy = transaction.privacy();
        privacy.add_download([1; 32], user_id(1), at(0), at(100)).await.unwrap();
        privacy.add_download([2; 32], user_id(1), at(0), at(100)).await.unwrap();
    })
    .await;
    let take = async |hash, milliseconds| {
        write(store, async |transaction| {
            transaction.privacy().use_download(hash, at(milliseconds)).await.unwrap()
        })
        .await
    };
    let fresh = Download { user_id: user_id(1), expires_at: at(100), used_at: None };
    let taken = join_all((0..6).map(|_| take([1; 32], 5))).await;
    assert_eq!(taken.iter().filter(|seen| **seen == Some(fresh)).count(), 1);
    assert_eq!(take([1; 32], 6).await, Some(Download { used_at: Some(at(5)), ..fresh }));
    assert_eq!(take([2; 32], 100).await, Some(fresh), "who asks too late sees it expired");
    assert_eq!(take([2; 32], 101).await, Some(fresh), "and has not used it");
    assert_eq!(take([3; 32], 5).await, None);
}

/// Addresses go some time after they expired.
pub async fn old_downloads_are_removed(store: &dyn Store) {
    write(store, async |transaction| {
        transaction.users().upsert_telegram(&[telegram_profile(1)]).await.unwrap();
        let mut privacy = transaction.privacy();
        for number in 1..=3 {
            let expires_at = at(i64::from(number) * 10);
            privacy.add_download([number; 32], user_id(1), at(0), expires_at).await.unwrap();
        }
        assert_eq!(privacy.remove_downloads(at(10), 10).await.unwrap(), 0);
        assert_eq!(privacy.remove_downloads(at(31), 2).await.unwrap(), 2);
        assert!(privacy.use_download([2; 32], at(1)).await.unwrap().is_none());
        assert!(privacy.use_download([3; 32], at(1)).await.unwrap().is_some());
    })
    .await;
}
