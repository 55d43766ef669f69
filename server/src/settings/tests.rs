use super::*;

const TOKEN: &str = "123456789:AAHtestTOKENtestTOKENtestTOKENtest1";

fn settings(variables: &[(&'static str, &str)]) -> anyhow::Result<Settings> {
    let variables = variables.iter().map(|(name, value)| (*name, (*value).to_owned()));
    Settings::from_variables(variables, default_file_settings().unwrap())
}

fn error(variables: &[(&'static str, &str)]) -> String {
    settings(variables).unwrap_err().to_string()
}

#[test]
fn a_bot_without_a_token_is_one_clear_sentence() {
    assert!(error(&[]).starts_with("TELEGRAM_BOT_TOKEN is not set"));
    assert!(settings(&[("DISABLE_TELEGRAM_BOT", "true")]).is_ok());
    assert!(settings(&[("TELEGRAM_ENABLED", "false")]).is_ok());
}

#[test]
fn no_error_repeats_a_secret() {
    let secrets = [
        ("TELEGRAM_BOT_TOKEN", "hunter2"),
        ("PODIUM_PLATFORM_KEY", "hunter2"),
        ("TELEGRAM_WEBHOOK_SECRET", "hunter2 with spaces"),
        ("PODIUM_ADMIN_IDS", "hunter2"),
        ("PODIUM_PUBLIC_URL", "hunter2"),
        ("PODIUM_PLATFORM_WEBHOOK", "http://platform.example/hunter2"),
    ];
    for secret in secrets {
        let mut variables =
            vec![("TELEGRAM_BOT_TOKEN", TOKEN), ("PODIUM_PUBLIC_URL", "https://play.example")];
        variables.push(secret);
        let text = format!("{:?}", settings(&variables).unwrap_err());
        assert!(text.contains(secret.0), "{text} does not name {}", secret.0);
        assert!(!text.contains("hunter2"), "{text}");
    }
}

#[test]
fn a_real_bot_needs_https() {
    let bot = ("TELEGRAM_BOT_TOKEN", TOKEN);
    assert!(error(&[bot]).starts_with("PODIUM_PUBLIC_URL must be an https address"));
    assert!(error(&[bot, ("PODIUM_PUBLIC_URL", "http://127.0.0.1:3000")]).starts_with("PODIUM_PUBLIC_URL"));
    assert!(
        error(&[bot, ("TELEGRAM_WEBHOOK_URL", "http://play.example/hook")])
            .starts_with("TELEGRAM_WEBHOOK_URL")
    );
    assert!(settings(&[bot, ("TELEGRAM_API_URL", "http://127.0.0.1:8081")]).is_ok());
}

#[test]
fn the_public_address_follows_from_what_is_known() {
    let bot = ("TELEGRAM_BOT_TOKEN", TOKEN);
    let webhook = ("TELEGRAM_WEBHOOK_URL", "https://hook.example/secret/path");
    let railway = ("RAILWAY_PUBLIC_DOMAIN", "rail.example");
    assert_eq!(settings(&[bot, webhook]).unwrap().public_url, "https://hook.example");
    assert_eq!(settings(&[bot, webhook, railway]).unwrap().public_url, "https://rail.example");
    let given = ("PODIUM_PUBLIC_URL", "https://play.example/");
    assert_eq!(settings(&[bot, webhook, railway, given]).unwrap().public_url, "https://play.example");
    let telegram = settings(&[bot, railway]).unwrap().telegram;
    assert_eq!(telegram.webhook_url.unwrap().as_str(), "https://rail.example/telegram/webhook/");
}

#[test]
fn a_port_listens_on_all_addresses() {
    let bot = ("TELEGRAM_ENABLED", "off");
    assert_eq!(settings(&[bot, ("PORT", "8080")]).unwrap().listen, "0.0.0.0:8080");
    assert_eq!(settings(&[bot]).unwrap().listen, "127.0.0.1:3000");
    assert!(error(&[bot, ("PORT", "many")]).starts_with("PORT"));
}

#[test]
fn connections_are_bounded_and_room_for_ten_thousand_viewers_is_the_default() {
    let bot = ("TELEGRAM_ENABLED", "off");
    assert!(settings(&[bot]).unwrap().http_connections_max > 10_000);
    let set = |text| settings(&[bot, ("PODIUM_HTTP_CONNECTIONS_MAX", text)]);
    assert_eq!(set("5").unwrap().http_connections_max, 5);
    for bad in ["0", "-1", "many"] {
        assert!(set(bad).unwrap_err().to_string().starts_with("PODIUM_HTTP_CONNECTIONS_MAX"), "{bad}");
    }
}

#[test]
fn events_leave_by_https_and_signed() {
    let key = ("PODIUM_PLATFORM_KEY", "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw");
    let set = |text| settings(&[("TELEGRAM_ENABLED", "off"), key, ("PODIUM_PLATFORM_WEBHOOK", text)]);
    for good in [
        "https://platform.example/podium",
        "http://127.0.0.1:8081/events",
        "http://[::1]/",
        "http://localhost/",
    ] {
        assert!(set(good).unwrap().platform_webhook.is_some(), "{good}");
    }
    for bad in ["http://platform.example/", "http://127.0.0.1.example/", "ftp://platform.example/", "podium"]
    {
        assert!(set(bad).unwrap_err().to_string().starts_with("PODIUM_PLATFORM_WEBHOOK"), "{bad}");
    }
    let unsigned = [("TELEGRAM_ENABLED", "off"), ("PODIUM_PLATFORM_WEBHOOK", "https://platform.example/")];
    assert!(error(&unsigned).contains("needs PODIUM_PLATFORM_KEY"));
    assert!(settings(&[("TELEGRAM_ENABLED", "off"), key]).unwrap().platform_webhook.is_none());
}

#[test]
fn sign_in_by_openid_connect_needs_both_halves_and_https() {
    let off = ("TELEGRAM_ENABLED", "off");
    let (id, secret) = (("TELEGRAM_OIDC_CLIENT_ID", "1234"), ("TELEGRAM_OIDC_CLIENT_SECRET", "hunter2"));
    let settings_of = |more: &[(&'static str, &str)]| settings(&[&[off], more].concat());
    let client = settings_of(&[id, secret]).unwrap().oidc_client().unwrap();
    assert_eq!(client.issuer, "https://oauth.telegram.org");
    assert_eq!(client.redirect_uri, "http://127.0.0.1:3000/v1/tg/oidc/callback");
    assert!(settings_of(&[]).unwrap().oidc_client().is_none());
    for (half, missing) in [(id, "TELEGRAM_OIDC_CLIENT_SECRET"), (secret, "TELEGRAM_OIDC_CLIENT_ID")] {
        let error = settings_of(&[half]).unwrap_err().to_string();
        assert!(error.starts_with(missing) && !error.contains("hunter2"), "{error}");
    }
    for issuer in ["http://127.0.0.1:8081/oauth/", "https://login.example"] {
        let client =
            settings_of(&[id, secret, ("TELEGRAM_OIDC_ISSUER", issuer)]).unwrap().oidc_client().unwrap();
        assert_eq!(client.issuer, issuer.trim_end_matches('/'));
    }
    for bad in
        ["http://login.example", "login.example", "https://login.example/?a=b", "https://login.example/#a"]
    {
        let error = settings_of(&[("TELEGRAM_OIDC_ISSUER", bad)]).unwrap_err().to_string();
        assert!(error.starts_with("TELEGRAM_OIDC_ISSUER"), "{error}");
    }
}

#[test]
fn every_key_of_the_settings_file_has_a_variable_and_no_other_variable_is_taken_for_one() {
    let defaults = Figment::from(Toml::string(DEFAULTS));
    let sections = DEFAULTS.lines().filter_map(|line| line.strip_prefix('[')?.strip_suffix(']'));
    let sections: Vec<String> = sections.map(str::to_ascii_uppercase).collect();
    assert!(sections.len() >= 4, "{sections:?}");
    for section in sections {
        assert!(is_of_file(&defaults, &format!("{section}_ANY_KEY")), "{section}");
    }
    for name in NAMED {
        let name = name.strip_prefix("PODIUM_").unwrap_or(name);
        assert!(!is_of_file(&defaults, name), "{name}");
    }
}
