//! Servers that a test plays: well up to one of their turns, and then as the test says.

use std::io::{Read, Write as _};
use std::net::{TcpListener, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;

/// What a server speaks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Protocol {
    Ldap,
    MySql,
    Postgres,
    Nats,
}

pub const ALL: [Protocol; 4] = [Protocol::Ldap, Protocol::MySql, Protocol::Postgres, Protocol::Nats];

/// What is sent in place of a good answer, to a request of LDAP with this number.
pub type Wrong = Arc<dyn Fn(&mut TcpStream, u8) + Send + Sync>;

impl Protocol {
    /// How many turns a server has until a question is answered.
    pub fn turns(self) -> usize {
        match self {
            Protocol::Ldap => 2,
            Protocol::MySql => 4,
            Protocol::Postgres | Protocol::Nats => 3,
        }
    }

    /// What a server says in its turn.
    pub fn good(self, turn: usize, id: u8) -> Vec<u8> {
        match self {
            Protocol::Ldap => ldap(turn, id),
            Protocol::MySql => mysql(turn),
            Protocol::Postgres => postgres(turn),
            Protocol::Nats => nats(turn),
        }
    }
}

/// A server that is wrong in one of its turns, until the process ends. Answers its port.
pub fn play(protocol: Protocol, turn: usize, wrong: Wrong) -> u16 {
    play_until(protocol, turn, wrong, &Arc::default())
}

/// The same as long as this takes, so that thousands of servers can be played one after the other.
pub fn while_playing(protocol: Protocol, turn: usize, wrong: Wrong, ask: impl FnOnce(u16)) {
    let is_over = Arc::default();
    let port = play_until(protocol, turn, wrong, &is_over);
    ask(port);
    is_over.store(true, Ordering::Relaxed);
    // The server looks when somebody connects.
    drop(TcpStream::connect(("127.0.0.1", port)));
}

fn play_until(protocol: Protocol, turn: usize, wrong: Wrong, is_over: &Arc<AtomicBool>) -> u16 {
    let listener = TcpListener::bind(("127.0.0.1", 0)).unwrap();
    let port = listener.local_addr().unwrap().port();
    let is_over = Arc::clone(is_over);
    thread::spawn(move || {
        while let Ok((stream, _)) = listener.accept() {
            if is_over.load(Ordering::Relaxed) {
                return;
            }
            let wrong = Arc::clone(&wrong);
            thread::spawn(move || {
                let _ = serve(stream, protocol, turn, &wrong);
            });
        }
    });
    port
}

/// Says something in a turn; whether the conversation goes on.
fn say(
    stream: &mut TcpStream,
    protocol: Protocol,
    (now, turn): (usize, usize),
    id: u8,
    wrong: &Wrong,
) -> std::io::Result<bool> {
    if now == turn {
        wrong(stream, id);
        return Ok(false);
    }
    stream.write_all(&protocol.good(now, id))?;
    Ok(true)
}

fn serve(mut stream: TcpStream, protocol: Protocol, turn: usize, wrong: &Wrong) -> std::io::Result<()> {
    let speaks_first = matches!(protocol, Protocol::MySql | Protocol::Nats);
    if speaks_first && !say(&mut stream, protocol, (0, turn), 0, wrong)? {
        return Ok(());
    }
    let mut is_in = false;
    while let Some((now, id)) = heard(&mut stream, protocol, &mut is_in)? {
        if !say(&mut stream, protocol, (now, turn), id, wrong)? {
            return Ok(());
        }
    }
    Ok(())
}

/// The turn that a request asks for, and its number where it has one.
fn heard(stream: &mut TcpStream, protocol: Protocol, is_in: &mut bool) -> std::io::Result<Option<(usize, u8)>> {
    match protocol {
        Protocol::Ldap => {
            let mut head = [0; 2];
            stream.read_exact(&mut head)?;
            let body = take(stream, head[1].into())?;
            Ok(Some((usize::from(body[3] == 0x63), body[2])))
        }
        Protocol::MySql => loop {
            let head = take(stream, 4)?;
            let body = take(stream, usize::from(head[0]) | usize::from(head[1]) << 8)?;
            if !std::mem::replace(is_in, true) {
                return Ok(Some((1, 0)));
            }
            match body[0] {
                3 => return Ok(Some((1, 0))),
                0x16 => return Ok(Some((2, 0))),
                0x17 => return Ok(Some((3, 0))),
                _ => {}
            }
        },
        Protocol::Postgres => {
            if !std::mem::replace(is_in, true) {
                let length = u32::from_be_bytes(take(stream, 4)?.try_into().unwrap());
                take(stream, length as usize - 4)?;
                return Ok(Some((0, 0)));
            }
            let mut turn = 1;
            loop {
                let head = take(stream, 5)?;
                let length = u32::from_be_bytes(head[1..].try_into().unwrap());
                take(stream, length as usize - 4)?;
                match head[0] {
                    b'B' => turn = 2,
                    // A simple query: of it nothing is wanted but its end.
                    b'Q' => stream.write_all(b"C\0\0\0\x08SET\0Z\0\0\0\x05I")?,
                    b'S' => return Ok(Some((turn, 0))),
                    _ => {}
                }
            }
        }
        Protocol::Nats => loop {
            let mut line = Vec::new();
            while !line.ends_with(b"\r\n") {
                line.extend(take(stream, 1)?);
            }
            match &*line {
                line if line.starts_with(b"PING") => return Ok(Some((1, 0))),
                line if line.starts_with(b"HPUB") => return Ok(Some((2, 0))),
                _ => {}
            }
        },
    }
}

