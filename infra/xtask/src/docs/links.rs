//! Links inside the repository lead somewhere.

use anyhow::Result;

use crate::tree::Tree;

pub(crate) fn findings(tree: &Tree) -> Result<Vec<String>> {
    let mut found = Vec::new();
    for path in tree.files("")?.iter().filter(|path| path.ends_with(".md")) {
        let folder = path.rsplit_once('/').map_or("", |(folder, _)| folder);
        let text = tree.read(path)?;
        for (line, target) in targets(&text) {
            let file = target.split('#').next().unwrap_or_default();
            let outside = file.is_empty() || file.contains("://") || file.starts_with("mailto:");
            if !outside && !tree.path(folder).join(file).exists() {
                found.push(format!("{path}:{line}: the link to {target} leads nowhere"));
            }
        }
    }
    Ok(found)
}

/// Targets of `[..](target)` with their line, outside of code blocks.
fn targets(text: &str) -> Vec<(usize, &str)> {
    let mut found = Vec::new();
    let mut in_code = false;
    for (line, number) in text.lines().zip(1..) {
        if line.trim_start().starts_with("```") {
            in_code = !in_code;
        }
        if !in_code {
            let rests = line.split("](").skip(1);
            found.extend(
                rests
                    .filter_map(|rest| rest.split([')', ' ']).next())
                    .map(|target| (number, target)),
            );
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tree::sample::SampleTree;

    #[test]
    fn a_link_is_followed_from_the_folder_of_its_file() {
        let tree = SampleTree::with(&[
            (
                "infra/decisions/0001-x.md",
                "[template](../template.yaml) [part](../template.yaml#part) [gone](0002.md)\n",
            ),
            ("infra/template.yaml", ""),
            (
                "README.md",
                "[site](https://example.org) [here](#here)\n\n```\n[code](nowhere)\n```\n[lost](functions/x)\n",
            ),
        ]);

        let found = findings(&tree).unwrap();

        assert_eq!(
            found,
            [
                "README.md:6: the link to functions/x leads nowhere",
                "infra/decisions/0001-x.md:1: the link to 0002.md leads nowhere",
            ]
        );
    }
}
