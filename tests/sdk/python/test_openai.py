"""OpenAI's SDK against both kinds of upstream."""

import asyncio
import json
import time

import openai
import pytest
from pydantic import BaseModel
from surroundings import (
    CHINESE, CLOCK, CUT_WITHIN_MS, DIRECT, GATEWAY, KEY, NOTHING, PIXEL, PIXEL_SEEN, TEXT, THOUGHT,
    UPSTREAMS, WEATHER, long_text, marker, milliseconds_until_cut, wait_until_open,
)

OPTIONS = {"base_url": f"{GATEWAY}/v1", "api_key": KEY, "max_retries": 0, "timeout": 20}
both_upstreams = pytest.mark.parametrize("up", UPSTREAMS)
through_gateway = pytest.mark.skipif(DIRECT, reason="asked of the gateway only")


@pytest.fixture(scope="module")
def client():
    with openai.OpenAI(**OPTIONS) as client:
        yield client


def ask(client, up, scenario, text="Hi", **more):
    messages = more.pop("messages", [{"role": "user", "content": text}])
    return client.chat.completions.create(model=f"{up}/{scenario}", messages=messages, **more)


def tool(name, schema):
    return {"type": "function", "function": {"name": name, "description": name, "parameters": schema}}


def joined(stream):
    """Text, calls in order, and the finish reasons of a stream."""
    text, calls, reasons = "", {}, []
    for chunk in stream:
        for choice in chunk.choices:
            text += choice.delta.content or ""
            for call in choice.delta.tool_calls or []:
                known = calls.setdefault(call.index, {"id": call.id, "name": "", "arguments": ""})
                known["name"] += call.function.name or ""
                known["arguments"] += call.function.arguments or ""
            if choice.finish_reason:
                reasons.append(choice.finish_reason)
    return text, [calls[index] for index in sorted(calls)], reasons


@both_upstreams
def test_text(client, up):
    answer = ask(client, up, "text")
    assert answer.object == "chat.completion"
    assert answer.choices[0].message.content == TEXT
    assert answer.choices[0].finish_reason == "stop"
    assert (answer.usage.prompt_tokens, answer.usage.completion_tokens) == (11, 7)


@both_upstreams
def test_stream(client, up):
    stream = ask(client, up, "text", stream=True, stream_options={"include_usage": True})
    chunks = list(stream)
    assert joined(chunks) == (TEXT, [], ["stop"])
    assert len(chunks) > 8, "the answer was not streamed"
    assert (chunks[-1].usage.prompt_tokens, chunks[-1].usage.completion_tokens) == (11, 7)
    assert chunks[-1].choices == []


@both_upstreams
def test_a_stream_comes_as_it_is_made(client, up):
    times = []
    for chunk in ask(client, up, "stream-slow", stream=True):
        if chunk.choices and chunk.choices[0].delta.content:
            times.append(time.monotonic())
    assert times[-1] - times[0] > 0.3


@both_upstreams
def test_usage_with_its_parts(client, up):
    stream = ask(client, up, "usage", stream=True, stream_options={"include_usage": True})
    for usage in [ask(client, up, "usage").usage, list(stream)[-1].usage]:
        assert (usage.prompt_tokens, usage.completion_tokens, usage.total_tokens) == (1200, 90, 1290)
        assert usage.prompt_tokens_details.cached_tokens == 1000
        assert usage.completion_tokens_details.reasoning_tokens == 40


@both_upstreams
@pytest.mark.parametrize("stream", [False, True])
def test_tools(client, up, stream):
    tools = [tool("weather", WEATHER)]
    messages = [{"role": "system", "content": "Be brief."}, {"role": "user", "content": "Weather?"}]
    if stream:
        text, calls, reasons = joined(ask(client, up, "tools", messages=messages, tools=tools, stream=True))
        call = calls[0]
        reason = reasons[-1]
    else:
        choice = ask(client, up, "tools", messages=messages, tools=tools).choices[0]
        text, reason = choice.message.content, choice.finish_reason
        made = choice.message.tool_calls[0]
        call = {"id": made.id, "name": made.function.name, "arguments": made.function.arguments}
    assert (text, reason, call["name"]) == ("I will look.", "tool_calls", "weather")
    assert json.loads(call["arguments"]) == {"city": "sample"}
    function = {"name": call["name"], "arguments": call["arguments"]}
    messages += [
        {"role": "assistant", "content": text, "tool_calls": [{"id": call["id"], "type": "function", "function": function}]},
        {"role": "tool", "tool_call_id": call["id"], "content": "21 degrees"},
    ]
    answer = ask(client, up, "tools", messages=messages, tools=tools)
    assert answer.choices[0].message.content == "The tool said: 21 degrees"


