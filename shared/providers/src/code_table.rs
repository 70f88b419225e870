//! Tables of a provider's codes: `code,ours,source`, one a line, under a heading. They are compiled in and small enough to be searched.

/// A table as it stands in its file.
#[derive(Clone, Copy)]
pub(crate) struct CodeTable(&'static str);

/// One line of it.
pub(crate) struct Row {
    /// The provider's own code.
    pub(crate) code: &'static str,
    /// Our word for it.
    pub(crate) ours: &'static str,
}

impl CodeTable {
    /// Wraps the text of a file, usually `include_str!("status_codes.csv")`.
    pub(crate) const fn new(text: &'static str) -> Self {
        Self(text)
    }

    /// The lines below the heading. A comma may stand in the source, nowhere else.
    pub(crate) fn rows(self) -> impl Iterator<Item = Row> {
        self.0.lines().skip(1).filter_map(|line| {
            let (code, rest) = line.split_once(',')?;
            let (ours, _source) = rest.split_once(',')?;
            Some(Row { code, ours })
        })
    }

    /// Our word for a code.
    pub(crate) fn ours(self, code: &str) -> Option<&'static str> {
        self.rows().find(|row| row.code == code).map(|row| row.ours)
    }
}

#[cfg(test)]
impl CodeTable {
    /// Fails a test when a line is broken, a code stands twice, a source is missing, or our word is none of ours.
    pub(crate) fn check(self, is_ours: impl Fn(&str) -> bool) {
        assert_eq!(self.0.lines().next(), Some("code,ours,source"));
        assert_eq!(
            self.rows().count(),
            self.0.lines().count() - 1,
            "every line has three columns"
        );
        let mut seen = std::collections::BTreeSet::new();
        for (row, line) in self.rows().zip(self.0.lines().skip(1)) {
            assert!(seen.insert(row.code), "{} stands twice", row.code);
            assert!(
                is_ours(row.ours),
                "{} is mapped to the unknown word {}",
                row.code,
                row.ours
            );
            assert!(
                line.splitn(3, ',')
                    .last()
                    .is_some_and(|source| !source.trim().is_empty()),
                "{} has no source",
                row.code
            );
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_is_found_below_the_heading_only() {
        let table = CodeTable::new("code,ours,source\nPU,picked_up,guide, page 3\n");

        assert_eq!(table.ours("PU"), Some("picked_up"));
        assert_eq!(table.ours("code"), None);
        assert_eq!(table.ours("XX"), None);
    }

    #[test]
    #[should_panic(expected = "stands twice")]
    fn a_code_that_stands_twice_fails_its_test() {
        CodeTable::new("code,ours,source\nA,x,here\nA,y,there\n").check(|_| true);
    }
}
