//! One Rust file, parsed: how long its functions are, what it names, what it mentions.

use anyhow::{Context, Result};
use proc_macro2::{TokenStream, TokenTree};
use syn::spanned::Spanned;
use syn::visit::Visit;

use crate::tree::Tree;

/// A thing with a name, and where it stands.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Named {
    pub(crate) name: String,
    pub(crate) line: usize,
}

/// A function and how many lines of code stand between its braces, as clippy counts them: no empty lines, no comments.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Measured {
    pub(crate) name: String,
    pub(crate) line: usize,
    pub(crate) lines: usize,
    pub(crate) is_async: bool,
}

/// What the rules ask of a file.
#[derive(Default)]
pub(crate) struct RustSource {
    /// Functions outside tests.
    pub(crate) functions: Vec<Measured>,
    /// Structs, enums, traits, aliases and modules.
    pub(crate) names: Vec<Named>,
    /// Lines inside `#[cfg(test)]` modules.
    pub(crate) test_lines: usize,
    /// Whether a line holds code.
    code: Vec<bool>,
}

impl RustSource {
    pub(crate) fn read(tree: &Tree, path: &str) -> Result<Self> {
        Self::parse(&tree.read(path)?).with_context(|| format!("reading {path}"))
    }

    pub(crate) fn parse(text: &str) -> Result<Self> {
        let file = syn::parse_file(text)?;
        let is_code = |line: &str| !line.trim().is_empty() && !line.trim_start().starts_with("//");
        let mut found = Self {
            code: text.lines().map(is_code).collect(),
            ..Self::default()
        };
        found.visit_file(&file);
        Ok(found)
    }

    fn measure(&mut self, signature: &syn::Signature, body: &syn::Block) {
        let name = &signature.ident;
        let line = name.span().start().line;
        let (open, close) = (body.span().start().line, body.span().end().line);
        // Lines count from one, so skipping `open` of them leaves those after the opening brace.
        let inside = self.code.iter().skip(open).take(close.saturating_sub(open + 1));
        let lines = inside.filter(|code| **code).count();
        self.functions.push(Measured {
            name: name.to_string(),
            line,
            lines,
            is_async: signature.asyncness.is_some(),
        });
    }

    fn name(&mut self, ident: &syn::Ident) {
        self.names.push(Named {
            name: ident.to_string(),
            line: ident.span().start().line,
        });
    }
}

impl<'ast> Visit<'ast> for RustSource {
    fn visit_item_mod(&mut self, module: &'ast syn::ItemMod) {
        if module.attrs.iter().any(is_for_tests) {
            let span = module.span();
            self.test_lines += span.end().line.saturating_sub(span.start().line) + 1;
            return;
        }
        self.name(&module.ident);
        syn::visit::visit_item_mod(self, module);
    }

    fn visit_item_fn(&mut self, function: &'ast syn::ItemFn) {
        self.measure(&function.sig, &function.block);
        syn::visit::visit_item_fn(self, function);
    }

    fn visit_impl_item_fn(&mut self, function: &'ast syn::ImplItemFn) {
        self.measure(&function.sig, &function.block);
        syn::visit::visit_impl_item_fn(self, function);
    }

    fn visit_item_struct(&mut self, item: &'ast syn::ItemStruct) {
        self.name(&item.ident);
    }

    fn visit_item_enum(&mut self, item: &'ast syn::ItemEnum) {
        self.name(&item.ident);
    }

    fn visit_item_trait(&mut self, item: &'ast syn::ItemTrait) {
        self.name(&item.ident);
        syn::visit::visit_item_trait(self, item);
    }

    fn visit_item_type(&mut self, item: &'ast syn::ItemType) {
        self.name(&item.ident);
    }
}

/// True for `#[cfg(test)]`.
pub(crate) fn is_for_tests(attribute: &syn::Attribute) -> bool {
    attribute.path().is_ident("cfg")
        && matches!(&attribute.meta, syn::Meta::List(list) if list.tokens.to_string() == "test")
}

/// Every name the code itself mentions; comments and text are not code.
pub(crate) fn mentions(text: &str) -> Result<Vec<Named>> {
    let tokens: TokenStream = text.parse().map_err(|error| anyhow::anyhow!("{error}"))?;
    let mut found = Vec::new();
    collect_mentions(tokens, &mut found);
    Ok(found)
}

fn collect_mentions(tokens: TokenStream, found: &mut Vec<Named>) {
    for token in tokens {
        match token {
            TokenTree::Ident(ident) => {
                found.push(Named {
                    name: ident.to_string(),
                    line: ident.span().start().line,
                });
            }
            TokenTree::Group(group) => collect_mentions(group.stream(), found),
            TokenTree::Punct(_) | TokenTree::Literal(_) => {}
        }
    }
}

/// The first `//!` line of a file.
pub(crate) fn headline(text: &str) -> Option<&str> {
    text.lines().next()?.strip_prefix("//!").map(str::trim)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_code_between_the_braces_is_measured_and_tests_are_left_out() {
        let text = "fn a() {\n    // why\n\n    b();\n}\nimpl X {\n    fn b() {}\n}\n#[cfg(test)]\nmod tests {\n    fn c() {}\n}\n";

        let source = RustSource::parse(text).unwrap();

        let measured: Vec<_> = source
            .functions
            .iter()
            .map(|f| (f.name.as_str(), f.line, f.lines))
            .collect();
        assert_eq!(measured, [("a", 1, 1), ("b", 7, 0)]);
        assert_eq!(source.test_lines, 4);
    }

    #[test]
    fn names_of_types_and_modules_are_found_with_their_line() {
        let source = RustSource::parse("struct A;\nmod b {\n    enum C {}\n}\ntrait D {}\ntype E = A;\n").unwrap();

        let names: Vec<_> = source.names.iter().map(|n| (n.name.as_str(), n.line)).collect();
        assert_eq!(names, [("A", 1), ("b", 2), ("C", 3), ("D", 5), ("E", 6)]);
    }

    #[test]
    fn a_word_in_a_comment_is_no_mention() {
        let found = mentions("// HashMap\nlet x = \"HashMap\";\nlet y: Tree;\n").unwrap();

        assert!(!found.iter().any(|m| m.name == "HashMap"));
        assert!(found.contains(&Named {
            name: "Tree".into(),
            line: 3
        }));
    }
}
