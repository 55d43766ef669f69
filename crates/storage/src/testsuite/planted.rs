//! A person with rows in every table, for the tests that search a dump of a whole database.

use domain::{
    BotId, CampaignCode, ChatId, ConsentChannel, ConsentKind, Locale, OutgoingEventId, Owner, PlatformUserId,
    TelegramUserId, TokenAction, TokenId, UserId,
    mission::{Day, Progress},
};
use uuid::Uuid;

use crate::{
    Store,
    activity::ActivityRow,
    board::PlayerRow,
    board_message::{BoardMessageLimits, NewBoardMessage},
    consent::ConsentProof,
    inbox::NewUpdate,
    mission_progress::ProgressRow,
    one_time_token::NewOneTimeToken,
    outbox::{NewOutgoing, Outcome, OutgoingClass},
    outgoing_event::NewOutgoingEvent,
    privacy::{Erasure, ErasureOutcome},
    rank_sample::RankSampleRow,
    reward::RewardRow,
    score_log::ScoreEvent,
    session::NewSession,
    testsuite::fixtures::{
        BOT, activity, at, board_id, board_of, lease, mission, outgoing, player, player_row, reward,
        score_event, session, standing, telegram_profile, tournament, update, user_id, write,
    },
    user::{SealedText, TelegramProfile},
};

/// What must not be found after the erasure, in whatever table it stood: the id at Telegram, the id at the platform,
/// the first name, the user name, the name on boards, words of a message.
pub const PLANTED: [&str; 6] = [
    "279058397123",
    "planted-platform-id",
    "Planted-First-Name",
    "planted_user_name",
    "Planted Public Name",
    "planted words of a message",
];

/// The campaign by which the person came; it is not theirs, that they came by it is.
pub const CAMPAIGN: &str = "planted-campaign";

const PERSON: i64 = 279_058_397_123;
const GROUP: i64 = -1_001_234_567_890;

fn planted(number: usize) -> String {
    PLANTED[number].to_owned()
}

/// A message of the person, in a chat.
fn spoken(update_id: i64, chat_id: i64) -> NewUpdate {
    let payload = format!(
        r#"{{"update_id":{update_id},"message":{{"text":"{}","chat":{{"id":{chat_id}}},"from":{{"id":{PERSON},"first_name":"{}"}}}}}}"#,
        PLANTED[5], PLANTED[2]
    );
    NewUpdate { payload, ..update(update_id, chat_id) }
}

