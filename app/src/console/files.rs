//! The files that the console's pages load: a style of their own and two scripts, named by their content.

use std::{
    hash::{DefaultHasher, Hash, Hasher},
    sync::LazyLock,
};

/// A file of the console.
#[derive(Debug)]
pub struct ConsoleFile {
    /// Its name: what it holds, hashed.
    name: String,
    /// Its media type.
    pub media_type: &'static str,
    /// What it holds.
    pub content: &'static str,
}

impl ConsoleFile {
    fn new(extension: &str, media_type: &'static str, content: &'static str) -> Self {
        let mut hasher = DefaultHasher::new();
        content.hash(&mut hasher);
        Self { name: format!("{:016x}.{extension}", hasher.finish()), media_type, content }
    }

    /// Where it is served.
    pub(super) fn path(&self) -> String {
        format!("/console/files/{}", self.name)
    }
}

/// The style sheets, one behind the other: the page and its tables, forms, charts, and last what a narrow screen changes.
const SHEETS: &str = concat!(
    include_str!("console.css"),
    include_str!("forms.css"),
    include_str!("charts.css"),
    include_str!("narrow.css")
);

/// The style of all pages.
pub(super) static STYLE: LazyLock<ConsoleFile> =
    LazyLock::new(|| ConsoleFile::new("css", "text/css; charset=utf-8", SHEETS));
/// The scripts of a page, one behind the other: each is a function that calls itself, and knows nothing of the others.
const SCRIPTS: &str = concat!(
    include_str!("zone.js"),
    include_str!("keyboard.js"),
    include_str!("live.js"),
    include_str!("draft.js")
);
/// The scripts of the door.
const DOOR: &str = concat!(include_str!("zone.js"), include_str!("enter.js"));

/// What pages do by themselves; all of them work without it.
pub(super) static SCRIPT: LazyLock<ConsoleFile> =
    LazyLock::new(|| ConsoleFile::new("js", "text/javascript; charset=utf-8", SCRIPTS));
/// What hands a sign-in over.
pub(super) static ENTER: LazyLock<ConsoleFile> =
    LazyLock::new(|| ConsoleFile::new("js", "text/javascript; charset=utf-8", DOOR));

/// The file of a name.
pub fn file(name: &str) -> Option<&'static ConsoleFile> {
    [&STYLE, &SCRIPT, &ENTER].into_iter().map(|file| &**file).find(|file| file.name == name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_found_by_the_name_that_pages_use_and_by_no_other() {
        let path = STYLE.path();
        let found = file(path.rsplit('/').next().unwrap()).unwrap();
        assert_eq!(found.content, STYLE.content);
        assert_ne!(SCRIPT.path(), ENTER.path());
        assert!(file("console.css").is_none());
    }
}
