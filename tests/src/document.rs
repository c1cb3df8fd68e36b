//! This module holds a parsed page as a flat list in document order, and answers the few questions that observing asks
//! of a document.
//!
//! The parser is the browsers' own algorithm, and runs as if scripts were on: `noscript` then holds text and no
//! elements. Contents of `template` are left out, as in a browser's own queries. A flat list makes "inside" a
//! comparison of numbers and needs no recursion, however deep a page is nested.

use html5ever::tendril::TendrilSink;
use html5ever::tree_builder::TreeBuilderOpts;
use html5ever::{ParseOpts, ns, parse_document};
use markup5ever_rcdom::{Handle, NodeData, RcDom};
use std::ops::Range;

pub struct Document {
    nodes: Vec<Node>,
}

struct Node {
    parent: Option<usize>,
    /// The position one past the last node inside this one.
    end: usize,
    content: Content,
}

enum Content {
    Element(Element),
    Text(String),
}

pub struct Element {
    /// The local name. HTML elements have it in lower case.
    pub name: String,
    pub html: bool,
    pub attributes: Vec<(String, String)>,
}

impl Element {
    pub fn attribute(&self, name: &str) -> Option<&str> {
        self.attributes.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
    }

    pub fn has(&self, name: &str) -> bool {
        self.attribute(name).is_some()
    }

    pub fn is(&self, name: &str, value: &str) -> bool {
        self.attribute(name) == Some(value)
    }

    pub fn id(&self) -> &str {
        self.attribute("id").unwrap_or_default()
    }

    pub fn test_id(&self) -> &str {
        self.attribute("data-testid").unwrap_or_default()
    }

    pub fn classes(&self) -> impl Iterator<Item = &str> {
        self.attribute("class").unwrap_or_default().split_ascii_whitespace()
    }

    pub fn has_class(&self, name: &str) -> bool {
        self.classes().any(|class| class == name)
    }
}

impl Document {
    pub fn parse_html(html: &str) -> Self {
        let opts = ParseOpts {
            tree_builder: TreeBuilderOpts { scripting_enabled: true, ..TreeBuilderOpts::default() },
            ..ParseOpts::default()
        };
        let dom = parse_document(RcDom::default(), opts).one(html);
        let mut document = Self { nodes: Vec::new() };
        let mut waiting: Vec<(Handle, Option<usize>)> = vec![(dom.document.clone(), None)];
        while let Some((handle, parent)) = waiting.pop() {
            let content = match &handle.data {
                NodeData::Element { name, attrs, .. } => Some(Content::Element(Element {
                    name: name.local.to_string(),
                    html: name.ns == ns!(html),
                    attributes: attrs
                        .borrow()
                        .iter()
                        .map(|attribute| (attribute.name.local.to_string(), attribute.value.to_string()))
                        .collect(),
                })),
                NodeData::Text { contents } => Some(Content::Text(contents.borrow().to_string())),
                _ => None,
            };
            let place = content.map_or(parent, |content| Some(document.push(content, parent)));
            waiting.extend(handle.children.borrow().iter().rev().map(|child| (child.clone(), place)));
        }
        document.close();
        document
    }

    /// Makes the document that a browser makes of a body that is not HTML: the text in one `pre`.
    pub fn of_text(text: &str) -> Self {
        let mut document = Self { nodes: Vec::new() };
        let element = |name: &str| Content::Element(Element { name: name.into(), html: true, attributes: Vec::new() });
        let root = document.push(element("html"), None);
        document.push(element("head"), Some(root));
        let body = document.push(element("body"), Some(root));
        let pre = document.push(element("pre"), Some(body));
        document.push(Content::Text(text.to_owned()), Some(pre));
        document.close();
        document
    }

    fn push(&mut self, content: Content, parent: Option<usize>) -> usize {
        self.nodes.push(Node { parent, end: 0, content });
        self.nodes.len() - 1
    }

    /// Finds the end of every node. Children come after their parent, so one walk from the back is enough.
    fn close(&mut self) {
        for at in (0..self.nodes.len()).rev() {
            let end = self.nodes[at].end.max(at + 1);
            self.nodes[at].end = end;
            if let Some(parent) = self.nodes[at].parent {
                self.nodes[parent].end = self.nodes[parent].end.max(end);
            }
        }
    }

    pub fn element(&self, at: usize) -> Option<&Element> {
        match &self.nodes.get(at)?.content {
            Content::Element(element) => Some(element),
            Content::Text(_) => None,
        }
    }

    /// All elements in document order.
    pub fn elements(&self) -> impl Iterator<Item = (usize, &Element)> {
        self.elements_in(0..self.nodes.len())
    }

    fn elements_in(&self, range: Range<usize>) -> impl Iterator<Item = (usize, &Element)> {
        range.filter_map(|at| Some((at, self.element(at)?)))
    }

    /// The elements inside one, without itself.
    pub fn inside(&self, at: usize) -> impl Iterator<Item = (usize, &Element)> {
        self.elements_in(at + 1..self.nodes[at].end)
    }

    pub fn children(&self, at: usize) -> impl Iterator<Item = (usize, &Element)> {
        self.inside(at).filter(move |(inner, _)| self.nodes[*inner].parent == Some(at))
    }

    /// The ancestors, nearest first.
    pub fn ancestors(&self, at: usize) -> impl Iterator<Item = (usize, &Element)> {
        std::iter::successors(self.nodes[at].parent, |&up| self.nodes[up].parent)
            .filter_map(|up| Some((up, self.element(up)?)))
    }

