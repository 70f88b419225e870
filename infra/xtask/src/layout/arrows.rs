//! Which package may use which. The table below is the dependency rule; a manifest with another arrow is refused.

use anyhow::Result;

use crate::tree::Tree;

struct Rule {
    /// A package folder, or a folder of packages.
    place: &'static str,
    /// Own packages it may use.
    own: &'static [&'static str],
    /// Foreign packages it must never see; `aws-` stands for all that begin so.
    never: &'static [&'static str],
}

const AWS: &str = "aws-";
const EVERYTHING: &[&str] = &["*"];
const RULES: &[Rule] = &[
    Rule {
        place: "shared/domain",
        own: &[],
        never: &[
            AWS,
            "async-",
            "axum",
            "askama",
            "futures",
            "getrandom",
            "http",
            "hyper",
            "lambda_",
            "rand",
            "reqwest",
            "tokio",
            "tower",
            "tracing",
        ],
    },
    Rule {
        place: "shared/store",
        own: &["domain"],
        never: &["async-stripe", "axum", "askama", "lambda_", "reqwest", "tower"],
    },
    Rule {
        place: "shared/providers",
        own: &["domain"],
        never: &[AWS, "axum", "askama", "lambda_", "serde_dynamo", "tower"],
    },
    Rule {
        place: "shared/web",
        own: &["domain"],
        never: &["aws-sdk-", "async-stripe", "reqwest", "serde_dynamo"],
    },
    Rule {
        place: "shared/runtime",
        own: &["domain"],
        never: &["aws-sdk-", "async-stripe", "askama", "serde_dynamo"],
    },
    Rule {
        place: "shared/testkit",
        own: &["domain", "store", "providers", "web", "runtime"],
        never: &[AWS],
    },
    Rule {
        place: "functions",
        own: &["domain", "store", "providers", "web", "runtime"],
        never: &["aws-config", "aws-sdk-", "dynoxide-rs", "reqwest", "s3s"],
    },
    Rule {
        place: "infra",
        own: EVERYTHING,
        never: &[],
    },
    Rule {
        place: "tests",
        own: EVERYTHING,
        never: &[],
    },
];

pub(crate) fn findings(tree: &Tree) -> Result<Vec<String>> {
    let manifests = tree.manifests()?;
    let own: Vec<&str> = manifests
        .keys()
        .filter_map(|folder| folder.rsplit('/').next())
        .collect();
    let mut found = Vec::new();
    for (folder, manifest) in &manifests {
        let name = folder.rsplit('/').next().unwrap_or(folder);
        let declared = manifest
            .get("package")
            .and_then(|package| package.get("name"))
            .and_then(toml::Value::as_str);
        if declared != Some(name) {
            found.push(format!(
                "{folder}/Cargo.toml: the package is named as its folder, {name:?}"
            ));
        }
        let Some(rule) = RULES
            .iter()
            .find(|rule| folder == rule.place || folder.starts_with(&format!("{}/", rule.place)))
        else {
            found.push(format!("{folder}: there is no dependency rule for this package"));
            continue;
        };
        for dependency in used(manifest) {
            if let Some(reason) = rule.refuses(&dependency, &own) {
                found.push(format!(
                    "{folder}/Cargo.toml: {name} may not use {}: {reason}",
                    dependency.name
                ));
            }
        }
    }
    Ok(found)
}

impl Rule {
    fn refuses(&self, dependency: &Dependency, own: &[&str]) -> Option<&'static str> {
        let name = dependency.name.as_str();
        if own.contains(&name) {
            let for_tests = dependency.only_in_tests && name == "testkit";
            let allowed = self.own == EVERYTHING || self.own.contains(&name) || for_tests;
            return (!allowed).then_some("no such arrow in the dependency rule");
        }
        // What a test links never ships.
        let known = !dependency.only_in_tests && self.never.iter().any(|&never| is_called(name, never));
        known.then_some("this package never knows about it")
    }
}

