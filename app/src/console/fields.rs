//! Fields of long forms: each with its label, what it wants, and what is wrong with it.

use domain::ErrorCode;
use i18n::{Key, keys::desk};
use leptos::prelude::*;
use services::console::tournaments::form::{FieldError, was};

use super::{
    frame::View,
    reason::{Told, told},
};

/// A form on its way: what its fields hold, and what is wrong.
pub(super) struct Fields<'a> {
    pub(super) view: View<'a>,
    pub(super) held: &'a dyn Fn(&str) -> String,
    pub(super) errors: &'a [FieldError],
    /// Why nothing came of it, where that is none of its fields' fault.
    pub(super) failed: Option<ErrorCode>,
    /// Whether what stands there can't be changed.
    pub(super) is_fixed: bool,
}

/// How a field is filled in.
#[derive(Debug, Clone, Copy)]
pub(super) enum Kind {
    Text,
    Number,
    Time,
    /// Several lines.
    Lines,
}

impl Fields<'_> {
    fn is_wrong(&self, name: &str) -> bool {
        self.errors.iter().any(|error| error.field == name)
    }

    /// What is wrong with a field, each in a sentence.
    fn wrong(&self, name: &str) -> Option<AnyView> {
        let sentences = self.errors.iter().filter(|error| error.field == name).map(|error| {
            let Told { text, is_foreign } = told(self.view.catalog(), error);
            view! { <span lang=is_foreign.then_some("en")>{text}" "</span> }
        });
        let id = format!("{}-wrong", name.replace('.', "-"));
        self.is_wrong(name).then(|| {
            view! { <p class="wrong" id=id data-wrong=name.to_owned()>{sentences.collect_view()}</p> }
                .into_any()
        })
    }

    /// What stands around a field: its label before it, what it wants and what is wrong behind it.
    fn around(&self, name: &str, label: &str, hint: Option<Key>, field: AnyView) -> AnyView {
        let id = name.replace('.', "-");
        let wrong = self.wrong(name);
        let hint = hint.map(|hint| {
            view! { <p class="hint" id=format!("{id}-hint")>{self.view.text(hint)}</p> }
        });
        view! {
            <div class="entry">
                <label class="entry__label" for=id.clone()>{label.to_owned()}</label>
                {field}
                {hint}
                {wrong}
            </div>
        }
        .into_any()
    }

    fn described(&self, name: &str, hint: Option<Key>) -> Option<String> {
        let id = name.replace('.', "-");
        let hint = hint.map(|_| format!("{id}-hint"));
        let wrong = self.is_wrong(name).then(|| format!("{id}-wrong"));
        let ids: Vec<String> = hint.into_iter().chain(wrong).collect();
        (!ids.is_empty()).then(|| ids.join(" "))
    }

    /// A field for text of a kind.
    pub(super) fn field(&self, name: &'static str, label: &str, kind: Kind, hint: Option<Key>) -> AnyView {
        let id = name.replace('.', "-");
        let value = (self.held)(name);
        let described = self.described(name, hint);
        let invalid = self.is_wrong(name).then_some("true");
        let field = match kind {
            Kind::Lines => {
                let rows = (value.lines().count() + 1).clamp(3, 12).to_string();
                view! {
                    <textarea class="field field--lines" id=id name=name rows=rows spellcheck="false" readonly=self.is_fixed
                        aria-describedby=described aria-invalid=invalid>{value}</textarea>
                }
                .into_any()
            }
            Kind::Text | Kind::Number | Kind::Time => {
                let (kind, step, least) = match kind {
                    Kind::Number => ("number", None, Some("0")),
                    Kind::Time => ("datetime-local", Some("1"), None),
                    Kind::Text | Kind::Lines => ("text", None, None),
                };
                let was = (self.held)(was(name));
                let was = (!was.is_empty()).then(|| {
                    view! { <input type="hidden" name=format!("{name}.was") value=was /> }
                });
                view! {
                    {was}
                    <input class="field" id=id name=name type=kind step=step min=least value=value autocomplete="off"
                        spellcheck="false" readonly=self.is_fixed aria-describedby=described aria-invalid=invalid />
                }
                .into_any()
            }
        };
        self.around(name, label, hint, field)
    }

    /// A text in each language.
    pub(super) fn texts(&self, names: [&'static str; 4], label: Key, kind: Kind) -> AnyView {
        let languages = ["en", "ru", "fr", "it"];
        names
            .into_iter()
            .zip(languages)
            .map(|(name, language)| {
                let label = format!("{} ({language})", self.view.text(label));
                self.field(name, &label, kind, None)
            })
            .collect_view()
            .into_any()
    }

    /// One of some words.
    pub(super) fn choice(&self, name: &'static str, label: Key, words: &[(&'static str, Key)]) -> AnyView {
        let held = (self.held)(name);
        let options = words
            .iter()
            .map(|(word, key)| {
                view! { <option value=*word selected=held == *word>{self.view.text(*key)}</option> }
            })
            .collect_view();
        let id = name.replace('.', "-");
        let described = self.described(name, None);
        let field = view! {
            <select class="field" id=id name=name aria-describedby=described>{options}</select>
        };
        self.around(name, self.view.text(label), None, field.into_any())
    }

    /// Yes or no.
    pub(super) fn check(&self, name: &'static str, label: Key) -> AnyView {
        let is_set = (self.held)(name) == "on";
        let id = name.replace('.', "-");
        let described = self.described(name, None);
        let wrong = self.wrong(name);
        view! {
            <div class="entry entry--check">
                <input type="checkbox" id=id.clone() name=name value="on" checked=is_set aria-describedby=described />
                <label for=id.clone()>{self.view.text(label)}</label>
                {wrong}
            </div>
        }
        .into_any()
    }

    /// What stands above a form of which something is wrong, or nothing came.
    pub(super) fn verdict(&self) -> Option<AnyView> {
        let text = match self.failed {
            Some(code) => self.view.catalog().error(code),
            None if self.errors.is_empty() => return None,
            None => self.view.text(desk::F_WRONG),
        };
        let code = self.failed.map(ErrorCode::as_str);
        Some(view! { <p class="flash flash--bad" role="alert" data-code=code>{text}</p> }.into_any())
    }
}

/// Fields that belong together.
pub(super) fn group(title: &'static str, fields: Vec<AnyView>) -> AnyView {
    view! {
        <fieldset class="group">
            <legend class="group__title">{title}</legend>
            <div class="group__fields">{fields}</div>
        </fieldset>
    }
    .into_any()
}
