//! `/login`: the ways to sign in outside Telegram, and the page that hands a session on. Both stand still but for one
//! small script.
//!
//! The page that hands a session on is the one answer of this crate that holds something of who asks: a refresh token, in a
//! page that nobody stores and that leaves the history at once.

use std::sync::LazyLock;

use domain::ErrorCode;
use i18n::keys::site;
use leptos::prelude::*;

use crate::{
    document::{Document, compact},
    ssr::render::{Setting, render},
    ui::steps,
};

/// The pages' script as it is sent.
static SCRIPT: LazyLock<String> = LazyLock::new(|| compact(include_str!("../login.js")));

/// The failures that the script may have to show.
const FAILURES: [ErrorCode; 8] = [
    ErrorCode::LoginMalformed,
    ErrorCode::LoginInvalid,
    ErrorCode::LoginStale,
    ErrorCode::LoginUsed,
    ErrorCode::RateLimited,
    ErrorCode::Unavailable,
    ErrorCode::Internal,
    ErrorCode::Offline,
];

/// What `/login` shows.
#[derive(Debug, Clone)]
pub struct LoginPage {
    /// Where the person goes on; a path of this site.
    pub next: String,
    /// Where the widget leads.
    pub widget: Option<String>,
    /// Where OpenID Connect begins.
    pub oidc: Option<String>,
    /// The link into Telegram.
    pub telegram: Option<String>,
    /// The same as a picture: SVG of ours.
    pub qr: Option<String>,
    /// Why the last try failed.
    pub notice: Option<LoginNotice>,
}

/// Why a sign-in failed.
#[derive(Debug, Clone)]
pub struct LoginNotice {
    /// The code.
    pub code: ErrorCode,
    /// What the person is told.
    pub text: String,
}

/// `/login`.
pub fn render_login(setting: Setting<'_>, page: LoginPage) -> String {
    let catalog = i18n::catalog(setting.locale);
    let text = |key| catalog.text(key);
    let LoginPage { next, widget, oidc, telegram, qr, notice } = page;
    let is_empty = widget.is_none() && oidc.is_none() && telegram.is_none();
    // The one thing to do is filled, the others are tinted.
    let widget_class = if oidc.is_some() { "button button--tinted" } else { "button button--filled" };
    let (code, failure) =
        notice.map_or((None, String::new()), |notice| (Some(notice.code.as_str()), notice.text));
    let body = render(|| {
        view! {
            <main class="site" id="login" data-next=next data-testid="login">
                {steps("steps site__logo")}
                <h1 class="site__title">{text(site::LOGIN_TITLE)}</h1>
                <p class="site__text">{text(site::LOGIN_TEXT)}</p>
                <p class="login__notice" id="login-notice" role="alert" data-testid="login-notice" data-code=code
                    hidden=failure.is_empty()>
                    {failure.clone()}
                </p>
                <p class="site__note" id="login-busy" role="status" hidden>{text(site::LOGIN_BUSY)}</p>
                <div class="site__actions" id="login-ways">
                    {oidc.map(|url| view! {
                        <a class="button button--filled" href=url data-testid="login-oidc">{text(site::LOGIN_OIDC)}</a>
                    })}
                    {widget.map(|url| view! {
                        <a class=widget_class href=url id="login-widget" data-testid="login-widget">
                            {text(site::LOGIN_WIDGET)}
                        </a>
                    })}
                    {telegram.map(|url| view! {
                        <a class="button button--tinted" href=url data-testid="login-telegram">{text(site::LOGIN_OPEN)}</a>
                    })}
                    {is_empty.then(|| view! { <p class="site__note">{text(site::LOGIN_NONE)}</p> })}
                </div>
                {qr.map(|svg| view! {
                    <div class="login__scan">
                        <div inner_html=svg></div>
                        <p class="site__note">{text(site::LOGIN_SCAN)}</p>
                    </div>
                })}
            </main>
        }
    });
    document(setting, &body, "")
}

