//! Nobody looks at a log or a queue by himself: what is left among the dead letters, and every line that says it rings, rings an alarm.

use anyhow::Result;

use super::template::{PATH, Template};
use crate::tree::Tree;

pub(crate) fn findings(tree: &Tree, template: &Template) -> Result<Vec<String>> {
    let mut found = of_dead_letters(template);
    for folder in ["functions", "shared"] {
        for file in tree.files(folder)?.iter().filter(|file| file.ends_with(".rs")) {
            let lines = of_lines(&tree.read(file)?, &template.filters);
            found.extend(lines.into_iter().map(|what| format!("{file}: {what}")));
        }
    }
    Ok(found)
}

fn of_dead_letters(template: &Template) -> Vec<String> {
    let ends = template.queues.values().filter_map(|queue| queue.dead_letters.as_ref());
    ends.filter(|end| !template.watched.contains(*end))
        .map(|end| format!("{PATH}: no alarm rings when messages lie in {end}"))
        .collect()
}

/// A log line rings by `alarm = "word"`.
fn of_lines(source: &str, filters: &[String]) -> Vec<String> {
    let mut rung = source
        .split("alarm = \"")
        .skip(1)
        .filter_map(|rest| rest.split('"').next());
    let mut found = Vec::new();
    for word in rung.by_ref() {
        let pattern = format!("{{ $.alarm = \"{word}\" }}");
        if !filters.contains(&pattern) {
            found.push(format!(
                "the alarm {word:?} is rung, and no filter of {PATH} listens for {pattern}"
            ));
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    const ALARM: &str = "  ShippingAlarm:
    Type: AWS::CloudWatch::Alarm
    Properties: { Dimensions: [{ Name: QueueName, Value: !GetAtt ShippingDeadLetters.QueueName }] }
";

    #[test]
    fn dead_letters_ring() {
        let silent = Template::parse(super::super::template::tests::SAMPLE).unwrap();
        let heard = Template::parse(&format!("{}{ALARM}", super::super::template::tests::SAMPLE)).unwrap();

        assert_eq!(
            of_dead_letters(&silent),
            ["infra/template.yaml: no alarm rings when messages lie in ShippingDeadLetters"]
        );
        assert_eq!(of_dead_letters(&heard), [""; 0]);
    }

    #[test]
    fn a_line_rings_an_alarm_that_there_is() {
        let line = r#"tracing::error!(alarm = "money", order.id = %id, "The store charged more");"#;

        assert_eq!(of_lines(line, &[r#"{ $.alarm = "money" }"#.to_owned()]), [""; 0]);
        assert_eq!(of_lines(line, &[r#"{ $.alarm = "webhook" }"#.to_owned()]).len(), 1);
    }
}
