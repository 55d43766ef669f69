//! Names at rest: nowhere in the database's files, readable to their owner, under keys that can be replaced.

use serde_json::json;
use services::{
    Services,
    privacy::reseal::{Resealed, reseal},
};
use storage::user::{SealedText, User};

use crate::support::{TestServer, post_json, server};

const NAME: &str = "Planted-First-Name";
const OLD: &[u8] = b"an old secret of names that is long enough";
const NEW: &[u8] = b"the new secret of names that is long enough";

async fn user(services: &Services) -> User {
    let mut tx = services.store().begin_read().await.unwrap();
    tx.users().by_telegram_id(domain::TelegramUserId(42)).await.unwrap().unwrap()
}

fn holds(server: &TestServer, text: &str) -> bool {
    let bytes = server.database_bytes();
    assert!(bytes.len() > 10_000, "the files were not found");
    bytes.windows(text.len()).any(|window| window == text.as_bytes())
}

#[tokio::test]
async fn no_file_of_the_database_holds_a_name_and_its_owner_reads_it() {
    let server = server().await;
    let player = server.sign_in(42, NAME).await;
    assert_eq!(player.user.first_name, NAME);
    assert!(!holds(&server, NAME));
    assert!(holds(&server, "p1."), "something sealed is there");
    let body = json!({"refresh_token": player.refresh_token});
    let (_, refreshed) = server.json(post_json("/v1/tg/refresh", &body)).await;
    assert_eq!(refreshed["user"]["first_name"], NAME);
}

#[tokio::test]
async fn keys_are_replaced_without_a_name_being_lost() {
    let server = server().await;
    server.sign_in(42, NAME).await;
    let of_the_server = user(&server.services).await.first_name.unwrap();
    let both = server.with_personal_keys(&[NEW, OLD]).await;
    assert_eq!(both.secrets().personal().first_name(&user(&both).await).as_deref(), Some(NAME));
    assert_eq!(reseal(&both).await.unwrap(), Resealed { resealed: 1, unreadable: 0 });
    assert_eq!(reseal(&both).await.unwrap(), Resealed::default(), "once is enough");
    let sealed = user(&both).await.first_name.unwrap();
    assert_ne!(sealed, of_the_server);
    assert!(both.secrets().personal().is_current(&sealed));
    let new_alone = server.with_personal_keys(&[NEW]).await;
    assert_eq!(new_alone.secrets().personal().first_name(&user(&new_alone).await).as_deref(), Some(NAME));
    let without = server.with_personal_keys(&[OLD]).await;
    assert_eq!(without.secrets().personal().first_name(&user(&without).await), None);
    assert_eq!(reseal(&without).await.unwrap(), Resealed { resealed: 0, unreadable: 1 });
    assert_eq!(user(&server.services).await.first_name.unwrap(), sealed, "what can't be read is left alone");
}

#[tokio::test]
async fn a_name_from_before_names_were_sealed_is_read_and_sealed() {
    let server = server().await;
    server.sign_in(42, "x").await;
    let mut tx = server.services.store().begin_write().await.unwrap();
    let before = tx.users().names_after(None, 10).await.unwrap().remove(0);
    let plain = storage::user::StoredNames {
        first_name: Some(SealedText::from_stored("Ada")),
        username: Some(SealedText::from_stored("ada_l")),
        ..before.clone()
    };
    assert!(tx.users().replace_names(&before, &plain).await.unwrap());
    tx.save().await.unwrap();
    let keys = server.services.secrets().personal();
    assert_eq!(keys.first_name(&user(&server.services).await).as_deref(), Some("Ada"));
    assert_eq!(reseal(&server.services).await.unwrap().resealed, 1);
    let sealed = user(&server.services).await;
    assert!(keys.is_current(sealed.first_name.as_ref().unwrap()));
    assert_eq!(keys.username(&sealed).as_deref(), Some("ada_l"));
}
