//! Reads `locales/*.json`, refuses what does not fit together, and writes the typed keys.

#[path = "build/check.rs"]
mod check;
#[path = "build/generate.rs"]
mod generate;

use std::{env, error::Error, fs, path::PathBuf, process::ExitCode};

use domain::{ErrorCode, Locale};

fn main() -> ExitCode {
    println!("cargo::rerun-if-changed=build.rs");
    println!("cargo::rerun-if-changed=build");
    match run() {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            for line in error.to_string().lines() {
                println!("cargo::error={line}");
            }
            ExitCode::FAILURE
        }
    }
}

fn run() -> Result<(), Box<dyn Error>> {
    let folder = PathBuf::from(env::var("CARGO_MANIFEST_DIR")?).join("../../locales");
    let mut files = Vec::new();
    for locale in Locale::ALL {
        let path = folder.join(format!("{}.json", locale.tag()));
        println!("cargo::rerun-if-changed={}", path.display());
        let text = fs::read_to_string(&path).map_err(|error| format!("{}: {error}", path.display()))?;
        files.push((locale.tag(), text));
    }
    let codes = ErrorCode::ALL.iter().map(|code| (code.as_str(), format!("{code:?}"))).collect::<Vec<_>>();
    let table = check::check(&files).map_err(|problems| problems.join("\n"))?;
    let problems = check::check_error_codes(&table, &codes);
    if !problems.is_empty() {
        return Err(problems.join("\n").into());
    }
    let output = PathBuf::from(env::var("OUT_DIR")?).join("generated.rs");
    fs::write(output, generate::generate(&table, &codes))?;
    Ok(())
}
