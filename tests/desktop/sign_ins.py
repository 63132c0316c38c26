"""Signing in at an issuer on this machine: the shell sends the system's browser there and nowhere else."""

import http.server
import json
import os
import threading

from webview import Window


class Issuer(http.server.BaseHTTPRequestHandler):
    """Describes two issuers: one with a page of its own, one whose page is the gateway's."""

    def do_GET(self):
        name = self.path.split("/")[1]
        here = f"http://127.0.0.1:{self.server.server_port}/{name}"
        pages = {"own": f"{here}/authorize", "sly": f"http://localhost:{self.server.gateway}/admin"}
        body = json.dumps({
            "issuer": here,
            "authorization_endpoint": pages[name],
            "token_endpoint": f"{here}/token",
            "code_challenge_methods_supported": ["S256"],
        }).encode()
        self.send_response(200)
        self.send_header("content-type", "application/json")
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass


def browser(session):
    """A folder of programs whose `xdg-open` writes down what it is to open, and that file."""
    folder, opened = session.home / "programs", session.home / "opened"
    folder.mkdir()
    opened.touch()
    program = folder / "xdg-open"
    program.write_text(f'#!/bin/sh\necho "$1" >> "{opened}"\n')
    program.chmod(0o755)
    return folder, lambda: opened.read_text().split()


def s62_a_sign_in_on_this_machine_opens_in_the_browser(session):
    issuer = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Issuer)
    issuer.gateway = session.port
    threading.Thread(target=issuer.serve_forever, daemon=True).start()
    address = f"http://127.0.0.1:{issuer.server_port}"
    session.configure("".join(
        f'\n[provider.{name}]\nendpoints = {{ openai-chat = "{address}/v1" }}\nmodels = ["one"]\nallow_private = true\n'
        f'issuer = "{address}/{name}"\nclient_id = "portolan"\n'
        for name in ("own", "sly")
    ))
    programs, opened = browser(session)
    with Window(session, PATH=f"{programs}:{os.environ['PATH']}") as window:
        session.until("the gateway answers", session.health)
        window.sees("the first page is there", "Who should answer?")
        home = window.url()
        go = "window.location.assign(arguments[0])"
        good, sly = window.rpc("sign_in.start", {"provider": "sly", "flow": "browser"})
        assert good and f"localhost:{session.port}/admin" in sly["address"], sly
        good, turn = window.rpc("sign_in.start", {"provider": "own", "flow": "browser"})
        assert good and turn["address"].startswith(f"{address}/own/authorize?"), turn
        for refused in [sly["address"], f"{address}/own/authorize", turn["address"] + "&more=1"]:
            window.run(go, refused)
            session.rest(0.5)
        assert opened() == [], opened()
        window.run(go, turn["address"])
        session.until("the browser is sent there", opened)
        good, _ = window.rpc("sign_in.cancel", {"id": turn["id"]})
        assert good
        window.run(go, turn["address"])
        session.rest(1)
        assert set(opened()) == {turn["address"]}, opened()
        assert window.url() == home, window.url()
    issuer.shutdown()


CASES = [s62_a_sign_in_on_this_machine_opens_in_the_browser]
