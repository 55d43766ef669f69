//! Files that were sent through the bot.

use std::collections::BTreeMap;

use bytes::Bytes;

/// The most bytes that are kept of all files together; the oldest files go first.
const KEPT_BYTES_MAX: usize = 256 * 1024 * 1024;

/// A file.
#[derive(Debug, Clone)]
pub struct File {
    /// What the bot calls it.
    pub file_id: String,
    /// Where it can be fetched, behind `/file/bot<token>/`.
    pub path: String,
    /// Its media type.
    pub content_type: String,
    /// What is in it.
    pub content: Bytes,
}

/// All files, by id.
#[derive(Debug, Default)]
pub struct Files {
    by_number: BTreeMap<u64, File>,
    last: u64,
    size_bytes: usize,
}

impl Files {
    /// Keeps a file and says what it is called.
    pub fn add(&mut self, folder: &str, name: &str, content_type: String, content: Bytes) -> File {
        self.last += 1;
        let number = self.last;
        self.size_bytes += content.len();
        let extension = name.rsplit_once('.').map_or("bin", |(_, extension)| extension);
        let extension: String = extension.chars().filter(char::is_ascii_alphanumeric).take(8).collect();
        let file = File {
            file_id: format!("file-{number}"),
            path: format!("{folder}/file_{number}.{extension}"),
            content_type,
            content,
        };
        self.by_number.insert(number, file.clone());
        while self.size_bytes > KEPT_BYTES_MAX && self.by_number.len() > 1 {
            if let Some((_, oldest)) = self.by_number.pop_first() {
                self.size_bytes -= oldest.content.len();
            }
        }
        file
    }

    /// The file with an id.
    pub fn get(&self, file_id: &str) -> Option<&File> {
        file_id.strip_prefix("file-")?.parse().ok().and_then(|number: u64| self.by_number.get(&number))
    }

    /// The file at a path.
    pub fn at(&self, path: &str) -> Option<&File> {
        self.by_number.values().find(|file| file.path == path)
    }
}
