//! Where a connection may lead: addresses in every spelling, names that lie, keys that want to go elsewhere. Whoever is reached
//! is seen by a listener.

use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use hookgate::outside::{AddressGuard, Client, Names, NoClient, Tls, told};
use serde_json::json;
use tokio::runtime::{Builder, Runtime};

use crate::support::outside::Outside;
use crate::support::platform::{Manner, Platform};

/// What is said of an address, and of a name that leads to one, that is not allowed.
const FORBIDDEN: &str = "the host leads to a private address that is not listed under `allow`";

/// Hosts that are this machine in one spelling or another, as URLs are read (WHATWG URL, "host parsing").
const THIS_MACHINE: [&str; 23] = [
    "127.0.0.1",
    "127.0.0.1.",
    "127.1",
    "127.0.1",
    "127.0.0.1:{port}",
    "2130706433",
    "0x7f000001",
    "0x7F.0.0.1",
    "0x7f.1",
    "0177.0.0.1",
    "017700000001",
    "0177.1",
    "00000177.0.0.0x1",
    "%31%32%37.0.0.1",
    "１２７.０.０.１",
    "①②⑦.⓪.⓪.①",
    "127。0。0。1",
    "127.0.0.1%2e",
    "[::ffff:127.0.0.1]",
    "[::ffff:7f00:1]",
    "[0:0:0:0:0:ffff:7f00:0001]",
    "[::ffff:127.0.0.1]:{port}",
    "0x7f.0x0.0x0.0x1.",
];

/// Addresses nobody is to be reached at unless they are listed.
const SPECIAL: [&str; 57] = [
    "0.0.0.0",
    "0",
    "0x0",
    "0.1.2.3",
    "10.0.0.1",
    "10.255.255.255",
    "012.0.0.1",
    "100.64.0.1",
    "100.127.255.254",
    "127.0.0.2",
    "127.255.255.254",
    "169.254.169.254",
    "169.254.170.2",
    "0xa9fea9fe",
    "2852039166",
    "0251.0376.0251.0376",
    "172.16.0.1",
    "172.31.255.255",
    "192.0.0.1",
    "192.0.0.192",
    "192.0.2.7",
    "192.88.99.1",
    "192.168.0.1",
    "192.168.255.255",
    "3232235777",
    "198.18.0.1",
    "198.19.255.255",
    "198.51.100.7",
    "203.0.113.7",
    "224.0.0.1",
    "239.255.255.250",
    "240.0.0.1",
    "255.255.255.255",
    "4294967295",
    "100.100.100.200",
    "[::]",
    "[::1]",
    "[::127.0.0.1]",
    "[::10.0.0.1]",
    "[::ffff:10.0.0.1]",
    "[::ffff:169.254.169.254]",
    "[::ffff:0:127.0.0.1]",
    "[64:ff9b::7f00:1]",
    "[64:ff9b::a9fe:a9fe]",
    "[64:ff9b:1::808:808]",
    "[64:ff9b:1:a00:0:100::]",
    "[2002:7f00:1::]",
    "[2002:a9fe:a9fe::1]",
    "[2001:0:4136:e378:8000:63bf:80ff:fffe]",
    "[2001:db8::1]",
    "[3fff::1]",
    "[fe80::1]",
    "[fec0::1]",
    "[fc00::1]",
    "[fd00:ec2::254]",
    "[ff02::1]",
    "[100::1]",
];

/// Addresses that are anybody's.
const PUBLIC: [&str; 12] = [
    "8.8.8.8",
    "1.1.1.1",
    "9.255.255.255",
    "11.0.0.0",
    "100.63.255.255",
    "100.128.0.0",
    "172.15.255.255",
    "172.32.0.0",
    "[2606:4700::1111]",
    "[2a00:1450:4001::8a]",
    "[::ffff:8.8.8.8]",
    "[2002:808:808::1]",
];

