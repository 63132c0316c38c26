"""Real agents as models: answers, conversations apart, tools refused, agents that are killed or hang."""

import contextlib
import json
import os
import signal
import sys
import time
import traceback
from concurrent.futures import ThreadPoolExecutor

from bed import UPSTREAM, WORK, Gateway, asked, assistant, is_alive, until, user

QWEN, OPENCODE = os.environ["QWEN"], os.environ["OPENCODE"]
SECONDS = 30


def qwen(model):
    """Its command, and what it is told of its own model."""
    return [QWEN, "--acp"], {"OPENAI_API_KEY": "k", "OPENAI_BASE_URL": f"{UPSTREAM}/v1", "OPENAI_MODEL": model}


def opencode(model):
    path = os.path.join(WORK, f"opencode-{model}.json")
    options = {"baseURL": f"{UPSTREAM}/v1", "apiKey": "k"}
    known = {"name": "m", "tool_call": True, "limit": {"context": 100000, "output": 8000}}
    own = {"npm": "@ai-sdk/openai-compatible", "name": "Own", "options": options, "models": {model: known}}
    settings = {"autoupdate": False, "share": "disabled", "model": f"own/{model}", "small_model": f"own/{model}"}
    with open(path, "w", encoding="utf-8") as file:
        json.dump(settings | {"provider": {"own": own}}, file)
    quiet = ["AUTOUPDATE", "MODELS_FETCH", "LSP_DOWNLOAD"]
    variables = {f"OPENCODE_DISABLE_{name}": "1" for name in quiet}
    return [OPENCODE, "acp"], variables | {"OPENCODE_CONFIG": path, "OPENCODE_PERMISSION": '{"*":"ask"}'}


def settings(kind, home):
    """Three agents, each with another model, and a route that allows tools."""
    text = ""
    for model in ["echo", "agent", "endless"]:
        line, variables = kind(model)
        text += f"""
[provider.{model}.agent]
command = {json.dumps(line[0])}
arguments = {json.dumps(line[1:])}
patience_seconds = {SECONDS}
[provider.{model}.agent.variables]
HOME = {json.dumps(home)}
TMPDIR = {json.dumps(home)}
"""
        text += "".join(f"{name} = {json.dumps(value)}\n" for name, value in variables.items())
        text += f'[[account]]\nprovider = "{model}"\n'
    folder = os.path.join(home, "allowed")
    os.makedirs(folder)
    tools = '["edit", "execute", "other"]'
    return text + f"""
[[route]]
match = "builder"
targets = ["agent/agent"]
agent = {{ folder = {json.dumps(folder)}, tools = {tools} }}
[[route]]
match = "shut"
targets = ["agent/agent"]
agent = {{ folder = {json.dumps(folder)} }}
"""


def answers(gateway, home):
    for anthropic in [False, True]:
        status, text = gateway.say("echo", "ahoy there", anthropic=anthropic)
        assert status == 200 and "ahoy there" in text, (status, text)
        status, text = gateway.say("echo", "ahoy there", anthropic=anthropic, stream=True)
        end = "message_stop" if anthropic else "[DONE]"
        assert status == 200 and end in text, (status, text)


def two_conversations(gateway, home):
    def talk(color):
        first = f"the secret is {color}-{os.path.basename(home)}"
        turns = [user(first)]
        told, _ = gateway.words("echo", turns)
        assert color in told, told
        turns += [assistant(told), user(f"second question about {color}")]
        return gateway.words("echo", turns)[0]

    with ThreadPoolExecutor(2) as both:
        red, blue = both.map(talk, ["crimson", "azure"])
    assert "azure" not in red and "crimson" not in blue, (red, blue)
    secret = f"crimson-{os.path.basename(home)}"
    mine = asked(secret)
    assert mine and not any(f"azure-{os.path.basename(home)}" in one for one in mine), mine
    # The second question went into the session that knew the first: nothing was told anew.
    later = [one for one in mine if "second question about crimson" in one]
    assert later and not any("[Assistant]" in one for one in later), later


def tools_refused(gateway, home):
    folder = os.path.join(home, "allowed")
    _, thoughts = gateway.words("shut", [user("make the files")])
    assert "refused" in thoughts, thoughts
    assert os.listdir(folder) == [], os.listdir(folder)


def tools_allowed(gateway, home):
    folder = os.path.join(home, "allowed")
    _, thoughts = gateway.words("builder", [user("make the files")])
    assert "[tool]" in thoughts and "refused" not in thoughts, thoughts
    assert "copied.txt" in os.listdir(folder), os.listdir(folder)


def killed(gateway, home):
    before = set(gateway.agents())
    connection, answer = gateway.send("endless", [user("go on")], stream=True)
    assert answer.status == 200
    assert answer.readline()
    mine = set(gateway.agents()) - before
    assert mine, "no process was started"
    for pid in mine:
        # An agent is several processes, and the death of one may end the next.
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)
    rest = answer.read().decode()
    connection.close()
    assert "the agent ended" in rest and "[DONE]" not in rest.split("the agent ended")[0], rest[-500:]
    connection, answer = gateway.send("endless", [user("again")], stream=True)
    assert answer.status == 200 and answer.readline()
    # A client that leaves cancels the prompt.
    connection.close()
    answer.close()


def hung(gateway, home):
    gateway.words("echo", [user("ahoy")])
    agents = gateway.agents()
    for pid in agents:
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, signal.SIGSTOP)
    began = time.monotonic()
    status, text = gateway.say("echo", [user("never"), assistant("said"), user("before")])
    took = time.monotonic() - began
    assert status == 504 and "said nothing" in text, (status, text)
    assert took < 4 * 60, took
    for pid in agents:
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, signal.SIGCONT)
    told, _ = gateway.words("echo", [user("ahoy again")])
    assert "ahoy again" in told, told


def outlived(gateway, home):
    gateway.words("echo", [user("last words")])
    agents = gateway.agents()
    assert agents
    gateway.stop(signal.SIGKILL)
    until(lambda: not any(is_alive(pid) for pid in agents), "an agent outlived the gateway")


def main():
    kinds = [("Qwen Code", qwen)] + ([("OpenCode", opencode)] if OPENCODE else [])
    passed = failed = 0
    for name, kind in kinds:
        home = os.path.join(WORK, kind.__name__)
        os.makedirs(home)
        gateway = Gateway(f"gateway-{kind.__name__}", settings(kind, home))
        for trial in [answers, two_conversations, tools_refused, tools_allowed, killed, hung, outlived]:
            began = time.monotonic()
            try:
                trial(gateway, home)
                passed += 1
                print(f"{name}: {trial.__name__} passed in {time.monotonic() - began:.0f} s")
            except Exception:  # pylint: disable=broad-except
                failed += 1
                print(f"{name}: {trial.__name__} FAILED\n{traceback.format_exc()[-2000:]}")
        if gateway.process.poll() is None:
            gateway.stop()
    print(f"agents: {passed} passed, {failed} failed, 0 skipped")
    return 1 if failed else 0


sys.exit(main())
