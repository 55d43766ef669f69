//! The rules that the four files must keep, so that no player ever meets a gap.

use std::{collections::BTreeMap, fmt};

use serde::{
    Deserialize, Deserializer,
    de::{MapAccess, Visitor},
};

/// What separates the forms of a plural text; no text may contain it.
pub const FORM_SEPARATOR: char = '\u{1f}';

/// The keys that the page is sent.
pub const PAGE_PREFIXES: [&str; 2] = ["app.", "error."];

/// The keys that are sent to the page together with the code of its later pages. The texts of consents are shown in the
/// chat too.
pub const LATER_PREFIXES: [&str; 2] = ["consent.", "later."];

/// The placeholder that a plural text chooses its form by.
const COUNT: &str = "count";

/// A place in a text that an argument fills.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Placeholder {
    /// The argument's name.
    pub name: String,
    /// Whether it is a number (`{name#}`, and always `{count}`), which is grouped by the language's custom.
    pub is_number: bool,
}

/// A key that all files have.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeyInfo {
    /// `bot.start.hello`.
    pub name: String,
    /// What it takes, sorted by name; a text refers to them by position.
    pub placeholders: Vec<Placeholder>,
    /// Whether it has several forms.
    pub is_plural: bool,
}

impl KeyInfo {
    /// Who is sent it.
    pub fn audience(&self) -> Audience {
        if PAGE_PREFIXES.iter().any(|prefix| self.name.starts_with(prefix)) {
            Audience::Page
        } else if LATER_PREFIXES.iter().any(|prefix| self.name.starts_with(prefix)) {
            Audience::Later
        } else {
            Audience::Server
        }
    }
}

/// Who is sent a text, in the order in which texts are stored.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Audience {
    /// Every page.
    Page,
    /// A page that is opened later.
    Later,
    /// Nobody; the server has it.
    Server,
}

/// All keys, those of the page first, and their texts by language in the same order.
#[derive(Debug)]
pub struct Table {
    /// The keys.
    pub keys: Vec<KeyInfo>,
    /// Language tag and texts. Placeholders are positions (`{0}`), forms are joined by [`FORM_SEPARATOR`].
    pub texts: Vec<(String, Vec<String>)>,
}

/// The plural forms that whole numbers need, in the order in which they are stored. `plural::form` answers a position
/// in this list.
pub fn forms(tag: &str) -> &'static [&'static str] {
    match tag {
        "ru" => &["one", "few", "many"],
        "fr" | "it" => &["one", "many", "other"],
        _ => &["one", "other"],
    }
}

/// A text as a file has it.
#[derive(Debug, Deserialize)]
#[serde(untagged)]
enum Raw {
    One(String),
    Forms(BTreeMap<String, String>),
}

/// A file's content; a key that stands there twice is kept twice, so that it can be refused.
#[derive(Debug)]
struct File(Vec<(String, Raw)>);

impl<'de> Deserialize<'de> for File {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Pairs;
        impl<'de> Visitor<'de> for Pairs {
            type Value = File;

            fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                formatter.write_str("an object of texts")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<File, A::Error> {
                let mut pairs = Vec::new();
                while let Some(pair) = map.next_entry()? {
                    pairs.push(pair);
                }
                Ok(File(pairs))
            }
        }
        deserializer.deserialize_map(Pairs)
    }
}

