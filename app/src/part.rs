//! A view whose type is forgotten.
//!
//! Leptos types a view by its whole markup, and compiles rendering, hydrating and updating anew for each type; its own
//! erased view carries the asynchronous ways along. Markup is built from plain nodes (`app::node`), and here the functions that draw the page return a [`Part`], which
//! keeps the two ways that this page takes: hydrate what the server has sent, and build what comes later. When a part
//! changes, the new one takes the place of the old one; what changes within it are texts and attributes, which change
//! in place (docs/adr/0004).

use leptos::tachys::{
    html::attribute::{Attribute, any_attribute::AnyAttribute},
    hydration::Cursor,
    renderer::types::{Element, Node},
    view::{Mountable, Position, PositionState, Render, RenderHtml, add_attr::AddAnyAttr},
};

use crate::node::{Nodes, Place};

/// A view of any kind.
pub(crate) struct Part(Box<dyn Erased>);

/// A part on the screen.
pub(crate) struct PartState(Box<dyn Mountable>);

/// A part that is made anew when something that it reads has changed.
pub(crate) type Block = Box<dyn FnMut() -> Part + Send>;

/// A text that changes in place.
pub(crate) type Text = Box<dyn FnMut() -> String + Send>;

/// An attribute that changes in place; absent when `None`.
pub(crate) type Attr = Box<dyn FnMut() -> Option<String> + Send>;

/// Nothing to see.
pub(crate) fn nothing() -> Part {
    part(())
}

/// Forgets the type of a view.
pub(crate) fn part(view: impl RenderHtml + 'static) -> Part {
    Part(Box::new(view))
}

/// A part that is made anew when something that it reads has changed.
pub(crate) fn block(draw: impl FnMut() -> Part + Send + 'static) -> Block {
    reader(Box::new(draw))
}

/// A text that changes in place.
pub(crate) fn text(read: impl FnMut() -> String + Send + 'static) -> Text {
    reader(Box::new(read))
}

/// An attribute that changes in place.
pub(crate) fn attr(read: impl FnMut() -> Option<String> + Send + 'static) -> Attr {
    reader(Box::new(read))
}

/// What is read. A boxed closure brings two functions along for every closure, this one.
trait Read<T>: Send {
    fn read(&mut self) -> T;
}

impl<T, F: FnMut() -> T + Send> Read<T> for F {
    fn read(&mut self) -> T {
        self()
    }
}

fn reader<T: 'static>(mut read: Box<dyn Read<T>>) -> Box<dyn FnMut() -> T + Send> {
    Box::new(move || read.read())
}

trait Erased: Send {
    fn build(self: Box<Self>) -> PartState;
    fn hydrate(self: Box<Self>, cursor: &Cursor, position: &PositionState) -> PartState;
    /// On the client nothing writes HTML; without this the ways of writing it stay out of the bundle.
    #[cfg(feature = "ssr")]
    fn write(
        self: Box<Self>,
        html: &mut String,
        position: &mut Position,
        escape: bool,
        attributes: Vec<AnyAttribute>,
    );
}

impl<V: RenderHtml + 'static> Erased for V {
    fn build(self: Box<Self>) -> PartState {
        PartState(Box::new(Render::build(*self)))
    }

    fn hydrate(self: Box<Self>, cursor: &Cursor, position: &PositionState) -> PartState {
        PartState(Box::new(RenderHtml::hydrate::<true>(*self, cursor, position)))
    }

    #[cfg(feature = "ssr")]
    fn write(
        self: Box<Self>,
        html: &mut String,
        position: &mut Position,
        escape: bool,
        attributes: Vec<AnyAttribute>,
    ) {
        self.to_html_with_buf(html, position, escape, false, attributes);
    }
}

impl Erased for Nodes {
    fn build(self: Box<Self>) -> PartState {
        self.draw(None)
    }

    fn hydrate(self: Box<Self>, cursor: &Cursor, position: &PositionState) -> PartState {
        self.draw(Some((cursor, position)))
    }

    #[cfg(feature = "ssr")]
    fn write(
        self: Box<Self>,
        html: &mut String,
        position: &mut Position,
        _escape: bool,
        _attributes: Vec<AnyAttribute>,
    ) {
        Nodes::write(*self, html, position);
    }
}

impl Part {
    /// Nodes.
    pub(crate) fn of(nodes: Nodes) -> Self {
        Self(Box::new(nodes))
    }

    /// Builds it, or takes over what the server has sent.
    pub(crate) fn draw(self, place: Option<Place<'_>>) -> PartState {
        match place {
            Some((cursor, position)) => self.0.hydrate(cursor, position),
            None => Erased::build(self.0),
        }
    }

    /// Writes it as HTML.
    #[cfg(feature = "ssr")]
    pub(crate) fn write(self, html: &mut String, position: &mut Position) {
        self.0.write(html, position, true, Vec::new());
    }
}

impl PartState {
    /// Something on the screen.
    pub(crate) fn of(state: impl Mountable + 'static) -> Self {
        Self(Box::new(state))
    }
}

impl Render for Part {
    type State = PartState;

    fn build(self) -> PartState {
        Erased::build(self.0)
    }

    fn rebuild(self, state: &mut PartState) {
        let new = Render::build(self);
        let mut old = std::mem::replace(state, new);
        old.insert_before_this(state);
        old.unmount();
    }
}

impl RenderHtml for Part {
    type AsyncOutput = Self;
    type Owned = Self;

    const MIN_LENGTH: usize = 0;

    fn dry_resolve(&mut self) {}

    async fn resolve(self) -> Self {
        self
    }

    fn to_html_with_buf(
        self,
        html: &mut String,
        position: &mut Position,
        escape: bool,
        _mark_branches: bool,
        attributes: Vec<AnyAttribute>,
    ) {
        #[cfg(feature = "ssr")]
        self.0.write(html, position, escape, attributes);
        #[cfg(not(feature = "ssr"))]
        let _ = (html, position, escape, attributes);
    }

    fn hydrate<const FROM_SERVER: bool>(self, cursor: &Cursor, position: &PositionState) -> PartState {
        self.0.hydrate(cursor, position)
    }

    fn into_owned(self) -> Self {
        self
    }
}

impl AddAnyAttr for Part {
    type Output<NewAttribute: Attribute> = Self;

    /// Nothing in this crate spreads attributes over a view from outside.
    fn add_any_attr<NewAttribute: Attribute>(self, _attribute: NewAttribute) -> Self {
        self
    }
}

impl Mountable for PartState {
    fn unmount(&mut self) {
        self.0.unmount();
    }

    fn mount(&mut self, parent: &Element, marker: Option<&Node>) {
        self.0.mount(parent, marker);
    }

    fn insert_before_this(&self, child: &mut dyn Mountable) -> bool {
        self.0.insert_before_this(child)
    }

    fn elements(&self) -> Vec<Element> {
        self.0.elements()
    }
}

impl std::fmt::Debug for Part {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str("Part")
    }
}
