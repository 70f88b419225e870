//! Lengths of files, functions and packages. A file marked `//! Table:` is rows, not logic, and may be long.

use anyhow::Result;

use crate::rust_source::{RustSource, headline};
use crate::tree::Tree;

const SOURCE_FILE: usize = 400;
const ADAPTER_FILE: usize = 300;
const USE_CASE_FILE: usize = 200;
const MAIN_FILE: usize = 30;
const FUNCTION: usize = 60;
const HANDLER: usize = 15;
const FUNCTION_PACKAGE: usize = 1_500;
const README: usize = 150;

/// Functions that have outgrown their question, how long they are let be, and where they divide.
const TO_DIVIDE: &[(&str, usize, &str)] = &[
    (
        "admin",
        1_560,
        "money's questions: refunds, disputes and what came unasked",
    ),
    (
        "checkout",
        1_840,
        "paying: pages, pay links and what comes back from them",
    ),
];

pub(crate) fn findings(tree: &Tree) -> Result<Vec<String>> {
    let mut found = Vec::new();
    for path in tree.rust_files()? {
        let text = tree.read(&path)?;
        if !is_table(&text) {
            match RustSource::parse(&text) {
                Ok(source) => found.extend(of_file(&path, text.lines().count(), &source)),
                Err(error) => found.push(format!("{path}: cannot be parsed: {error}")),
            }
        }
    }
    for function in tree.functions()? {
        found.extend(of_package(tree, &function)?);
    }
    let readme = tree.read_if_there("README.md")?.map_or(0, |text| text.lines().count());
    if readme > README {
        found.push(format!("README.md: {readme} lines, the limit is {README}"));
    }
    Ok(found)
}

fn of_file(path: &str, lines: usize, source: &RustSource) -> Vec<String> {
    let mut found = Vec::new();
    let without_tests = lines.saturating_sub(source.test_lines);
    let (what, counted, limit) = match Kind::of(path) {
        Kind::Main => ("a function's main.rs", lines, MAIN_FILE),
        Kind::UseCase => ("a use case without its tests", without_tests, USE_CASE_FILE),
        Kind::Adapter => ("a capability of an adapter", without_tests, ADAPTER_FILE),
        Kind::Routes | Kind::Other => ("a source file", lines, SOURCE_FILE),
    };
    if counted > limit {
        found.push(format!("{path}: {counted} lines; {what} has at most {limit}"));
    }
    if lines > SOURCE_FILE && limit != SOURCE_FILE && counted <= limit {
        found.push(format!(
            "{path}: {lines} lines; a source file has at most {SOURCE_FILE}"
        ));
    }
    for function in &source.functions {
        let is_handler = Kind::of(path) == Kind::Routes && function.is_async;
        let (what, limit) = if is_handler {
            ("a handler", HANDLER)
        } else {
            ("a function", FUNCTION)
        };
        if function.lines > limit {
            let (line, name, lines) = (function.line, &function.name, function.lines);
            found.push(format!(
                "{path}:{line}: {name} has {lines} lines; {what} has at most {limit}"
            ));
        }
    }
    found
}

fn of_package(tree: &Tree, function: &str) -> Result<Option<String>> {
    let mut lines = 0;
    for path in tree.files(&format!("functions/{function}/src"))? {
        let is_test = path.ends_with("/tests.rs") || path.contains("/tests/");
        if path.ends_with(".rs") && !is_test {
            let text = tree.read(&path)?;
            let tests = RustSource::parse(&text).map_or(0, |source| source.test_lines);
            lines += if is_table(&text) {
                0
            } else {
                text.lines().count().saturating_sub(tests)
            };
        }
    }
    let to_divide = TO_DIVIDE.iter().find(|(name, ..)| *name == function);
    let limit = to_divide.map_or(FUNCTION_PACKAGE, |(_, limit, _)| *limit);
    Ok((lines > limit).then(|| {
        let along = to_divide.map_or(String::new(), |(.., along)| format!("; it divides at {along}"));
        format!("functions/{function}: {lines} lines without tests; above {limit} it is two capabilities{along}")
    }))
}

