//! What stands in a markup beside its tags.

use crate::part::{Attr, Block, Part, Text, part};

/// What happens on an event. A boxed closure brings two functions along for every closure, this one.
pub(crate) trait Handle: Send {
    /// Does it.
    fn handle(&mut self, event: web_sys::Event);
}

impl<F: FnMut(web_sys::Event) + Send> Handle for F {
    fn handle(&mut self, event: web_sys::Event) {
        self(event);
    }
}

pub(super) type Handler = Box<dyn Handle>;

/// What stands in a markup.
pub(crate) enum Value {
    /// An attribute.
    Fixed(&'static str),
    /// A text, as an attribute or a child.
    Said(String),
    /// No attribute.
    Absent,
    /// An attribute that changes.
    Live(Attr),
    /// A child.
    Part(Part),
    /// Children.
    Parts(Vec<Part>),
    /// A handler.
    On(Handler),
}

impl Value {
    /// What stands in an element.
    pub(super) fn into_parts(self) -> Vec<Part> {
        match self {
            Self::Said(words) => vec![part(words)],
            Self::Part(part) => vec![part],
            Self::Parts(parts) => parts,
            Self::Fixed(_) | Self::Absent | Self::Live(_) | Self::On(_) => Vec::new(),
        }
    }
}

/// What an attribute can be.
pub(crate) trait Worth {
    /// As a value.
    fn worth(self) -> Value;
}

impl Worth for &'static str {
    fn worth(self) -> Value {
        Value::Fixed(self)
    }
}

impl Worth for String {
    fn worth(self) -> Value {
        Value::Said(self)
    }
}

impl<W: Worth> Worth for Option<W> {
    fn worth(self) -> Value {
        self.map_or(Value::Absent, W::worth)
    }
}

/// There or not, as HTML has it.
impl Worth for bool {
    fn worth(self) -> Value {
        if self { Value::Fixed("") } else { Value::Absent }
    }
}

impl Worth for Attr {
    fn worth(self) -> Value {
        Value::Live(self)
    }
}

/// What can stand in an element.
pub(crate) trait Child {
    /// As a value.
    fn child(self) -> Value;
}

impl Child for &'static str {
    fn child(self) -> Value {
        Value::Said(self.to_owned())
    }
}

impl Child for String {
    fn child(self) -> Value {
        Value::Said(self)
    }
}

impl Child for Part {
    fn child(self) -> Value {
        Value::Part(self)
    }
}

impl Child for Option<Part> {
    fn child(self) -> Value {
        self.map_or(Value::Absent, Value::Part)
    }
}

impl Child for Vec<Part> {
    fn child(self) -> Value {
        Value::Parts(self)
    }
}

impl Child for Text {
    fn child(self) -> Value {
        Value::Part(part(self))
    }
}

impl Child for Block {
    fn child(self) -> Value {
        Value::Part(part(self))
    }
}

/// A handler.
pub(crate) fn on(handler: impl FnMut(web_sys::Event) + Send + 'static) -> Value {
    Value::On(Box::new(handler))
}
