//! A name server on loopback that answers as its script says, and one who asks it, over real UDP.

use std::io;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr, UdpSocket};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::JoinHandle;
use std::time::Duration;

/// RFC 1035, 3.2.2; RFC 3596, 2.1.
const A: u16 = 1;
const CNAME: u16 = 5;
const AAAA: u16 = 28;
const INTERNET: u16 = 1;

/// What a name leads to.
type Zone = dyn Fn(&str, usize) -> Vec<IpAddr> + Send + Sync;

/// A name server; dropping it stops it. Every answer may be kept for no time at all (TTL 0).
pub struct Names {
    address: SocketAddr,
    asked: Arc<Mutex<Vec<String>>>,
    stop: Arc<AtomicBool>,
    thread: Option<JoinHandle<()>>,
}

impl Names {
    /// Starts one. `zone` is told a name, in lower case and without its last dot, and how often that
    /// name was asked for before; where it begins with `alias.`, the answer goes through another name
    /// (CNAME).
    ///
    /// # Panics
    /// Where no port or thread can be had.
    pub fn start(zone: impl Fn(&str, usize) -> Vec<IpAddr> + Send + Sync + 'static) -> Self {
        let socket = UdpSocket::bind("127.0.0.1:0").expect("bind a loopback port");
        let address = socket.local_addr().expect("read the socket's address");
        socket
            .set_read_timeout(Some(Duration::from_millis(50)))
            .expect("set a time limit");
        let (asked, stop) = (Arc::default(), Arc::new(AtomicBool::new(false)));
        let (log, stopping) = (Arc::clone(&asked), Arc::clone(&stop));
        let thread = std::thread::Builder::new()
            .name("name-server".to_owned())
            .spawn(move || serve(&socket, &zone, &log, &stopping))
            .expect("start a thread");
        Self {
            address,
            asked,
            stop,
            thread: Some(thread),
        }
    }

    /// Where it is asked.
    #[must_use]
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// The names that were asked for, in order; the two questions of one look-up are one.
    #[must_use]
    pub fn asked(&self) -> Vec<String> {
        self.asked
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
    }
}