@both_upstreams
@pytest.mark.parametrize("scenario", ["parallel-tools", "interleaved-tools"])
def test_parallel_tools(client, up, scenario):
    tools = [tool("weather", WEATHER), tool("clock", CLOCK)]
    whole = ask(client, up, scenario, tools=tools).choices[0].message.tool_calls
    parts = joined(ask(client, up, scenario, tools=tools, stream=True))[1]
    whole = [{"id": c.id, "name": c.function.name, "arguments": c.function.arguments} for c in whole]
    for calls in [whole, parts]:
        assert [(c["name"], json.loads(c["arguments"])) for c in calls] == [
            ("weather", {"city": "sample"}), ("clock", {"zone": "UTC"})]
        assert len({c["id"] for c in calls}) == 2
    messages = [
        {"role": "user", "content": "Both"},
        {"role": "assistant", "tool_calls": [
            {"id": c["id"], "type": "function", "function": {"name": c["name"], "arguments": c["arguments"]}}
            for c in parts]},
    ] + [{"role": "tool", "tool_call_id": c["id"], "content": f"from {c['name']}"} for c in parts]
    answer = ask(client, up, scenario, messages=messages, tools=tools)
    assert answer.choices[0].message.content == "The tool said: from weather | from clock"


@both_upstreams
def test_a_tool_without_arguments(client, up):
    tools = [tool("now", NOTHING)]
    call = ask(client, up, "no-arg-tool", tools=tools).choices[0].message.tool_calls[0]
    assert json.loads(call.function.arguments) == {}
    [call] = joined(ask(client, up, "no-arg-tool", tools=tools, stream=True))[1]
    assert json.loads(call["arguments"] or "{}") == {}


@both_upstreams
def test_images(client, up):
    content = [
        {"type": "text", "text": "What is this?"},
        {"type": "image_url", "image_url": {"url": f"data:image/png;base64,{PIXEL}"}},
    ]
    answer = ask(client, up, "image", messages=[{"role": "user", "content": content}])
    assert answer.choices[0].message.content == PIXEL_SEEN


@both_upstreams
def test_chinese(client, up):
    assert ask(client, up, "chinese").choices[0].message.content == CHINESE
    assert joined(ask(client, up, "chinese", stream=True))[0] == CHINESE
    assert ask(client, up, "echo", CHINESE).choices[0].message.content == CHINESE


@both_upstreams
def test_finish_reasons(client, up):
    assert ask(client, up, "length").choices[0].finish_reason == "length"
    assert joined(ask(client, up, "length", stream=True))[2] == ["length"]
    assert ask(client, up, "stop-sequence").choices[0].finish_reason == "stop"


@both_upstreams
def test_thinking(client, up):
    answer = ask(client, up, "thinking", reasoning_effort="low").choices[0].message
    assert answer.content == "The answer is 42."
    assert answer.model_extra["reasoning_content"] == THOUGHT
    thought, text = "", ""
    for chunk in ask(client, up, "thinking", reasoning_effort="low", stream=True):
        for choice in chunk.choices:
            thought += (choice.delta.model_extra or {}).get("reasoning_content") or ""
            text += choice.delta.content or ""
    assert (thought, text) == (THOUGHT, "The answer is 42.")


@both_upstreams
def test_structured_output(client, up):
    class Place(BaseModel):
        name: str
        people: int
        tags: list[str]

    answer = client.chat.completions.parse(
        model=f"{up}/json-schema", messages=[{"role": "user", "content": "A place"}], response_format=Place)
    assert answer.choices[0].message.parsed == Place(name="sample", people=7, tags=["sample"])


