//! The language of the app on this device.

use domain::Locale;
use i18n::{Key, keys::later};

use crate::{context::Context, json, net, node::nodes, part::Part, reactive, telegram::launch, ui::section};

const NAMES: [(Locale, Key); 4] = [
    (Locale::En, later::LANGUAGE_EN),
    (Locale::Ru, later::LANGUAGE_RU),
    (Locale::Fr, later::LANGUAGE_FR),
    (Locale::It, later::LANGUAGE_IT),
];

/// The section of the languages. Each is written in itself.
pub(super) fn languages() -> Part {
    let context = Context::get();
    let texts = context.texts;
    let cells = NAMES.map(|(locale, name)| {
        let is_chosen = texts.locale() == locale;
        let choose = move |_| reactive::spawn(speak(context, locale));
        nodes! {
            <label class="cell cell--choice">
                <span class="cell__label" lang={locale.tag()}>{texts.get(name)}</span>
                <input type="radio" name="language" value={locale.tag()} checked={is_chosen} on:change={choose}/>
            </label>
        }
    });
    let header = texts.get(later::LANGUAGE_HEADER);
    let choices = nodes! {
        <fieldset class="choices"><legend class="visually-hidden">{header.clone()}</legend>{Vec::from(cells)}</fieldset>
    };
    section(Some(header), Some(texts.get(later::LANGUAGE_NOTE)), vec![choices])
}

/// Changes the texts of the page, and remembers it for the next time.
async fn speak(context: Context, locale: Locale) {
    launch::choose_language(locale.tag());
    let url = format!("/i18n/{}.json", locale.tag());
    let Ok(answer) = net::send(net::Call { url, ..net::Call::default() }).await else { return };
    let catalog = json::read(&answer.body).and_then(|texts| i18n::Catalog::from_texts(texts).ok());
    if let Some(catalog) = catalog {
        context.speak(catalog);
        crate::router::give_focus(&format!("input[value={}]", locale.tag()));
    }
}
