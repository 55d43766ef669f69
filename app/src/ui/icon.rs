//! The icons: one set, drawn for a square of 24, one stroke.

use crate::{node::nodes, part::Part};

/// What an icon shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Shape {
    /// A way back.
    Back,
    /// A way on.
    Chevron,
    /// A cut connection.
    Cloud,
    /// Time that runs.
    Clock,
    /// The three steps.
    Compete,
    /// Something that is done.
    Missions,
    /// A person.
    Person,
    /// Several people.
    People,
    /// A closed door.
    Lock,
}

impl Shape {
    /// Every icon, for the page of all parts.
    #[cfg(feature = "ssr")]
    pub(crate) const ALL: [Self; 9] = [
        Self::Back,
        Self::Chevron,
        Self::Cloud,
        Self::Clock,
        Self::Compete,
        Self::Missions,
        Self::Person,
        Self::People,
        Self::Lock,
    ];

    /// What is drawn.
    pub(crate) const fn path(self) -> &'static str {
        match self {
            Self::Back => "M15 5l-7 7 7 7",
            Self::Chevron => "M9 5l7 7-7 7",
            Self::Cloud => {
                "M4 4l16 16M9.5 6.4A6 6 0 0 1 17 11a4 4 0 0 1 2.4 7M15.5 19H7.5a4.5 4.5 0 0 1-1-8.9"
            }
            Self::Clock => "M12 3.500a8.5 8.5 0 1 0 0 17a8.5 8.5 0 0 0 0-17zM12 7.500V12l3 2",
            Self::Compete => "M9 20V6h6v14M9 11H3v9h18v-6h-6",
            Self::Missions => "M12 3.500a8.5 8.5 0 1 0 0 17a8.5 8.5 0 0 0 0-17zM8 12l3 3 5-6",
            Self::Person => {
                "M12 4a4 4 0 1 0 0 8a4 4 0 0 0 0-8zM4.5 20c.8-3.6 3.8-5.5 7.5-5.500s6.7 1.9 7.5 5.5"
            }
            Self::People => {
                "M9 5a3.5 3.5 0 1 0 0 7a3.5 3.5 0 0 0 0-7zM2.5 19c.7-3.2 3.3-4.5 6.5-4.500s5.8 1.3 6.5 4.500M15.5 5.300a3.5 3.5 0 0 1 0 6.400M17.5 14.800c2 .6 3.5 1.9 4 4.2"
            }
            Self::Lock => "M6 11h12v9H6zM8.5 11V8a3.5 3.5 0 0 1 7 0v3",
        }
    }
}

/// An icon. It says nothing to a screen reader: the text beside it does.
pub(crate) fn icon(shape: Shape) -> Part {
    nodes! {
        <svg class="icon" viewBox="0 0 24 24" aria-hidden="true">
            <path d={shape.path()}></path>
        </svg>
    }
}