fn listed(networks: &[&str]) -> AddressGuard {
    AddressGuard::new(networks.iter().map(|network| network.parse().unwrap()).collect())
}

/// A listener and what reaches it.
struct Watched {
    platform: Platform,
    runtime: Runtime,
}

impl Watched {
    fn new() -> Self {
        let platform = Platform::new(&json!([]));
        platform.now(Manner::Body("[]".to_owned()));
        Self { platform, runtime: Builder::new_current_thread().enable_all().build().unwrap() }
    }

    /// Calls the listener's port at a host, with whatever a URL may have before it.
    fn call(&self, host: &str, guard: &AddressGuard) -> Result<u16, String> {
        let names = system_is_never_asked();
        self.call_with(&self.url(host), guard, names)
    }

    fn url(&self, host: &str) -> String {
        let port = self.platform.address.port().to_string();
        let host = host.replace("{port}", &port);
        let has_port = host.rsplit_once(':').is_some_and(|(_, end)| end == port);
        if has_port { format!("http://{host}/") } else { format!("http://{host}:{port}/") }
    }

    fn call_with(&self, url: &str, guard: &AddressGuard, names: Arc<Names>) -> Result<u16, String> {
        let client =
            Client::with_names(url, guard, &Tls::default(), names).map_err(|NoClient { message, .. }| message)?;
        let request = client.request(reqwest::Method::GET, client.address().clone());
        match self.runtime.block_on(request.send()) {
            Ok(response) => Ok(response.status().as_u16()),
            Err(error) => Err(told(&error)),
        }
    }
}

fn system_is_never_asked() -> Arc<Names> {
    Arc::new(|name| Box::pin(async move { panic!("{name} is looked up") }))
}

/// Names that lead to these addresses, one list after the other, the last one for ever.
fn leading(steps: &[&[&str]]) -> Arc<Names> {
    let steps: Vec<Vec<SocketAddr>> = steps
        .iter()
        .map(|addresses| addresses.iter().map(|address| (address.parse::<IpAddr>().unwrap(), 0).into()).collect())
        .collect();
    let asked = AtomicUsize::new(0);
    Arc::new(move |_| {
        let found = steps[asked.fetch_add(1, Ordering::SeqCst).min(steps.len() - 1)].clone();
        Box::pin(async move { Ok(found) })
    })
}

#[test]
fn this_machine_is_reached_under_no_spelling_unless_it_is_listed() {
    let watched = Watched::new();
    for host in THIS_MACHINE {
        assert_eq!(watched.call(host, &AddressGuard::default()), Err(FORBIDDEN.to_owned()), "{host}");
        assert_eq!(watched.call(host, &listed(&["10.0.0.0/8", "::1/128"])), Err(FORBIDDEN.to_owned()), "{host}");
    }
    assert_eq!(watched.platform.connects(), 0);
    // With the network listed each of them arrives, so that the refusals above mean something.
    for (n, host) in THIS_MACHINE.into_iter().enumerate() {
        assert_eq!(watched.call(host, &listed(&["127.0.0.0/8"])), Ok(200), "{host}");
        assert_eq!(watched.platform.connects(), n + 1, "{host}");
    }
}

#[test]
fn special_addresses_are_called_under_no_spelling() {
    let watched = Watched::new();
    for host in SPECIAL {
        assert_eq!(watched.call(host, &AddressGuard::default()), Err(FORBIDDEN.to_owned()), "{host}");
    }
    assert_eq!(watched.platform.connects(), 0);
    assert!(THIS_MACHINE.len() + SPECIAL.len() >= 80);
}

fn address(host: &str) -> IpAddr {
    host.trim_matches(['[', ']']).parse().unwrap()
}