/// The end of a sign-in: the page keeps `refresh_token` for the tab and goes on to `next`.
pub fn render_handed(setting: Setting<'_>, refresh_token: &str, next: &str) -> String {
    let catalog = i18n::catalog(setting.locale);
    let next = next.to_owned();
    let body = render(|| {
        view! {
            <main class="site" id="login" data-next=next data-testid="login-handed">
                {steps("steps site__logo")}
                <p class="site__text" id="login-busy" role="status">{catalog.text(site::LOGIN_BUSY)}</p>
                <p class="login__notice" id="login-notice" role="alert" data-testid="login-notice" hidden></p>
                <div class="site__actions" id="login-ways" hidden>
                    <a class="button button--filled" href="/login">{catalog.text(site::LOGIN_BACK)}</a>
                </div>
            </main>
        }
    });
    document(setting, &body, refresh_token)
}

fn document(setting: Setting<'_>, body: &str, refresh_token: &str) -> String {
    let Setting { assets, nonce, locale } = setting;
    let catalog = i18n::catalog(locale);
    let failures: serde_json::Map<String, serde_json::Value> =
        FAILURES.iter().map(|code| (code.as_str().to_owned(), catalog.error(*code).into())).collect();
    let data = serde_json::json!({"failures": failures, "refresh_token": refresh_token});
    let title = catalog.text(site::LOGIN_TITLE);
    Document {
        assets,
        nonce,
        locale,
        title: &format!("{title} · {}", catalog.text(i18n::keys::app::TITLE)),
        description: catalog.text(site::LOGIN_TEXT),
        body: format!(
            "{body}<script type=\"application/json\" id=\"login-data\">{}</script><script nonce=\"{nonce}\">{}</script>",
            data.to_string().replace('<', "\\u003c"),
            *SCRIPT
        ),
        life: None,
    }
    .render()
}

#[cfg(test)]
mod tests {
    use domain::Locale;

    use super::*;
    use crate::ssr::Assets;

    fn setting(assets: &Assets) -> Setting<'_> {
        Setting { assets, nonce: "n0nce", locale: Locale::En }
    }

    fn assets() -> Assets {
        Assets { js: "/pkg/a.js".into(), wasm: "/pkg/a.wasm".into(), css: String::new(), later: Vec::new() }
    }

    fn page() -> LoginPage {
        LoginPage {
            next: "/console?a=\"b".to_owned(),
            widget: Some("https://oauth.telegram.org/auth?a=1&b=2".to_owned()),
            oidc: Some("/v1/tg/oidc/start?next=/console".to_owned()),
            telegram: Some("https://t.me/bot?startapp".to_owned()),
            qr: Some("<svg></svg>".to_owned()),
            notice: None,
        }
    }

    #[test]
    fn everything_that_was_put_in_is_escaped() {
        let html = render_login(setting(&assets()), page());
        assert!(html.contains("data-next=\"/console?a=&quot;b\""), "{html}");
        assert!(html.contains("auth?a=1&amp;b=2"), "{html}");
        let html = render_handed(setting(&assets()), "</script><b>", "/app");
        assert!(!html.contains("</script><b>"), "{html}");
    }

    #[test]
    fn nothing_that_runs_lacks_the_nonce_and_no_code_of_the_app_is_loaded() {
        let html = render_login(setting(&assets()), page());
        for tag in html.match_indices("<script").map(|(at, _)| html[at..].split_once('>').unwrap().0) {
            assert!(tag.contains("nonce=\"n0nce\"") || tag.contains("application/json"), "{tag}");
        }
        assert!(!html.contains("/pkg/"), "{html}");
    }

    #[test]
    fn a_way_that_is_not_set_up_is_not_offered() {
        let none = LoginPage { widget: None, oidc: None, telegram: None, qr: None, ..page() };
        let html = render_login(setting(&assets()), none);
        assert!(!html.contains("href=\"http") && !html.contains("<svg class=\"login"), "{html}");
        assert!(html.contains("switched off"), "{html}");
        let widget_alone = LoginPage { oidc: None, ..page() };
        let html = render_login(setting(&assets()), widget_alone);
        let widget = html.split("<a ").find(|link| link.contains("login-widget")).unwrap();
        assert!(widget.contains("button--filled"), "the one way that there is looks like it: {widget}");
    }
}
