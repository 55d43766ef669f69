//! The HTML document around a page, in the order that makes its first second short (docs/adr/0003): what is needed to
//! start loading and signing in stands first, then the style, and Telegram's own script last, with nothing waiting
//! for it.

use std::{fmt::Write as _, sync::LazyLock};

use domain::Locale;

use crate::ssr::Assets;

/// The head script as it is sent.
static HEAD_SCRIPT: LazyLock<String> = LazyLock::new(|| {
    let locales = Locale::ALL.map(|locale| format!("\"{}\"", locale.tag())).join(",");
    compact(include_str!("head.js")).replace("__LOCALES__", &format!("[{locales}]"))
});

/// What a document is made of.
#[derive(Debug)]
pub(crate) struct Document<'a> {
    /// The built site.
    pub assets: &'a Assets,
    /// What the Content-Security-Policy of this answer names.
    pub nonce: &'a str,
    /// The language.
    pub locale: Locale,
    /// The title, plain.
    pub title: &'a str,
    /// One sentence on what this is, plain.
    pub description: &'a str,
    /// The rendered page.
    pub body: String,
    /// What makes it come alive; `None` for a page that stands still.
    pub life: Option<Life<'a>>,
}

/// What a page needs to come alive.
#[derive(Debug)]
pub(crate) struct Life<'a> {
    /// The page's data as JSON without `<`.
    pub data: String,
    /// The texts as JSON without `<`.
    pub texts: String,
    /// Whether the page's own code is loaded later; here, it begins at once.
    pub is_later: bool,
    /// The address of Telegram's script.
    pub telegram_script: &'a str,
}

impl Document<'_> {
    /// The document as it is sent.
    pub(crate) fn render(&self) -> String {
        let mut html = String::with_capacity(self.body.len() + self.assets.css.len() + 16_384);
        // Writing to a string can't fail.
        let _ = self.write(&mut html);
        html
    }

    fn write(&self, html: &mut String) -> std::fmt::Result {
        let Self { assets, nonce, .. } = self;
        write!(
            html,
            "<!DOCTYPE html><html lang=\"{}\"><head><meta charset=\"utf-8\">\
             <meta name=\"viewport\" content=\"width=device-width,initial-scale=1,viewport-fit=cover\">\
             <title>{}</title>",
            self.locale.tag(),
            escape(self.title)
        )?;
        if let Some(life) = &self.life {
            write!(html, "<link rel=\"modulepreload\" href=\"{}\" crossorigin>", escape(&assets.js))?;
            let later = assets.later.iter().filter(|_| life.is_later);
            for wasm in [&assets.wasm].into_iter().chain(later) {
                write!(
                    html,
                    "<link rel=\"preload\" href=\"{}\" as=\"fetch\" type=\"application/wasm\" crossorigin>",
                    escape(wasm)
                )?;
            }
            write!(html, "<script nonce=\"{nonce}\">{}</script>", *HEAD_SCRIPT)?;
        }
        // A style sheet is ours; it holds no `</style`.
        write!(html, "<style nonce=\"{nonce}\">{}</style>", assets.css)?;
        if self.life.is_some() {
            // Only the path is put into the script, and it is ours: no quote, no bracket.
            write!(
                html,
                "<script type=\"module\" async nonce=\"{nonce}\">\
                 import init,{{hydrate}} from \"{}\";\
                 const ready=new Promise(r=>document.readyState===\"loading\"?\
                 document.addEventListener(\"DOMContentLoaded\",r):r());\
                 init({{module_or_path:\"{}\"}}).then(()=>ready).then(hydrate);</script>",
                assets.js, assets.wasm
            )?;
        }
        write!(
            html,
            "<link rel=\"icon\" href=\"/favicon.svg\" type=\"image/svg+xml\">\
             <meta name=\"description\" content=\"{}\">\
             <meta name=\"format-detection\" content=\"telephone=no\">",
            escape(self.description)
        )?;
        match &self.life {
            None => write!(html, "</head><body>{}</body></html>", self.body),
            Some(life) => write!(
                html,
                "</head><body><div id=\"podium\">{}</div>\
                 <script type=\"application/json\" id=\"page-data\">{}</script>\
                 <script type=\"application/json\" id=\"page-texts\">{}</script>\
                 <script async nonce=\"{nonce}\" id=\"telegram\" src=\"{}\"></script></body></html>",
                self.body,
                life.data,
                life.texts,
                escape(life.telegram_script)
            ),
        }
    }
}