#[test]
fn public_addresses_and_listed_networks_are_admitted() {
    for host in PUBLIC {
        assert!(AddressGuard::default().admits(address(host)), "{host}");
        assert!(Client::open(&format!("https://{host}/"), &AddressGuard::default(), &Tls::default()).is_ok(), "{host}");
    }
    let guard = listed(&["10.1.0.0/16", "fd00:1::/32", "::1/128"]);
    for (host, is_admitted) in [
        ("10.1.2.3", true),
        ("10.2.0.1", false),
        ("::ffff:10.1.2.3", true),
        ("64:ff9b::a01:203", true),
        ("64:ff9b::a02:1", false),
        ("fd00:1::5", true),
        ("fd00:2::5", false),
        ("::1", true),
        ("127.0.0.1", false),
    ] {
        assert_eq!(guard.admits(address(host)), is_admitted, "{host}");
    }
}

#[test]
fn what_is_no_plain_address_of_a_host_is_refused() {
    let watched = Watched::new();
    let port = watched.platform.address.port();
    for url in [
        format!("http://public.example@127.0.0.1:{port}/"),
        format!("http://public.example:443@127.0.0.1:{port}/"),
        format!("http://:secret@127.0.0.1:{port}/"),
        format!("http://public.example\\@127.0.0.1:{port}/"),
        format!("http:\\\\127.0.0.1:{port}\\"),
        format!("http:/127.0.0.1:{port}/"),
        format!("http:127.0.0.1:{port}/"),
        format!("  http://127.0.0.1:{port}/"),
        format!("http://127.0.0\t.1:{port}/"),
        format!("HTTP://127.0.0.1:{port}/"),
        format!("ftp://127.0.0.1:{port}/"),
        "file:///etc/passwd".to_owned(),
        "http://".to_owned(),
        format!("http://:{port}/"),
        "http://[::1".to_owned(),
        format!("http://127.0.0.256:{port}/"),
        format!("http://public.example:{port}0000/"),
        "unix:/run/socket".to_owned(),
        "data:,x".to_owned(),
    ] {
        let names = leading(&[&["127.0.0.1"]]);
        assert!(watched.call_with(&url, &AddressGuard::default(), names).is_err(), "{url}");
    }
    assert_eq!(watched.platform.connects(), 0);
}

#[test]
fn a_name_leads_to_public_and_listed_addresses_only() {
    let watched = Watched::new();
    for host in [
        "hr.corp.example",
        "localhost",
        "LOCALHOST.",
        "ｌｏｃａｌｈｏｓｔ",
        "bücher.example",
        "xn--bcher-kva.example",
        "a.b.c.d.nip.io",
        "127.0.0.1.nip.io",
    ] {
        let url = watched.url(host);
        for leads in [
            "127.0.0.1",
            "10.0.0.1",
            "169.254.169.254",
            "::1",
            "::ffff:127.0.0.1",
            "64:ff9b::7f00:1",
            "fd00:ec2::254",
            "0.0.0.0",
        ] {
            let told = watched.call_with(&url, &AddressGuard::default(), leading(&[&[leads]]));
            assert_eq!(told, Err(FORBIDDEN.to_owned()), "{host} at {leads}");
        }
    }
    assert_eq!(watched.platform.connects(), 0);
    let told =
        watched.call_with(&watched.url("hr.corp.example"), &listed(&["127.0.0.1/32"]), leading(&[&["127.0.0.1"]]));
    assert_eq!((told, watched.platform.connects()), (Ok(200), 1));
    let told = watched.call_with(&watched.url("hr.corp.example"), &AddressGuard::default(), leading(&[&[]]));
    assert_eq!(told, Err("no connection: the host has no address".to_owned()));
}

#[test]
fn the_operating_systems_own_name_for_this_machine_is_refused_too() {
    let watched = Watched::new();
    let call = |guard: &AddressGuard| {
        let client = Client::open(&watched.url("localhost"), guard, &Tls::default()).unwrap();
        let request = client.request(reqwest::Method::GET, client.address().clone());
        watched
            .runtime
            .block_on(request.send())
            .map(|response| response.status().as_u16())
            .map_err(|error| told(&error))
    };
    assert_eq!((call(&AddressGuard::default()), watched.platform.connects()), (Err(FORBIDDEN.to_owned()), 0));
    assert_eq!((call(&listed(&["127.0.0.0/8"])), watched.platform.connects()), (Ok(200), 1));
}

