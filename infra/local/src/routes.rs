//! Which function answers a request: the HTTP API's rules over the routes of the template.

use std::cmp::Reverse;
use std::collections::BTreeMap;

use percent_encoding::percent_decode_str;

use template::Template;

/// All routes of the template, the most specific first.
#[derive(Debug)]
pub(crate) struct Routes {
    entries: Vec<Entry>,
    default: Option<String>,
}

#[derive(Debug)]
struct Entry {
    method: String,
    path: String,
    function: String,
}

/// Where a request goes.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Matched<'a> {
    pub function: &'a str,
    pub route_key: String,
    pub parameters: BTreeMap<String, String>,
}

impl Routes {
    pub(crate) fn of(template: &Template) -> anyhow::Result<Self> {
        let mut routes = Self {
            entries: vec![],
            default: None,
        };
        for function in &template.functions {
            for route in &function.routes {
                let name = function.name.clone();
                let Some((method, path)) = route.target.clone() else {
                    if let Some(other) = routes.default.replace(name) {
                        anyhow::bail!("both {other} and {} answer everything else", function.name);
                    }
                    continue;
                };
                if routes
                    .entries
                    .iter()
                    .any(|entry| entry.method == method && entry.path == path)
                {
                    anyhow::bail!("two functions answer {method} {path}");
                }
                routes.entries.push(Entry {
                    method,
                    path,
                    function: name,
                });
            }
        }
        // A fixed segment wins over a parameter, a named method over ANY.
        routes.entries.sort_by_key(|entry| {
            let parameters: Vec<bool> = entry.path.split('/').map(is_parameter).collect();
            (parameters, Reverse(entry.method != "ANY"))
        });
        Ok(routes)
    }

    /// The route for a method and a path as it came over the wire.
    pub(crate) fn find(&self, method: &str, path: &str) -> Option<Matched<'_>> {
        for entry in &self.entries {
            if entry.method != method && entry.method != "ANY" {
                continue;
            }
            if let Some(parameters) = fit(&entry.path, path) {
                let route_key = format!("{} {}", entry.method, entry.path);
                return Some(Matched {
                    function: &entry.function,
                    route_key,
                    parameters,
                });
            }
        }
        let function = self.default.as_deref()?;
        Some(Matched {
            function,
            route_key: "$default".to_owned(),
            parameters: BTreeMap::new(),
        })
    }
}

fn is_parameter(segment: &str) -> bool {
    segment.starts_with('{')
}

fn fit(pattern: &str, path: &str) -> Option<BTreeMap<String, String>> {
    let mut parameters = BTreeMap::new();
    let mut given = path.split('/');
    for wanted in pattern.split('/') {
        let segment = given.next()?;
        match wanted.strip_prefix('{').and_then(|rest| rest.strip_suffix('}')) {
            Some(name) if !segment.is_empty() => {
                let value = percent_decode_str(segment).decode_utf8_lossy().into_owned();
                parameters.insert(name.to_owned(), value);
            }
            Some(_) => return None,
            None if wanted == segment => {}
            None => return None,
        }
    }
    given.next().is_none().then_some(parameters)
}

#[cfg(test)]
mod tests {
    use super::*;
    use template::{Parameters, Surroundings};

    fn routes(events: &str) -> anyhow::Result<Routes> {
        let text = format!(
            "Resources:\n  A:\n    Type: AWS::Serverless::Function\n    Properties:\n      CodeUri: x/a/\n      Events:\n{events}"
        );
        let around = Surroundings { sqs: String::new() };
        Routes::of(&Template::parse(&text, &Parameters::default(), &around)?)
    }

    fn line(name: &str, method: &str, path: &str) -> String {
        format!("        {name}: {{ Type: HttpApi, Properties: {{ Method: {method}, Path: \"{path}\" }} }}\n")
    }

    #[test]
    fn a_parameter_takes_one_decoded_segment() {
        let routes = routes(&line("One", "get", "/products/{store}/{id}")).unwrap();

        let found = routes.find("GET", "/products/ali%20express/1005%2F6").unwrap();

        assert_eq!(found.route_key, "GET /products/{store}/{id}");
        assert_eq!(found.parameters["store"], "ali express");
        assert_eq!(found.parameters["id"], "1005/6");
        for path in ["/products/a", "/products/a/b/c", "/products//b", "/products/a/"] {
            assert!(routes.find("GET", path).is_none(), "{path}");
        }
    }

    #[test]
    fn a_fixed_segment_wins_over_a_parameter_and_the_method_must_fit() {
        let events = [
            line("A", "delete", "/sessions/{id}"),
            line("B", "delete", "/sessions/current"),
        ]
        .concat();
        let routes = routes(&events).unwrap();

        assert_eq!(
            routes.find("DELETE", "/sessions/current").unwrap().route_key,
            "DELETE /sessions/current"
        );
        assert_eq!(
            routes.find("DELETE", "/sessions/7").unwrap().route_key,
            "DELETE /sessions/{id}"
        );
        assert!(routes.find("POST", "/sessions/current").is_none());
    }

    #[test]
    fn everything_else_goes_to_the_default_route_if_there_is_one() {
        let events = format!("{}        Rest: {{ Type: HttpApi }}\n", line("A", "get", "/cart"));
        let with = routes(&events).unwrap();
        let without = routes(&line("A", "get", "/cart")).unwrap();

        assert_eq!(with.find("HEAD", "/cart").unwrap().route_key, "$default");
        assert_eq!(with.find("GET", "/nowhere").unwrap().route_key, "$default");
        assert_eq!(without.find("GET", "/nowhere"), None);
    }

    #[test]
    fn one_route_has_one_function() {
        let twice = [line("A", "get", "/cart"), line("B", "get", "/cart")].concat();

        assert!(routes(&twice).unwrap_err().to_string().contains("GET /cart"));
    }
}