fn take(stream: &mut TcpStream, length: usize) -> std::io::Result<Vec<u8>> {
    let mut bytes = vec![0; length];
    stream.read_exact(&mut bytes)?;
    Ok(bytes)
}

/// An element of BER.
pub fn element(tag: u8, content: &[u8]) -> Vec<u8> {
    let length = u32::try_from(content.len()).unwrap().to_be_bytes();
    [&[tag, 0x84], &length[..], content].concat()
}

fn ldap(turn: usize, id: u8) -> Vec<u8> {
    let end = [0x30, 12, 2, 1, id, if turn == 1 { 0x65 } else { 0x61 }, 7, 10, 1, 0, 4, 0, 4, 0];
    if turn == 0 {
        return end.to_vec();
    }
    let attribute = element(0x30, &[element(4, b"cn"), element(0x31, &element(4, b"Asha Rao"))].concat());
    let entry = element(0x64, &[element(4, b"dc=corp"), element(0x30, &attribute)].concat());
    [element(0x30, &[vec![2, 1, id], entry].concat()), end.to_vec()].concat()
}

/// A packet of MySQL.
pub fn packet(content: &[u8]) -> Vec<u8> {
    let [low, middle, high, _] = u32::try_from(content.len()).unwrap().to_le_bytes();
    [&[low, middle, high, 1], content].concat()
}

/// The description of a column of this kind.
pub fn column(kind: u8) -> Vec<u8> {
    packet(&[&b"\x03def\0\0\0\x01n\x01n\x0c\x2d\0\xff\0\0\0"[..], &[kind, 0, 0, 0, 0, 0]].concat())
}

fn mysql(turn: usize) -> Vec<u8> {
    const OK: &[u8] = &[0, 0, 0, 2, 0, 0, 0];
    match turn {
        0 => {
            let greeting = b"\x0a8.0.0\0\x01\0\0\0abcdefgh\0\x0f\xa2\x2d\x02\0\x08\x01\x15\0\0\0\0\0\0\0\0\0\0ijklmnopqrst\0mysql_native_password\0";
            packet(greeting)
        }
        1 => packet(OK),
        2 => [packet(&[0, 1, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0]), column(0xfd)].concat(),
        _ => [packet(&[1]), column(0xfd), packet(b"\0\0\x04Asha"), packet(&[0xfe, 0, 0, 2, 0, 0, 0])].concat(),
    }
}

/// A message of PostgreSQL.
pub fn message(letter: u8, content: &[u8]) -> Vec<u8> {
    let length = u32::try_from(content.len() + 4).unwrap().to_be_bytes();
    [&[letter], &length[..], content].concat()
}

fn postgres(turn: usize) -> Vec<u8> {
    let ready = message(b'Z', b"I");
    match turn {
        0 => [message(b'R', &[0; 4]), message(b'S', b"server_version\x0016.0\0"), ready].concat(),
        1 => {
            let column = b"\0\x01a\0\0\0\0\0\0\0\0\0\0\x19\xff\xff\xff\xff\xff\xff\0\0";
            [message(b'1', b""), message(b't', &[0, 1, 0, 0, 0, 25]), message(b'T', column), ready].concat()
        }
        _ => {
            let row = b"\0\x01\0\0\0\x0b{\"a\":\"Rao\"}";
            [message(b'2', b""), message(b'D', row), message(b'C', b"SELECT 1\0"), ready].concat()
        }
    }
}

fn nats(turn: usize) -> Vec<u8> {
    match turn {
        0 => b"INFO {\"server_id\":\"x\",\"version\":\"2.10.0\",\"headers\":true,\"max_payload\":1048576,\"proto\":1}\r\n".to_vec(),
        1 => b"PONG\r\n".to_vec(),
        _ => b"MSG _INBOX.x 1 28\r\n{\"stream\":\"EVENTS\",\"seq\":1}\n\r\n".to_vec(),
    }
}