fn is_table(text: &str) -> bool {
    headline(text).is_some_and(|line| line.starts_with("Table:"))
}

#[derive(PartialEq, Eq)]
enum Kind {
    Main,
    Routes,
    UseCase,
    Adapter,
    Other,
}

impl Kind {
    fn of(path: &str) -> Self {
        let name = path.rsplit('/').next().unwrap_or(path);
        let in_function = path.starts_with("functions/") && path.contains("/src/");
        // shared/providers/src/<kind>/<provider>/<capability>.rs
        let in_adapter = path.starts_with("shared/providers/src/") && path.split('/').count() == 6;
        match name {
            "main.rs" if in_function => Self::Main,
            "routes.rs" if in_function => Self::Routes,
            "lib.rs" | "config.rs" | "views.rs" | "tests.rs" | "mod.rs" => Self::Other,
            _ if name.ends_with("_view.rs") || name.ends_with("_views.rs") => Self::Other,
            _ if in_function => Self::UseCase,
            _ if in_adapter => Self::Adapter,
            _ => Self::Other,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tree::sample::SampleTree;

    fn lines(count: usize) -> String {
        "//! Long.\n".to_owned() + &"// why\n".repeat(count - 1)
    }

    #[test]
    fn each_kind_of_file_has_its_own_limit() {
        for (path, limit) in [
            ("functions/cart/src/main.rs", 30),
            ("functions/cart/src/add_line.rs", 200),
            ("functions/cart/src/lib.rs", 400),
            ("functions/cart/src/line_view.rs", 400),
            ("shared/domain/src/money.rs", 400),
            ("shared/providers/src/carriers/dhl/rates.rs", 300),
            ("shared/providers/src/carriers/dhl/tests.rs", 400),
        ] {
            let tree = SampleTree::with(&[(path, &lines(limit))]);
            assert_eq!(findings(&tree).unwrap(), [""; 0], "{path} at its limit");

            tree.add(path, &lines(limit + 1));
            assert_eq!(findings(&tree).unwrap().len(), 1, "{path} above its limit");
        }
    }

    #[test]
    fn a_table_may_be_long() {
        let text = lines(500).replacen("//! Long.", "//! Table: status codes.", 1);
        let tree = SampleTree::with(&[("shared/domain/src/codes.rs", &text)]);

        assert_eq!(findings(&tree).unwrap(), [""; 0]);
    }

    #[test]
    fn the_tests_of_a_use_case_do_not_count_as_the_use_case() {
        let tests = format!("#[cfg(test)]\nmod tests {{\n{}}}\n", "    // a case\n".repeat(150));
        let tree = SampleTree::with(&[("functions/cart/src/add_line.rs", &(lines(150) + &tests))]);

        assert_eq!(findings(&tree).unwrap(), [""; 0]);
    }

    #[test]
    fn a_long_function_is_named_with_its_line() {
        let body = "    work();\n".repeat(16);
        let routes = format!("//! Routes.\n\nasync fn place() {{\n{body}}}\nfn table() {{\n{body}}}\n");
        let tree = SampleTree::with(&[("functions/cart/src/routes.rs", &routes)]);

        let found = findings(&tree).unwrap();

        assert_eq!(
            found,
            ["functions/cart/src/routes.rs:3: place has 16 lines; a handler has at most 15"]
        );
    }

    #[test]
    fn a_package_with_too_much_source_is_two_capabilities() {
        let part = lines(199);
        let tree = SampleTree::with(&[("functions/cart/Cargo.toml", "")]);
        for number in 0..8 {
            tree.add(&format!("functions/cart/src/part_{number}.rs"), &part);
        }
        tree.add("functions/cart/src/tests.rs", &part);

        let found = findings(&tree).unwrap();

        assert_eq!(
            found,
            ["functions/cart: 1592 lines without tests; above 1500 it is two capabilities"]
        );
    }
}
