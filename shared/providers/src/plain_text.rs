//! Turns markup into plain text, where it enters: what a seller or a carrier writes is shown to customers, so no markup of theirs may reach a
//! page, a program or a label.

use domain::text::readable;

const LONGEST_NAME: usize = 120;
const LONGEST_NOTE: usize = 500;

/// Elements whose content is not text.
const SILENT: &[&str] = &["script", "style", "noscript", "template", "iframe", "head", "title"];

/// Elements that end a line.
const BREAKS: &[&str] = &[
    "br",
    "p",
    "div",
    "li",
    "ul",
    "ol",
    "tr",
    "table",
    "h1",
    "h2",
    "h3",
    "h4",
    "h5",
    "h6",
    "section",
    "blockquote",
];

const ENTITIES: &[(&str, char)] = &[
    ("amp", '&'),
    ("lt", '<'),
    ("gt", '>'),
    ("quot", '"'),
    ("apos", '\''),
    ("nbsp", ' '),
    ("times", '×'),
    ("deg", '°'),
    ("hellip", '…'),
    ("ndash", '–'),
    ("mdash", '—'),
];

/// The text of a piece of HTML, at most `most` characters: tags gone, blocks on lines of their own, entities resolved, spaces tidied.
#[must_use]
pub(crate) fn plain_text(html: &str, most: usize) -> String {
    let mut text = String::new();
    let mut rest = html;
    while let Some((before, from_tag)) = rest.split_once('<') {
        resolve(before, &mut text);
        // An angle bracket that opens no tag is a character like any other.
        if !from_tag.starts_with(|c: char| c.is_ascii_alphabetic() || matches!(c, '/' | '!' | '?')) {
            text.push('<');
            rest = from_tag;
            continue;
        }
        rest = after_tag(from_tag, &mut text);
    }
    resolve(rest, &mut text);
    tidied(&text, most)
}

/// A name of a seller, a place or an option: plain text on one line.
#[must_use]
pub(crate) fn plain_name(html: &str) -> String {
    plain_text(html, LONGEST_NAME).replace('\n', " ")
}

/// What an outside system says about something, for a timeline or the staff: plain text on one line.
#[must_use]
pub(crate) fn plain_note(html: &str) -> String {
    plain_text(html, LONGEST_NOTE).replace('\n', " ")
}

/// Skips the tag that begins here, with its content when that is no text.
fn after_tag<'a>(from_tag: &'a str, text: &mut String) -> &'a str {
    if let Some(comment) = from_tag.strip_prefix("!--") {
        return comment.split_once("-->").map_or("", |(_, rest)| rest);
    }
    let (tag, rest) = from_tag.split_once('>').unwrap_or((from_tag, ""));
    let is_end = tag.starts_with('/');
    let name: String = tag
        .trim_start_matches('/')
        .chars()
        .take_while(char::is_ascii_alphanumeric)
        .collect::<String>()
        .to_ascii_lowercase();
    if BREAKS.contains(&name.as_str()) {
        text.push('\n');
    }
    let is_silent = !is_end && !tag.ends_with('/') && SILENT.contains(&name.as_str());
    if is_silent { after_end_of(&name, rest) } else { rest }
}

fn after_end_of<'a>(name: &str, rest: &'a str) -> &'a str {
    let end = format!("</{name}");
    let found = rest.char_indices().find(|(at, _)| {
        rest.get(*at..*at + end.len())
            .is_some_and(|piece| piece.eq_ignore_ascii_case(&end))
    });
    let from_end = found.and_then(|(at, _)| rest.get(at..)).unwrap_or_default();
    from_end.split_once('>').map_or("", |(_, rest)| rest)
}

/// Appends a piece without tags, its entities resolved.
fn resolve(piece: &str, text: &mut String) {
    let mut rest = piece;
    while let Some((before, from_entity)) = rest.split_once('&') {
        text.push_str(before);
        let resolved = from_entity
            .split_once(';')
            .and_then(|(name, after)| Some((entity(name)?, after)));
        rest = match resolved {
            Some((character, after)) => {
                text.push(character);
                after
            }
            None => {
                text.push('&');
                from_entity
            }
        };
    }
    text.push_str(rest);
}

fn entity(name: &str) -> Option<char> {
    let number = match name.strip_prefix('#') {
        None => {
            return ENTITIES
                .iter()
                .find(|(known, _)| *known == name)
                .map(|(_, character)| *character);
        }
        Some(number) => number,
    };
    let code = match number.strip_prefix(['x', 'X']) {
        Some(digits) => u32::from_str_radix(digits, 16).ok()?,
        None => number.parse().ok()?,
    };
    char::from_u32(code)
}

/// Single spaces, no empty lines, nothing that cannot be read, cut at a whole character.
fn tidied(text: &str, most: usize) -> String {
    let lines = text.lines().map(readable);
    let whole = lines.filter(|line| !line.is_empty()).collect::<Vec<_>>().join("\n");
    whole.chars().take(most).collect::<String>().trim_end().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn markup_becomes_lines_of_text() {
        for (html, text) in [
            (
                "<div><p>Soft  mat</p><p>40 &times; 60&nbsp;cm</p></div>",
                "Soft mat\n40 × 60 cm",
            ),
            ("one<br>two<BR/>three", "one\ntwo\nthree"),
            ("<ul><li>red</li><li>blue</li></ul>", "red\nblue"),
            ("plain & simple, 3 < 4", "plain & simple, 3 < 4"),
            ("it&#39;s &quot;new&quot; &#x2713;", "it's \"new\" ✓"),
            ("<b>bold</b>ly", "boldly"),
            ("<!-- <p>hidden</p> -->seen", "seen"),
            ("an unfinished <img src='x", "an unfinished"),
            ("&bogus; &#xZZ; &", "&bogus; &#xZZ; &"),
            ("", ""),
        ] {
            assert_eq!(plain_text(html, 1000), text, "{html}");
        }
    }

    #[test]
    fn a_name_is_one_line_without_markup_or_signs_that_cannot_be_seen() {
        for (html, name) in [
            ("<b>Acme</b> &amp; Sons<script>x</script>", "Acme & Sons"),
            ("Acme<br>Ltd", "Acme Ltd"),
            ("\u{202e}Acme\u{0}\u{200b} Ltd", "Acme Ltd"),
        ] {
            assert_eq!(plain_name(html), name);
            assert_eq!(plain_note(html), name);
        }
    }

    #[test]
    fn scripts_and_styles_say_nothing() {
        let html = "<style>p{color:red}</style><script>alert('<p>')</SCRIPT >Kettle<iframe src=x>old</iframe>";

        assert_eq!(plain_text(html, 1000), "Kettle");
        assert_eq!(plain_text("<script>never ends", 1000), "");
    }

    #[test]
    fn resolved_entities_are_text_and_no_new_markup() {
        assert_eq!(
            plain_text("&lt;script&gt;alert(1)&lt;/script&gt;", 1000),
            "<script>alert(1)</script>"
        );
    }

    #[test]
    fn a_long_text_is_cut_at_a_whole_character() {
        assert_eq!(plain_text("<p>çççç</p>", 3), "ççç");
    }
}
