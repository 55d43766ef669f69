//! Launch data as Telegram signs it, for as many players as wanted.

use anyhow::Result;
use hmac::{Hmac, KeyInit as _, Mac as _};
use sha2::Sha256;

use crate::bench::podium::BOT_TOKEN;
use crate::clock;

/// The launch's id; nobody answers it here.
const QUERY_ID: &str = "AAHdF6IQAAAAAN0XohDhrOrc";

/// In the place of Telegram's own signature for third parties, which neither side checks.
const SIGNATURE: &str =
    "zL-ucjNyREiHDE8aihFwpfR9aggP2xiAo3NSpfe-p7IbCisNlDKlo7Kb6G4D0Ao2mBrSgEk4maLSdv6MLIlADQ";

/// Launch data of the n-th player, signed now.
///
/// # Errors
/// When the clock is wrong.
pub fn sign(player: u64) -> Result<String> {
    let auth_date = clock::unix_ms()? / 1000;
    let id = 5_000_000_000 + player;
    let user = format!(
        r#"{{"id":{id},"first_name":"Alice","last_name":"Martin","username":"alice_{id}","language_code":"en","allows_write_to_pm":true}}"#
    );
    // The keys in alphabetical order, and all but the hash itself: that is what is signed.
    let check = format!("auth_date={auth_date}\nquery_id={QUERY_ID}\nsignature={SIGNATURE}\nuser={user}");
    let secret = hmac(b"WebAppData", BOT_TOKEN.as_bytes());
    let hash = hex::encode(hmac(&secret, check.as_bytes()));
    let user = percent_encode(&user);
    Ok(format!("query_id={QUERY_ID}&user={user}&auth_date={auth_date}&signature={SIGNATURE}&hash={hash}"))
}

/// HMAC-SHA256.
pub fn hmac(key: &[u8], message: &[u8]) -> [u8; 32] {
    #[expect(clippy::expect_used, reason = "HMAC takes keys of any length")]
    let mut mac = Hmac::<Sha256>::new_from_slice(key).expect("a key of any length");
    mac.update(message);
    mac.finalize().into_bytes().into()
}

/// Everything but letters and digits as `%XX`.
fn percent_encode(text: &str) -> String {
    text.bytes().fold(String::new(), |mut encoded, byte| {
        if byte.is_ascii_alphanumeric() {
            encoded.push(char::from(byte));
        } else {
            encoded.push('%');
            encoded.push_str(&hex::encode_upper([byte]));
        }
        encoded
    })
}
