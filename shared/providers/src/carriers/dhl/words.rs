//! Fits text into the lengths DHL allows, by whole words: a cut word on a label is a wrong word.

/// As many whole words as fit into `most` characters; a first word that is too long is cut.
pub(super) fn fit(text: &str, most: usize) -> String {
    lines(text, most).into_iter().next().unwrap_or_default()
}

/// The words in lines of at most `most` characters.
pub(super) fn lines(text: &str, most: usize) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    let mut room = 0;
    for word in text.split_whitespace() {
        let word: String = word.chars().take(most).collect();
        let length = word.chars().count();
        match lines.last_mut() {
            Some(line) if length < room => {
                line.push(' ');
                line.push_str(&word);
                room -= length + 1;
            }
            _ => {
                lines.push(word);
                room = most - length;
            }
        }
    }
    // A line that ends in the middle of an enumeration needs no comma.
    lines.iter().map(|line| line.trim_end_matches(',').to_owned()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_is_cut_between_words() {
        for (text, most, fitted) in [
            ("Running shoes", 13, "Running shoes"),
            ("Running shoes", 12, "Running"),
            ("Running, shoes", 9, "Running"),
            ("  Running   shoes ", 70, "Running shoes"),
            ("Donaudampfschiff", 5, "Donau"),
            ("Straße über Köln", 11, "Straße über"),
            ("", 5, ""),
        ] {
            assert_eq!(fit(text, most), fitted, "{text:?} in {most}");
        }
    }

    #[test]
    fn no_word_is_lost_between_lines() {
        assert_eq!(
            lines("Ngong Road 44, Apt 3 near Total station", 15),
            ["Ngong Road 44", "Apt 3 near", "Total station"]
        );
    }
}
