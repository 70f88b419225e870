//! The table of who may call what has a row for every route of the template, and no other row.

use web::Route;

use super::template::{PATH, Template};

/// Where the table stands.
pub(crate) const TABLE: &str = "shared/web/src/access/table.rs";

pub(crate) fn findings(template: &Template, table: &[Route]) -> Vec<String> {
    let routes = || template.functions.iter().flat_map(|function| &function.routes);
    let mut found = Vec::new();
    for (method, path) in routes() {
        if !table.iter().any(|row| row.method == method && row.path == path) {
            found.push(format!("{TABLE}: nothing says who may call {method} {path}"));
        }
    }
    for row in table {
        if !routes().any(|(method, path)| row.method == method && row.path == path) {
            found.push(format!(
                "{PATH}: no function answers {} {}, which {TABLE} lists",
                row.method, row.path
            ));
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use web::Caller;

    use super::*;
    use crate::layout::template::tests::SAMPLE;

    const fn row(method: &'static str, path: &'static str) -> Route {
        Route {
            method,
            path,
            callers: &[Caller::Nobody],
        }
    }

    #[test]
    fn every_route_has_a_row_and_every_row_a_route() {
        let template = Template::parse(SAMPLE).unwrap();

        for (table, findings) in [
            (vec![row("GET", "/shipments/{id}")], 0),
            (vec![], 1),
            (vec![row("GET", "/shipments/{id}"), row("GET", "/forgotten")], 1),
            (vec![row("POST", "/shipments/{id}")], 2),
        ] {
            assert_eq!(super::findings(&template, &table).len(), findings, "{table:?}");
        }
    }
}
