//! What is measured, set up on loopback: the mock upstream, and before it nginx, the floor and the
//! gateway, each with its own folder and settings.

use std::fs::{self, File};
use std::io::{BufRead as _, BufReader};
use std::net::{Ipv4Addr, SocketAddr, TcpListener};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use super::awake;
use super::load;
use super::process::{Cores, Leash, Process};
use super::prompt::{self, CLIENT_KEY, UPSTREAM_KEY};

/// How long a program may take to answer for the first time.
const PATIENCE: Duration = Duration::from_secs(15);
/// The upstream's models that the gateway offers; the last provider speaks one dialect only.
const MODELS: [&str; 4] = ["bench-small", "bench-large", "bench-held", "bench-one"];

/// Where the programs are.
pub(super) struct Programs {
    pub(super) upstream: PathBuf,
    pub(super) floor: PathBuf,
    pub(super) gateway: PathBuf,
}

/// A program that stands between the load and the upstream.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    Nginx,
    Floor,
    Gateway,
}

impl Kind {
    pub(super) const ALL: [Self; 3] = [Self::Nginx, Self::Floor, Self::Gateway];

    pub(super) const fn name(self) -> &'static str {
        match self {
            Self::Nginx => "nginx",
            Self::Floor => "floor",
            Self::Gateway => "gateway",
        }
    }
}

/// A running one.
pub(super) struct Target {
    pub(super) address: SocketAddr,
    pub(super) process: Process,
    /// From its start to its first answer.
    pub(super) start: Duration,
}

/// The upstream, and how to start the others.
pub(super) struct Rig {
    programs: Programs,
    folder: PathBuf,
    cores: Cores,
    pub(super) upstream: SocketAddr,
    pub(super) process: Process,
    leash: Leash,
}

impl Rig {
    /// Keeps the cores from sleeping for as long as what it returns lives.
    pub(super) fn awake(&mut self) -> Result<Vec<Process>, String> {
        awake::awake(self.cores, &mut self.leash)
    }

    pub(super) fn start(
        programs: Programs,
        folder: PathBuf,
        cores: Cores,
        paces: &[String],
    ) -> Result<Self, String> {
        let mut leash = Leash::new()?;
        let mut command = Command::new(&programs.upstream);
        command.stdout(Stdio::piped());
        let mut process = Process::start(&mut command, cores.other, cores.other)?;
        leash.hold(&process);
        let mut line = String::new();
        if let Some(stdout) = process.stdout() {
            let read = BufReader::new(stdout).read_line(&mut line);
            read.map_err(|error| format!("reading the upstream's address: {error}"))?;
        }
        let upstream = line.trim().parse();
        let upstream = upstream.map_err(|_| "the upstream did not start".to_owned())?;
        let rig = Self {
            programs,
            folder,
            cores,
            upstream,
            process,
            leash,
        };
        rig.write_settings(paces)?;
        Ok(rig)
    }

    fn write_settings(&self, paces: &[String]) -> Result<(), String> {
        let write = |name: &str, text: &str| {
            let file = self.folder.join(name);
            fs::write(&file, text).map_err(|error| format!("writing {}: {error}", file.display()))
        };
        for folder in ["home", "nginx"] {
            fs::create_dir_all(self.folder.join(folder))
                .map_err(|error| format!("creating the folder {folder}: {error}"))?;
        }
        write("home/config.toml", &settings(self.upstream, paces))
    }

    /// Starts a program and waits for its first answer.
    pub(super) fn target(&mut self, kind: Kind) -> Result<Target, String> {
        let target = self.brief(kind)?;
        self.leash.hold(&target.process);
        Ok(target)
    }

    /// The same for one that ends soon.
    pub(super) fn brief(&mut self, kind: Kind) -> Result<Target, String> {
        let port = free_port()?;
        let address = SocketAddr::from((Ipv4Addr::LOCALHOST, port));
        let log = self.folder.join(format!("{}.log", kind.name()));
        let mut command = match kind {
            Kind::Nginx => self.nginx(port)?,
            Kind::Floor => {
                let mut command = Command::new(&self.programs.floor);
                command.args([port.to_string(), self.upstream.to_string()]);
                command
            }
            Kind::Gateway => self.gateway(port),
        };
        let output = File::create(&log).map_err(|error| format!("creating a log: {error}"))?;
        let errors = output.try_clone();
        let errors = errors.map_err(|error| format!("creating a log: {error}"))?;
        command.stdout(output).stderr(errors);
        let begun = Instant::now();
        let mut process = Process::start(&mut command, self.cores.measured, self.cores.other)?;
        let request = prompt::short("bench-small");
        loop {
            let answer = load::once(address, &request, PATIENCE);
            let start = begun.elapsed();
            let said = match answer {
                Ok((200, _)) => {
                    return Ok(Target {
                        address,
                        process,
                        start,
                    });
                }
                Ok((status, body)) => {
                    format!("status {status}: {}", String::from_utf8_lossy(&body))
                }
                Err(error) if process.ended() => error,
                Err(_) if start < PATIENCE => {
                    std::thread::sleep(Duration::from_micros(200));
                    continue;
                }
                Err(error) => error,
            };
            let log = fs::read_to_string(&log).unwrap_or_default();
            return Err(format!("{} does not answer: {said}\n{log}", kind.name()));
        }
    }

    fn nginx(&self, port: u16) -> Result<Command, String> {
        let folder = self.folder.join("nginx");
        let file = folder.join("nginx.conf");
        let root = rustix::process::getuid().is_root();
        let text = nginx_settings(&folder, port, self.upstream, root);
        fs::write(&file, text).map_err(|error| format!("writing nginx's settings: {error}"))?;
        let mut command = Command::new(nginx_program());
        command
            .args(["-e", "stderr", "-p"])
            .arg(&folder)
            .arg("-c")
            .arg(&file);
        Ok(command)
    }

