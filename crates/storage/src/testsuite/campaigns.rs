//! Contracts of campaign codes.

use domain::CampaignCode;

use crate::{
    Store,
    campaign::Campaign,
    testsuite::fixtures::{at, read, user_id, write},
};

fn code(text: &str) -> CampaignCode {
    text.parse().unwrap()
}

fn campaign(text: &str) -> Campaign {
    Campaign {
        code: code(text),
        target: r#"{"page":"lobby"}"#.to_owned(),
        created_at: at(0),
        expires_at: None,
    }
}

async fn put(store: &dyn Store, campaign: &Campaign) {
    write(store, async |transaction| transaction.campaigns().put(campaign).await.unwrap()).await;
}

/// A code is found by its exact text; what it opens, and until when, may be replaced.
pub async fn a_code_is_found_and_replaced(store: &dyn Store) {
    put(store, &campaign("spring")).await;
    let by_code = async |text: &str| {
        read(store, async |transaction| transaction.campaigns().by_code(&code(text)).await.unwrap()).await
    };
    assert_eq!(by_code("spring").await, Some(campaign("spring")));
    assert_eq!(by_code("Spring").await, None);
    let other = Campaign {
        target: r#"{"page":"tournament","id":"cup"}"#.to_owned(),
        expires_at: Some(at(9)),
        ..campaign("spring")
    };
    put(store, &Campaign { created_at: at(5), ..other.clone() }).await;
    assert_eq!(by_code("spring").await, Some(other));
}

/// However often a player comes by a code, they count once.
pub async fn a_player_arrives_once(store: &dyn Store) {
    put(store, &campaign("spring")).await;
    write(store, async |transaction| {
        let mut campaigns = transaction.campaigns();
        assert!(campaigns.arrive(&code("spring"), user_id(1), at(1)).await.unwrap());
        assert!(!campaigns.arrive(&code("spring"), user_id(1), at(2)).await.unwrap());
        assert!(campaigns.arrive(&code("spring"), user_id(2), at(2)).await.unwrap());
        assert!(campaigns.arrive(&code("autumn"), user_id(1), at(2)).await.unwrap());
        assert_eq!(campaigns.arrivals(&code("spring")).await.unwrap(), 2);
        assert_eq!(campaigns.arrivals(&code("other")).await.unwrap(), 0);
    })
    .await;
}
