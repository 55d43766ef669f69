//! A notice above the content. It explains a state and offers one way on.

use leptos::{either::EitherOf3, prelude::*};

use crate::ui::{ButtonKind, Shape, button, icon};

/// What a notice is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Tone {
    /// Something to know.
    Neutral,
    /// Something that does not work.
    Trouble,
}

/// The way on.
#[derive(Debug, Clone)]
pub(crate) enum Way {
    /// There is none from here.
    None,
    /// A button.
    Press(String, Callback<()>),
    /// A link, and who is told when it is followed.
    Follow(String, String, Option<Callback<web_sys::MouseEvent>>),
}

/// A notice.
pub(crate) fn card(
    tone: Tone,
    shape: Shape,
    title: String,
    text: String,
    test_id: &'static str,
    way: Way,
) -> impl IntoView {
    let class = match tone {
        Tone::Neutral => "card",
        Tone::Trouble => "card card--trouble",
    };
    view! {
        <section class=class data-testid=test_id role="status">
            <span class="card__icon">{icon(shape)}</span>
            <div class="card__body">
                <p class="card__title">{title}</p>
                <p class="card__text">{text}</p>
                <div class="card__actions">
                    {match way {
                        Way::None => EitherOf3::A(()),
                        Way::Press(label, on_press) => EitherOf3::B(button(ButtonKind::Tinted, label, on_press)),
                        Way::Follow(label, href, on_follow) => EitherOf3::C(view! {
                            <a
                                class=ButtonKind::Tinted.class()
                                href=href
                                on:click=move |event| {
                                    if let Some(on_follow) = on_follow {
                                        on_follow.run(event);
                                    }
                                }
                            >
                                {label}
                            </a>
                        }),
                    }}
                </div>
            </div>
        </section>
    }
}
