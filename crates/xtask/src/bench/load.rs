//! The load: requests over raw HTTP/1.1 on loopback from one thread, each connection asking again
//! as soon as it has its answer.

use std::io::{self, ErrorKind, Read as _, Write as _};
use std::net::{SocketAddr, TcpStream};
use std::os::fd::OwnedFd;
use std::time::{Duration, Instant};

use rustix::event::{Timespec, epoll};

use super::answer::Answer;

/// So many failed requests end a job; the first one says why.
const TOO_MANY: u64 = 20;

/// What to ask, how often, and over how many connections at once.
pub(super) struct Job<'a> {
    pub(super) address: SocketAddr,
    /// Head and body.
    pub(super) request: &'a [u8],
    pub(super) connections: usize,
    pub(super) requests: u64,
    /// How many numbered chunks each answer has; none where they are not looked for.
    pub(super) chunks: Option<u64>,
    /// When to give up.
    pub(super) longest: Duration,
}

/// What came of a job.
#[derive(Debug, Default)]
pub(super) struct Outcome {
    pub(super) elapsed: Duration,
    pub(super) answered: u64,
    pub(super) failed: u64,
    /// Why the first that failed did.
    pub(super) fault: String,
    /// From the request to the first byte of the body, in nanoseconds.
    pub(super) first: Vec<u64>,
    /// From the request to the end of the answer, in nanoseconds.
    pub(super) whole: Vec<u64>,
}

impl Outcome {
    /// The outcome, if nothing failed.
    pub(super) fn all_well(self, what: &str) -> Result<Self, String> {
        if self.failed == 0 {
            return Ok(self);
        }
        let of = self.failed + self.answered;
        Err(format!(
            "{what}: {} of {of} requests failed, the first one: {}",
            self.failed, self.fault
        ))
    }

    fn fail(&mut self, fault: String) {
        if self.failed == 0 {
            self.fault = fault;
        }
        self.failed += 1;
    }
}

/// Runs a job to its end. Requests that fail are counted; an error is a machine without sockets.
pub(super) fn run(job: &Job<'_>) -> Result<Outcome, String> {
    let mut load = Load {
        job,
        poll: epoll::create(epoll::CreateFlags::CLOEXEC)
            .map_err(|error| format!("creating an epoll: {error}"))?,
        lanes: Vec::with_capacity(job.connections),
        buffer: vec![0; 256 * 1024],
        outcome: Outcome::default(),
        asked: 0,
        open: 0,
    };
    load.run()
        .map_err(|error| format!("asking {}: {error}", job.address))?;
    Ok(load.outcome)
}

/// One connection and its request in flight.
struct Lane {
    stream: TcpStream,
    written: usize,
    waits_to_write: bool,
    answer: Answer,
    sent: Instant,
    first: Option<Duration>,
}

struct Load<'a> {
    job: &'a Job<'a>,
    poll: OwnedFd,
    /// An ended lane leaves its place empty.
    lanes: Vec<Option<Lane>>,
    buffer: Vec<u8>,
    outcome: Outcome,
    asked: u64,
    open: usize,
}