    /// Tells whether this element, or one that it stands in, is such an element.
    pub fn within(&self, at: usize, is_such: impl Fn(&Element) -> bool) -> bool {
        self.element(at).is_some_and(&is_such) || self.ancestors(at).any(|(_, element)| is_such(element))
    }

    pub fn contains(&self, outer: usize, inner: usize) -> bool {
        outer < inner && inner < self.nodes[outer].end
    }

    /// The body, or the root element of a document that has none.
    pub fn body(&self) -> Option<usize> {
        let (root, _) = self.elements().next()?;
        let body = self.inside(root).find(|(at, element)| {
            element.html && matches!(&*element.name, "body" | "frameset") && self.nodes[*at].parent == Some(root)
        });
        Some(body.map_or(root, |(at, _)| at))
    }

    /// Returns `document.title`: the words directly inside the first title element.
    pub fn title(&self) -> String {
        let Some((title, _)) = self.elements().find(|(_, element)| element.html && element.name == "title") else {
            return String::new();
        };
        let words = self.own_text(title);
        words.split_ascii_whitespace().collect::<Vec<_>>().join(" ")
    }

    /// The text directly inside an element, as it stands.
    pub fn own_text(&self, at: usize) -> String {
        self.nodes[at + 1..self.nodes[at].end]
            .iter()
            .filter(|node| node.parent == Some(at))
            .filter_map(|node| if let Content::Text(text) = &node.content { Some(text.as_str()) } else { None })
            .collect()
    }

    /// Returns `textContent`: all text inside an element, as it stands.
    pub fn whole_text(&self, at: usize) -> String {
        let texts = self.nodes[at..self.nodes[at].end].iter();
        texts
            .filter_map(|node| if let Content::Text(text) = &node.content { Some(text.as_str()) } else { None })
            .collect()
    }

    /// Returns the `nextElementSibling` of an element.
    pub fn next(&self, at: usize) -> Option<(usize, &Element)> {
        let parent = self.nodes[at].parent?;
        self.children(parent).find(|(sibling, _)| *sibling > at)
    }

    /// Returns the words inside an element, with those of each text node on a line of their own. It leaves out elements
    /// that show no words or hold what a person types.
    pub fn text(&self, at: usize) -> String {
        self.text_but(at, &[])
    }

    /// Returns the same words without those that elements of these names hold.
    pub fn text_but(&self, at: usize, unread: &[&str]) -> String {
        let mut lines = Vec::new();
        let mut next = at;
        while next < self.nodes[at].end {
            let node = &self.nodes[next];
            next = match &node.content {
                Content::Element(element)
                    if unread.contains(&&*element.name)
                        || matches!(
                            &*element.name,
                            "script" | "style" | "noscript" | "template" | "textarea" | "select" | "svg"
                        ) =>
                {
                    node.end
                }
                Content::Element(_) => next + 1,
                Content::Text(text) => {
                    let words: Vec<_> = text.split(is_space).filter(|word| !word.is_empty()).collect();
                    if !words.is_empty() {
                        lines.push(words.join(" "));
                    }
                    next + 1
                }
            };
        }
        lines.join("\n")
    }
}

/// White space as JavaScript's `\s` and `trim` understand it.
fn is_space(char: char) -> bool {
    char == '\u{feff}' || char != '\u{85}' && char.is_whitespace()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(html: &str) -> Vec<String> {
        Document::parse_html(html).elements().map(|(_, element)| element.name.clone()).collect()
    }

    fn text(html: &str) -> String {
        let document = Document::parse_html(html);
        document.text(document.body().unwrap())
    }

    #[test]
    fn noscript_holds_text_because_scripts_are_on() {
        let html = "<body><noscript><div id=inner>no</div></noscript><p>yes";
        assert_eq!(names(html), ["html", "head", "body", "noscript", "p"]);
        assert_eq!(text(html), "yes");
    }

    #[test]
    fn templates_hold_no_elements() {
        assert_eq!(names("<template><p>x</template>"), ["html", "head", "template", "body"]);
    }

    #[test]
    fn text_skips_what_nobody_reads_and_collapses_space() {
        let html = "<p> a\u{a0}\u{feff}\n b<b>c</b></p><script>s</script><style>t</style><textarea>u</textarea>\
                    <select><option>v</select><svg><text>w</text></svg><!-- x --><p>d";
        assert_eq!(text(html), "a b\nc\nd");
    }

    #[test]
    fn title_is_the_first_of_html() {
        let document = Document::parse_html("<svg><title>icon</title></svg><title> Just \n a </title><title>b</title>");
        assert_eq!(document.title(), "Just a");
        assert_eq!(Document::parse_html("<p>x").title(), "");
    }

    #[test]
    fn a_text_body_becomes_one_pre() {
        let document = Document::of_text("error code: 1020");
        assert_eq!(document.elements().count(), 4);
        assert_eq!(document.text(document.body().unwrap()), "error code: 1020");
    }

    #[test]
    fn inside_and_above_agree() {
        let document = Document::parse_html("<main><p><b></b></p></main><i></i>");
        let at = |name: &str| document.elements().find(|(_, element)| element.name == name).unwrap().0;
        assert!(document.contains(at("main"), at("b")) && !document.contains(at("main"), at("i")));
        assert!(!document.contains(at("main"), at("main")));
        assert!(document.within(at("b"), |element| element.name == "main"));
        assert!(!document.within(at("i"), |element| element.name == "main"));
        assert_eq!(document.inside(at("main")).count(), 2);
    }

    #[test]
    fn depth_does_not_matter() {
        let document = Document::parse_html(&"<div>".repeat(3_000));
        assert_eq!(document.elements().count(), 3_003);
    }
}
