//! Markdown tables: reading their rows and writing them aligned.

/// The cells of a table line, trimmed; nothing for any other line.
pub(crate) fn cells(line: &str) -> Option<Vec<String>> {
    let inner = line.trim().strip_prefix('|')?.strip_suffix('|')?;
    Some(inner.split('|').map(|cell| cell.trim().to_owned()).collect())
}

/// True for the line of dashes under a table's head.
pub(crate) fn is_rule(row: &[String]) -> bool {
    row.iter()
        .all(|cell| !cell.is_empty() && cell.chars().all(|c| c == '-' || c == ':'))
}

/// A table with its head, every column as wide as its widest cell.
pub(crate) fn write(head: &[&str], rows: &[Vec<String>]) -> String {
    let mut widths: Vec<usize> = head.iter().map(|cell| cell.chars().count()).collect();
    for row in rows {
        for (width, cell) in widths.iter_mut().zip(row) {
            *width = (*width).max(cell.chars().count());
        }
    }
    let line = |row: &[String]| {
        let padded = row.iter().zip(&widths).map(|(cell, &width)| format!(" {cell:width$} "));
        format!("|{}|\n", padded.collect::<Vec<_>>().join("|"))
    };
    let head: Vec<String> = head.iter().map(|&cell| cell.to_owned()).collect();
    let dashes: Vec<String> = widths.iter().map(|&width| "-".repeat(width)).collect();
    let mut text = line(&head) + &line(&dashes);
    for row in rows {
        text += &line(row);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_written_table_is_read_back_cell_by_cell() {
        let text = write(&["function", "trigger"], &[vec!["cart".into(), "HTTP".into()]]);

        let rows: Vec<Vec<String>> = text.lines().filter_map(cells).collect();

        assert_eq!(rows.len(), 3);
        assert!(is_rule(&rows[1]));
        assert_eq!(rows[2], ["cart", "HTTP"]);
        assert_eq!(
            text,
            "| function | trigger |\n| -------- | ------- |\n| cart     | HTTP    |\n"
        );
    }
}
