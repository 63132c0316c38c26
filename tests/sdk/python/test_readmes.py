"""Every example of the five READMEs, as its reader would copy it; only address and key are changed."""

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from surroundings import DIRECT, GATEWAY, KEY, seen

pytestmark = pytest.mark.skipif(DIRECT, reason="asked of the gateway only")

FOLDER = Path(__file__).parent.parent / "readmes"
WORK = Path(os.environ.get("EXAMPLES_AT", "."))
PROGRAMS = {".sh": ["bash"], ".py": [sys.executable], ".mjs": ["node"]}
PICTURE = "https://pictures.example/1.png"


def run(name):
    """What the example prints."""
    source = FOLDER / name
    text = source.read_text(encoding="utf-8")
    text = text.replace("PORTOLAN_URL", GATEWAY).replace("PORTOLAN_KEY", KEY)
    copy = WORK / name.replace("/", "-")
    copy.write_text(text, encoding="utf-8")
    command = [*PROGRAMS[source.suffix], str(copy)]
    done = subprocess.run(command, capture_output=True, timeout=60, encoding="utf-8", check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout


def streamed(printed):
    """The words of a stream that was printed as it came; it ends as it should."""
    frames = re.findall(r"^data: (.*)$", printed, re.MULTILINE)
    assert frames[-1] == "[DONE]", printed
    chunks = [json.loads(frame) for frame in frames[:-1]]
    assert all(chunk["object"] == "chat.completion.chunk" for chunk in chunks)
    return "".join(
        choice["delta"].get("content") or "" for chunk in chunks for choice in chunk["choices"]
    )


def said(printed):
    return json.loads(printed)["choices"][0]["message"]["content"]


def listed(printed):
    answer = json.loads(printed)
    assert answer["object"] == "list"
    assert all({"id", "object", "created", "owned_by"} <= model.keys() for model in answer["data"])
    return {model["id"] for model in answer["data"]}


def picture(printed):
    return json.loads(printed)["data"][0]["url"]


def told(field):
    """What a GraphQL answer has of the field; it has no error."""

    def read(printed):
        answer = json.loads(printed)
        assert "errors" not in answer, answer
        return answer["data"][field]

    return read


def answered(printed):
    answer = told("getAIResponse")(printed)
    assert answer.keys() == {"id", "content", "isUser", "timestamp", "success", "error"}
    return answer["content"], answer["isUser"], answer["success"], answer["error"]


def painted(printed):
    answer = told("generateImage")(printed)
    assert answer["success"] and answer["prompt"] == "A futuristic city with flying cars"
    return answer["images"], answer["model"], answer["quality"], answer["error"]


def brought(printed):
    """The key in the request's own header is what the provider was shown, and nothing else."""
    request = [one for one in seen("dall-e-3") if one["body"]["prompt"] == "A test image"][-1]
    headers = {name.lower(): value for name, value in request["headers"]}
    return printed.startswith("200 "), headers["authorization"], "x-openai-key" in headers


# What each example must print, and what is made of its print first.
EXAMPLES = {
    "iflow2api/openai_sdk.py": (str, "你好！\n写一首诗"),
    "iflow2api/models.sh": (lambda printed: "glm-5" in listed(printed), True),
    "iflow2api/chat.sh": (said, "你好！"),
    "iflow2api/stream.sh": (streamed, "你好！"),
    "iflow-worker/models.sh": (lambda printed: "glm-4.7" in listed(printed), True),
    "iflow-worker/refresh.sh": (lambda printed: "glm-4.7" in listed(printed), True),
    "iflow-worker/chat.sh": (said, "你好，请介绍一下你自己"),
    "iflow-worker/stream.sh": (streamed, "写一首关于春天的诗"),
    "iflow-worker/openai_sdk.mjs": (str, "你好\n"),
    "iflow-worker/openai_sdk.py": (str, "你好\n"),
    "iflow-sdk-adapter/health.sh": (lambda printed: json.loads(printed)["status"], "ok"),
    "iflow-sdk-adapter/models.sh": (lambda printed: "iflow" in listed(printed), True),
    "iflow-sdk-adapter/model.sh": (lambda printed: json.loads(printed)["id"], "iflow"),
    "iflow-sdk-adapter/completion.sh": (streamed, "你好，请问你是谁？"),
    "iflow-sdk-adapter/chat.sh": (streamed, "你好，请问你是谁？"),
    "iflow-sdk-adapter/chat.py": (str, "你好，请问你是谁？\n"),
    "deepinfra-worker/models.sh": (lambda printed: "deepseek-ai/DeepSeek-V3.1" in listed(printed), True),
    "deepinfra-worker/stream.sh": (streamed, "Explain quantum computing in simple terms."),
    "deepinfra-worker/fetch.mjs": (str, "Hello, how are you?\n"),
    "openai-workers-proxy/chat.sh": (said, "Hello, how are you?"),
    "openai-workers-proxy/image.sh": (picture, PICTURE),
    "openai-workers-proxy/image_at_root.sh": (picture, PICTURE),
    "openai-workers-proxy/image_by_action.sh": (picture, PICTURE),
    "openai-workers-proxy/key_of_request.mjs": (brought, (True, "Bearer your-api-key-here", False)),
    "openai-workers-proxy/graphql_chat.sh": (answered, ("Hello!", False, True, None)),
    "openai-workers-proxy/graphql_image.sh": (painted, ([{"url": PICTURE}], "dall-e-3", "hd", None)),
    "openai-workers-proxy/graphql_session.sh": (
        lambda printed: told("createSession")(printed)["success"], True,
    ),
    "openai-workers-proxy/graphql_history.sh": (told("chatHistory"), []),
    "openai-workers-proxy/front_end.mjs": (
        str,
        f"AI Reply: What's a good recipe for pasta?\nGenerated Image URL: {PICTURE}\n",
    ),
}


@pytest.mark.parametrize("name", EXAMPLES)
def test_example(name):
    read, expected = EXAMPLES[name]
    assert read(run(name)) == expected


def test_no_example_is_left_out():
    files = {str(file.relative_to(FOLDER)) for file in FOLDER.glob("*/*")}
    assert files == EXAMPLES.keys()
