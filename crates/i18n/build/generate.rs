//! Writes the Rust that the crate includes: a constant or a function for each key, and the texts where they are asked
//! for. Little code on purpose: the page downloads what is not inlined away.

use std::{collections::BTreeMap, fmt::Write as _};

use crate::check::{Audience, KeyInfo, Table};

/// The generated file.
pub fn generate(table: &Table, codes: &[(&str, String)]) -> String {
    let mut output = String::from("// Made by build.rs from locales/*.json.\n");
    let count = |audience| table.keys.iter().filter(|key| key.audience() == audience).count();
    let sent = table.keys.iter().filter(|key| key.audience() != Audience::Server);
    let names = sent.map(|key| key.name.as_str()).collect::<Vec<_>>();
    for (name, audience) in [("PAGE_LEN", Audience::Page), ("LATER_LEN", Audience::Later)] {
        line(&mut output, format_args!("pub(crate) const {name}: usize = {};", count(audience)));
    }
    line(
        &mut output,
        format_args!("pub(crate) const FINGERPRINT: &str = \"{:08x}\";", fnv(&names.join("\n"))),
    );

    write_keys(&mut output, table);
    write_error_keys(&mut output, table, codes);

    for (tag, texts) in &table.texts {
        line(&mut output, format_args!("#[cfg(feature = \"bundled\")]"));
        line(
            &mut output,
            format_args!("pub(crate) static {}: [&str; {}] = [", tag.to_uppercase(), texts.len()),
        );
        for text in texts {
            line(&mut output, format_args!("    {text:?},"));
        }
        output.push_str("];\n");
    }
    output
}

fn write_keys(output: &mut String, table: &Table) {
    let mut areas: BTreeMap<&str, Vec<(usize, &str, &KeyInfo)>> = BTreeMap::new();
    for (index, key) in table.keys.iter().enumerate() {
        if let Some((area, rest)) = key.name.split_once('.') {
            areas.entry(area).or_default().push((index, rest, key));
        }
    }
    output.push_str(
        "/// The keys of all texts: a constant where a text is fixed, a function where it takes arguments.\n",
    );
    output.push_str("pub mod keys {\n");
    for (area, entries) in &areas {
        if entries.iter().all(|(_, _, key)| key.audience() == Audience::Server) {
            output.push_str("    #[cfg(feature = \"bundled\")]\n");
        }
        line(output, format_args!("    /// The texts `{area}.*`."));
        line(output, format_args!("    pub mod {area} {{"));
        if entries.iter().any(|(_, _, key)| key.placeholders.is_empty()) {
            output.push_str("        use crate::Key;\n");
        }
        if entries.iter().any(|(_, _, key)| !key.placeholders.is_empty()) {
            output.push_str("        use crate::{Argument, Catalog};\n");
        }
        let english = table.texts.first().map_or(&[][..], |(_, texts)| texts);
        for (index, rest, key) in entries {
            line(
                output,
                format_args!("        /// {}", summary(english.get(*index).map_or("", String::as_str), key)),
            );
            write_key(output, *index, &rest.replace('.', "_"), key);
        }
        output.push_str("    }\n");
    }
    output.push_str("}\n");
}

fn write_key(output: &mut String, index: usize, name: &str, key: &KeyInfo) {
    if key.placeholders.is_empty() {
        line(output, format_args!("        pub const {}: Key = Key({index});", name.to_uppercase()));
        return;
    }
    let parameters = key
        .placeholders
        .iter()
        .map(|one| format!("{}: {}", one.name, if one.is_number { "u64" } else { "&str" }));
    let arguments = key
        .placeholders
        .iter()
        .map(|one| format!("Argument::{}({})", if one.is_number { "Number" } else { "Text" }, one.name));
    let count = if key.is_plural { "Some(count)" } else { "None" };
    line(
        output,
        format_args!(
            "        pub fn {name}(catalog: &Catalog, {}) -> String {{ catalog.fill({index}, {count}, &[{}]) }}",
            parameters.collect::<Vec<_>>().join(", "),
            arguments.collect::<Vec<_>>().join(", "),
        ),
    );
}

fn write_error_keys(output: &mut String, table: &Table, codes: &[(&str, String)]) {
    output.push_str("pub(crate) const fn error_key(code: domain::ErrorCode) -> Key {\n    match code {\n");
    for (code, variant) in codes {
        let name = format!("error.{code}");
        if let Some(index) = table.keys.iter().position(|key| key.name == name) {
            line(output, format_args!("        domain::ErrorCode::{variant} => Key({index}),"));
        }
    }
    output.push_str("    }\n}\n");
}

/// The English text as a line of documentation.
fn summary(english: &str, key: &KeyInfo) -> String {
    let mut text =
        english.split(crate::check::FORM_SEPARATOR).next_back().unwrap_or_default().replace('\n', " ");
    for (position, placeholder) in key.placeholders.iter().enumerate() {
        text = text.replace(&format!("{{{position}}}"), &format!("{{{}}}", placeholder.name));
    }
    format!("`{}`: “{}”", key.name, text.replace(['[', ']', '<', '>', '`'], ""))
}

fn line(output: &mut String, arguments: std::fmt::Arguments<'_>) {
    // Writing to a String can't fail.
    let _ = writeln!(output, "{arguments}");
}

/// FNV-1a: tells a page that was rendered before a deployment from the code that was loaded after it.
fn fnv(text: &str) -> u32 {
    text.bytes().fold(0x811c_9dc5, |hash, byte| (hash ^ u32::from(byte)).wrapping_mul(0x0100_0193))
}
