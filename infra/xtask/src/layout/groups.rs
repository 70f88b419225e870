//! Groups of settings that shared packages read: which names `Group::read(&mut settings)` asks for, followed from function to
//! function, because the group of all payment providers is the sum of theirs.

use std::collections::{BTreeMap, BTreeSet};

use anyhow::{Context, Result};
use syn::visit::Visit;

use super::settings::setting;
use crate::rust_source::is_for_tests;
use crate::tree::Tree;

/// Functions and constants of shared/ that lead to settings. A method is known by its type, `Payments::read`; anything else by its
/// module, `shared/providers/src/suppliers/aliexpress::read`.
#[derive(Default)]
pub(crate) struct Readers(BTreeMap<String, Reader>);

#[derive(Default)]
struct Reader {
    names: BTreeSet<String>,
    mentions: BTreeSet<Mention>,
}

/// A path in a body: its last word, the word before it, and the module it is read in.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord)]
struct Mention {
    module: String,
    place: Option<String>,
    name: String,
}

impl Readers {
    pub(crate) fn in_shared(tree: &Tree) -> Result<Self> {
        let mut found = Self::default();
        for path in tree.files("shared")?.iter().filter(|path| path.ends_with(".rs")) {
            let text = tree.read(path)?;
            if text.contains("Settings") {
                let file = syn::parse_file(&text).with_context(|| format!("reading {path}"))?;
                let module = path
                    .trim_end_matches(".rs")
                    .trim_end_matches("/mod")
                    .trim_end_matches("/lib");
                let names = BTreeSet::from(["Settings".to_owned()]);
                Source {
                    readers: &mut found,
                    module,
                    owner: None,
                    names,
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
        while let Some(key) = open.pop() {
            if let Some(reader) = self.0.get(&key)
                && seen.insert(key)
            {
                names.extend(reader.names.iter().cloned());
                open.extend(reader.mentions.iter().filter_map(|mention| self.key(mention)));
            }
        }
        (!names.is_empty()).then_some(names)
    }

    fn key(&self, mention: &Mention) -> Option<String> {
        let Mention { module, place, name } = mention;
        let Some(place) = place else {
            return Some(format!("{module}::{name}"));
        };
        if place.starts_with(char::is_uppercase) {
            return Some(format!("{place}::{name}"));
        }
        // Many adapters have a module `settings`; the nearest one is meant.
        let suffix = format!("/{place}::{name}");
        let in_common = |key: &&String| key.chars().zip(module.chars()).take_while(|(a, b)| a == b).count();
        self.0
            .keys()
            .filter(|key| key.ends_with(&suffix))
            .max_by_key(in_common)
            .cloned()
    }
}

struct Source<'a> {
    readers: &'a mut Readers,
    module: &'a str,
    /// The type whose `impl` is being read.
    owner: Option<String>,
    /// What `domain::Settings` is called in this file.
    names: BTreeSet<String>,
}

impl Source<'_> {
    fn function(&mut self, signature: &syn::Signature, body: &syn::Block) {
        if signature.inputs.iter().any(|input| self.takes_settings(input)) {
            let name = signature.ident.to_string();
            let key = self
                .owner
                .as_ref()
                .map_or_else(|| self.key(&name), |owner| format!("{owner}::{name}"));
            let mut found = self.body();
            found.visit_block(body);
            self.readers.0.insert(key, found.reader);
        }
    }

    fn constant(&mut self, name: &syn::Ident, value: &syn::Expr) {
        let mut found = self.body();
        found.visit_expr(value);
        // A list of names alone is no reading of them.
        found.reader.names.clear();
        self.readers.0.insert(self.key(&name.to_string()), found.reader);
    }

    fn key(&self, name: &str) -> String {
        format!("{}::{name}", self.module)
    }

    fn body(&self) -> Body {
        Body {
            module: self.module.to_owned(),
            owner: self.owner.clone(),
            reader: Reader::default(),
        }
    }

    fn takes_settings(&self, input: &syn::FnArg) -> bool {
        let syn::FnArg::Typed(typed) = input else { return false };
        let syn::Type::Reference(reference) = typed.ty.as_ref() else {
            return false;
        };
        let syn::Type::Path(path) = reference.elem.as_ref() else {
            return false;
        };
        let last = path
            .path
            .segments
            .last()
            .map(|last| last.ident.to_string())
            .unwrap_or_default();
        reference.mutability.is_some() && self.names.contains(&last)
    }
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

    fn visit_use_rename(&mut self, rename: &'ast syn::UseRename) {
        if rename.ident == "Settings" {
            self.names.insert(rename.rename.to_string());
        }
    }

    fn visit_item_fn(&mut self, function: &'ast syn::ItemFn) {
        self.function(&function.sig, &function.block);
    }

    fn visit_impl_item_fn(&mut self, function: &'ast syn::ImplItemFn) {
        self.function(&function.sig, &function.block);
    }

    fn visit_item_const(&mut self, constant: &'ast syn::ItemConst) {
        self.constant(&constant.ident, &constant.expr);
    }

    fn visit_item_static(&mut self, constant: &'ast syn::ItemStatic) {
        self.constant(&constant.ident, &constant.expr);
    }
}

struct Body {
    module: String,
    owner: Option<String>,
    reader: Reader,
}

impl<'ast> Visit<'ast> for Body {
    fn visit_lit_str(&mut self, text: &'ast syn::LitStr) {
        self.reader.names.extend(setting(&text.value()));
    }

    fn visit_expr_path(&mut self, mentioned: &'ast syn::ExprPath) {
        let mut words = mentioned
            .path
            .segments
            .iter()
            .rev()
            .map(|segment| segment.ident.to_string());
        let name = words.next().unwrap_or_default();
        let place = words.next().and_then(|place| {
            if place == "Self" {
                self.owner.clone()
            } else {
                Some(place)
            }
        });
        self.reader.mentions.insert(Mention {
            module: self.module.clone(),
            place,
            name,
        });
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

    /// A store may be one line of a list, and call our settings by another name.
    const STORE: &str = r#"//! A store.
use domain::{Secret, Settings as Named};
pub const NAMES: &[&str] = &["SHOP_NOT_READ"];
pub fn read(settings: &mut Named) -> Settings {
    Settings { key: settings.text("SHOP_KEY") }
}
"#;
    const STORES: &str = "//! All.
const STORES: &[Store] = &[Store { names: shop::settings::NAMES, read: settings::read }];
impl Suppliers {
    pub fn read(settings: &mut Settings) -> Self {
        Self(STORES.iter().map(|store| (store.read)(settings)).collect())
    }
}
";

    fn readers() -> Readers {
        let tree = SampleTree::with(&[
            ("shared/providers/src/payments/stripe/settings.rs", SETTINGS),
            ("shared/providers/src/payments/mod.rs", GROUPS),
            ("shared/providers/src/suppliers/shop/settings.rs", STORE),
            ("shared/providers/src/suppliers/mod.rs", STORES),
            (
                "shared/providers/src/carriers/post/settings.rs",
                &STORE.replace("SHOP_KEY", "POST_KEY"),
            ),
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
    fn a_list_of_readers_is_followed_to_the_nearest_module_of_that_name() {
        assert_eq!(names("Suppliers"), ["SHOP_KEY"]);
    }

    #[test]
    fn what_nobody_reads_is_no_group() {
        assert_eq!(readers().names("Carriers"), None);
    }
}
