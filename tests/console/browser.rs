//! A browser as far as the console sees one: it keeps cookies, and says from where a form comes.

use std::net::SocketAddr;

use crate::support::client::{Answer, Client};

/// What a browser says of a form that it sends.
pub const FORM: &str = "Content-Type: application/x-www-form-urlencoded\r\n";

/// One browser.
pub struct Browser {
    address: SocketAddr,
    /// Name and value.
    pub cookies: Vec<(String, String)>,
}

impl Browser {
    pub fn new(address: SocketAddr) -> Self {
        Self { address, cookies: Vec::new() }
    }

    pub fn get(&mut self, path: &str) -> Answer {
        self.send("GET", path, &format!("Host: {}\r\n", self.address), "")
    }

    /// A form of one of the console's own pages.
    pub fn post(&mut self, path: &str, form: &str) -> Answer {
        let own = format!("Host: {0}\r\nOrigin: null\r\nSec-Fetch-Site: same-origin\r\n", self.address);
        self.send("POST", path, &own, form)
    }

    pub fn log_in(&mut self, name: &str, password: &str) -> Answer {
        let mut form = url::form_urlencoded::Serializer::new(String::new());
        self.post("/console/login", &form.append_pair("name", name).append_pair("password", password).finish())
    }

    /// Whether a session is known: a visitor's form without its word is said to lack it. The cookies stay as they are.
    pub fn is_in(&mut self) -> bool {
        let cookies = self.cookies.clone();
        let answer = self.post("/console/logout", "");
        self.cookies = cookies;
        answer.body.contains("older than your login")
    }

    /// Sends what is written, a POST as a form; headers with their ends of line.
    pub fn send(&mut self, method: &str, path: &str, headers: &str, body: &str) -> Answer {
        let kind = if method == "POST" { FORM } else { "" };
        let answer = once(self.address, method, path, &format!("{headers}{kind}{}", self.cookie_header()), body);
        for (_, cookie) in answer.headers.iter().filter(|(name, _)| name == "set-cookie") {
            let (name, value) = cookie.split(';').next().unwrap().split_once('=').unwrap();
            self.cookies.retain(|(known, _)| known != name);
            if !value.is_empty() {
                self.cookies.push((name.to_owned(), value.to_owned()));
            }
        }
        answer
    }

    pub fn cookie_header(&self) -> String {
        let pairs: Vec<String> = self.cookies.iter().map(|(name, value)| format!("{name}={value}")).collect();
        if pairs.is_empty() { String::new() } else { format!("Cookie: {}\r\n", pairs.join("; ")) }
    }
}

/// One request with exactly these headers.
pub fn once(address: SocketAddr, method: &str, path: &str, headers: &str, body: &str) -> Answer {
    let mut client = Client::connect(address);
    let head = format!("{method} {path} HTTP/1.1\r\n{headers}Content-Length: {}\r\n\r\n", body.len());
    client.send(format!("{head}{body}").as_bytes());
    client.answer().unwrap()
}

/// All cookies that an answer sets, as they stand.
pub fn set_cookies(answer: &Answer) -> Vec<&str> {
    answer.headers.iter().filter(|(name, _)| name == "set-cookie").map(|(_, value)| &**value).collect()
}

/// Where an answer sends the browser.
pub fn leads_to(answer: &Answer) -> (u16, &str) {
    (answer.status, answer.header("location").unwrap_or_default())
}