impl Drop for Names {
    fn drop(&mut self) {
        self.stop.store(true, Ordering::Relaxed);
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

fn serve(socket: &UdpSocket, zone: &Zone, log: &Mutex<Vec<String>>, stop: &AtomicBool) {
    // The second question of a look-up is answered from the same state as the first.
    let mut last: Vec<IpAddr> = Vec::new();
    let mut packet = [0; 512];
    while !stop.load(Ordering::Relaxed) {
        let Ok((length, peer)) = socket.recv_from(&mut packet) else {
            continue;
        };
        let Some((name, kind, end)) = question(&packet[..length]) else {
            continue;
        };
        if kind == A {
            let mut log = log.lock().unwrap_or_else(PoisonError::into_inner);
            let before = log.iter().filter(|asked| **asked == name).count();
            last = zone(&name, before);
            log.push(name.clone());
        }
        let answer = answer(&packet[..end], &name, kind, &last);
        let _ = socket.send_to(&answer, peer);
    }
}

/// The name, the type and the end of a packet's only question.
fn question(packet: &[u8]) -> Option<(String, u16, usize)> {
    let mut at = 12;
    let mut labels = Vec::new();
    loop {
        let length = usize::from(*packet.get(at)?);
        at += 1;
        if length == 0 {
            break;
        }
        let label = packet.get(at..at + length)?;
        labels.push(String::from_utf8_lossy(label).to_ascii_lowercase());
        at += length;
    }
    let kind = u16::from_be_bytes(packet.get(at..at + 2)?.try_into().ok()?);
    Some((labels.join("."), kind, at + 4))
}

fn answer(question: &[u8], name: &str, kind: u16, found: &[IpAddr]) -> Vec<u8> {
    let mut records: Vec<Vec<u8>> = Vec::new();
    // The name of the question, by its place in the packet.
    let mut owner = vec![0xC0, 12];
    let fits = |address: &&IpAddr| address.is_ipv4() == (kind == A);
    if name.starts_with("alias.") && !found.is_empty() {
        let target = [&b"\x06target\x04test\x00"[..]].concat();
        records.push(record(&owner, CNAME, &target));
        owner = target;
    }
    for address in found.iter().filter(fits) {
        let data = match address {
            IpAddr::V4(address) => address.octets().to_vec(),
            IpAddr::V6(address) => address.octets().to_vec(),
        };
        records.push(record(&owner, kind, &data));
    }
    let mut packet = question.to_vec();
    // An answer with recursion; 3 says that there is no such name.
    packet[2] = 0x81;
    packet[3] = if found.is_empty() { 0x83 } else { 0x80 };
    let count = u16::try_from(records.len()).expect("few records");
    packet[6..12].copy_from_slice(&[0; 6]);
    packet[6..8].copy_from_slice(&count.to_be_bytes());
    packet.extend(records.concat());
    packet
}

fn record(owner: &[u8], kind: u16, data: &[u8]) -> Vec<u8> {
    let length = u16::try_from(data.len()).expect("short data");
    let mut record = owner.to_vec();
    record.extend(kind.to_be_bytes());
    record.extend(INTERNET.to_be_bytes());
    record.extend(0_u32.to_be_bytes());
    record.extend(length.to_be_bytes());
    record.extend(data);
    record
}

/// Asks a name server for all addresses of a name.
///
/// # Errors
/// Where it does not answer within five seconds, or with what is no answer.
pub async fn look_up(server: SocketAddr, name: &str) -> io::Result<Vec<IpAddr>> {
    let socket = tokio::net::UdpSocket::bind("127.0.0.1:0").await?;
    socket.connect(server).await?;
    let mut found = Vec::new();
    for kind in [A, AAAA] {
        let mut packet = vec![0x70, 0x6f, 1, 0, 0, 1, 0, 0, 0, 0, 0, 0];
        for label in name.trim_end_matches('.').split('.') {
            let length = u8::try_from(label.len()).map_err(io::Error::other)?;
            packet.push(length);
            packet.extend(label.as_bytes());
        }
        packet.push(0);
        packet.extend(kind.to_be_bytes());
        packet.extend(INTERNET.to_be_bytes());
        let end = packet.len();
        socket.send(&packet).await?;
        let mut answer = [0; 512];
        let waiting = tokio::time::timeout(Duration::from_secs(5), socket.recv(&mut answer));
        let length = waiting.await.map_err(io::Error::other)??;
        let read = addresses(&answer[..length], end);
        found.extend(read.ok_or_else(|| io::Error::other("no answer to a question for a name"))?);
    }
    Ok(found)
}

/// The addresses among an answer's records, which begin at `at`.
fn addresses(packet: &[u8], mut at: usize) -> Option<Vec<IpAddr>> {
    let count = u16::from_be_bytes(packet.get(6..8)?.try_into().ok()?);
    let mut found = Vec::new();
    for _ in 0..count {
        while *packet.get(at)? != 0 && *packet.get(at)? < 0xC0 {
            at += 1 + usize::from(packet[at]);
        }
        at += if packet[at] == 0 { 1 } else { 2 };
        let kind = u16::from_be_bytes(packet.get(at..at + 2)?.try_into().ok()?);
        let length = usize::from(u16::from_be_bytes(
            packet.get(at + 8..at + 10)?.try_into().ok()?,
        ));
        let data = packet.get(at + 10..at + 10 + length)?;
        match kind {
            A => found.push(Ipv4Addr::from(<[u8; 4]>::try_from(data).ok()?).into()),
            AAAA => found.push(Ipv6Addr::from(<[u8; 16]>::try_from(data).ok()?).into()),
            _ => {}
        }
        at += 10 + length;
    }
    Some(found)
}
