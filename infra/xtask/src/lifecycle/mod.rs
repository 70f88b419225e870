//! `cargo xtask lifecycle`: the table of legal moves and its diagram, out of `domain::lifecycle`, kept in infra/lifecycle.md.

mod diagram;
mod rows;

use anyhow::{Context, Result};
use domain::lifecycle::{Subject, TABLE, Task};

use crate::layout::template::Template;
use crate::tree::Tree;
use crate::{only_known, report, say};

const PATH: &str = "infra/lifecycle.md";
const BEGIN: &str = "<!-- begin: cargo xtask lifecycle --write -->";
const END: &str = "<!-- end -->";

pub(crate) fn run(tree: &Tree, options: &[String]) -> Result<bool> {
    only_known(options, &["--write"])?;
    if options.is_empty() {
        say(&block());
        return Ok(report("lifecycle", &findings(tree)?));
    }
    let text = tree.read(PATH)?;
    tree.write(PATH, &replaced(&text, &block()).with_context(missing_markers)?)?;
    say(&format!("{PATH} is written"));
    Ok(true)
}

pub(crate) fn findings(tree: &Tree) -> Result<Vec<String>> {
    let mut found = consumers(tree)?;
    match tree.read_if_there(PATH)? {
        None => found.push(format!("{PATH}: there is none")),
        Some(text) => match replaced(&text, &block()) {
            None => found.push(missing_markers()),
            Some(fresh) if fresh != text => {
                found.push(format!("{PATH}: out of date; run `cargo xtask lifecycle --write`"));
            }
            Some(_) => {}
        },
    }
    Ok(found)
}

/// Every task has a function that takes it, by a queue of that name.
fn consumers(tree: &Tree) -> Result<Vec<String>> {
    let Ok(template) = Template::read(tree) else {
        return Ok(Vec::new());
    };
    let takes = |consumer: &str| {
        template
            .function(consumer)
            .is_some_and(|function| !function.queues.is_empty())
    };
    let lost = Task::ALL.iter().filter(|task| !takes(task.consumer()));
    Ok(lost
        .map(|task| format!("the task {task} goes to {}, which has no queue", task.consumer()))
        .collect())
}

fn missing_markers() -> String {
    format!("{PATH}: the lines {BEGIN:?} and {END:?} are not there")
}

fn block() -> String {
    let mut text = String::new();
    for subject in Subject::ALL {
        let of_subject: Vec<_> = TABLE.iter().filter(|row| row.subject == *subject).collect();
        text += &format!(
            "\n## {}\n\n{}\n{}",
            capital(subject.word()),
            diagram::of(&of_subject),
            rows::of(&of_subject)
        );
    }
    text
}

/// The text with what stands between the markers replaced; nothing where they are missing.
fn replaced(text: &str, block: &str) -> Option<String> {
    let (before, rest) = text.split_once(BEGIN)?;
    let (_, after) = rest.split_once(END)?;
    Some(format!("{before}{BEGIN}\n{block}\n{END}{after}"))
}

fn capital(word: &str) -> String {
    let mut letters = word.chars();
    letters
        .next()
        .map(|first| first.to_uppercase().chain(letters).collect())
        .unwrap_or_default()
}

/// Words as a person reads them.
fn plain(word: &str) -> String {
    word.replace('_', " ")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tree::sample::SampleTree;

    fn tree_with(text: &str) -> SampleTree {
        SampleTree::with(&[(PATH, text)])
    }

    #[test]
    fn what_was_written_is_up_to_date_and_keeps_the_text_around_it() {
        let tree = tree_with(&format!("# Life\n\n{BEGIN}\nold\n{END}\n\nfoot\n"));
        assert_eq!(findings(&tree).unwrap().len(), 1);

        assert!(run(&tree, &["--write".to_owned()]).unwrap());

        assert_eq!(findings(&tree).unwrap(), [""; 0]);
        let text = tree.read(PATH).unwrap();
        assert!(text.starts_with("# Life\n") && text.ends_with("\nfoot\n"));
        assert!(text.contains("stateDiagram-v2") && text.contains("## Supplier order"));
    }

    #[test]
    fn a_file_without_markers_or_no_file_is_refused() {
        assert_eq!(findings(&tree_with("# Life\n")).unwrap().len(), 1);
        assert_eq!(findings(&SampleTree::with(&[])).unwrap().len(), 1);
    }

    #[test]
    fn a_task_whose_function_has_no_queue_is_refused() {
        let tree = tree_with(&format!("{BEGIN}\n{}\n{END}", block()));
        assert_eq!(findings(&tree).unwrap(), [""; 0]);

        tree.add("infra/template.yaml", "Resources:\n  A:\n    Type: AWS::SQS::Queue\n");

        assert_eq!(findings(&tree).unwrap().len(), Task::ALL.len());
    }
}
