//! The parameters of a query string.

use std::collections::BTreeMap;

use actix_web::{FromRequest, HttpRequest, dev::Payload, web};
use std::future::{Ready, ready};

use super::Problem;

const MOST_ITEMS: usize = 50;

/// Parameters by name. One that is repeated counts as a list with commas.
#[derive(Clone, Debug, Default)]
pub struct QueryMap(BTreeMap<String, String>);

impl QueryMap {
    /// The parameters of a request. What is not a parameter is left out.
    pub fn of(request: &HttpRequest) -> Self {
        let pairs = web::Query::<Vec<(String, String)>>::from_query(request.query_string());
        let mut map: BTreeMap<String, String> = BTreeMap::new();
        for (name, value) in pairs.map(web::Query::into_inner).unwrap_or_default() {
            map.entry(name).and_modify(|list| list.extend([",", &value])).or_insert(value);
        }
        Self(map)
    }

    /// Takes a parameter out; an empty one counts as absent.
    pub fn take(&mut self, name: &str) -> Option<String> {
        self.0.remove(name).filter(|value| !value.is_empty())
    }

    /// Takes a parameter and parses it; `what` says what it must be.
    ///
    /// # Errors
    /// A 400 that names the parameter.
    pub fn take_parsed<T>(
        &mut self,
        name: &str,
        what: &str,
        parse: impl Fn(&str) -> Option<T>,
    ) -> Result<Option<T>, Problem> {
        match self.take(name) {
            None => Ok(None),
            Some(value) => {
                parse(&value).map(Some).ok_or_else(|| Problem::invalid_field(name, format!("must be {what}")))
            }
        }
    }

    /// Takes a list with commas, of at most 50 items, and parses each of them; empty if it is absent.
    ///
    /// # Errors
    /// A 400 that names the parameter.
    pub fn take_list<T>(
        &mut self,
        name: &str,
        what: &str,
        parse: impl Fn(&str) -> Option<T>,
    ) -> Result<Vec<T>, Problem> {
        let all = |list: &str| list.split(',').map(|item| parse(item.trim())).collect::<Option<Vec<T>>>();
        // Each item becomes a term of the condition, and building and running that is recursive.
        let few = |list: &str| list.split(',').nth(MOST_ITEMS).is_none().then(|| all(list)).flatten();
        let what = format!("{what}; at most {MOST_ITEMS} of them");
        Ok(self.take_parsed(name, &what, few)?.unwrap_or_default())
    }

    /// Takes a page's size, between 1 and `most`.
    ///
    /// # Errors
    /// A 400 that names it.
    pub fn take_limit(&mut self, usual: u64, most: u64) -> Result<u64, Problem> {
        let limit = self.take_parsed("limit", &format!("a number from 1 to {most}"), |value| {
            value.parse().ok().filter(|limit| (1..=most).contains(limit))
        })?;
        Ok(limit.unwrap_or(usual))
    }
}

impl FromRequest for QueryMap {
    type Error = Problem;
    type Future = Ready<Result<Self, Problem>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        ready(Ok(Self::of(request)))
    }
}

#[cfg(test)]
mod tests {
    use actix_web::test::TestRequest;

    use super::{MOST_ITEMS, QueryMap};

    #[test]
    fn a_list_is_split_at_its_commas_and_has_a_bound() {
        let taken = |query: &str| {
            let request = TestRequest::with_uri(&format!("/?{}", query.replace(' ', "%20"))).to_http_request();
            QueryMap::of(&request).take_list("id", "a number", |item| item.parse::<u32>().ok())
        };
        assert_eq!(taken("id=1, 2&id=3").ok(), Some(vec![1, 2, 3]));
        assert_eq!(taken("id=").ok(), Some(Vec::new()));
        assert!(taken("id=1,x").is_err());
        let list = |items: usize| format!("id={}", vec!["7"; items].join(","));
        assert_eq!(taken(&list(MOST_ITEMS)).ok(), Some(vec![7; MOST_ITEMS]));
        assert!(taken(&list(MOST_ITEMS + 1)).is_err());
    }
}
