//! Whole gateways on one outbox in PostgreSQL: of two tenants, while a key changes, while destinations change, and on the
//! tables of the version before.

use std::collections::BTreeSet;
use std::net::SocketAddr;
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use serde_json::json;
use tempfile::TempDir;

use super::database::Database;
use crate::support::client::post;
use crate::support::program::{Program, Served, folder};
use crate::support::receiver::{HttpReceiver, Reply};
use crate::support::wait::until;

const RULES: &str = "hook: postCreateUser
rules: [{ name: tell, deliver: { to: itsm, body: { person: \"${user.login}\", department: \"${user.department}\" } } }]
";
const SECRET_RULES: &str = "hook: changePassword
rules: [{ name: sync, deliver: { to: vault, body: { person: \"${user.login}\", new: \"${request.passwordText}\" } } }]
";
const KEYS: [(&str, &str); 2] = [
    ("OLD_KEY", "QUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUE="),
    ("NEW_KEY", "QkJCQkJCQkJCQkJCQkJCQkJCQkJCQkJCQkJCQkJCQkI="),
];

fn takes_all() -> HttpReceiver {
    HttpReceiver::start(|_| Reply::Status(200, ""))
}

/// gateway.yaml with these keys of the outbox beside the database, and one destination.
fn settings(database: &Database, outbox: &str, to: &str, receiver: SocketAddr) -> String {
    format!(
        "outbox: {{ {outbox}postgres: {{ address: \"postgres://127.0.0.1:{}/outbox\", user: hookgate, password: s3cret-hookgate, tls: off }} }}\n\
         destinations: {{ {to}: {{ http: \"http://{receiver}/\", allow: [127.0.0.0/8], accepts: secrets, retry: {{ first_ms: 50, most_ms: 500 }} }} }}\n",
        database.port
    )
}

fn house(settings: &str, rules: &str) -> TempDir {
    folder(&[("gateway.yaml", settings), ("rules/rules.yaml", rules)])
}

fn serve(house: &TempDir) -> Served {
    let mut program = Program::new(["serve", "--listen", "127.0.0.1:0"]).within(house.path());
    for (name, value) in KEYS {
        program = program.env(name, value);
    }
    program.serve()
}

fn joins(gateway: &Served, login: &str, department: &str) {
    let body = json!({ "request": { "user": { "login": login, "department": department } } }).to_string();
    assert_eq!(post(gateway.address, "/webhook/postCreateUser", body.as_bytes()).status, 200);
}

/// Whom a receiver was told of, each once.
fn persons(receiver: &HttpReceiver) -> BTreeSet<String> {
    let person =
        |body: &String| serde_json::from_str::<serde_json::Value>(body).unwrap()["person"].as_str().unwrap().to_owned();
    receiver.bodies().iter().map(person).collect()
}

/// Two tenants whose gateways have the same rules, destinations of the same name, and people of the same logins.
#[test]
#[ignore = "needs the servers that tests/servers/run starts"]
fn tenants_that_share_a_database_neither_send_nor_swallow_what_is_the_others() {
    let database = Database::start("postgres");
    let receivers = [takes_all(), takes_all()];
    let houses = [0, 1].map(|n| {
        let name = format!("name: tenant-{n}, ");
        house(&settings(&database, &name, "itsm", receivers[n].address), RULES)
    });
    let gateways: Vec<Served> = houses.iter().map(serve).collect();
    for person in 0..30 {
        for (n, gateway) in gateways.iter().enumerate() {
            // The same event comes to both, and one more to each alone.
            joins(gateway, &format!("both{person}"), "Sales");
            joins(gateway, &format!("only{n}-{person}"), "Sales");
        }
    }
    for (n, receiver) in receivers.iter().enumerate() {
        let wanted: BTreeSet<String> =
            (0..30).flat_map(|person| [format!("both{person}"), format!("only{n}-{person}")]).collect();
        until("all of a tenant's arrive", || persons(receiver) == wanted);
        assert_eq!(receiver.count(), 60, "each once");
    }
    let keys: Vec<BTreeSet<String>> = receivers
        .iter()
        .map(|receiver| receiver.got.lock().unwrap().iter().map(|got| got.headers["idempotency-key"].clone()).collect())
        .collect();
    assert!(keys[0].is_disjoint(&keys[1]), "the name is in each key");
    // Commands see the tenant's own alone.
    let told = Program::new(["outbox", "list"]).within(houses[0].path()).run().expect(0);
    assert_eq!(told, "in all 0 waiting, 0 dead\n");
}

/// Processor time that processes have taken, in hundredths of a second: as the clock of Linux ticks.
fn ticks(ids: &[String]) -> u64 {
    let of = |id: &String| {
        // One of the database's sessions may have ended.
        let stat = std::fs::read_to_string(format!("/proc/{id}/stat")).unwrap_or_default();
        let behind_the_name = stat.rsplit_once(')').map_or("", |(_, rest)| rest);
        behind_the_name.split_whitespace().skip(11).take(2).filter_map(|ticks| ticks.parse::<u64>().ok()).sum::<u64>()
    };
    ids.iter().map(of).sum()
}

/// A hundred thousand people's deliveries wait for later. What that costs three gateways and their database while nothing
/// comes, and how soon a new delivery arrives, is told and held against nothing; that it arrives, and is the only one,
/// is.
#[test]
#[ignore = "needs the servers that tests/servers/run starts"]
fn a_new_delivery_does_not_wait_for_those_that_wait_for_later() {
    const SPAN: Duration = Duration::from_secs(4);
    let (database, receiver) = (Database::start("postgres"), takes_all());
    let house = house(&settings(&database, "", "itsm", receiver.address), RULES);
    // Each has a journal of its own, which none of them keeps here.
    let gateways: Vec<Served> = (0..3).map(|_| serve(&house)).collect();
    joins(&gateways[0], "first", "Sales");
    until("it has arrived", || receiver.count() == 1);
    let fill = "insert into hookgate_parcels (key, hook, person, destination, lane, body, is_sealed, created_ms, due_ms) \
                select 'k' || n, 'test', 'p', 'itsm', 'lane' || n, 'x', false, 0, 9000000000000 from generate_series(1, 100000) n";
    database.admin_of("outbox", fill);
    let sessions = database.admin("select pid from pg_stat_activity where usename = 'hookgate'");
    let ids: Vec<String> =
        gateways.iter().map(|served| served.id().to_string()).chain(sessions.lines().map(str::to_owned)).collect();
    let before = ticks(&ids);
    thread::park_timeout(SPAN);
    let share = (ticks(&ids) - before).checked_div(SPAN.as_secs()).unwrap_or_default();
    let mut took = Vec::new();
    for n in 0..20 {
        let began = Instant::now();
        joins(&gateways[n % 3], &format!("new{n}"), "Sales");
        until("it arrives", || receiver.count() == n + 2);
        took.push(began.elapsed().as_millis());
    }
    took.sort_unstable();
    println!(
        "100 000 waiting ordering keys: idle {share} % of a core in all; a new delivery after {} ms, at most {}",
        took[10], took[19]
    );
    assert_eq!(persons(&receiver).len(), 21);
}

/// A rolling change of settings: one gateway knows another destination than the other, and a stop leaves what it stored.
#[test]
#[ignore = "needs the servers that tests/servers/run starts"]
fn a_destination_that_one_gateway_does_not_know_is_left_to_the_one_that_does() {
    let database = Database::start("postgres");
    let (old, new) = (takes_all(), takes_all());
    let before = house(&settings(&database, "", "itsm", old.address), RULES);
    let after = house(&settings(&database, "", "desk", new.address), &RULES.replace("itsm", "desk"));
    let gateways = [serve(&before), serve(&after)];
    for person in 0..20 {
        joins(&gateways[0], &format!("old{person}"), "Sales");
        joins(&gateways[1], &format!("new{person}"), "Sales");
    }
    until("all arrive", || persons(&old).len() == 20 && persons(&new).len() == 20);
    assert!(persons(&old).iter().all(|person| person.starts_with("old")));
    assert!(persons(&new).iter().all(|person| person.starts_with("new")));
    let dead = "select count(*) from hookgate_parcels";
    until("nothing is left", || database.admin_of("outbox", dead) == "0");
}

/// Password changes under load while the key is rotated, a gateway after the other: both open the new one, then it seals,
/// then the old one is taken away.
#[test]
#[ignore = "needs the servers that tests/servers/run starts"]
fn a_key_is_rotated_under_load_without_a_failed_call_or_a_dead_letter() {
    let database = Database::start("postgres");
    let receiver = takes_all();
    let with = |keys: &str| settings(&database, &format!("encryption_key: {keys}, "), "vault", receiver.address);
    let steps = [
        "[\"${env:OLD_KEY}\"]",
        "[\"${env:OLD_KEY}\", \"${env:NEW_KEY}\"]",
        "[\"${env:NEW_KEY}\", \"${env:OLD_KEY}\"]",
        "[\"${env:NEW_KEY}\"]",
    ];
    let houses = [house(&with("\"${env:OLD_KEY}\""), SECRET_RULES), house(&with("\"${env:OLD_KEY}\""), SECRET_RULES)];
    let gateways: [Mutex<Served>; 2] = [Mutex::new(serve(&houses[0])), Mutex::new(serve(&houses[1]))];
    let (stop, told) = (AtomicBool::new(false), AtomicUsize::new(0));
    thread::scope(|scope| {
        for caller in 0..2 {
            let (gateways, stop, told) = (&gateways, &stop, &told);
            scope.spawn(move || {
                for n in 0.. {
                    if stop.load(Ordering::SeqCst) {
                        return;
                    }
                    // A balancer sends no call to a gateway that is being replaced.
                    let Some(gateway) = (0..2).find_map(|turn| gateways[(n + caller + turn) % 2].try_lock().ok()) else { continue };
                    let body = json!({ "request": { "passwordText": format!("pass-{caller}-{n}"), "user": { "login": format!("p{caller}-{n}") } } });
                    let answer = post(gateway.address, "/webhook/changePassword", body.to_string().as_bytes());
                    assert_eq!(answer.status, 200, "{answer:?}");
                    told.fetch_add(1, Ordering::SeqCst);
                }
            });
        }
        for keys in steps {
            for (house, gateway) in houses.iter().zip(&gateways) {
                let so_far = told.load(Ordering::SeqCst);
                until("some more are told", || told.load(Ordering::SeqCst) >= so_far + 20);
                let mut held = gateway.lock().unwrap();
                held.signal("TERM");
                assert_eq!(held.ended(), Some(0));
                std::fs::write(house.path().join("gateway.yaml"), with(keys)).unwrap();
                *held = serve(house);
            }
        }
        stop.store(true, Ordering::SeqCst);
    });
    let told = told.load(Ordering::SeqCst);
    until("all arrive", || persons(&receiver).len() == told);
    until("nothing is left, no dead letter either", || {
        database.admin_of("outbox", "select count(*) from hookgate_parcels") == "0"
    });
}

/// The tables of the version before names and streams, made as that version made them.
const OLD: &str = "
create table hookgate_events (id text primary key, at_ms bigint not null);
create index hookgate_events_at on hookgate_events (at_ms);
create table hookgate_parcels (
    id bigint generated always as identity primary key, key text not null unique, hook text not null, person text not null,
    destination text not null, lane text collate \"C\" not null, body bytea not null, is_sealed boolean not null,
    created_ms bigint not null, due_ms bigint not null, attempts bigint not null default 0,
    leased_ms bigint not null default 0, worker text not null default '', state bigint not null default 0, error text,
    trace text not null default '') with (fillfactor = 80, autovacuum_vacuum_scale_factor = 0.02);
create index hookgate_parcels_lane on hookgate_parcels (destination, state, lane, id);
create index hookgate_parcels_leased on hookgate_parcels (destination, lane) where leased_ms > 0;
alter table hookgate_events owner to hookgate;
alter table hookgate_parcels owner to hookgate;
insert into hookgate_parcels (key, hook, person, destination, lane, body, is_sealed, created_ms, due_ms)
    select 'old' || n || '-1-0', 'postCreateUser', 'old' || n, 'itsm', 'old' || n,
        convert_to('{\"person\":\"old' || n || '\"}', 'UTF8'), false, now_ms, now_ms
    from generate_series(1, 5) n, (select (extract(epoch from now()) * 1000)::bigint as now_ms) t;
";

#[test]
#[ignore = "needs the servers that tests/servers/run starts"]
fn an_outbox_of_the_version_before_is_taken_over_under_the_usual_name() {
    let database = Database::start("postgres");
    database.admin_of("outbox", OLD);
    let (receiver, other) = (takes_all(), takes_all());
    // A tenant of another name is the first to come, and leaves it alone.
    let tenant = house(&settings(&database, "name: tenant, ", "itsm", other.address), RULES);
    let tenant = serve(&tenant);
    joins(&tenant, "its-own", "Sales");
    until("its own arrives", || persons(&other).len() == 1);
    let usual = house(&settings(&database, "", "itsm", receiver.address), RULES);
    let told = Program::new(["outbox", "list"]).within(usual.path()).run().expect(0);
    assert!(told.contains("in all 5 waiting, 0 dead"), "{told}");
    let gateway = serve(&usual);
    joins(&gateway, "new", "Sales");
    until("all arrive", || persons(&receiver).len() == 6);
    assert_eq!((receiver.count(), other.count()), (6, 1));
    // The version before goes on with such tables.
    let old = "insert into hookgate_events (id, at_ms) values ('x', 1); insert into hookgate_parcels \
               (key, hook, person, destination, lane, body, is_sealed, created_ms, due_ms, trace) values \
               ('x-1-0', 'postCreateUser', 'x', 'itsm', 'x', convert_to('{\"person\":\"x\"}', 'UTF8'), false, 1, 1, '')";
    database.admin_of("outbox", old);
    until("what it stored arrives", || persons(&receiver).contains("x"));
}
