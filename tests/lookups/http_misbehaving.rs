//! Services that refuse, break off, babble, hang or lead elsewhere: each is told as what it is, within limits and time.

use std::net::SocketAddr;
use std::sync::{Arc, Barrier};
use std::time::{Duration, Instant};

use futures_util::future::join_all;
use socket2::{Domain, Socket, Type};

use crate::support::outside::Outside;
use crate::support::platform::{Manner, Platform, TOKEN};
use crate::support::wait::until;

/// Longer than any timeout that stands in a lookup here, with room for a busy machine.
const SOON: Duration = Duration::from_secs(10);

fn platform() -> Platform {
    Platform::new(&serde_json::json!([{ "id": "61e9" }]))
}

fn outside(platform: &Platform, more: &str) -> Outside {
    let connection = format!("http: \"http://{}\", token: caller, allow: [127.0.0.1]", platform.address);
    let lookup = format!("get: \"/usersrvc/api/user/${{key}}\", rows: data{more}");
    Outside::asking(&connection, &lookup)
}

#[test]
fn a_status_says_what_it_means() {
    let platform = platform();
    for (status, wanted) in [
        (401, "status 401: the caller's token is refused; it may have expired"),
        (403, "status 403: the caller's token is refused; it may have expired"),
        (404, "status 404"),
        (408, "status 408"),
        (418, "status 418"),
        (429, "status 429"),
        (500, "status 500"),
        (503, "status 503"),
        (599, "status 599"),
    ] {
        platform.now(Manner::Status(status));
        assert_eq!(outside(&platform, "").told("61e9").trouble(), wanted);
    }
    // A token that the platform no longer takes is refused by itself.
    platform.now(Manner::Answer);
    let told = outside(&platform, "").told_to("61e9", Some("expired")).trouble();
    assert_eq!(told, "status 401: the caller's token is refused; it may have expired");
}

#[test]
fn a_refused_credential_of_the_connection_is_told_as_that() {
    let platform = platform();
    let connection = format!("http: \"http://{}\", bearer: other, allow: [127.0.0.1]", platform.address);
    let told = Outside::asking(&connection, "get: \"/usersrvc/api/user/${key}\"").told("61e9").trouble();
    assert_eq!(told, "status 401: the connection's credential is refused");
}

#[test]
fn a_redirect_is_not_followed() {
    let elsewhere = platform();
    let platform = platform();
    for to in [
        format!("http://{}/usersrvc/api/user/61e9", elsewhere.address),
        format!("//{}/usersrvc/api/user/61e9", elsewhere.address),
        "/usersrvc/api/user/61e9".to_owned(),
        "http://169.254.169.254/latest/meta-data/".to_owned(),
    ] {
        platform.now(Manner::Redirect(to));
        let told = outside(&platform, "").told("61e9").trouble();
        assert_eq!(told, "status 302: it redirects, which is not followed");
        assert_eq!(platform.seen().len(), 1);
    }
    assert_eq!(elsewhere.connects(), 0);
}

#[test]
fn a_connection_that_breaks_is_no_answer() {
    let platform = platform();
    for (manner, wanted) in [
        (Manner::Reset, "the call failed: "),
        (Manner::ResetInBody, "the answer broke off: "),
        (Manner::Babble, "the call failed: "),
    ] {
        platform.now(manner.clone());
        let told = outside(&platform, "").told("61e9").trouble();
        assert!(told.starts_with(wanted), "{manner:?}: {told}");
        assert!(!told.contains("61e9") && !told.contains("127.0.0.1"), "{manner:?}: {told}");
    }
}

#[test]
fn where_nobody_listens_there_is_no_connection() {
    // A port that is taken, so that nobody else listens there meanwhile.
    let taken = Socket::new(Domain::IPV4, Type::STREAM, None).unwrap();
    taken.bind(&SocketAddr::from(([127, 0, 0, 1], 0)).into()).unwrap();
    let address = taken.local_addr().unwrap().as_socket().unwrap();
    let connection = format!("http: \"http://{address}\", allow: [127.0.0.1]");
    let told = Outside::asking(&connection, "get: \"/${key}\"").told("61e9").trouble();
    assert!(told.starts_with("no connection: "), "{told}");
}

#[test]
fn a_body_without_end_is_read_up_to_its_limit() {
    let platform = platform();
    platform.now(Manner::Endless);
    // Far more time than it takes: it is the size that ends it.
    let told = outside(&platform, ", timeout: 1m").told("61e9").trouble();
    assert_eq!(told, "the answer is larger than 4 MiB");
}