impl Load<'_> {
    fn run(&mut self) -> io::Result<()> {
        let start = Instant::now();
        while self.lanes.len() < self.job.connections && self.asked < self.job.requests {
            self.connect()?;
            // Those that answer at once do not wait until the last one is connected.
            if self.lanes.len().is_multiple_of(16) {
                self.turn(Duration::ZERO)?;
            }
        }
        while self.open > 0 {
            if start.elapsed() > self.job.longest {
                let fault = format!("no answer within {} s", self.job.longest.as_secs());
                (0..self.open).for_each(|_| self.outcome.fail(fault.clone()));
                break;
            }
            if self.outcome.failed >= TOO_MANY {
                break;
            }
            self.turn(Duration::from_millis(200))?;
        }
        self.outcome.elapsed = start.elapsed();
        Ok(())
    }

    fn connect(&mut self) -> io::Result<()> {
        let stream = TcpStream::connect(self.job.address)?;
        stream.set_nodelay(true)?;
        stream.set_nonblocking(true)?;
        let place = epoll::EventData::new_u64(self.lanes.len() as u64);
        epoll::add(&self.poll, &stream, place, epoll::EventFlags::IN)?;
        self.lanes.push(Some(Lane {
            stream,
            written: 0,
            waits_to_write: false,
            answer: Answer::new(false, false),
            sent: Instant::now(),
            first: None,
        }));
        self.open += 1;
        self.ask(self.lanes.len() - 1)
    }

    fn turn(&mut self, longest: Duration) -> io::Result<()> {
        let mut ready = Vec::with_capacity(256);
        let longest = Timespec {
            tv_sec: 0,
            tv_nsec: longest.subsec_nanos().into(),
        };
        epoll::wait(
            &self.poll,
            rustix::buffer::spare_capacity(&mut ready),
            Some(&longest),
        )?;
        for event in ready {
            let (data, flags) = (event.data, event.flags);
            let Ok(place) = usize::try_from(data.u64()) else {
                continue;
            };
            if flags.contains(epoll::EventFlags::OUT) {
                self.write(place)?;
            }
            if flags
                .intersects(epoll::EventFlags::IN | epoll::EventFlags::HUP | epoll::EventFlags::ERR)
            {
                self.read(place)?;
            }
        }
        Ok(())
    }

    fn ask(&mut self, place: usize) -> io::Result<()> {
        let Some(Some(lane)) = self.lanes.get_mut(place) else {
            return Ok(());
        };
        self.asked += 1;
        lane.answer = Answer::new(self.job.chunks.is_some(), false);
        lane.written = 0;
        lane.first = None;
        lane.sent = Instant::now();
        self.write(place)
    }

    fn write(&mut self, place: usize) -> io::Result<()> {
        let Some(Some(lane)) = self.lanes.get_mut(place) else {
            return Ok(());
        };
        while lane.written < self.job.request.len() {
            match lane.stream.write(&self.job.request[lane.written..]) {
                Ok(count) => lane.written += count,
                Err(error) if error.kind() == ErrorKind::WouldBlock => break,
                // What the other side has to say about it is read next.
                Err(_) => lane.written = self.job.request.len(),
            }
        }
        let waits = lane.written < self.job.request.len();
        if waits != lane.waits_to_write {
            lane.waits_to_write = waits;
            let both = epoll::EventFlags::IN | epoll::EventFlags::OUT;
            let flags = if waits { both } else { epoll::EventFlags::IN };
            let data = epoll::EventData::new_u64(place as u64);
            epoll::modify(&self.poll, &lane.stream, data, flags)?;
        }
        Ok(())
    }

    fn read(&mut self, place: usize) -> io::Result<()> {
        let Some(Some(lane)) = self.lanes.get_mut(place) else {
            return Ok(());
        };
        let fed = match lane.stream.read(&mut self.buffer) {
            Ok(0) => Err("the connection was closed".to_owned()),
            Ok(count) => lane.answer.feed(&self.buffer[..count]),
            Err(error) if error.kind() == ErrorKind::WouldBlock => return Ok(()),
            Err(error) => Err(error.to_string()),
        };
        if let Err(fault) = fed {
            self.outcome.fail(fault);
            // Dropping the connection takes it out of the epoll.
            self.lanes[place] = None;
            self.open -= 1;
            return Ok(());
        }
        let passed = lane.sent.elapsed();
        if lane.first.is_none() && lane.answer.body > 0 {
            lane.first = Some(passed);
        }
        if !lane.answer.done() {
            return Ok(());
        }
        self.judge(place, passed);
        if self.asked < self.job.requests {
            return self.ask(place);
        }
        self.lanes[place] = None;
        self.open -= 1;
        Ok(())
    }

    fn judge(&mut self, place: usize, passed: Duration) {
        let Some(Some(lane)) = self.lanes.get_mut(place) else {
            return;
        };
        let status = lane.answer.status;
        if status != 200 {
            return self.outcome.fail(format!("status {status}"));
        }
        if let Some(wanted) = self.job.chunks {
            match lane.answer.in_order() {
                Some(count) if count == wanted => {}
                Some(count) => {
                    let fault = format!("{count} chunks of {wanted} arrived");
                    return self.outcome.fail(fault);
                }
                None => return self.outcome.fail("chunks out of order".to_owned()),
            }
        }
        let first = lane.first.unwrap_or(passed);
        self.outcome.answered += 1;
        self.outcome.first.push(nanoseconds(first));
        self.outcome.whole.push(nanoseconds(passed));
    }
}