    fn gateway(&self, port: u16) -> Command {
        let mut command = Command::new(&self.programs.gateway);
        command
            .args(["serve", "--port", &port.to_string()])
            .env_clear()
            .env("PATH", std::env::var_os("PATH").unwrap_or_default())
            .env("HOME", &self.folder)
            .env("PORTOLAN_HOME", self.folder.join("home"))
            .env("PORTOLAN_CLIENT_KEY", CLIENT_KEY)
            .env("BENCH_UPSTREAM_KEY", UPSTREAM_KEY);
        command
    }

    /// Asks the upstream itself.
    pub(super) fn told(&self, path: &str) -> Result<Vec<u8>, String> {
        let (status, body) = load::once(self.upstream, &prompt::look(path), PATIENCE)?;
        if status == 200 {
            return Ok(body);
        }
        Err(format!("the upstream answers {status} to {path}"))
    }
}

/// The floor takes its keys from the environment of all.
pub(super) fn floor_keys() -> [(&'static str, &'static str); 2] {
    [
        ("BENCH_CLIENT_KEY", CLIENT_KEY),
        ("BENCH_UPSTREAM_KEY", UPSTREAM_KEY),
    ]
}

/// Debian puts nginx where only root's search path looks.
pub(super) fn nginx_program() -> PathBuf {
    let places = ["/usr/sbin/nginx", "/usr/local/sbin/nginx"].map(PathBuf::from);
    let found = places.into_iter().find(|place| place.is_file());
    found.unwrap_or_else(|| PathBuf::from("nginx"))
}

pub(super) fn free_port() -> Result<u16, String> {
    TcpListener::bind((Ipv4Addr::LOCALHOST, 0))
        .and_then(|listener| listener.local_addr())
        .map(|address| address.port())
        .map_err(|error| format!("looking for a free port: {error}"))
}

fn settings(upstream: SocketAddr, paces: &[String]) -> String {
    let quoted = |names: Vec<String>| format!("[{}]", names.join(", "));
    let models = MODELS.iter().map(|model| format!("\"{model}\""));
    let models = models.chain(paces.iter().map(|pace| format!("\"{pace}\"")));
    let models = quoted(models.collect());
    let translated = quoted(
        paces
            .iter()
            .map(|pace| format!("\"{}\"", translated(pace)))
            .collect(),
    );
    format!(
        r#"version = 1

[proxy]
mode = "direct"

[provider.mock]
endpoints = {{ openai-chat = "http://{upstream}/v1", anthropic-messages = "http://{upstream}" }}
models = {models}
allow_private = true

[provider.one-dialect]
endpoints = {{ openai-chat = "http://{upstream}/v1" }}
models = {translated}
allow_private = true

[[account]]
provider = "mock"
key_env = "BENCH_UPSTREAM_KEY"

[[account]]
provider = "one-dialect"
key_env = "BENCH_UPSTREAM_KEY"
"#
    )
}

/// The name under which the provider of one dialect offers the same stream.
pub(super) fn translated(pace: &str) -> String {
    format!("{pace}-translated")
}

fn nginx_settings(folder: &Path, port: u16, upstream: SocketAddr, root: bool) -> String {
    let folder = folder.display();
    let user = if root { "user root;" } else { "" };
    format!(
        r#"{user}
daemon off;
worker_processes 1;
worker_rlimit_nofile 20000;
pid {folder}/nginx.pid;
error_log stderr error;
events {{ worker_connections 16000; }}
http {{
  access_log off;
  client_max_body_size 64m;
  client_body_buffer_size 64k;
  client_body_temp_path {folder}/body;
  proxy_temp_path {folder}/proxy;
  fastcgi_temp_path {folder}/fastcgi;
  uwsgi_temp_path {folder}/uwsgi;
  scgi_temp_path {folder}/scgi;
  tcp_nodelay on;
  keepalive_timeout 600s;
  keepalive_requests 100000000;
  upstream mock {{ server {upstream}; keepalive 256; keepalive_requests 100000000; }}
  server {{
    listen 127.0.0.1:{port} backlog=4096;
    location / {{
      if ($http_authorization != "Bearer {CLIENT_KEY}") {{ return 401; }}
      proxy_pass http://mock;
      proxy_http_version 1.1;
      proxy_set_header Connection "";
      proxy_set_header Authorization "Bearer {UPSTREAM_KEY}";
      proxy_buffering off;
      proxy_request_buffering off;
      proxy_buffer_size 64k;
      proxy_buffers 4 64k;
      proxy_busy_buffers_size 64k;
      proxy_read_timeout 600s;
    }}
  }}
}}
"#
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_gateway_offers_each_pace_twice() {
        let upstream = SocketAddr::from((Ipv4Addr::LOCALHOST, 9));
        let text = settings(upstream, &["bench-paced-1-2".to_owned()]);
        assert!(
            text.contains("\"bench-one\", \"bench-paced-1-2\"]"),
            "{text}"
        );
        assert!(
            text.contains("models = [\"bench-paced-1-2-translated\"]"),
            "{text}"
        );
    }

    #[test]
    fn nginx_is_told_its_user_only_by_root() {
        let upstream = SocketAddr::from((Ipv4Addr::LOCALHOST, 9));
        let text = |root| nginx_settings(Path::new("/f"), 1, upstream, root);
        assert!(text(true).starts_with("user root;"));
        assert!(!text(false).contains("user"));
    }
}
