//! The README's table of functions: one row for each, none for anything else, in the order of the template.

use crate::table;

/// `order` is how the template lists them.
pub(crate) fn findings(text: &str, functions: &[String], order: &[String]) -> Vec<String> {
    let named = named_functions(text);
    let mut found = Vec::new();
    for function in functions {
        match named.iter().filter(|name| *name == function).count() {
            1 => {}
            0 => found.push(format!("README.md: the table of functions has no row for {function}")),
            _ => found.push(format!(
                "README.md: the table of functions has more than one row for {function}"
            )),
        }
    }
    for name in named.iter().filter(|name| !functions.contains(name)) {
        found.push(format!(
            "README.md: the table of functions has a row for {name}, which is not in functions/"
        ));
    }
    if found.is_empty() && order.len() == named.len() && order != named {
        found.push(format!(
            "README.md: the rows stand in the order of the template: {}",
            order.join(", ")
        ));
    }
    found
}

/// First cells of the table whose head begins with "function".
fn named_functions(text: &str) -> Vec<String> {
    let mut found = Vec::new();
    let mut inside = false;
    for line in text.lines() {
        let Some(row) = table::cells(line) else {
            inside = false;
            continue;
        };
        let first = row.first().map(|cell| bare(cell)).unwrap_or_default();
        if inside && !table::is_rule(&row) {
            found.push(first);
        } else if first.eq_ignore_ascii_case("function") {
            inside = true;
        }
    }
    found
}

/// `` [`cart`](functions/cart) `` and `` `cart` `` are both cart.
fn bare(cell: &str) -> String {
    let cell = cell
        .strip_prefix('[')
        .and_then(|rest| rest.split(']').next())
        .unwrap_or(cell);
    cell.trim_matches(|c| c == '`' || c == '*' || c == ' ').to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    const README: &str = "\
| package | knows |
|---|---|
| store | tables |

| Function | trigger |
|---|---|
| [`cart`](functions/cart) | HTTP |
| `orders` | HTTP |
";

    fn names(names: &[&str]) -> Vec<String> {
        names.iter().map(|&name| name.to_owned()).collect()
    }

    fn findings_for(text: &str, functions: &[&str]) -> Vec<String> {
        findings(text, &names(functions), &names(functions))
    }

    #[test]
    fn one_row_for_each_function_is_accepted() {
        assert_eq!(findings_for(README, &["cart", "orders"]), [""; 0]);
    }

    #[test]
    fn a_missing_a_second_and_a_foreign_row_are_refused() {
        assert_eq!(findings_for(README, &["cart", "orders", "search"]).len(), 1);
        assert_eq!(findings_for(README, &["cart"]).len(), 1);
        assert_eq!(
            findings_for(&(README.to_owned() + "| cart | again |\n"), &["cart", "orders"]).len(),
            1
        );
    }

    #[test]
    fn rows_in_another_order_than_the_template_are_refused() {
        assert_eq!(
            findings(README, &names(&["cart", "orders"]), &names(&["orders", "cart"])).len(),
            1
        );
    }
}
