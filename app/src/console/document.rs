//! The document around a page of the console. Nothing in it is inline, so that its policy allows nothing inline.

use domain::Locale;

use super::files::{ConsoleFile, STYLE};

/// The document. `title` is plain text.
pub(super) fn document(locale: Locale, title: &str, script: &ConsoleFile, body: &str) -> String {
    let title = title.replace('&', "&amp;").replace('<', "&lt;");
    format!(
        "<!DOCTYPE html><html lang=\"{}\"><head><meta charset=\"utf-8\">\
         <meta name=\"viewport\" content=\"width=device-width,initial-scale=1\">\
         <meta name=\"color-scheme\" content=\"light dark\"><meta name=\"robots\" content=\"noindex\">\
         <meta name=\"format-detection\" content=\"telephone=no\"><title>{title}</title>\
         <link rel=\"stylesheet\" href=\"{}\"><link rel=\"icon\" href=\"/favicon.svg\" type=\"image/svg+xml\">\
         <script src=\"{}\" defer></script></head><body>{body}</body></html>",
        locale.tag(),
        STYLE.path(),
        script.path(),
    )
}
