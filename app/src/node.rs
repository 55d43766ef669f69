//! What the page draws, as plain nodes.
//!
//! `view!` gives each markup a type of its own, for which building, taking over the server's HTML, mounting, changing
//! and dropping are compiled anew. Here markup is a text that one function follows, and what stands in it is a list of
//! one type. The markup reads as that of `view!` does, with braces around every value (docs/adr/0026).
//!
//! Invariant: markup comes from the source alone. What a player or the server has written is a value, and becomes a text
//! node or an attribute; nothing here parses HTML.

use leptos::{
    reactive::{effect::RenderEffect, owner::Owner},
    tachys::{
        html::attribute::AttributeValue,
        hydration::Cursor,
        renderer::{
            RemoveEventHandler, Rndr,
            types::{Element, Node},
        },
        view::{Mountable, Position, PositionState},
    },
};
use wasm_bindgen::JsCast as _;

use crate::part::{Part, PartState};

#[cfg(feature = "ssr")]
mod html;
mod markup;
mod value;

use self::value::Handler;
pub(crate) use self::{
    markup::{assert_closed, nodes, steps},
    value::{Child, Value, Worth, on},
};

/// The steps of a markup: each is one of these letters and what belongs to it.
mod step {
    /// Opens an element: its tag.
    pub(super) const OPEN: u8 = 1;
    /// An attribute that never changes: `name=value`.
    pub(super) const FIXED: u8 = 2;
    /// An attribute with the next value: its name.
    pub(super) const ATTRIBUTE: u8 = 3;
    /// A handler, which is the next value: its event.
    pub(super) const ON: u8 = 4;
    /// A child, which is the next value.
    pub(super) const CHILD: u8 = 5;
    /// Closes the element.
    #[cfg(feature = "ssr")]
    pub(super) const CLOSE: u8 = 6;
}

const SVG: &str = "http://www.w3.org/2000/svg";

/// The nodes of a markup; [`nodes!`] writes its steps.
pub(crate) fn of_steps(steps: &'static str, values: Vec<Value>) -> Part {
    Part::of(Nodes { steps, values })
}

/// Nodes that are not built yet.
pub(crate) struct Nodes {
    steps: &'static str,
    values: Vec<Value>,
}

/// Nodes in the page.
struct Drawn {
    /// What stands side by side; never empty, or its place would be lost.
    roots: Vec<PartState>,
    /// What lives as long as the nodes.
    _kept: Vec<Kept>,
}

/// What nodes need to change and to answer.
enum Kept {
    Part { _state: PartState },
    Attribute { _effect: RenderEffect<<Option<String> as AttributeValue>::State> },
    Handler { _remover: RemoveEventHandler<Element> },
}

/// The next step: its letter, what belongs to it, and what follows.
fn next_step(steps: &'static str) -> Option<(u8, &'static str, &'static str)> {
    let bytes = steps.as_bytes();
    let step = *bytes.first()?;
    let mut end = 1;
    while bytes.get(end).is_some_and(|letter| *letter >= b' ') {
        end += 1;
    }
    Some((step, steps.get(1..end)?, steps.get(end..)?))
}

/// Where the server's nodes are taken over.
pub(crate) type Place<'a> = (&'a Cursor, &'a PositionState);

