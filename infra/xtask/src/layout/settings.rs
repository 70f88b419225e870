//! The settings a function declares in `runtime::config!` are the ones the template gives it: no more, no fewer.

use std::collections::BTreeSet;

use anyhow::{Context, Result};
use proc_macro2::{TokenStream, TokenTree};
use syn::visit::Visit;

use super::groups::Readers;
use super::template::{PATH, Template};
use crate::tree::Tree;

/// Lambda gives every function its region and credentials; the template cannot.
const GIVEN_BY_LAMBDA: &str = "AWS_";

/// What one `config!` block asks for.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Declared {
    pub(crate) names: BTreeSet<String>,
    /// Types of shared groups, as `StripeSettings`.
    pub(crate) groups: BTreeSet<String>,
}

pub(crate) fn findings(tree: &Tree, template: &Template) -> Result<Vec<String>> {
    let readers = Readers::in_shared(tree)?;
    let mut found = Vec::new();
    for name in tree.functions()? {
        let Some(function) = template.function(&name) else {
            continue;
        };
        let mut declared = declared_by(tree, &name)?;
        for group in &declared.groups {
            match readers.names(group) {
                Some(names) => declared.names.extend(names),
                None => found.push(format!(
                    "functions/{name}: nothing in shared/ reads the settings of {group}"
                )),
            }
        }
        declared.names.retain(|setting| !setting.starts_with(GIVEN_BY_LAMBDA));
        for setting in declared.names.difference(&function.settings) {
            found.push(format!(
                "{PATH}: {} does not give {name} the setting {setting}",
                function.resource
            ));
        }
        for setting in function.settings.difference(&declared.names) {
            found.push(format!(
                "{PATH}: {} gives {name} {setting}, which its Config does not have",
                function.resource
            ));
        }
    }
    Ok(found)
}

fn declared_by(tree: &Tree, function: &str) -> Result<Declared> {
    let mut declared = Declared::default();
    for file in ["lib.rs", "config.rs"] {
        let path = format!("functions/{function}/src/{file}");
        if let Some(text) = tree.read_if_there(&path)? {
            let found = declared_in(&text).with_context(|| format!("reading {path}"))?;
            declared.names.extend(found.names);
            declared.groups.extend(found.groups);
        }
    }
    Ok(declared)
}

fn declared_in(text: &str) -> Result<Declared> {
    struct Blocks(Declared);
    impl<'ast> Visit<'ast> for Blocks {
        fn visit_macro(&mut self, called: &'ast syn::Macro) {
            if called
                .path
                .segments
                .last()
                .is_some_and(|segment| segment.ident == "config")
            {
                read_block(called.tokens.clone(), &mut self.0);
            }
        }
    }
    let mut blocks = Blocks(Declared::default());
    blocks.visit_file(&syn::parse_file(text)?);
    Ok(blocks.0)
}

/// Upper-case text is a setting; `Type = group` names a shared group.
fn read_block(tokens: TokenStream, declared: &mut Declared) {
    let mut previous_name = None;
    for token in tokens {
        match token {
            // A sentence above a field is text as well, but never only upper-case.
            TokenTree::Literal(literal) => declared.names.extend(setting(literal.to_string().trim_matches('"'))),
            TokenTree::Ident(ident) if ident == "group" => declared.groups.extend(previous_name.take()),
            TokenTree::Ident(ident) => previous_name = Some(ident.to_string()),
            TokenTree::Group(group) => read_block(group.stream(), declared),
            TokenTree::Punct(_) => {}
        }
    }
}

/// The text, if it can be the name of a setting.
pub(crate) fn setting(text: &str) -> Option<String> {
    let fits = text.contains('_')
        && text
            .chars()
            .all(|c| c.is_ascii_uppercase() || c.is_ascii_digit() || c == '_');
    fits.then(|| text.to_owned())
}

#[cfg(test)]
mod tests {
    use super::super::template::tests::SAMPLE;
    use super::*;
    use crate::tree::sample::SampleTree;

    const LIB: &str = r#"//! Ships parcels.
runtime::config! {
    /// What the function is told.
    pub struct Config {
        /// The table "NOT_THIS" of orders.
        orders_table: String = "ORDERS_TABLE",
        /// The carrier.
        dhl: DhlSettings = group,
    }
}
"#;
    const SETTINGS: &str = "//! DHL.\nimpl DhlSettings {\n    fn read(s: &mut Settings) -> Self {\n        \
                            Self(s.text(\"SHOP_ORIGIN\"), s.text(\"AWS_REGION\"))\n    }\n}\n";

    fn findings_with(lib: &str, settings: &str) -> Vec<String> {
        let tree = SampleTree::with(&[
            ("functions/shipping/Cargo.toml", ""),
            ("functions/shipping/src/lib.rs", lib),
            ("shared/providers/src/carriers/dhl/settings.rs", settings),
        ]);
        findings(&tree, &Template::parse(SAMPLE).unwrap()).unwrap()
    }

    #[test]
    fn settings_and_groups_that_the_template_gives_are_accepted() {
        assert_eq!(findings_with(LIB, SETTINGS), [""; 0]);
    }

    #[test]
    fn a_setting_on_one_side_only_is_refused() {
        let more = LIB.replace("\"ORDERS_TABLE\"", "\"ORDERS_TABLE\", other: String = \"FILES_BUCKET\"");
        assert_eq!(findings_with(&more, SETTINGS).len(), 1);

        let fewer = LIB.replace("= \"ORDERS_TABLE\"", "= other");
        assert_eq!(findings_with(&fewer, SETTINGS).len(), 1);
    }

    #[test]
    fn a_group_that_nobody_declares_is_refused() {
        let found = findings_with(LIB, "//! Nothing.\n");

        assert_eq!(found.len(), 2, "{found:?}");
        assert!(found[0].contains("DhlSettings"));
    }
}