/// Puts the files together. The first one says which keys and placeholders there are.
///
/// # Errors
/// Every violation that was found, one a line, each naming the file and the key.
pub fn check(files: &[(&str, String)]) -> Result<Table, Vec<String>> {
    let mut problems = Vec::new();
    let mut parsed = Vec::new();
    for (tag, text) in files {
        match serde_json::from_str::<File>(text) {
            Ok(file) => parsed.push((*tag, unique(tag, file, &mut problems))),
            Err(error) => problems.push(format!("locales/{tag}.json: {error}")),
        }
    }
    let Some((_, reference)) = parsed.first().filter(|_| problems.is_empty()) else { return Err(problems) };

    let mut keys = Vec::new();
    for (name, raw) in reference {
        check_name(name, &mut problems);
        let placeholders = placeholders_of(raw).unwrap_or_default();
        keys.push(KeyInfo { name: name.clone(), placeholders, is_plural: matches!(raw, Raw::Forms(_)) });
    }
    keys.sort_by(|left, right| (left.audience(), &left.name).cmp(&(right.audience(), &right.name)));
    check_collisions(&keys, &mut problems);

    let mut texts = Vec::new();
    for (tag, file) in &parsed {
        for name in file.keys().filter(|name| !reference.contains_key(*name)) {
            problems.push(format!("locales/{tag}.json: `{name}` is extra: en.json lacks it"));
        }
        let column = keys.iter().filter_map(|key| {
            let raw = file.get(&key.name);
            if raw.is_none() {
                problems.push(format!("locales/{tag}.json: `{}` is missing", key.name));
            }
            stored(tag, key, raw?, &mut problems)
        });
        texts.push(((*tag).to_owned(), column.collect()));
    }
    if problems.is_empty() { Ok(Table { keys, texts }) } else { Err(problems) }
}

/// What does not fit between the keys `error.*` and the codes, given as text form and variant.
pub fn check_error_codes(table: &Table, codes: &[(&str, String)]) -> Vec<String> {
    let texts = || table.keys.iter().filter_map(|key| Some((key, key.name.strip_prefix("error.")?)));
    let missing = codes
        .iter()
        .filter(|(code, _)| !texts().any(|(_, name)| name == *code))
        .map(|(code, _)| format!("locales/*.json: `error.{code}` is missing, but domain::ErrorCode has it"));
    let dead = texts()
        .filter(|(_, name)| !codes.iter().any(|(code, _)| code == name))
        .map(|(key, _)| format!("locales/*.json: `{}` names no domain::ErrorCode", key.name));
    let filled = texts()
        .filter(|(key, _)| !key.placeholders.is_empty())
        .map(|(key, _)| format!("locales/*.json: `{}` may have no placeholders", key.name));
    missing.chain(dead).chain(filled).collect()
}

fn unique(tag: &str, file: File, problems: &mut Vec<String>) -> BTreeMap<String, Raw> {
    let mut map = BTreeMap::new();
    for (name, raw) in file.0 {
        if map.insert(name.clone(), raw).is_some() {
            problems.push(format!("locales/{tag}.json: `{name}` stands there twice"));
        }
    }
    map
}

fn check_name(name: &str, problems: &mut Vec<String>) {
    let is_word = |word: &str| {
        word.starts_with(|first: char| first.is_ascii_lowercase())
            && word.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_')
    };
    if name.split('.').count() < 2 || !name.split('.').all(is_word) {
        problems.push(format!("locales/en.json: `{name}` is no key: write area.name in lower case"));
    }
}

fn check_collisions(keys: &[KeyInfo], problems: &mut Vec<String>) {
    let mut seen = BTreeMap::new();
    for key in keys {
        let identifier = key.name.replacen('.', "::", 1).replace('.', "_");
        if let Some(other) = seen.insert(identifier, &key.name) {
            problems.push(format!(
                "locales/en.json: `{}` and `{other}` would have the same name in Rust",
                key.name
            ));
        }
    }
}