/// The text with everything escaped that could end an attribute or an element.
fn escape(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for letter in text.chars() {
        match letter {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            '\'' => escaped.push_str("&#39;"),
            _ => escaped.push(letter),
        }
    }
    escaped
}

/// The script without comments of their own line and without indentation; brotli does the rest.
pub(crate) fn compact(script: &str) -> String {
    let lines = script.lines().map(str::trim).filter(|line| !line.is_empty() && !line.starts_with("//"));
    lines.collect::<Vec<_>>().join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn document(life: bool) -> String {
        render(life.then_some(false))
    }

    /// A document; `is_later` says whether it is that of a later page.
    fn render(is_later: Option<bool>) -> String {
        let assets = Assets {
            js: "/pkg/a.js".into(),
            wasm: "/pkg/a.wasm".into(),
            css: ".row{color:red}".into(),
            later: vec!["/pkg/later.wasm".into()],
        };
        let life = is_later.map(|is_later| Life {
            data: "{}".into(),
            texts: "[]".into(),
            is_later,
            telegram_script: "https://telegram.example/app.js?64",
        });
        let (title, description) = ("A <b> & \"c\"", "What it is");
        let body = "<main>Board</main>".to_owned();
        Document { assets: &assets, nonce: "n0nce", locale: Locale::Fr, title, description, body, life }
            .render()
    }

    fn order(html: &str, marks: &[&str]) {
        let mut before = 0;
        for mark in marks {
            let at = html.find(mark).unwrap_or_else(|| panic!("{mark} is missing"));
            assert!(at >= before, "{mark} stands too early");
            before = at;
        }
    }

    #[test]
    fn the_head_stands_in_the_order_that_paints_first() {
        order(
            &document(true),
            &[
                "<meta charset",
                "name=\"viewport\"",
                "<title>",
                "rel=\"modulepreload\"",
                "rel=\"preload\"",
                "<script nonce=\"n0nce\">",
                "<style nonce=\"n0nce\">",
                "<script type=\"module\" async nonce=\"n0nce\">",
                "</head>",
                "<main>",
                "id=\"page-data\"",
                "id=\"page-texts\"",
                "<script async nonce=\"n0nce\" id=\"telegram\"",
                "</body>",
            ],
        );
    }

    #[test]
    fn only_a_later_page_loads_its_code_at_once() {
        assert!(render(Some(true)).contains("href=\"/pkg/later.wasm\" as=\"fetch\""));
        assert!(!render(Some(false)).contains("later.wasm"));
    }

    #[test]
    fn nothing_that_runs_lacks_the_nonce() {
        for life in [true, false] {
            let html = document(life);
            for tag in html.match_indices("<script").map(|(at, _)| html[at..].split_once('>').unwrap().0) {
                assert!(tag.contains("nonce=\"n0nce\"") || tag.contains("application/json"), "{tag}");
            }
        }
    }

    #[test]
    fn a_page_that_stands_still_loads_no_code() {
        let html = document(false);
        assert!(!html.contains("<script") && !html.contains("preload"), "{html}");
    }

    #[test]
    fn a_title_is_escaped() {
        assert!(document(true).contains("<title>A &lt;b&gt; &amp; &quot;c&quot;</title>"));
    }

    #[test]
    fn the_head_script_has_no_comments_and_knows_the_languages() {
        assert!(HEAD_SCRIPT.contains(r#"["en","ru","fr","it"]"#));
        assert!(!HEAD_SCRIPT.lines().any(|line| line.starts_with("//")));
        assert!(!HEAD_SCRIPT.contains("</"), "the script would end itself");
    }
}
