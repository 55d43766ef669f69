//! `/app/settings`: also behind the client's own settings button.

use i18n::keys::later;

use crate::{
    account::{
        alias::alias, consents::consents, devices::devices, language::languages, linking::linking,
        start::signed_in_page, talk::Talk,
    },
    context::Context,
    node::nodes,
    pages::name_document,
    part::Part,
    router::Route,
    ui::{cell_link, section},
};

/// The player's settings.
pub(crate) fn settings_page() -> Part {
    let texts = Context::get().texts;
    name_document(Some(texts.get(later::SETTINGS_TITLE)));
    let talk = Talk::new();
    signed_in_page(later::SETTINGS_TITLE, move || {
        let privacy = texts.get(later::PRIVACY_TITLE);
        let privacy = cell_link(&Route::Privacy, nodes! { <span class="cell__title">{privacy}</span> });
        nodes! {
            {talk.notices()}
            {linking(talk)}
            {alias(talk)}
            {consents(talk)}
            {devices(talk)}
            {languages()}
            {section(None, Some(texts.get(later::PRIVACY_NOTE)), vec![privacy])}
            {talk.dialog()}
        }
    })
}
