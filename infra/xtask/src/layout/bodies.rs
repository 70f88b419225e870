//! Every body that a function takes refuses fields it does not know: a misspelt field would silently be left out of what is done. And no
//! type that is read by trying shapes: its errors name our types to whoever sent the body.

use std::collections::BTreeSet;

use anyhow::{Context, Result};
use proc_macro2::{TokenStream, TokenTree};
use syn::visit::Visit;

use crate::tree::Tree;

/// What a handler takes a body with.
const TAKES: [&str; 4] = ["Input", "Keyed", "Versioned", "KeyedVersion"];

pub(crate) fn findings(tree: &Tree) -> Result<Vec<String>> {
    let mut found = Vec::new();
    for function in tree.functions()? {
        let mut package = Package::default();
        let folder = format!("functions/{function}/src/");
        for path in tree.rust_files()?.iter().filter(|path| path.starts_with(&folder)) {
            let file = syn::parse_file(&tree.read(path)?).with_context(|| format!("reading {path}"))?;
            package.path.clone_from(path);
            package.visit_file(&file);
        }
        found.extend(package.findings());
    }
    Ok(found)
}

/// What one function takes and what it can read.
#[derive(Default)]
struct Package {
    path: String,
    bodies: BTreeSet<String>,
    read: Vec<Readable>,
}

/// A type that is read out of what was sent.
struct Readable {
    name: String,
    path: String,
    is_struct: bool,
    /// The words in its `serde` attributes and in those of its fields.
    words: BTreeSet<String>,
}

impl Package {
    fn findings(&self) -> Vec<String> {
        let mut found = Vec::new();
        for read in &self.read {
            let place = format!("{}: {}", read.path, read.name);
            if read.words.contains("untagged") {
                found.push(format!(
                    "{place} tries shapes, and its errors name them: write what it expects"
                ));
            }
            if !self.bodies.contains(&read.name) || !read.is_struct || read.words.contains("transparent") {
                continue;
            }
            if read.words.contains("flatten") || !read.words.contains("deny_unknown_fields") {
                found.push(format!("{place} is a body and takes fields that it does not know"));
            }
        }
        found
    }

    fn reads(&mut self, ident: &syn::Ident, attributes: &[syn::Attribute], fields: Option<&syn::Fields>) {
        let own = || attributes.iter();
        let derived: BTreeSet<String> = own().flat_map(|attribute| words(attribute, "derive")).collect();
        if !derived.contains("Deserialize") {
            return;
        }
        let of_fields = fields.into_iter().flatten().flat_map(|field| &field.attrs);
        self.read.push(Readable {
            name: ident.to_string(),
            path: self.path.clone(),
            is_struct: fields.is_some(),
            words: own()
                .chain(of_fields)
                .flat_map(|attribute| words(attribute, "serde"))
                .collect(),
        });
    }
}

impl<'ast> Visit<'ast> for Package {
    fn visit_item_struct(&mut self, item: &'ast syn::ItemStruct) {
        self.reads(&item.ident, &item.attrs, Some(&item.fields));
        syn::visit::visit_item_struct(self, item);
    }

    fn visit_item_enum(&mut self, item: &'ast syn::ItemEnum) {
        self.reads(&item.ident, &item.attrs, None);
        syn::visit::visit_item_enum(self, item);
    }

    fn visit_path_segment(&mut self, segment: &'ast syn::PathSegment) {
        if TAKES.iter().any(|takes| segment.ident == takes)
            && let syn::PathArguments::AngleBracketed(of) = &segment.arguments
        {
            self.bodies.extend(of.args.iter().filter_map(last_name));
        }
        syn::visit::visit_path_segment(self, segment);
    }
}

fn last_name(argument: &syn::GenericArgument) -> Option<String> {
    let syn::GenericArgument::Type(syn::Type::Path(path)) = argument else {
        return None;
    };
    path.path.segments.last().map(|segment| segment.ident.to_string())
}

/// The words of an attribute of this name.
fn words(attribute: &syn::Attribute, name: &str) -> Vec<String> {
    match &attribute.meta {
        syn::Meta::List(list) if attribute.path().is_ident(name) => idents(list.tokens.clone()),
        syn::Meta::List(_) | syn::Meta::Path(_) | syn::Meta::NameValue(_) => Vec::new(),
    }
}

fn idents(tokens: TokenStream) -> Vec<String> {
    let words = tokens.into_iter().filter_map(|token| match token {
        TokenTree::Ident(ident) => Some(ident.to_string()),
        TokenTree::Group(_) | TokenTree::Punct(_) | TokenTree::Literal(_) => None,
    });
    words.collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tree::sample::SampleTree;

    fn found(types: &str) -> Vec<String> {
        let handler = "async fn make(typed: Typed<Keyed<Form>>) {}\n";
        let tree = SampleTree::with(&[
            ("functions/cart/Cargo.toml", ""),
            ("functions/cart/src/routes.rs", &format!("{handler}{types}")),
        ]);
        findings(&tree).unwrap()
    }

    #[test]
    fn a_body_refuses_what_it_does_not_know() {
        for (types, findings) in [
            (
                "#[derive(Debug, Deserialize)] #[serde(deny_unknown_fields)] struct Form { a: u8 }",
                0,
            ),
            (
                "#[derive(Debug, Deserialize)] #[serde(default, deny_unknown_fields)] struct Form { a: u8 }",
                0,
            ),
            ("#[derive(Deserialize)] struct Form { a: u8 }", 1),
            (
                "#[derive(Deserialize)] #[serde(deny_unknown_fields)] struct Form { #[serde(flatten)] a: Address }",
                1,
            ),
            // A query, and what is only written.
            ("#[derive(Deserialize)] struct Wanted { a: u8 }", 0),
            ("#[derive(Serialize)] struct Form { a: u8 }", 0),
            (
                "#[derive(Deserialize)] #[serde(untagged)] enum Part { One(u8), Many(Vec<u8>) }",
                1,
            ),
        ] {
            assert_eq!(found(types).len(), findings, "{types}");
        }
    }
}
