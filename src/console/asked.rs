//! A request for a page: its path, its query, the fields of its form, and who asks.

use actix_web::http::Method;
use url::form_urlencoded;

use crate::server::{Rights, Visit, Visitor, Ways};

/// What a page is asked.
#[derive(Clone, Debug)]
pub(super) struct Asked {
    pub path: String,
    pub is_post: bool,
    query: Vec<(String, String)>,
    form: Vec<(String, String)>,
    pub visitor: Option<Visitor>,
    pub ways: Ways,
}

impl Asked {
    pub fn of(visit: &Visit) -> Self {
        let pairs = |text: &[u8]| form_urlencoded::parse(text).into_owned().collect();
        Self {
            path: visit.request.path().to_owned(),
            is_post: visit.request.method() == Method::POST,
            query: pairs(visit.request.query_string().as_bytes()),
            form: pairs(&visit.body),
            visitor: visit.visitor.clone(),
            ways: visit.ways.clone(),
        }
    }

    /// A parameter of the query, without white space around it; none where it is left out or blank.
    pub fn get(&self, name: &str) -> Option<&str> {
        let value = self.query.iter().find(|(known, _)| known == name);
        value.map(|(_, value)| value.trim()).filter(|value| !value.is_empty())
    }

    /// A field of the form, as it was typed; none where it is left out.
    pub fn field(&self, name: &str) -> Option<&str> {
        self.form.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
    }

    /// This page as a parameter of the login, which leads back here.
    pub fn way_back(&self) -> String {
        let mut query = form_urlencoded::Serializer::new(String::new());
        query.extend_pairs(&self.query);
        let query = query.finish();
        let to = if query.is_empty() { self.path.clone() } else { format!("{}?{query}", self.path) };
        form_urlencoded::Serializer::new(String::new()).append_pair("to", &to).finish()
    }

    /// What the visitor may do; nothing without a session.
    pub fn rights(&self) -> Rights {
        self.visitor.as_ref().map_or_else(Rights::default, |visitor| visitor.rights)
    }

    /// The token that a form sends along.
    pub fn csrf(&self) -> &str {
        self.visitor.as_ref().map_or("", Visitor::csrf)
    }
}
