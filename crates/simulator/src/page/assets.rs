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

const fn picture(path: &'static str, content: &'static str) -> Asset {
    Asset { path, content_type: "image/svg+xml", content }
}

/// All files beside the page itself.
pub const ASSETS: &[Asset] = &[
    style("/page/style.css", include_str!("../../page/style.css")),
    style("/page/desk.css", include_str!("../../page/desk.css")),
    style("/page/chat.css", include_str!("../../page/chat.css")),
    style("/page/app.css", include_str!("../../page/app.css")),
    style("/page/cabinet.css", include_str!("../../page/cabinet.css")),
    picture("/page/icon.svg", include_str!("../../page/icon.svg")),
    picture("/page/pattern.svg", include_str!("../../page/pattern.svg")),
    picture("/page/pattern-dark.svg", include_str!("../../page/pattern-dark.svg")),
    Asset {
        path: "/page/themes.json",
        content_type: "application/json",
        content: include_str!("../../page/themes.json"),
    },
    script("/page/boot.js", include_str!("../../page/boot.js")),
    script("/page/main.js", include_str!("../../page/main.js")),
    script("/page/api.js", include_str!("../../page/api.js")),
    script("/page/app.js", include_str!("../../page/app.js")),
    script("/page/bridge.js", include_str!("../../page/bridge.js")),
    script("/page/chat.js", include_str!("../../page/chat.js")),
    script("/page/desk.js", include_str!("../../page/desk.js")),
    script("/page/dialogs.js", include_str!("../../page/dialogs.js")),
    script("/page/dom.js", include_str!("../../page/dom.js")),
    script("/page/foot.js", include_str!("../../page/foot.js")),
    script("/page/inline.js", include_str!("../../page/inline.js")),
    script("/page/links.js", include_str!("../../page/links.js")),
    script("/page/log.js", include_str!("../../page/log.js")),
    script("/page/native.js", include_str!("../../page/native.js")),
    script("/page/settings.js", include_str!("../../page/settings.js")),
    script("/page/state.js", include_str!("../../page/state.js")),
    script("/page/storage.js", include_str!("../../page/storage.js")),
    script("/page/text.js", include_str!("../../page/text.js")),
];

#[cfg(test)]
mod tests {
    use super::*;

    fn is_served(path: &str) -> bool {
        ASSETS.iter().any(|asset| asset.path == path)
    }

    #[test]
    fn everything_that_the_page_asks_for_is_served() {
        let page = include_str!("../../page/index.html");
        let wanted: Vec<&str> = page
            .split('"')
            .chain(ASSETS.iter().flat_map(|asset| asset.content.split('"')))
            .filter(|text| text.starts_with("/page/"))
            .collect();
        assert!(wanted.len() > 8, "{wanted:?}");
        for path in wanted {
            assert!(is_served(path), "{path} is not served");
        }
    }

    #[test]
    fn every_module_that_another_one_imports_is_served() {
        for asset in ASSETS.iter().filter(|asset| asset.content_type.starts_with("text/javascript")) {
            for (_, rest) in asset
                .content
                .match_indices("from \"./")
                .map(|(at, found)| asset.content.split_at(at + found.len()))
            {
                let name = rest.split('"').next().unwrap();
                assert!(is_served(&format!("/page/{name}")), "{} imports {name}", asset.path);
            }
        }
    }
}
