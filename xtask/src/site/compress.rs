//! Compressed siblings of the site's files, made once here instead of at each request.

use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result};
use brotli::enc::BrotliEncoderParams;
use flate2::{Compression, write::GzEncoder};

use crate::files;

/// What is worth compressing; pictures already are.
const EXTENSIONS: [&str; 9] = ["css", "html", "ico", "js", "json", "map", "svg", "txt", "wasm"];

/// Below this, the headers cost more than compression saves.
const SIZE_BYTES_MIN: usize = 256;

/// Makes a `.br` and a `.gz` beside each file that is worth it.
///
/// # Errors
/// When a file can't be read or written.
pub fn all_below(directory: &Path) -> Result<()> {
    for path in files::all_below(directory)? {
        if !path.extension().is_some_and(|extension| EXTENSIONS.iter().any(|known| extension == *known)) {
            continue;
        }
        let content = fs::read(&path).with_context(|| format!("failed to read {}", path.display()))?;
        if content.len() < SIZE_BYTES_MIN {
            continue;
        }
        for (extension, compressed) in [("br", brotli(&content)?), ("gz", gzip(&content)?)] {
            let sibling = sibling(&path, extension);
            fs::write(&sibling, compressed)
                .with_context(|| format!("failed to write {}", sibling.display()))?;
        }
    }
    Ok(())
}

/// The name of a compressed sibling: `a.js` → `a.js.br`.
pub fn sibling(path: &Path, extension: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(".");
    name.push(extension);
    PathBuf::from(name)
}

/// Compresses as well as brotli can.
fn brotli(content: &[u8]) -> Result<Vec<u8>> {
    let parameters = BrotliEncoderParams { quality: 11, lgwin: 22, ..BrotliEncoderParams::default() };
    let mut compressed = Vec::new();
    brotli::BrotliCompress(&mut &*content, &mut compressed, &parameters).context("brotli failed")?;
    Ok(compressed)
}

/// Compresses as well as gzip can, without a time in the header: equal files stay equal.
fn gzip(content: &[u8]) -> Result<Vec<u8>> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
    encoder.write_all(content).context("gzip failed")?;
    encoder.finish().context("gzip failed")
}

#[cfg(test)]
mod tests {
    use std::io::Read as _;

    use super::*;

    #[test]
    fn both_siblings_unpack_to_the_file() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("a.js");
        let content = "let answer = 42;\n".repeat(100);
        fs::write(&path, &content).unwrap();
        all_below(directory.path()).unwrap();

        let mut unpacked = Vec::new();
        brotli::BrotliDecompress(&mut fs::read(sibling(&path, "br")).unwrap().as_slice(), &mut unpacked)
            .unwrap();
        assert_eq!(unpacked, content.as_bytes());
        let mut unpacked = String::new();
        let packed = fs::read(sibling(&path, "gz")).unwrap();
        flate2::read::GzDecoder::new(packed.as_slice()).read_to_string(&mut unpacked).unwrap();
        assert_eq!(unpacked, content);
    }

    #[test]
    fn pictures_and_tiny_files_are_left_alone() {
        let directory = tempfile::tempdir().unwrap();
        fs::write(directory.path().join("a.png"), vec![0; 4096]).unwrap();
        fs::write(directory.path().join("b.js"), "1").unwrap();
        all_below(directory.path()).unwrap();
        assert_eq!(fs::read_dir(directory.path()).unwrap().count(), 2);
    }
}
