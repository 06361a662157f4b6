//! Markdown to blocks. Markup that a terminal cannot show becomes its words: a link its address, a picture its text.

use std::collections::BTreeMap;

use pulldown_cmark::{CodeBlockKind, Event, Options, Parser, Tag, TagEnd};

use super::{BLOCKS_MAX, Block, Code, Item, Runbook, TEXT_MAX};
use crate::domain::text::SafeText;

/// Most characters of a step's text that name it.
const KEY_MAX: usize = 200;

/// Reads a Markdown text; more than [`TEXT_MAX`] bytes or [`BLOCKS_MAX`] blocks of it are left out.
pub fn parse(text: &str) -> Runbook {
    let end = text.floor_char_boundary(TEXT_MAX);
    let mut reader = Reader { is_cut: end < text.len(), ..Reader::default() };
    let options = Options::ENABLE_TASKLISTS | Options::ENABLE_TABLES | Options::ENABLE_STRIKETHROUGH;
    for event in Parser::new_ext(&text[..end], options) {
        if reader.blocks.len() >= BLOCKS_MAX {
            reader.is_cut = true;
            break;
        }
        reader.take(event);
    }
    reader.end_text();
    Runbook { blocks: reader.blocks, is_cut: reader.is_cut }
}

#[derive(Default)]
struct Reader {
    blocks: Vec<Block>,
    is_cut: bool,
    text: String,
    heading: Option<usize>,
    /// Of each open list the number of its next item.
    lists: Vec<Option<u64>>,
    /// The item whose text is being read.
    item: Option<(Option<u64>, Option<bool>)>,
    code: Option<String>,
    links: Vec<(usize, String)>,
    keys: BTreeMap<String, usize>,
}

impl Reader {
    fn take(&mut self, event: Event<'_>) {
        match event {
            Event::Start(tag) => self.start(tag),
            Event::End(tag) => self.end(tag),
            Event::Text(text) => self.text.push_str(&text),
            Event::Code(code) => self.text.push_str(&format!("`{code}`")),
            Event::SoftBreak => self.text.push(' '),
            Event::HardBreak => self.text.push('\n'),
            Event::TaskListMarker(done) => self.item = self.item.map(|(number, _)| (number, Some(done))),
            Event::Rule => self.blocks.push(Block::Rule),
            Event::Html(html) | Event::InlineHtml(html) => self.text.push_str(&without_tags(&html)),
            Event::FootnoteReference(_) | Event::InlineMath(_) | Event::DisplayMath(_) => {}
        }
    }

    fn start(&mut self, tag: Tag<'_>) {
        match tag {
            Tag::Heading { level, .. } => {
                self.end_text();
                self.heading = Some(level as usize);
            }
            Tag::List(first) => {
                self.end_text();
                self.lists.push(first);
            }
            Tag::Item => {
                self.end_text();
                let number = self.lists.last_mut().and_then(|next| next.as_mut()).map(|n| (*n, *n += 1).0);
                self.item = Some((number, None));
            }
            Tag::CodeBlock(kind) => {
                self.end_text();
                self.code = Some(match kind {
                    CodeBlockKind::Fenced(language) => language.to_string(),
                    CodeBlockKind::Indented => String::new(),
                });
            }
            Tag::Paragraph | Tag::BlockQuote(_) | Tag::HtmlBlock | Tag::TableRow | Tag::TableHead => self.end_text(),
            Tag::Link { dest_url, .. } => self.links.push((self.text.len(), dest_url.to_string())),
            Tag::Image { dest_url, .. } => {
                self.text.push_str("[picture: ");
                self.links.push((self.text.len(), dest_url.to_string()));
            }
            _ => {}
        }
    }

    fn end(&mut self, tag: TagEnd) {
        match tag {
            TagEnd::CodeBlock => self.end_code(),
            TagEnd::List(_) => {
                self.end_text();
                self.lists.pop();
            }
            TagEnd::Link => self.end_link(""),
            TagEnd::Image => self.end_link("]"),
            TagEnd::TableCell => self.text.push_str("  "),
            TagEnd::Item => {
                self.end_text();
                self.item = None;
            }
            TagEnd::Heading(_) | TagEnd::Paragraph | TagEnd::HtmlBlock => self.end_text(),
            TagEnd::TableRow | TagEnd::TableHead => self.end_text(),
            _ => {}
        }
    }

    /// The address of a link stands behind its words, where those are not the address.
    fn end_link(&mut self, close: &str) {
        if let Some((from, url)) = self.links.pop() {
            let words = self.text.get(from..).unwrap_or_default();
            if words != url && !url.is_empty() {
                self.text.push_str(&format!(" <{url}>"));
            }
            self.text.push_str(close);
        }
    }

    fn indent(&self) -> usize {
        self.lists.len().min(6)
    }

