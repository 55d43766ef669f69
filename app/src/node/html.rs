//! The same nodes as HTML. What is written here is taken over in the browser by the same steps.

use leptos::tachys::view::Position;

use crate::node::{Nodes, Value, next_step, step};

/// Elements that have no end.
const VOID: [&str; 2] = ["img", "input"];

impl Nodes {
    /// Writes them.
    pub(crate) fn write(self, html: &mut String, position: &mut Position) {
        let mut values = self.values.into_iter();
        let mut open = Vec::new();
        // A tag takes attributes until something stands in it.
        let mut is_in_tag = false;
        let mut is_empty = true;
        let mut steps = self.steps;
        while let Some((step, what, rest)) = next_step(steps) {
            steps = rest;
            if is_in_tag && matches!(step, step::OPEN | step::CHILD | step::CLOSE) {
                html.push('>');
                is_in_tag = false;
                *position = Position::FirstChild;
            }
            match step {
                step::OPEN => {
                    html.push('<');
                    html.push_str(what);
                    open.push(what);
                    is_in_tag = true;
                    is_empty = false;
                }
                step::FIXED => {
                    let (name, value) = what.split_once('=').unwrap_or((what, ""));
                    attribute(html, name, value);
                }
                step::ATTRIBUTE => match values.next() {
                    Some(Value::Fixed(value)) => attribute(html, what, value),
                    Some(Value::Said(value)) => attribute(html, what, &value),
                    Some(Value::Live(mut read)) => {
                        if let Some(value) = read() {
                            attribute(html, what, &value);
                        }
                    }
                    _ => {}
                },
                // Nobody presses anything on the server.
                step::ON => drop(values.next()),
                step::CHILD => {
                    for part in values.next().map(Value::into_parts).unwrap_or_default() {
                        part.write(html, position);
                        is_empty = false;
                    }
                }
                _ => {
                    if let Some(tag) = open.pop().filter(|tag| !VOID.contains(tag)) {
                        html.push_str("</");
                        html.push_str(tag);
                        html.push('>');
                    }
                    *position = Position::NextChild;
                }
            }
        }
        // Nothing keeps its place all the same.
        if is_empty {
            html.push_str("<!>");
            *position = Position::NextChild;
        }
    }
}

fn attribute(html: &mut String, name: &str, value: &str) {
    html.push(' ');
    html.push_str(name);
    html.push_str("=\"");
    escape(html, value);
    html.push('"');
}

fn escape(html: &mut String, text: &str) {
    for letter in text.chars() {
        match letter {
            '&' => html.push_str("&amp;"),
            '<' => html.push_str("&lt;"),
            '>' => html.push_str("&gt;"),
            '"' => html.push_str("&quot;"),
            letter => html.push(letter),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        node::nodes,
        part::{Part, attr, text},
    };

    fn html(part: Part) -> String {
        let mut html = String::new();
        part.write(&mut html, &mut Position::FirstChild);
        html
    }

    #[test]
    fn markup_is_written_as_it_reads() {
        let part = nodes! {
            <p class="said" data-testid={"said"} aria-hidden={None::<String>}>{"one"}<b>{"two".to_owned()}</b></p>
            <input type="radio" checked={true} disabled={false}/>
        };
        assert_eq!(
            html(part),
            r#"<p class="said" data-testid="said">one<b>two</b></p><input type="radio" checked="">"#
        );
    }

    #[test]
    fn what_changes_is_written_as_it_is_now() {
        let part = nodes! {
            <p hidden={attr(|| None)} data-place={attr(|| Some("1".to_owned()))}>{text(|| "first".to_owned())}</p>
        };
        assert_eq!(html(part), r#"<p data-place="1">first</p>"#);
    }

    #[test]
    fn texts_side_by_side_stay_apart_for_who_takes_them_over() {
        assert_eq!(html(nodes! { <p>{"a"}{"b"}<b>{""}</b>{"c"}</p> }), "<p>a<!>b<b> </b>c</p>");
    }

    #[test]
    fn nothing_keeps_its_place() {
        assert_eq!(html(nodes! { <p>{nodes! { {Vec::new()} }}</p> }), "<p><!></p>");
    }

    #[test]
    fn parts_stand_in_their_order() {
        let one = |word: &'static str| nodes! { <li>{word}</li> };
        let part = nodes! { <ol>{vec![one("a"), one("b")]}{one("c")}</ol> };
        assert_eq!(html(part), "<ol><li>a</li><li>b</li><li>c</li></ol>");
    }

    #[test]
    fn what_was_written_by_others_stays_text() {
        let part = nodes! { <p title={"\"><b>".to_owned()} on:click={|_| ()}>{"<b>&".to_owned()}</p> };
        assert_eq!(html(part), r#"<p title="&quot;&gt;&lt;b&gt;">&lt;b&gt;&amp;</p>"#);
    }
}