/// The text in the form in which it is stored, or `None` with what is wrong added to `problems`.
fn stored(tag: &str, key: &KeyInfo, raw: &Raw, problems: &mut Vec<String>) -> Option<String> {
    let mut wrong = |what: String| problems.push(format!("locales/{tag}.json: `{}` {what}", key.name));
    let found = match placeholders_of(raw) {
        Ok(found) => found,
        Err(what) => {
            wrong(what);
            return None;
        }
    };
    if matches!(raw, Raw::Forms(_)) != key.is_plural {
        let (here, english) =
            if key.is_plural { ("no plural forms", "them") } else { ("plural forms", "none") };
        wrong(format!("has {here}, but en.json has {english}"));
        return None;
    }
    if found != key.placeholders {
        let list = |all: &[Placeholder]| {
            let names =
                all.iter().map(|one| format!("{{{}{}}}", one.name, if one.is_number { "#" } else { "" }));
            names.collect::<Vec<_>>().join(" ")
        };
        wrong(format!(
            "has the placeholders [{}] where en.json has [{}]",
            list(&found),
            list(&key.placeholders)
        ));
        return None;
    }
    let forms = match raw {
        Raw::One(text) => vec![text.as_str()],
        Raw::Forms(map) => {
            let needed = forms(tag);
            let missing = needed.iter().filter(|form| !map.contains_key(**form)).copied().collect::<Vec<_>>();
            if !missing.is_empty() {
                wrong(format!("lacks the plural forms {}", missing.join(", ")));
                return None;
            }
            // `other` is for fractions where whole numbers do not need it; translation tools ask for it all the same.
            if let Some(extra) = map.keys().find(|form| *form != "other" && !needed.contains(&form.as_str()))
            {
                wrong(format!("has the plural form {extra}, which this language has not"));
                return None;
            }
            needed.iter().filter_map(|form| map.get(*form)).map(String::as_str).collect()
        }
    };
    if forms.iter().any(|form| form.trim().is_empty()) {
        wrong("is empty".to_owned());
        return None;
    }
    let separator = FORM_SEPARATOR.to_string();
    let mut text = forms.join(&separator);
    for (position, placeholder) in key.placeholders.iter().enumerate() {
        text = text.replace(&format!("{{{}}}", placeholder.name), &format!("{{{position}}}"));
        text = text.replace(&format!("{{{}#}}", placeholder.name), &format!("{{{position}}}"));
    }
    Some(text)
}

/// Every placeholder of every form, sorted. In a plural text all forms have the same ones, only `{count}` may be left
/// out of some (`one player`).
fn placeholders_of(raw: &Raw) -> Result<Vec<Placeholder>, String> {
    let found = match raw {
        Raw::One(text) => {
            let found = scan(text)?;
            if found.iter().any(|one| one.name == COUNT) {
                return Err("has {count} but no plural forms".to_owned());
            }
            found
        }
        Raw::Forms(map) => {
            let count = Placeholder { name: COUNT.to_owned(), is_number: true };
            let mut common: Option<Vec<Placeholder>> = None;
            for (form, text) in map {
                let mut found = scan(text)?;
                found.push(count.clone());
                found.sort();
                found.dedup();
                if common.as_ref().is_some_and(|common| *common != found) {
                    return Err(format!("has other placeholders in its form {form} than in the ones before"));
                }
                common = Some(found);
            }
            common.unwrap_or_default()
        }
    };
    // Positions are written as one digit, and clippy's bound on arguments holds for the functions made of them.
    if found.len() > 6 { Err("has more than 6 placeholders".to_owned()) } else { Ok(found) }
}

fn scan(text: &str) -> Result<Vec<Placeholder>, String> {
    if text.contains(FORM_SEPARATOR) {
        return Err("contains U+001F".to_owned());
    }
    let mut found = Vec::new();
    let mut rest = text;
    while let Some(at) = rest.find(['{', '}']) {
        let inside = rest[at..].strip_prefix('{').and_then(|inside| inside.split_once('}'));
        let Some((inside, behind)) = inside else { return Err("has a brace without its partner".to_owned()) };
        let (name, is_number) =
            inside.strip_suffix('#').map_or((inside, inside == COUNT), |name| (name, true));
        let starts_well = name.starts_with(|first: char| first.is_ascii_lowercase());
        if !starts_well
            || !name.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_')
        {
            return Err(format!("has the placeholder {{{inside}}}, which is no name in lower case"));
        }
        found.push(Placeholder { name: name.to_owned(), is_number });
        rest = behind;
    }
    found.sort();
    found.dedup();
    if found.windows(2).any(|pair| pair[0].name == pair[1].name) {
        return Err("has a placeholder both with and without #".to_owned());
    }
    Ok(found)
}