#[test]
fn of_several_addresses_only_those_are_tried_that_may_be_called() {
    let watched = Watched::new();
    let both = leading(&[&["10.0.0.1", "127.0.0.1", "::1"]]);
    let told = watched.call_with(&watched.url("both.example"), &listed(&["127.0.0.1/32"]), both);
    assert_eq!((told, watched.platform.connects()), (Ok(200), 1));
}

#[test]
fn a_name_that_changes_its_mind_is_looked_at_anew_for_each_connection() {
    let watched = Watched::new();
    // Tests call no public address: one that is listed stands for it.
    let guard = listed(&["127.0.0.2/32"]);
    let url = watched.url("rebinding.example");
    let client = Client::with_names(&url, &guard, &Tls::default(), leading(&[&["127.0.0.2"], &["127.0.0.1"]])).unwrap();
    let call = || {
        let request = client.request(reqwest::Method::GET, client.address().clone());
        watched
            .runtime
            .block_on(request.send())
            .map(|response| response.status().as_u16())
            .map_err(|error| told(&error))
    };
    // Nobody listens at 127.0.0.2: the first connection fails where it was allowed to go.
    assert!(call().unwrap_err().starts_with("no connection: "));
    for _ in 0..3 {
        assert_eq!(call(), Err(FORBIDDEN.to_owned()));
    }
    assert_eq!(watched.platform.connects(), 0);
}

/// Through the whole gateway: the address of gateway.yaml is looked at when it starts, names when they are asked.
#[test]
fn a_gateway_does_not_start_with_a_connection_that_leads_where_it_may_not() {
    let watched = Watched::new();
    for host in ["127.0.0.1", "2130706433", "[::ffff:127.0.0.1]", "169.254.169.254"] {
        let url = watched.url(host);
        let text = format!("connections: {{ api: {{ http: \"{url}\", tls: off }} }}\n");
        let settings = crate::support::outside::read(&text);
        let report = hookgate::lookup::Connections::open(&settings.lookup).unwrap_err().to_text(false);
        assert!(report.contains(FORBIDDEN) && report.contains("allow: [10.1.2.3]"), "{report}");
    }
    let connection = format!("http: \"{}\"", watched.url("localhost"));
    let told = Outside::asking(&connection, "get: \"/${key}\"").told("k").trouble();
    assert_eq!((told.as_str(), watched.platform.connects()), (FORBIDDEN, 0));
}

#[test]
fn no_key_changes_the_host() {
    let (watched, other) = (Watched::new(), Watched::new());
    let at = other.platform.address;
    let connection = format!("http: \"http://{}\", allow: [127.0.0.1]", watched.platform.address);
    let keys = [
        format!("@{at}/"),
        format!("//{at}/"),
        format!("\\\\{at}\\"),
        format!("http://{at}/"),
        format!(".{at}"),
        format!(":80@{at}"),
        format!("/../..//{at}/"),
        format!("#@{at}/"),
        format!("?@{at}/"),
        format!("\r\nHost: {at}"),
        format!("%40{at}"),
        format!("\t//{at}"),
    ];
    for lookup in ["get: \"/${key}\"", "get: \"/a${key}\"", "get: /, query: { q: \"${key}\" }"] {
        let outside = Outside::asking(&connection, lookup);
        for key in &keys {
            assert_eq!(outside.told(key).rows(), "[]", "{lookup} {key:?}");
            let seen = watched.platform.seen().remove(0);
            assert_eq!(seen.header("host"), [watched.platform.address.to_string()]);
        }
    }
    assert_eq!(other.platform.connects(), 0);
}
