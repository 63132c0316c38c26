"""Where the gateway and its scripted upstream are, and what the upstream saw."""

import base64
import json
import os
import time
import urllib.request
import uuid

GATEWAY = os.environ["PORTOLAN_URL"].rstrip("/")
UPSTREAM = os.environ["UPSTREAM_URL"].rstrip("/")
KEY = os.environ["PORTOLAN_KEY"]

# What only a gateway can put right is not asked of the upstream itself.
DIRECT = GATEWAY == UPSTREAM

UPSTREAMS = ["up-openai", "up-anthropic"]

TEXT = "Hello from the scripted upstream."
CHINESE = "你好，世界！这是来自上游的消息：模型、网关与客户端。🚀"
THOUGHT = "First I look at the question, then I answer it."
PIXEL = (
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNkYPhfDwAChwGA60e6kgAAAABJRU5ErkJggg=="
)
PIXEL_SEEN = f"image/png {len(base64.b64decode(PIXEL))} bytes"

WEATHER = {"type": "object", "properties": {"city": {"type": "string"}}, "required": ["city"]}
CLOCK = {"type": "object", "properties": {"zone": {"enum": ["UTC", "CET"]}}, "required": ["zone"]}
NOTHING = {"type": "object", "properties": {}}

# The upstream is to be cut this soon after the client left; the gateway's own tests measure closer,
# without the pauses that three busy programs make.
CUT_WITHIN_MS = 2000


def marker():
    """A word by which a request is found again."""
    return "mark" + uuid.uuid4().hex


def seen(word):
    """The requests at the upstream whose body holds the word."""
    with urllib.request.urlopen(f"{UPSTREAM}/__requests?contains={word}", timeout=10) as answer:
        return json.load(answer)


def wait_until_open(word):
    """Waits until the request with that word is at the upstream."""
    for _ in range(400):
        if seen(word):
            return
        time.sleep(0.02)
    raise AssertionError("the request never reached the upstream")


def milliseconds_until_cut(word, left):
    """How long after `left` (time.time()) the upstream's connection with that request was closed."""
    for _ in range(400):
        requests = seen(word)
        assert len(requests) == 1, requests
        assert requests[0]["ended"] != "finished"
        if requests[0]["ended"] == "peer_closed":
            return requests[0]["ended_unix"] - left * 1000
        time.sleep(0.02)
    raise AssertionError("the upstream's connection was not closed within 8 s")


def long_text(number):
    """A text of which no two are alike and no two parts either."""
    return f"stream {number}: " + " ".join(f"{number}/{word}" for word in range(40))
