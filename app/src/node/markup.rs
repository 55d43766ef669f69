//! Markup to steps, while it compiles.

/// Markup whose elements are built one by one: `nodes! { <p class={class} on:click={move |_| press()}>{words}</p> }`.
///
/// Attributes are literals or values in braces: texts, an [`Option`] of one, an [`Attr`]. So are children: texts, parts,
/// lists of parts, a [`Text`] or a [`Block`].
macro_rules! nodes {
    ($($markup:tt)*) => {
        $crate::node::steps! { children [] [] [] $($markup)* }
    };
}

/// Takes the markup apart: into the text of its steps, the values that they take, and how its tags are nested.
macro_rules! steps {
    (children [$($steps:tt)*] [$($values:tt)*] [$($tags:tt)*]) => {{
        const { $crate::node::assert_closed(concat!($($tags)*)) };
        $crate::node::of_steps(concat!($($steps)*), vec![$($values)*])
    }};
    (children [$($steps:tt)*] [$($values:tt)*] [$($tags:tt)*] < / $tag:ident > $($rest:tt)*) => {
        $crate::node::steps! {
            children [$($steps)* "\u{6}",] [$($values)*] [$($tags)* "/", stringify!($tag), " ",] $($rest)*
        }
    };
    (children [$($steps:tt)*] [$($values:tt)*] [$($tags:tt)*] < $tag:ident $($rest:tt)*) => {
        $crate::node::steps! {
            attributes [$($steps)* "\u{1}", stringify!($tag),] [$($values)*] [$($tags)* stringify!($tag), " ",] $($rest)*
        }
    };
    (children [$($steps:tt)*] [$($values:tt)*] $tags:tt { $($child:tt)* } $($rest:tt)*) => {
        $crate::node::steps! {
            children [$($steps)* "\u{5}",] [$($values)* $crate::node::Child::child({ $($child)* }),] $tags $($rest)*
        }
    };
    (attributes $steps:tt $values:tt $tags:tt > $($rest:tt)*) => {
        $crate::node::steps! { children $steps $values $tags $($rest)* }
    };
    (attributes [$($steps:tt)*] $values:tt [$($tags:tt)*] / > $($rest:tt)*) => {
        $crate::node::steps! { children [$($steps)* "\u{6}",] $values [$($tags)* "/ ",] $($rest)* }
    };
    (attributes [$($steps:tt)*] [$($values:tt)*] $tags:tt on : $event:ident = { $($press:tt)* } $($rest:tt)*) => {
        $crate::node::steps! {
            attributes [$($steps)* "\u{4}", stringify!($event),] [$($values)* $crate::node::on({ $($press)* }),] $tags
            $($rest)*
        }
    };
    (
        attributes [$($steps:tt)*] [$($values:tt)*] $tags:tt
        $name:ident $(- $more:ident)* = { $($value:tt)* } $($rest:tt)*
    ) => {
        $crate::node::steps! {
            attributes
            [$($steps)* "\u{3}", stringify!($name), $("-", stringify!($more),)*]
            [$($values)* $crate::node::Worth::worth({ $($value)* }),]
            $tags $($rest)*
        }
    };
    (
        attributes [$($steps:tt)*] $values:tt $tags:tt
        $name:ident $(- $more:ident)* = $value:literal $($rest:tt)*
    ) => {
        $crate::node::steps! {
            attributes
            [$($steps)* "\u{2}", stringify!($name), $("-", stringify!($more),)* "=", $value,]
            $values $tags $($rest)*
        }
    };
}

pub(crate) use {nodes, steps};

/// Fails to compile where a tag is not closed, or another one is.
pub(crate) const fn assert_closed(tags: &str) {
    let tags = tags.as_bytes();
    let mut open = [0; 32];
    let (mut depth, mut at) = (0, 0);
    while at < tags.len() {
        let is_end = tags[at] == b'/';
        let start = if is_end { at + 1 } else { at };
        let mut end = start;
        while tags[end] != b' ' {
            end += 1;
        }
        if is_end {
            assert!(depth > 0, "a tag is closed that is not open");
            depth -= 1;
            let mut letter = 0;
            while letter < end - start {
                assert!(tags[open[depth] + letter] == tags[start + letter], "another tag is closed");
                letter += 1;
            }
            assert!(end == start || tags[open[depth] + letter] == b' ', "another tag is closed");
        } else {
            open[depth] = start;
            depth += 1;
        }
        at = end + 1;
    }
    assert!(depth == 0, "a tag is not closed");
}

#[cfg(test)]
mod tests {
    use super::*;

    fn is_closed(tags: &'static str) -> bool {
        std::panic::catch_unwind(|| assert_closed(tags)).is_ok()
    }

    #[test]
    fn every_tag_is_closed_where_it_belongs() {
        assert!(is_closed("p b /b img / /p p /p "));
        for tags in ["p ", "/p ", "p b /p /b ", "p /pre ", "pre /p ", "p / /p "] {
            assert!(!is_closed(tags), "{tags}");
        }
    }
}