impl Nodes {
    /// Builds them, or takes over those of the server at `place`.
    pub(crate) fn draw(self, place: Option<Place<'_>>) -> PartState {
        // Only absent when the first state of the page is not the one that the server renders. Nothing is there to take
        // over, then; what is built stands in when its surroundings are drawn anew.
        let place = place.filter(|place| !self.steps.starts_with('\u{1}') || next_element(*place).is_some());
        let mut values = self.values.into_iter();
        let mut roots = Vec::new();
        let mut kept = Vec::new();
        // The elements that are open, and whether each is a picture's.
        let mut open: Vec<(Element, bool)> = Vec::new();
        let mut steps = self.steps;
        while let Some((step, what, rest)) = next_step(steps) {
            steps = rest;
            let element = open.last().map(|(element, _)| element);
            match step {
                step::OPEN => {
                    let is_svg = what == "svg" || open.last().is_some_and(|(_, is_svg)| *is_svg);
                    let taken = place.and_then(take_over);
                    let element = taken.unwrap_or_else(|| Rndr::create_element(what, is_svg.then_some(SVG)));
                    open.push((element, is_svg));
                }
                step::FIXED => {
                    if let (None, Some(element), Some((name, value))) = (place, element, what.split_once('='))
                    {
                        Rndr::set_attribute(element, name, value);
                    }
                }
                step::ATTRIBUTE | step::ON => match (element, values.next()) {
                    // What the server has sent says so already.
                    (_, Some(Value::Fixed(_) | Value::Said(_))) if place.is_some() => {}
                    (Some(element), Some(Value::Fixed(value))) => Rndr::set_attribute(element, what, value),
                    (Some(element), Some(Value::Said(value))) => Rndr::set_attribute(element, what, &value),
                    (Some(element), Some(Value::Live(read))) => {
                        kept.push(Kept::Attribute { _effect: AttributeValue::build(read, element, what) });
                    }
                    (Some(element), Some(Value::On(handler))) => {
                        kept.push(Kept::Handler { _remover: listen(element, what, handler) });
                    }
                    _ => {}
                },
                step::CHILD => {
                    for part in values.next().map(Value::into_parts).unwrap_or_default() {
                        let mut state = part.draw(place);
                        match (place, element) {
                            (None, Some(element)) => {
                                state.mount(element, None);
                                kept.push(Kept::Part { _state: state });
                            }
                            (Some(_), Some(_)) => kept.push(Kept::Part { _state: state }),
                            (_, None) => roots.push(state),
                        }
                    }
                }
                _ => {
                    let Some((mut element, _)) = open.pop() else { continue };
                    if let Some((cursor, position)) = place {
                        cursor.set(element.clone().into());
                        position.set(Position::NextChild);
                    }
                    match (place, open.last()) {
                        (None, Some((parent, _))) => element.mount(parent, None),
                        (Some(_), Some(_)) => {}
                        (_, None) => roots.push(PartState::of(element)),
                    }
                }
            }
        }
        if roots.is_empty() {
            let placeholder = match place {
                Some((cursor, position)) => cursor.next_placeholder(position),
                None => Rndr::create_placeholder(),
            };
            roots.push(PartState::of(placeholder));
        }
        PartState::of(Drawn { roots, _kept: kept })
    }
}

/// The element that comes next.
fn next_element((cursor, position): Place<'_>) -> Option<Element> {
    let current = cursor.current();
    let next = match position.get() {
        Position::FirstChild => Rndr::first_child(&current),
        Position::Current => Some(current),
        _ => Rndr::next_sibling(&current),
    };
    next?.dyn_into().ok()
}

/// Steps into the element that comes next.
fn take_over(place: Place<'_>) -> Option<Element> {
    let element = next_element(place)?;
    let (cursor, position) = place;
    cursor.set(element.clone().into());
    position.set(Position::FirstChild);
    Some(element)
}

/// Hears an event for as long as the answer lives. What the handler asks for, it asks where the nodes were drawn.
fn listen(element: &Element, event: &str, mut handler: Handler) -> RemoveEventHandler<Element> {
    let owner = Owner::current().unwrap_or_default();
    Rndr::add_event_listener(
        element,
        event,
        Box::new(move |event| owner.with(|| handler.handle(event.unchecked_into()))),
    )
}

impl Mountable for Drawn {
    fn unmount(&mut self) {
        for root in &mut self.roots {
            root.unmount();
        }
    }

    fn mount(&mut self, parent: &Element, marker: Option<&Node>) {
        for root in &mut self.roots {
            root.mount(parent, marker);
        }
    }

    fn insert_before_this(&self, child: &mut dyn Mountable) -> bool {
        self.roots.first().is_some_and(|root| root.insert_before_this(child))
    }

    fn elements(&self) -> Vec<Element> {
        // Asked for by views alone that spread attributes over others; nothing here does.
        Vec::new()
    }
}