    fn end_text(&mut self) {
        let text = std::mem::take(&mut self.text);
        let text = text.trim();
        let heading = self.heading.take();
        if text.is_empty() {
            return;
        }
        let safe = SafeText::new(text);
        let block = match (heading, self.item.take()) {
            (Some(level), _) => Block::Heading { level, text: safe },
            (None, Some((number, task))) => {
                let key = self.key(text);
                Block::Item(Item { text: safe, indent: self.indent().saturating_sub(1), task, number, key })
            }
            (None, None) => Block::Text { text: safe, indent: self.indent() },
        };
        self.blocks.push(block);
    }

    fn key(&mut self, text: &str) -> String {
        let short: String = text.chars().take(KEY_MAX).collect();
        let seen = self.keys.entry(short.clone()).or_default();
        *seen += 1;
        if *seen == 1 { short } else { format!("{short} ({seen})") }
    }

    fn end_code(&mut self) {
        let text = std::mem::take(&mut self.text);
        let text = text.trim_end_matches('\n');
        let language = self.code.take().unwrap_or_default();
        if text.trim().is_empty() {
            return;
        }
        let script = script(&language, text);
        let block =
            Code { language: SafeText::new(&language), text: SafeText::new(text), indent: self.indent(), script };
        self.blocks.push(Block::Code(block));
    }
}

/// What of a block could be run, and by which shell.
fn script(language: &str, text: &str) -> Option<(&'static str, String)> {
    let word = language.split([' ', ',', '{']).next().unwrap_or_default().to_ascii_lowercase();
    let shell = match word.as_str() {
        "" | "sh" | "shell" | "console" | "shell-session" | "terminal" => "sh",
        "bash" => "bash",
        "zsh" => "zsh",
        _ => return None,
    };
    let prompts: Vec<&str> = text.lines().filter_map(|l| l.trim_start().strip_prefix("$ ")).collect();
    let script = if prompts.is_empty() { text.to_owned() } else { prompts.join("\n") };
    // What was cut for the screen, or holds what cannot be seen, is not what a person would confirm.
    let is_whole = text.len() <= crate::domain::text::SHOWN_MAX && !text.contains('\0');
    is_whole.then_some((shell, script))
}

/// The words between tags; comments say nothing to a reader.
fn without_tags(html: &str) -> String {
    let mut out = String::new();
    let mut rest = html;
    while let Some((before, tag)) = rest.split_once('<') {
        out.push_str(before);
        let end = if tag.starts_with("!--") { "-->" } else { ">" };
        rest = tag.split_once(end).map_or("", |(_, after)| after);
    }
    out.push_str(rest);
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    const SAMPLE: &str = "# Checkout\n\nLook *here*: [board](https://g.example/d).\n\n\
        1. First\n   ```sh\n   $ kubectl get pods\n   a   1/1\n   ```\n2. Then\n\n- [ ] open\n- [x] shut\n- plain\n\n\
        ```yaml\na: 1\n```\n<!-- secret -->\n<b>bold</b> end\n";

    #[test]
    fn headings_lists_tasks_and_commands_are_told_apart() {
        let book = parse(SAMPLE);
        assert_eq!(book.title().unwrap().shown(), "Checkout");
        let steps: Vec<(&str, Option<u64>, Option<bool>)> =
            book.steps().map(|i| (i.text.shown(), i.number, i.task)).collect();
        let wanted = [
            ("First", Some(1), None),
            ("Then", Some(2), None),
            ("open", None, Some(false)),
            ("shut", None, Some(true)),
        ];
        assert_eq!(steps, wanted);
        let codes: Vec<&Code> =
            book.blocks.iter().filter_map(|b| if let Block::Code(c) = b { Some(c) } else { None }).collect();
        assert_eq!(codes[0].script, Some(("sh", "kubectl get pods".into())));
        assert_eq!(codes[1].script, None);
        assert!(
            matches!(&book.blocks[1], Block::Text { text, .. } if text.shown() == "Look here: board <https://g.example/d>.")
        );
        assert!(matches!(book.blocks.last(), Some(Block::Text { text, .. }) if text.shown() == "bold end"));
    }

    #[test]
    fn two_steps_with_one_text_are_two() {
        let keys: Vec<String> = parse("- [ ] wait\n- [ ] wait\n").steps().map(|i| i.key.clone()).collect();
        assert_eq!(keys, ["wait", "wait (2)"]);
    }

    #[test]
    fn an_escape_code_in_a_runbook_is_seen_and_not_obeyed() {
        let book = parse("- [ ] a\u{1b}[2Jb\n\n```sh\necho \u{202e}x\n```\n");
        assert!(matches!(&book.blocks[0], Block::Item(i) if i.text.shown() == "a^[[2Jb"));
        assert!(matches!(&book.blocks[1], Block::Code(c) if c.text.shown() == "echo <U+202E>x"));
    }

    #[test]
    fn a_megabyte_of_markdown_is_cut() {
        let book = parse(&"- [ ] x\n".repeat(500_000));
        assert!(book.is_cut && book.blocks.len() <= BLOCKS_MAX);
    }
}
