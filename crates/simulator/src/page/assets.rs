//! The files of the page, inside the binary.

/// A file of the page.
#[derive(Debug, Clone, Copy)]
pub struct Asset {
    /// Where it is served.
    pub path: &'static str,
    /// Its media type.
    pub content_type: &'static str,
    /// What is in it.
    pub content: &'static str,
}

const fn script(path: &'static str, content: &'static str) -> Asset {
    Asset { path, content_type: "text/javascript; charset=utf-8", content }
}

const fn style(path: &'static str, content: &'static str) -> Asset {
    Asset { path, content_type: "text/css; charset=utf-8", content }
}

/// All files beside the page itself.
pub const ASSETS: &[Asset] = &[
    style("/page/style.css", include_str!("../../page/style.css")),
    Asset {
        path: "/page/themes.json",
        content_type: "application/json",
        content: include_str!("../../page/themes.json"),
    },
    Asset {
        path: "/page/icon.svg",
        content_type: "image/svg+xml",
        content: include_str!("../../page/icon.svg"),
    },
    script("/page/main.js", include_str!("../../page/main.js")),
];