fn nanoseconds(duration: Duration) -> u64 {
    u64::try_from(duration.as_nanos()).unwrap_or(u64::MAX)
}

/// One request, its answer whole; the time limit is for each read.
pub(super) fn once(
    address: SocketAddr,
    request: &[u8],
    longest: Duration,
) -> Result<(u16, Vec<u8>), String> {
    let ask = || -> io::Result<(u16, Vec<u8>)> {
        let mut stream = TcpStream::connect(address)?;
        stream.set_read_timeout(Some(longest))?;
        stream.write_all(request)?;
        let mut answer = Answer::new(false, true);
        let mut buffer = vec![0; 64 * 1024];
        while !answer.done() {
            let count = stream.read(&mut buffer)?;
            if count == 0 {
                return Err(io::Error::other("the connection was closed"));
            }
            answer.feed(&buffer[..count]).map_err(io::Error::other)?;
        }
        Ok((answer.status, answer.kept.unwrap_or_default()))
    };
    ask().map_err(|error| format!("asking {address}: {error}"))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]
    use super::*;
    use std::net::TcpListener;

    const REQUEST: &[u8] = b"GET / HTTP/1.1\r\nhost: a\r\n\r\n";
    const ANSWER: &[u8] = b"HTTP/1.1 200 OK\r\ncontent-length: 16\r\n\r\n#000000 #000001 ";

    /// Answers this many requests on each connection, then closes it.
    fn server(each: usize) -> SocketAddr {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        std::thread::spawn(move || {
            for stream in listener.incoming() {
                let mut stream = stream.unwrap();
                std::thread::spawn(move || {
                    let mut request = [0; REQUEST.len()];
                    for _ in 0..each {
                        if stream.read_exact(&mut request).is_err() {
                            return;
                        }
                        stream.write_all(ANSWER).unwrap();
                    }
                });
            }
        });
        address
    }

    fn job(address: SocketAddr, chunks: u64) -> Job<'static> {
        Job {
            address,
            request: REQUEST,
            connections: 3,
            requests: 10,
            chunks: Some(chunks),
            longest: Duration::from_secs(5),
        }
    }

    #[test]
    fn every_request_is_asked_once() {
        let outcome = run(&job(server(10), 2)).unwrap().all_well("test").unwrap();
        assert_eq!(outcome.answered, 10);
        assert_eq!(outcome.whole.len(), 10);
        assert!(
            outcome
                .first
                .iter()
                .zip(&outcome.whole)
                .all(|(a, b)| a <= b)
        );
    }

    #[test]
    fn missing_chunks_fail_their_request() {
        let outcome = run(&job(server(10), 3)).unwrap();
        assert_eq!((outcome.answered, outcome.failed), (0, 10));
        assert_eq!(outcome.fault, "2 chunks of 3 arrived");
    }

    #[test]
    fn a_closed_connection_ends_its_lane() {
        let outcome = run(&job(server(1), 2)).unwrap();
        assert_eq!((outcome.answered, outcome.failed), (3, 3));
        assert!(outcome.all_well("row").unwrap_err().contains("3 of 6"));
    }

    #[test]
    fn one_request_returns_its_body() {
        let longest = Duration::from_secs(5);
        let (status, body) = once(server(1), REQUEST, longest).unwrap();
        assert_eq!((status, body.len()), (200, 16));
    }
}
