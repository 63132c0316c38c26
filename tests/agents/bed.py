"""A gateway with agents, and what is asked of it."""

import http.client
import json
import os
import signal
import socket
import subprocess
import time

WORK = os.environ["WORK"]
UPSTREAM = os.environ["UPSTREAM_URL"]
KEY = "key-of-the-tests"


class Gateway:
    """`portolan serve` with this text as its settings."""

    def __init__(self, name, settings):
        self.home = os.path.join(WORK, name)
        os.makedirs(self.home)
        with socket.create_server(("127.0.0.1", 0)) as free:
            self.port = free.getsockname()[1]
        with open(os.path.join(self.home, "config.toml"), "w", encoding="utf-8") as file:
            file.write(f"version = 1\n\n[listen]\nport = {self.port}\n{settings}")
        surroundings = dict(os.environ, PORTOLAN_HOME=self.home, PORTOLAN_CLIENT_KEY=KEY)
        errors = open(os.path.join(WORK, "portolan.err"), "a", encoding="utf-8")
        self.process = subprocess.Popen(
            [os.environ["PORTOLAN"], "serve"], env=surroundings, stdout=subprocess.PIPE, stderr=errors, text=True
        )
        line = self.process.stdout.readline()
        assert line.startswith("portolan listening on"), line

    def send(self, model, messages, stream=False, anthropic=False):
        """The status, and the connection's answer."""
        body = {"model": model, "messages": messages, "stream": stream}
        path = "/v1/chat/completions"
        if anthropic:
            body["max_tokens"] = 1000
            path = "/v1/messages"
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=240)
        fields = {"x-api-key": KEY, "content-type": "application/json"}
        connection.request("POST", path, json.dumps(body), fields)
        return connection, connection.getresponse()

    def say(self, model, messages, **how):
        """The status and the whole body."""
        if isinstance(messages, str):
            messages = [user(messages)]
        connection, answer = self.send(model, messages, **how)
        text = answer.read().decode()
        connection.close()
        return answer.status, text

    def words(self, model, messages):
        """What is said, and what is thought."""
        status, text = self.say(model, messages)
        assert status == 200, (status, text)
        message = json.loads(text)["choices"][0]["message"]
        return message["content"] or "", message.get("reasoning_content") or ""

    def agents(self):
        """The processes of agents, whoever started them, without those that watch over them."""
        return [pid for pid in descendants(self.process.pid) if "read -r _" not in command(pid)]

    def stop(self, how=signal.SIGTERM):
        self.process.send_signal(how)
        self.process.wait(30)


def user(text):
    return {"role": "user", "content": text}


def assistant(text):
    return {"role": "assistant", "content": text}


def command(pid):
    try:
        with open(f"/proc/{pid}/cmdline", encoding="utf-8", errors="replace") as file:
            return file.read()
    except OSError:
        return ""


def state(pid):
    """One letter, and the parent; none where there is no such process."""
    try:
        with open(f"/proc/{pid}/stat", encoding="utf-8", errors="replace") as file:
            letter, parent = file.read().rsplit(")", 1)[1].split()[:2]
            return letter, int(parent)
    except OSError:
        return None


def descendants(root):
    children = {}
    for entry in os.listdir("/proc"):
        found = state(entry) if entry.isdigit() else None
        if found and found[0] != "Z":
            children.setdefault(found[1], []).append(int(entry))
    todo, found = [root], []
    while todo:
        below = children.get(todo.pop(), [])
        found += below
        todo += below
    return found


def is_alive(pid):
    found = state(pid)
    return found is not None and found[0] != "Z"


def until(holds, what, seconds=60):
    end = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < end, what
        time.sleep(0.05)


def asked(word):
    """The bodies of the upstream's requests that hold the word."""
    host = UPSTREAM.removeprefix("http://")
    connection = http.client.HTTPConnection(host, timeout=30)
    connection.request("GET", f"/__requests?contains={word}")
    return [json.dumps(one) for one in json.loads(connection.getresponse().read())]
