//! Walks a file's syntax tree and notes what tokens alone do not tell: `use` items, modules, functions, tests.

use syn::{
    Attribute, ImplItemFn, Item, ItemFn, ItemMod, ItemUse, TraitItemFn, UseTree,
    spanned::Spanned as _,
    visit::{self, Visit},
};

use super::{
    source::{Function, Source},
    tokens::Name,
};

/// Notes in a source what its syntax tree tells.
pub fn read(syntax: &syn::File, source: &mut Source) {
    let module = source.module();
    Reader { source, module }.visit_file(syntax);
}

/// Walks the tree once and notes what tokens alone do not tell.
struct Reader<'a> {
    source: &'a mut Source,
    module: Vec<String>,
}

impl Reader<'_> {
    /// The module that a file in the same folder would be.
    fn beside(&self, file: &str) -> Vec<String> {
        let mut module = self.source.module();
        module.pop();
        module.push(file.trim_end_matches(".rs").to_owned());
        module
    }

    fn function(&mut self, name: &syn::Ident, attributes: &[Attribute], body: &syn::Block) {
        let is_test = attributes.iter().any(is_test_attribute);
        let lines = name.span().start().line..=body.span().end().line;
        if is_test {
            let first = attributes.first().map_or(*lines.start(), line_of);
            self.source.test_lines.push(first..=*lines.end());
        }
        self.source.functions.push(Function {
            name: name.to_string(),
            lines,
        });
    }
}

impl<'ast> Visit<'ast> for Reader<'_> {
    fn visit_item(&mut self, item: &'ast Item) {
        if attributes(item).iter().any(is_for_tests) {
            let span = item.span();
            let lines = span.start().line..=span.end().line;
            self.source.test_lines.push(lines);
        }
        visit::visit_item(self, item);
    }

    fn visit_item_mod(&mut self, item: &'ast ItemMod) {
        self.module.push(item.ident.to_string());
        let span = item.span();
        let lines = span.start().line..=span.end().line;
        if item.content.is_some() {
            self.source.modules.push((lines, self.module.clone()));
        } else if item.attrs.iter().any(is_for_tests) {
            let elsewhere = path_attribute(&item.attrs);
            let module = elsewhere.map_or_else(|| self.module.clone(), |file| self.beside(&file));
            self.source.test_modules.push(module);
        }
        visit::visit_item_mod(self, item);
        self.module.pop();
    }

    fn visit_item_use(&mut self, item: &'ast ItemUse) {
        let mut names = Vec::new();
        leaves(&item.tree, &mut Vec::new(), &mut names);
        let span = item.span();
        let lines = span.start().line..=span.end().line;
        self.source.uses.push((lines, names));
    }

    fn visit_item_fn(&mut self, item: &'ast ItemFn) {
        self.function(&item.sig.ident, &item.attrs, &item.block);
        visit::visit_item_fn(self, item);
    }

    fn visit_impl_item_fn(&mut self, item: &'ast ImplItemFn) {
        self.function(&item.sig.ident, &item.attrs, &item.block);
        visit::visit_impl_item_fn(self, item);
    }

    fn visit_trait_item_fn(&mut self, item: &'ast TraitItemFn) {
        if let Some(body) = &item.default {
            self.function(&item.sig.ident, &item.attrs, body);
        }
        visit::visit_trait_item_fn(self, item);
    }
}

fn line_of(attribute: &Attribute) -> usize {
    attribute.span().start().line
}

/// `#[test]`, `#[tokio::test]` and their like.
fn is_test_attribute(attribute: &Attribute) -> bool {
    let last = attribute.path().segments.last();
    last.is_some_and(|segment| segment.ident == "test")
}

/// `#[cfg(test)]`.
fn is_for_tests(attribute: &Attribute) -> bool {
    attribute.path().is_ident("cfg")
        && attribute
            .meta
            .require_list()
            .is_ok_and(|list| list.tokens.to_string() == "test")
}

/// The file that `#[path = "..."]` names.
fn path_attribute(attributes: &[Attribute]) -> Option<String> {
    let path = attributes
        .iter()
        .find(|attribute| attribute.path().is_ident("path"))?;
    let value = &path.meta.require_name_value().ok()?.value;
    let syn::Expr::Lit(literal) = value else {
        return None;
    };
    let syn::Lit::Str(file) = &literal.lit else {
        return None;
    };
    Some(file.value())
}

/// The attributes of an item; items that cannot be for tests have none here, and syn may learn new kinds of items.
#[allow(clippy::wildcard_enum_match_arm)]
fn attributes(item: &Item) -> &[Attribute] {
    match item {
        Item::Const(item) => &item.attrs,
        Item::Enum(item) => &item.attrs,
        Item::Fn(item) => &item.attrs,
        Item::Impl(item) => &item.attrs,
        Item::Macro(item) => &item.attrs,
        Item::Mod(item) => &item.attrs,
        Item::Static(item) => &item.attrs,
        Item::Struct(item) => &item.attrs,
        Item::Trait(item) => &item.attrs,
        Item::Type(item) => &item.attrs,
        Item::Use(item) => &item.attrs,
        _ => &[],
    }
}

/// Every path that a `use` tree brings in.
fn leaves(tree: &UseTree, prefix: &mut Vec<String>, names: &mut Vec<Name>) {
    let line = tree.span().start().line;
    let mut leaf = |last: String, line: usize| {
        let segments = [prefix.as_slice(), &[last]].concat();
        names.push(Name { segments, line });
    };
    match tree {
        UseTree::Path(path) => {
            prefix.push(path.ident.to_string());
            leaves(&path.tree, prefix, names);
            prefix.pop();
        }
        UseTree::Name(name) => leaf(name.ident.to_string(), line),
        UseTree::Rename(rename) => leaf(rename.ident.to_string(), line),
        UseTree::Glob(_) => leaf("*".to_owned(), line),
        UseTree::Group(group) => {
            for tree in &group.items {
                leaves(tree, prefix, names);
            }
        }
    }
}