#[test]
fn an_answer_that_was_not_asked_for_compressed_is_not_unpacked() {
    let platform = platform();
    platform.now(Manner::Compressed("{}".to_owned()));
    let told = outside(&platform, "").told("61e9").trouble();
    assert_eq!(told, "the answer is compressed, which was not asked for");
    assert_eq!(platform.seen().remove(0).header("accept-encoding"), [""; 0]);
}

#[test]
fn whoever_hangs_is_waited_for_as_long_as_the_lookup_says() {
    let platform = platform();
    for manner in [Manner::Hang, Manner::HangInBody] {
        platform.now(manner.clone());
        let outside = outside(&platform, ", timeout: 80ms");
        let began = Instant::now();
        assert_eq!(outside.told("61e9").trouble(), "no answer in 80 ms", "{manner:?}");
        let took = began.elapsed();
        assert!((Duration::from_millis(80)..SOON).contains(&took), "{took:?}");
    }
}

#[test]
fn a_service_that_fails_again_and_again_is_left_alone() {
    let platform = platform();
    let outside = outside(&platform, "");
    // A refused token and an answer that cannot be read are no failures of the service.
    for manner in [Manner::Status(401), Manner::Body("x".to_owned()), Manner::Status(302)] {
        platform.now(manner);
        for n in 0..10 {
            outside.told(&format!("{n}")).trouble();
        }
    }
    assert_eq!(platform.seen().len(), 30);
    platform.now(Manner::ResetInBody);
    platform.then([Manner::Status(502), Manner::Status(429)]);
    for n in 0..5 {
        outside.told(&format!("{n}")).trouble();
    }
    // Two statuses and three broken answers are five failures.
    let told = outside.told("5").trouble();
    assert_eq!(told, "connection `api` failed again and again and is left alone");
    assert_eq!(platform.seen().len(), 5);
}

#[test]
fn a_call_that_is_given_up_ends_its_connection() {
    let platform = platform();
    platform.now(Manner::Hang);
    let outside = outside(&platform, ", timeout: 50ms");
    outside.told("61e9").trouble();
    until("the service sees the caller go away", || platform.open() == 0);
    // One that was answered is used again.
    platform.now(Manner::Answer);
    let before = platform.connects();
    for _ in 0..3 {
        outside.told_to("61e9", Some(TOKEN)).rows();
    }
    assert_eq!((platform.connects() - before, platform.open()), (1, 1));
}

#[test]
fn a_service_that_closes_each_connection_without_saying_so_fails_no_question() {
    let platform = platform();
    platform.now(Manner::AnswerAndClose);
    let outside = outside(&platform, "");
    for n in 0..200 {
        assert_eq!(outside.told("61e9").rows(), r#"[{"id":"61e9"}]"#, "question {n}");
    }
    // What breaks before an answer began is asked once more, and not twice; over no connection that was closed before.
    let outside = self::outside(&platform, "");
    platform.seen();
    platform.then([Manner::Reset, Manner::Answer, Manner::Reset, Manner::Reset]);
    assert_eq!(outside.told("61e9").rows(), r#"[{"id":"61e9"}]"#);
    assert!(outside.told("61e9").trouble().starts_with("the call failed: "));
    assert_eq!(platform.seen().len(), 4);
}

#[test]
fn a_service_that_closed_all_connections_that_were_kept_fails_no_question() {
    const KEPT: usize = 4;
    let platform = platform();
    let outside = outside(&platform, "");
    let together = Arc::new(Barrier::new(KEPT));
    platform.then((0..KEPT).map(|_| Manner::AnswerTogether(Arc::clone(&together))));
    let ask = |n| {
        let body = format!(r#"{{"request":{{"user":{{"key":"{n}"}}}}}}"#);
        let outside = &outside;
        async move { outside.answer("preCreateUser", &body, Some(TOKEN)).await }
    };
    outside.wait(join_all((0..KEPT).map(ask)));
    assert_eq!((platform.connects(), platform.seen().len()), (KEPT, KEPT));
    // Each connection that is kept breaks as soon as it is used: the second try must not be made over another of them.
    platform.now(Manner::AnswerOnce);
    for n in 0..KEPT {
        assert_eq!(outside.told("61e9").rows(), r#"[{"id":"61e9"}]"#, "question {n}");
    }
    assert!(platform.seen().len() > KEPT, "no connection was kept");
}