/// `tower` also means `tower-http`; `aws-` means all that begin so.
fn is_called(name: &str, pattern: &str) -> bool {
    let Some(rest) = name.strip_prefix(pattern) else {
        return false;
    };
    rest.is_empty() || pattern.ends_with(['-', '_']) || rest.starts_with('-')
}

struct Dependency {
    name: String,
    only_in_tests: bool,
}

fn used(manifest: &toml::Table) -> Vec<Dependency> {
    let mut found = Vec::new();
    for (section, only_in_tests) in [
        ("dependencies", false),
        ("build-dependencies", false),
        ("dev-dependencies", true),
    ] {
        let names = manifest
            .get(section)
            .and_then(toml::Value::as_table)
            .into_iter()
            .flat_map(toml::Table::keys);
        found.extend(names.map(|name| Dependency {
            name: name.clone(),
            only_in_tests,
        }));
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tree::sample::SampleTree;

    fn manifest(name: &str, dependencies: &str) -> String {
        format!("[package]\nname = \"{name}\"\n[dependencies]\n{dependencies}")
    }

    fn tree() -> SampleTree {
        SampleTree::with(&[
            ("shared/domain/Cargo.toml", &manifest("domain", "serde = \"1\"\n")),
            (
                "shared/store/Cargo.toml",
                &manifest("store", "domain.workspace = true\naws-sdk-dynamodb = \"1\"\n"),
            ),
            (
                "shared/testkit/Cargo.toml",
                &manifest("testkit", "domain.workspace = true\n"),
            ),
            (
                "functions/cart/Cargo.toml",
                &manifest("cart", "store.workspace = true\n"),
            ),
            (
                "functions/orders/Cargo.toml",
                &manifest("orders", "domain.workspace = true\n"),
            ),
            (
                "tests/story/Cargo.toml",
                &manifest("story", "cart.workspace = true\nstore.workspace = true\n"),
            ),
        ])
    }

    #[test]
    fn the_arrows_of_the_rule_are_accepted() {
        assert_eq!(findings(&tree()).unwrap(), [""; 0]);
    }

    #[test]
    fn every_other_arrow_is_refused() {
        for (folder, name, dependency) in [
            ("shared/domain", "domain", "store"),
            ("shared/domain", "domain", "tokio"),
            ("shared/domain", "domain", "aws-sdk-s3"),
            ("shared/store", "store", "axum"),
            ("shared/store", "store", "testkit"),
            ("functions/cart", "cart", "orders"),
            ("functions/cart", "cart", "testkit"),
            ("functions/cart", "cart", "story"),
            ("functions/cart", "cart", "aws-sdk-dynamodb"),
        ] {
            let tree = tree();
            tree.add(
                &format!("{folder}/Cargo.toml"),
                &manifest(name, &format!("{dependency} = \"1\"\n")),
            );

            let found = findings(&tree).unwrap();

            assert_eq!(found.len(), 1, "{name} -> {dependency}: {found:?}");
        }
    }

    #[test]
    fn tests_of_a_package_may_use_the_testkit_but_no_other_function() {
        let tree = tree();
        let cart = manifest("cart", "") + "[dev-dependencies]\ntestkit.workspace = true\norders.workspace = true\n";
        tree.add("functions/cart/Cargo.toml", &cart);

        let found = findings(&tree).unwrap();

        assert_eq!(found.len(), 1, "{found:?}");
        assert!(found[0].contains("may not use orders"));
    }

    #[test]
    fn a_package_is_named_as_its_folder() {
        let tree = tree();
        tree.add("functions/cart/Cargo.toml", &manifest("basket", ""));

        assert_eq!(findings(&tree).unwrap().len(), 1);
    }

    #[test]
    fn a_prefix_means_a_whole_word() {
        assert!(is_called("tower-http", "tower"));
        assert!(!is_called("httparse", "http"));
        assert!(is_called("aws-sdk-s3", "aws-"));
    }
}
