//! One style sheet out of many: imports drawn in, old browsers served, white space gone.

use std::fs;
use std::path::Path;

use anyhow::{Result, anyhow};
use lightningcss::bundler::{Bundler, FileProvider};
use lightningcss::stylesheet::{MinifyOptions, ParserOptions, PrinterOptions};
use lightningcss::targets::{Browsers, Targets};

/// The oldest WebViews that Telegram's clients still run on.
fn targets() -> Targets {
    // The library's own form: eight bits each for major, minor and patch.
    const CHROMIUM: Option<u32> = Some(100 << 16);
    const FIREFOX: Option<u32> = Some(110 << 16);
    const SAFARI: Option<u32> = Some((15 << 16) | (4 << 8));
    Targets::from(Browsers {
        android: CHROMIUM,
        chrome: CHROMIUM,
        edge: CHROMIUM,
        firefox: FIREFOX,
        ios_saf: SAFARI,
        safari: SAFARI,
        ..Browsers::default()
    })
}

/// Reads a style sheet with all that it imports and writes it as one minified file.
///
/// # Errors
/// When a file can't be read or is no CSS; the message names file and line.
pub fn bundle(main: &Path, output: &Path) -> Result<()> {
    let files = FileProvider::new();
    let mut bundler = Bundler::new(&files, None, ParserOptions::default());
    let mut sheet = bundler.bundle(main).map_err(|error| anyhow!("the style sheet is wrong: {error}"))?;
    sheet
        .minify(MinifyOptions { targets: targets(), ..MinifyOptions::default() })
        .map_err(|error| anyhow!("the style sheet can't be minified: {error}"))?;
    let printed = sheet
        .to_css(PrinterOptions { minify: true, targets: targets(), ..PrinterOptions::default() })
        .map_err(|error| anyhow!("the style sheet can't be printed: {error}"))?;
    fs::write(output, printed.code)?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn imports_are_drawn_in_and_the_result_is_small() {
        let directory = tempfile::tempdir().unwrap();
        fs::write(directory.path().join("part.css"), ".row { color: #ff0000; }\n").unwrap();
        fs::write(directory.path().join("main.css"), "@import \"./part.css\";\n\n.me { margin: 0px 0px; }\n")
            .unwrap();
        let output = directory.path().join("out.css");
        bundle(&directory.path().join("main.css"), &output).unwrap();
        assert_eq!(fs::read_to_string(output).unwrap(), ".row{color:red}.me{margin:0}");
    }

    #[test]
    fn a_missing_import_is_named() {
        let directory = tempfile::tempdir().unwrap();
        fs::write(directory.path().join("main.css"), "@import \"./absent.css\";\n").unwrap();
        let error =
            bundle(&directory.path().join("main.css"), &directory.path().join("out.css")).unwrap_err();
        assert!(format!("{error:#}").contains("main.css"), "{error:#}");
    }
}
