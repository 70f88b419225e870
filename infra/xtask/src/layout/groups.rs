//! Groups of settings that shared packages read: which names `Group::read(&mut settings)` asks for, followed from function to
//! function, because the group of all payment providers is the sum of theirs.

use std::collections::{BTreeMap, BTreeSet};

use anyhow::{Context, Result};
use syn::visit::Visit;

use super::settings::setting;
use crate::rust_source::is_for_tests;
use crate::tree::Tree;

/// Every function of shared/ that reads settings, by its name: `Payments::read`, or `webhook_secrets` for a free one.
#[derive(Default)]
pub(crate) struct Readers(BTreeMap<String, Reader>);

#[derive(Default)]
struct Reader {
    names: BTreeSet<String>,
    calls: BTreeSet<String>,
}

impl Readers {
    pub(crate) fn in_shared(tree: &Tree) -> Result<Self> {
        let mut found = Self::default();
        for path in tree.files("shared")?.iter().filter(|path| path.ends_with(".rs")) {
            let text = tree.read(path)?;
            if text.contains("mut Settings") {
                let file = syn::parse_file(&text).with_context(|| format!("reading {path}"))?;
                Source {
                    readers: &mut found,
                    owner: None,
                }
                .visit_file(&file);
            }
        }
        Ok(found)
    }

    /// The settings of a group; nothing when no such group is read anywhere.
    pub(crate) fn names(&self, group: &str) -> Option<BTreeSet<String>> {
        let mut open = vec![format!("{group}::read")];
        let mut seen = BTreeSet::new();
        let mut names = BTreeSet::new();
        while let Some(name) = open.pop() {
            if let Some(reader) = self.0.get(&name)
                && seen.insert(name)
            {
                names.extend(reader.names.iter().cloned());
                open.extend(reader.calls.iter().cloned());
            }
        }
        (!names.is_empty()).then_some(names)
    }
}

struct Source<'a> {
    readers: &'a mut Readers,
    /// The type whose `impl` is being read.
    owner: Option<String>,
}

impl Source<'_> {
    fn read(&mut self, signature: &syn::Signature, body: &syn::Block) {
        if !signature.inputs.iter().any(takes_settings) {
            return;
        }
        let owner = self.owner.as_deref();
        let name = owner.map_or_else(
            || signature.ident.to_string(),
            |owner| format!("{owner}::{}", signature.ident),
        );
        let mut found = Body {
            owner,
            reader: Reader::default(),
        };
        found.visit_block(body);
        let reader = self.readers.0.entry(name).or_default();
        reader.names.extend(found.reader.names);
        reader.calls.extend(found.reader.calls);
    }
}

fn takes_settings(input: &syn::FnArg) -> bool {
    let syn::FnArg::Typed(typed) = input else { return false };
    let syn::Type::Reference(reference) = typed.ty.as_ref() else {
        return false;
    };
    let syn::Type::Path(path) = reference.elem.as_ref() else {
        return false;
    };
    reference.mutability.is_some() && path.path.segments.last().is_some_and(|last| last.ident == "Settings")
}

impl<'ast> Visit<'ast> for Source<'_> {
    fn visit_item_mod(&mut self, module: &'ast syn::ItemMod) {
        if !module.attrs.iter().any(is_for_tests) {
            syn::visit::visit_item_mod(self, module);
        }
    }

    fn visit_item_impl(&mut self, block: &'ast syn::ItemImpl) {
        let outer = self.owner.take();
        if let syn::Type::Path(path) = block.self_ty.as_ref() {
            self.owner = path.path.segments.last().map(|last| last.ident.to_string());
        }
        syn::visit::visit_item_impl(self, block);
        self.owner = outer;
    }

    fn visit_item_fn(&mut self, function: &'ast syn::ItemFn) {
        self.read(&function.sig, &function.block);
    }

    fn visit_impl_item_fn(&mut self, function: &'ast syn::ImplItemFn) {
        self.read(&function.sig, &function.block);
    }
}

struct Body<'a> {
    owner: Option<&'a str>,
    reader: Reader,
}

impl<'ast> Visit<'ast> for Body<'_> {
    fn visit_lit_str(&mut self, text: &'ast syn::LitStr) {
        self.reader.names.extend(setting(&text.value()));
    }

    fn visit_expr_path(&mut self, called: &'ast syn::ExprPath) {
        let mut segments = called
            .path
            .segments
            .iter()
            .rev()
            .map(|segment| segment.ident.to_string());
        let name = segments.next().unwrap_or_default();
        let place = segments.next().map(|place| {
            if place == "Self" {
                self.owner.unwrap_or_default().to_owned()
            } else {
                place
            }
        });
        let is_type = |place: &String| place.starts_with(char::is_uppercase);
        self.reader.calls.insert(
            place
                .filter(is_type)
                .map_or_else(|| name.clone(), |place| format!("{place}::{name}")),
        );
    }

    fn visit_macro(&mut self, called: &'ast syn::Macro) {
        // `vec![Stripe::read(settings), ..]` holds expressions like any call.
        let parts = syn::punctuated::Punctuated::<syn::Expr, syn::Token![,]>::parse_terminated;
        for expression in called.parse_body_with(parts).into_iter().flatten() {
            self.visit_expr(&expression);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tree::sample::SampleTree;

    const SETTINGS: &str = r#"//! Stripe.
impl StripeSettings {
    pub(super) fn read(settings: &mut Settings) -> Self {
        Self { base_url: settings.parsed("STRIPE_BASE_URL", "MUST be right"), key: settings.secret("STRIPE_SECRET_KEY") }
    }
}
pub(super) fn webhook_secrets(settings: &mut Settings) -> Vec<Secret> {
    settings.secret("STRIPE_WEBHOOK_SECRETS").split()
}
#[cfg(test)]
mod tests {
    fn read(settings: &mut Settings) { settings.text("ONLY_IN_TESTS") }
}
"#;
    const GROUPS: &str = "//! All.
impl Payments {
    pub fn read(settings: &mut Settings) -> Self {
        Self(vec![Box::new(stripe::StripeSettings::read(settings))])
    }
}
impl Webhooks {
    pub fn read(settings: &mut Settings) -> Self {
        Self::all(settings)
    }
    fn all(settings: &mut Settings) -> Self {
        Self(settings::webhook_secrets(settings))
    }
}
";

    fn readers() -> Readers {
        let tree = SampleTree::with(&[
            ("shared/providers/src/payments/stripe/settings.rs", SETTINGS),
            ("shared/providers/src/payments/mod.rs", GROUPS),
        ]);
        Readers::in_shared(&tree).unwrap()
    }

    fn names(group: &str) -> Vec<String> {
        readers().names(group).unwrap_or_default().into_iter().collect()
    }

    #[test]
    fn a_group_asks_for_all_that_its_parts_ask_for() {
        assert_eq!(names("StripeSettings"), ["STRIPE_BASE_URL", "STRIPE_SECRET_KEY"]);
        assert_eq!(names("Payments"), ["STRIPE_BASE_URL", "STRIPE_SECRET_KEY"]);
        assert_eq!(names("Webhooks"), ["STRIPE_WEBHOOK_SECRETS"]);
    }

    #[test]
    fn what_nobody_reads_is_no_group() {
        assert_eq!(readers().names("Carriers"), None);
    }
}
