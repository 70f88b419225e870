//! A table deletes every item whose expiry attribute is a number in the past, whatever the item is. So only records that may be forgotten
//! carry an attribute of that name: with any other one, a change of its type would delete it.

use anyhow::{Context, Result};
use proc_macro2::{TokenStream, TokenTree};
use syn::visit::Visit;

use super::template::Template;
use crate::tree::Tree;

const RECORDS: &str = "shared/store/src";

/// Records that may be forgotten, each with what of it.
const MAY_END: &[(&str, &str)] = &[
    ("CartRecord", "a cart that nobody touches any more"),
    ("CodeRecord", "a code that enrols a device"),
    ("ChangeRecord", "a change that was never confirmed"),
    ("InvitationRecord", "an invitation that nobody followed"),
    ("ListedRecord", "the entry of a session that has ended"),
    ("NoticeRecord", "a notice that was sent long ago"),
    ("PayLinkRecord", "inside the order, where the table does not look"),
    ("QuoteRecord", "a price that nobody ordered by"),
    ("RegistrationRecord", "a registration that was never completed"),
    ("RequestRecord", "the key of a request that is not repeated any more"),
    ("ResetRecord", "a link that was never followed"),
    ("SessionRecord", "a session that has ended"),
    ("WebhookRecord", "a webhook that its provider does not send again"),
];

pub(crate) fn findings(tree: &Tree, template: &Template) -> Result<Vec<String>> {
    let mut found = Vec::new();
    if !tree.has(RECORDS) {
        return Ok(found);
    }
    for file in tree.files(RECORDS)?.iter().filter(|file| file.ends_with(".rs")) {
        for name in &template.forgets_by {
            let records = carrying(&tree.read(file)?, name).with_context(|| format!("reading {file}"))?;
            let must_stay = records
                .iter()
                .filter(|record| !MAY_END.iter().any(|(known, _)| known == record));
            found.extend(must_stay.map(|record| {
                format!("{file}: {record} has an attribute {name}, by which the table deletes it: give it another name")
            }));
        }
    }
    Ok(found)
}

/// The stored records that have an attribute of this name.
fn carrying(source: &str, name: &str) -> Result<Vec<String>> {
    let mut found = Carrying {
        name,
        records: Vec::new(),
    };
    found.visit_file(&syn::parse_file(source)?);
    Ok(found.records)
}

struct Carrying<'a> {
    name: &'a str,
    records: Vec<String>,
}

impl<'ast> Visit<'ast> for Carrying<'_> {
    fn visit_item_struct(&mut self, item: &'ast syn::ItemStruct) {
        let derives = item
            .attrs
            .iter()
            .filter(|attribute| attribute.path().is_ident("derive"));
        let is_stored = derives.into_iter().any(|derive| mentions(derive, "Serialize"));
        let carries = |field: &syn::Field| {
            let is_renamed = field.attrs.iter().any(|attribute| mentions(attribute, "rename"));
            !is_renamed && field.ident.as_ref().is_some_and(|ident| ident == self.name)
        };
        if is_stored && item.fields.iter().any(carries) {
            self.records.push(item.ident.to_string());
        }
    }

    /// `record! { NAME of PART { FIELDS } with { FIELDS } }` declares a record too.
    fn visit_macro(&mut self, one: &'ast syn::Macro) {
        if !one.path.is_ident("record") {
            return;
        }
        let record = one.tokens.clone().into_iter().find_map(|token| match token {
            TokenTree::Ident(ident) => Some(ident.to_string()),
            TokenTree::Group(_) | TokenTree::Punct(_) | TokenTree::Literal(_) => None,
        });
        if has_field(one.tokens.clone(), self.name) {
            self.records.extend(record);
        }
    }
}

fn mentions(attribute: &syn::Attribute, word: &str) -> bool {
    match &attribute.meta {
        syn::Meta::List(list) => list.tokens.to_string().contains(word),
        syn::Meta::Path(_) | syn::Meta::NameValue(_) => false,
    }
}

/// A field that is not stored under another name: no `rename` stands in the attribute before it.
fn has_field(tokens: TokenStream, name: &str) -> bool {
    let mut before = String::new();
    let mut tokens = tokens.into_iter().peekable();
    while let Some(token) = tokens.next() {
        match &token {
            TokenTree::Group(group) if group.delimiter() == proc_macro2::Delimiter::Brace => {
                if has_field(group.stream(), name) {
                    return true;
                }
            }
            TokenTree::Ident(ident) if ident == name => {
                let is_field = matches!(tokens.peek(), Some(TokenTree::Punct(next)) if next.as_char() == ':');
                if is_field && !before.contains("rename") {
                    return true;
                }
            }
            TokenTree::Group(_) | TokenTree::Ident(_) | TokenTree::Punct(_) | TokenTree::Literal(_) => {}
        }
        before = token.to_string();
    }
    false
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_is_stored_under_that_name_is_found() {
        for (source, found) in [
            ("#[derive(Serialize)] struct PaymentRecord { expires_at: String }", true),
            (
                "#[derive(Clone, Serialize, Deserialize)] struct PaymentRecord { a: u8, expires_at: i64 }",
                true,
            ),
            (
                "#[derive(Serialize)] struct PaymentRecord { #[serde(rename = \"page_expires_at\")] expires_at: String }",
                false,
            ),
            ("#[derive(Clone)] struct Payment { expires_at: String }", false),
            ("#[derive(Serialize)] struct PaymentRecord { ends_at: i64 }", false),
            (
                "record! { PaymentRecord of Payment { id: Id, expires_at: Timestamp, } with { } }",
                true,
            ),
            (
                "record! { PaymentRecord of Payment { id: Id, } with { expires_at: i64 = |p: &P| p.expires_at, fine(x); } }",
                true,
            ),
            (
                "record! { PaymentRecord of Payment { #[serde(rename = \"b\")] expires_at: Timestamp, } with { } }",
                false,
            ),
            (
                "record! { PaymentRecord of Payment { id: Id, } with { at: i64 = |p: &P| p.expires_at, fine(x); } }",
                false,
            ),
        ] {
            let records = carrying(source, "expires_at").unwrap();

            assert_eq!(records == ["PaymentRecord"], found, "{source}: {records:?}");
        }
    }
}