fn said(number: u128) -> NewOutgoing {
    let payload = format!(r#"{{"chat_id":{PERSON},"text":"{}"}}"#, PLANTED[5]);
    NewOutgoing { payload, ..outgoing(number, PERSON) }
}

/// Writes a person, with the id that is answered, into every table; and somebody else, with the second id.
pub async fn plant(store: &dyn Store) -> (UserId, UserId) {
    let (person, other) = (user_id(1), user_id(2));
    let code: CampaignCode = CAMPAIGN.parse().unwrap();
    write(store, async |transaction| {
        let profile = TelegramProfile {
            new_alias: planted(4),
            telegram_user_id: TelegramUserId(PERSON),
            first_name: SealedText::from_stored(planted(2)),
            username: Some(SealedText::from_stored(planted(3))),
            chat_id: Some(ChatId(PERSON)),
            ..telegram_profile(1)
        };
        let mut users = transaction.users();
        users.upsert_telegram(&[profile, telegram_profile(2)]).await.unwrap();
        let platform_id: PlatformUserId = PLANTED[1].parse().unwrap();
        users.set_platform_id(person, &platform_id, PLANTED[4]).await.unwrap();
        drop(users);
        let sessions: Vec<NewSession> = vec![session(1, person), session(2, other)];
        transaction.sessions().add_many(&sessions).await.unwrap();
        for owner in [person, other] {
            let proof = ConsentProof {
                user_id: owner,
                kind: ConsentKind::Payouts,
                is_given: true,
                text_version: 1,
                locale: Locale::It,
                channel: ConsentChannel::Chat,
                recorded_at: at(0),
            };
            transaction.consents().record(&proof).await.unwrap();
        }
        transaction.dialogues().put(BOT, ChatId(PERSON), r#"{"state":"greeted"}"#, at(0)).await.unwrap();
        let board = crate::testsuite::board_messages::message(PERSON, "cup", 79);
        transaction
            .board_messages()
            .put(
                &NewBoardMessage { user_id: Some(person), ..board },
                BoardMessageLimits { in_chat: 9, in_all: 9 },
            )
            .await
            .unwrap();
        transaction.privacy().add_download([7; 32], person, at(0), at(600_000)).await.unwrap();
        let token = NewOneTimeToken {
            token_id: TokenId::from_uuid(Uuid::from_u128(77)),
            token_hash: [8; 32],
            action: TokenAction::Link,
            payload: format!(r#"{{"for":"{}"}}"#, PLANTED[1]),
            platform_user_id: Some(platform_id),
            telegram_user_id: Some(TelegramUserId(PERSON)),
            request: None,
            created_at: at(0),
            expires_at: at(600_000),
        };
        transaction.one_time_tokens().add(&token).await.unwrap();
        for owner in [person, other] {
            transaction.campaigns().arrive(&code, owner, at(0)).await.unwrap();
        }
        let event = NewOutgoingEvent {
            event_id: OutgoingEventId::from_uuid(Uuid::from_u128(78)),
            kind: "podium.link.created".to_owned(),
            subject: person.to_string(),
            data: format!(r#"{{"platform_user_id":"{}"}}"#, PLANTED[1]),
            created_at: at(0),
        };
        transaction.outgoing_events().add(&event).await.unwrap();
        let rewards = [(79, person, PLANTED[1]), (80, other, "first")].map(|(number, owner, source_id)| {
            RewardRow { user_id: owner, source_id: source_id.to_owned(), ..reward(number, 0) }
        });
        transaction.rewards().add_many(&rewards).await.unwrap();
        plant_missions(transaction, person, other).await;
        plant_scores(transaction, person, other).await;
        plant_entries(transaction, person, other).await;
    })
    .await;
    plant_messages(store).await;
    (person, other)
}

async fn plant_missions(transaction: &mut crate::BoxTransaction, person: UserId, other: UserId) {
    let bets = [(1, person, PLANTED[1]), (2, other, "other")].map(|(number, owner, note)| ActivityRow {
        user_id: owner,
        event_id: format!("{note}-{number}").parse().unwrap(),
        fields: serde_json::from_str(&format!(r#"{{"note":"{note}"}}"#)).unwrap(),
        ..activity(number, 0, 1)
    });
    transaction.activities().add_many(&bets).await.unwrap();
    let mission = mission("bets");
    transaction.missions().put(&mission, Owner::Platform, None, at(0)).await.unwrap();
    let mut progress = transaction.mission_progress();
    progress.bump(&[person, other]).await.unwrap();
    let rows = [person, other].map(|owner| ProgressRow {
        user_id: owner,
        mission_id: mission.mission_id.clone(),
        period: Day(0),
        progress: Progress::new(&mission),
        tiers: 0,
        done_at: None,
        version: 1,
    });
    progress.put_many(&rows, at(0)).await.unwrap();
}

async fn plant_scores(transaction: &mut crate::BoxTransaction, person: UserId, other: UserId) {
    transaction.tournaments().upsert(&tournament("cup", 0), at(0)).await.unwrap();
    transaction.boards().open(&[board_of(&tournament("cup", 0))]).await.unwrap();
    let numbers = transaction.score_log().reserve(2).await.unwrap();
    let mut rows = Vec::new();
    let mut events = Vec::new();
    for ((owner, event_id, points), number) in
        [(person, PLANTED[1], 10), (other, "other-event", 20)].into_iter().zip(numbers)
    {
        let row = player_row("cup", owner, standing(points, 1), 1);
        rows.push(PlayerRow { last_event: Some(number), ..row });
        let event = score_event(number, "cup", owner, points);
        events.push(ScoreEvent { event_id: event_id.parse().unwrap(), happened_at: at(1), ..event });
    }
    transaction.boards().put_players(&rows).await.unwrap();
    transaction.score_log().add(&events).await.unwrap();
}

/// An exclusion with words about the person, a wish, where they stood, and a final rank.
async fn plant_entries(transaction: &mut crate::BoxTransaction, person: UserId, other: UserId) {
    let cup = tournament("cup", 0).tournament_id;
    for owner in [person, other] {
        let mut entries = transaction.entries();
        assert!(entries.disqualify(&cup, 0, owner, at(1), PLANTED[5]).await.unwrap());
        if owner == other {
            assert!(entries.reinstate(&cup, 0, owner).await.unwrap());
        }
        drop(entries);
        transaction.wishes().add(&cup, owner, at(1)).await.unwrap();
        let sample = RankSampleRow { board_id: board_id("cup"), user_id: owner, at: at(1), rank: 2 };
        assert_eq!(transaction.rank_samples().add(&[sample]).await.unwrap(), 1);
    }
    super::results::rank(transaction, &board_id("cup"), domain::BoardOrder::DESC).await;
}

/// Updates that are done, dead in both chats, and waiting; messages that were sent and that wait.
async fn plant_messages(store: &dyn Store) {
    write(store, async |transaction| {
        let mut inbox = transaction.inbox();
        inbox.add_many(&[spoken(1, PERSON), spoken(2, GROUP)]).await.unwrap();
        for done_or_dead in inbox.claim(at(1), lease(1), at(1_000), 10).await.unwrap() {
            if done_or_dead.chat_id == Some(ChatId(PERSON)) {
                assert!(inbox.complete(&done_or_dead, at(2)).await.unwrap());
            } else {
                assert!(inbox.bury(&done_or_dead, at(2), "panicked").await.unwrap());
            }
        }
        inbox.add_many(&[spoken(3, PERSON)]).await.unwrap();
        for dead in inbox.claim(at(3), lease(2), at(1_000), 10).await.unwrap() {
            assert!(inbox.bury(&dead, at(4), "panicked").await.unwrap());
        }
        inbox.add_many(&[spoken(4, PERSON)]).await.unwrap();
        drop(inbox);
        let mut outbox = transaction.outbox();
        outbox.add_many(&[said(1)]).await.unwrap();
        let bot: BotId = BOT;
        for row in outbox.claim(bot, OutgoingClass::Reply, at(1), lease(3), at(1_000), 10).await.unwrap() {
            assert!(outbox.finish(&row, Outcome::Sent { message_id: Some(1) }, at(2)).await.unwrap());
        }
        outbox.add_many(&[said(2)]).await.unwrap();
    })
    .await;
}

/// Erases the person that [`plant`] wrote.
pub async fn erase(store: &dyn Store, person: UserId) {
    let outcome = write(store, async |transaction| {
        let mut privacy = transaction.privacy();
        privacy.plan_erasure(person, at(100)).await.unwrap();
        privacy.erase(&erasure(person)).await.unwrap()
    })
    .await;
    assert_eq!(outcome, ErasureOutcome::Erased);
}

/// What the person becomes.
pub fn erasure(person: UserId) -> Erasure {
    Erasure { user_id: person, player: player(99), alias: "Player 99".to_owned(), erased_at: at(100) }
}
