//! One function, five places: its folder, its resource in the template, its samples, its README row, its queue.

use anyhow::Result;

use super::readme;
use super::template::{Function, PATH, Template};
use crate::rust_source::headline;
use crate::tree::Tree;

pub(crate) fn findings(tree: &Tree, template: &Template) -> Result<Vec<String>> {
    let functions = tree.functions()?;
    let mut found = Vec::new();
    for name in &functions {
        found.extend(of_function(tree, template, name)?);
    }
    for function in template
        .functions
        .iter()
        .filter(|function| !functions.contains(&function.code))
    {
        found.push(format!(
            "{PATH}: {} has the code of functions/{}, which is not there",
            function.resource, function.code
        ));
    }
    for folder in tree
        .folders("events")?
        .iter()
        .filter(|folder| *folder != "messages" && !functions.contains(folder))
    {
        found.push(format!("events/{folder}: there is no function of this name"));
    }
    found.extend(dead_letters(template));
    match tree.read_if_there("README.md")? {
        Some(text) => found.extend(readme::findings(&text, &functions, &in_order(template))),
        None => found.push("README.md: there is none".to_owned()),
    }
    Ok(found)
}

fn in_order(template: &Template) -> Vec<String> {
    template
        .functions
        .iter()
        .map(|function| function.code.clone())
        .collect()
}

fn of_function(tree: &Tree, template: &Template, name: &str) -> Result<Vec<String>> {
    let mut found = Vec::new();
    if !tree.path(&format!("events/{name}")).is_dir() {
        found.push(format!("events/{name}: the function has no samples"));
    }
    let Some(function) = template.function(name) else {
        found.push(format!("{PATH}: no resource has the code of functions/{name}"));
        return Ok(found);
    };
    let expected = format!("{}Function", pascal(name));
    if function.resource != expected {
        found.push(format!(
            "{PATH}: the resource of {name} is named {expected}, not {}",
            function.resource
        ));
    }
    let library = tree
        .read_if_there(&format!("functions/{name}/src/lib.rs"))?
        .unwrap_or_default();
    let opening = headline(&library).unwrap_or_default();
    if function.comment.as_deref() != Some(opening) {
        found.push(format!(
            "{PATH}: the comment above {expected} is the first line of its lib.rs: {opening:?}"
        ));
    }
    found.extend(of_queues(template, function, name));
    Ok(found)
}

fn of_queues(template: &Template, function: &Function, name: &str) -> Vec<String> {
    let mut found = Vec::new();
    for resource in &function.queues {
        let expected = format!("{name}-queue");
        match template.queues.get(resource) {
            Some(queue) if queue.name == expected => {}
            Some(queue) => found.push(format!(
                "{PATH}: the queue of {name} is named {expected}, not {}",
                queue.name
            )),
            None => found.push(format!("{PATH}: {resource}, the queue of {name}, is not there")),
        }
        if !function.reports_each_message {
            found.push(format!(
                "{PATH}: {name} does not report each message (ReportBatchItemFailures)"
            ));
        }
    }
    found
}

fn dead_letters(template: &Template) -> Vec<String> {
    let mut found = Vec::new();
    for (resource, queue) in &template.queues {
        let Some(name) = queue.name.strip_suffix("-queue") else {
            if !queue.name.ends_with("-dead-letters") {
                found.push(format!(
                    "{PATH}: {resource} is named after its function, <function>-queue or -dead-letters"
                ));
            }
            continue;
        };
        let expected = format!("{name}-dead-letters");
        let target = queue
            .dead_letters
            .as_ref()
            .and_then(|resource| template.queues.get(resource));
        if target.map(|dead| dead.name.as_str()) != Some(expected.as_str()) {
            found.push(format!("{PATH}: {} has no dead letters in {expected}", queue.name));
        }
    }
    found
}

fn pascal(name: &str) -> String {
    let word = |word: &str| {
        let mut letters = word.chars();
        letters
            .next()
            .map(|first| first.to_uppercase().chain(letters).collect::<String>())
            .unwrap_or_default()
    };
    name.split('-').map(word).collect()
}

#[cfg(test)]
mod tests {
    use super::super::template::tests::SAMPLE;
    use super::*;
    use crate::tree::sample::SampleTree;

    fn tree() -> SampleTree {
        SampleTree::with(&[
            ("functions/shipping/Cargo.toml", ""),
            ("functions/shipping/src/lib.rs", "//! Ships parcels.\n"),
            ("events/shipping/refused.json", "{}"),
            (
                "README.md",
                "| function | trigger |\n|---|---|\n| [shipping](functions/shipping) | queue |\n",
            ),
        ])
    }

    fn findings_in(tree: &Tree, template: &str) -> Vec<String> {
        findings(tree, &Template::parse(template).unwrap()).unwrap()
    }

    #[test]
    fn a_function_that_stands_in_all_five_places_is_accepted() {
        assert_eq!(findings_in(&tree(), SAMPLE), [""; 0]);
    }

    #[test]
    fn a_template_that_says_something_else_is_refused() {
        for (here, there) in [
            ("# Ships parcels.", "# Ships boxes."),
            ("  ShippingFunction:", "  ShipFunction:"),
            ("functions/shipping/", "functions/tracking/"),
            ("}-shipping-queue", "}-parcel-queue"),
            ("QueueName: shipping-dead-letters", "QueueName: parcel-dead-letters"),
            ("deadLetterTargetArn", "otherTarget"),
            ("[ReportBatchItemFailures]", "[]"),
            ("!GetAtt ShippingQueue.Arn", "!GetAtt OtherQueue.Arn"),
        ] {
            assert!(SAMPLE.contains(here), "{here}");
            let template = SAMPLE.replace(here, there);

            assert!(!findings_in(&tree(), &template).is_empty(), "{there} was accepted");
        }
    }

    #[test]
    fn a_function_takes_from_the_queue_of_its_own_name() {
        let template = SAMPLE
            .replace("shipping-queue", "parcel-queue")
            .replace("shipping-dead", "parcel-dead");

        let found = findings_in(&tree(), &template);

        assert_eq!(
            found,
            ["infra/template.yaml: the queue of shipping is named shipping-queue, not parcel-queue"]
        );
    }

    #[test]
    fn a_missing_place_is_named() {
        let tree = tree();
        tree.remove("events/shipping/refused.json");
        std::fs::remove_dir(tree.path("events/shipping")).unwrap();
        tree.add("events/parcels/x.json", "{}");
        tree.add("README.md", "| function | trigger |\n|---|---|\n");

        let found = findings_in(&tree, SAMPLE);

        assert_eq!(found.len(), 3, "{found:?}");
    }

    #[test]
    fn a_folder_name_becomes_a_resource_name() {
        assert_eq!(pascal("payment-webhook"), "PaymentWebhook");
    }
}