@both_upstreams
@pytest.mark.parametrize("status, kind", [
    (400, openai.BadRequestError), (401, openai.AuthenticationError), (403, openai.PermissionDeniedError),
    (404, openai.NotFoundError), (409, openai.ConflictError), (422, openai.UnprocessableEntityError),
    (429, openai.RateLimitError), (500, openai.InternalServerError), (503, openai.InternalServerError),
    (529, openai.InternalServerError),
])
@pytest.mark.parametrize("stream", [False, True])
def test_errors(client, up, status, kind, stream):
    with pytest.raises(kind) as raised:
        ask(client, up, f"error-{status}", stream=stream)
    assert raised.value.status_code in ({503, 529} if status == 529 else {status})
    assert f"scripted error {status}" in raised.value.message
    if status == 429:
        assert 1 <= float(raised.value.response.headers["retry-after"]) <= 7


@both_upstreams
@pytest.mark.parametrize("scenario", [
    "error-in-stream", "error-first-event", "cut", "cut-inside-event", "reset", "garbage",
    pytest.param("missing-end", marks=through_gateway),
])
def test_a_broken_stream_raises(client, up, scenario):
    with pytest.raises(openai.APIError if not DIRECT else Exception):
        joined(ask(client, up, scenario, stream=True))


@through_gateway
@both_upstreams
@pytest.mark.parametrize("scenario", ["error-in-200", "html", "cut"])
def test_a_broken_answer_raises(client, up, scenario):
    with pytest.raises(openai.APIStatusError) as raised:
        ask(client, up, scenario)
    assert raised.value.status_code >= 500


@through_gateway
def test_a_wrong_key_and_an_unknown_model(client):
    with pytest.raises(openai.AuthenticationError):
        ask(client.with_options(api_key="wrong"), "up-openai", "text")
    with pytest.raises(openai.NotFoundError) as raised:
        ask(client, "up-openai", "nobody-offers-this")
    assert "nobody-offers-this" in raised.value.message


@both_upstreams
def test_leaving_a_stream_cuts_the_upstream(client, up):
    word = marker()
    stream = ask(client, up, "endless", word, stream=True)
    for _ in range(4):
        next(stream)
    left = time.time()
    stream.close()
    assert milliseconds_until_cut(word, left) < CUT_WITHIN_MS


@both_upstreams
@pytest.mark.parametrize("stream", [False, True])
def test_leaving_before_the_first_byte_cuts_the_upstream(up, stream):
    word = marker()

    async def leave():
        async with openai.AsyncOpenAI(**OPTIONS) as client:
            task = asyncio.create_task(ask(client, up, "silent", word, stream=stream))
            await asyncio.sleep(0.1)
            await asyncio.to_thread(wait_until_open, word)
            left = time.time()
            task.cancel()
            with pytest.raises(asyncio.CancelledError):
                await task
            return await asyncio.to_thread(milliseconds_until_cut, word, left)

    assert asyncio.run(leave()) < CUT_WITHIN_MS


@both_upstreams
def test_fifty_streams_at_once(up):
    async def one(client, number):
        text = ""
        async for chunk in await ask(client, up, "echo-slow", long_text(number), stream=True):
            text += "".join(choice.delta.content or "" for choice in chunk.choices)
        return text

    async def all_of_them():
        async with openai.AsyncOpenAI(**OPTIONS) as client:
            return await asyncio.gather(*(one(client, number) for number in range(50)))

    assert asyncio.run(all_of_them()) == [long_text(number) for number in range(50)]


def test_models(client):
    names = [model.id for model in client.models.list()]
    assert any(name.rsplit("/", 1)[-1] == "text" for name in names)
    assert client.models.retrieve(names[0]).id == names[0]


def test_embeddings(client):
    by_default = client.embeddings.create(model="up-openai/embedding", input=["a", "b"])
    assert [item.embedding for item in by_default.data] == [[0.0, 0.5, -1.0], [1.0, 0.5, -1.0]]
    floats = client.embeddings.create(model="up-openai/embedding", input="a", encoding_format="float")
    assert floats.data[0].embedding == [0.0, 0.5, -1.0]
    assert floats.usage.prompt_tokens == 5


def test_what_is_passed_on_as_it_is(client):
    text = client.completions.create(model="up-openai/text", prompt="One, two").choices[0].text
    assert text == "One, two, and so on"
    image = client.images.generate(model="up-openai/image", prompt="A dot")
    assert image.data[0].b64_json.startswith("iVBORw0KGgo")
    moderation = client.moderations.create(model="up-openai/text", input="Peace")
    assert moderation.results[0].flagged is False
