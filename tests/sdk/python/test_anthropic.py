"""Anthropic's SDK against both kinds of upstream."""

import asyncio
import time

import anthropic
import pytest
from pydantic import BaseModel
from surroundings import (
    CHINESE, CLOCK, CUT_WITHIN_MS, DIRECT, GATEWAY, KEY, NOTHING, PIXEL, PIXEL_SEEN, TEXT, THOUGHT,
    UPSTREAMS, WEATHER, long_text, marker, milliseconds_until_cut, wait_until_open,
)

OPTIONS = {"base_url": GATEWAY, "api_key": KEY, "max_retries": 0, "timeout": 20}
THINK = {"type": "enabled", "budget_tokens": 1024}
both_upstreams = pytest.mark.parametrize("up", UPSTREAMS)
through_gateway = pytest.mark.skipif(DIRECT, reason="asked of the gateway only")


@pytest.fixture(scope="module")
def client():
    with anthropic.Anthropic(**OPTIONS) as client:
        yield client


def asked(up, scenario, text="Hi", **more):
    return {"model": f"{up}/{scenario}", "max_tokens": 2000, "messages": [{"role": "user", "content": text}], **more}


def ask(client, *words, **more):
    return client.messages.create(**asked(*words, **more))


def streamed(client, *words, **more):
    """The message that a stream makes, and its events."""
    with client.messages.stream(**asked(*words, **more)) as stream:
        events = list(stream)
        return stream.get_final_message(), events


def tool(name, schema):
    return {"name": name, "description": name, "input_schema": schema}


def text_of(message):
    return "".join(block.text for block in message.content if block.type == "text")


def calls_of(message):
    return [block for block in message.content if block.type == "tool_use"]


@both_upstreams
def test_text(client, up):
    answer = ask(client, up, "text", system="Be brief.")
    assert (answer.type, answer.role, answer.stop_reason) == ("message", "assistant", "end_turn")
    assert text_of(answer) == TEXT
    assert (answer.usage.input_tokens, answer.usage.output_tokens) == (11, 7)


@both_upstreams
def test_stream(client, up):
    message, events = streamed(client, up, "text")
    assert (text_of(message), message.stop_reason) == (TEXT, "end_turn")
    assert len([event for event in events if event.type == "content_block_delta"]) > 5
    assert message.usage.output_tokens == 7


@both_upstreams
def test_the_events_of_a_stream_are_in_order(client, up):
    kinds = [event.type for event in ask(client, up, "text", stream=True)]
    kinds = [kind for kind in kinds if kind not in ("ping", "content_block_delta")]
    assert kinds == ["message_start", "content_block_start", "content_block_stop", "message_delta", "message_stop"]


@both_upstreams
def test_a_stream_comes_as_it_is_made(client, up):
    times = []
    for event in ask(client, up, "stream-slow", stream=True):
        if event.type == "content_block_delta":
            times.append(time.monotonic())
    assert times[-1] - times[0] > 0.3


@both_upstreams
def test_usage_with_its_parts(client, up):
    for usage in [ask(client, up, "usage").usage, streamed(client, up, "usage")[0].usage]:
        assert (usage.input_tokens, usage.output_tokens) == (200, 90)
        assert usage.cache_read_input_tokens == 1000


@both_upstreams
@pytest.mark.parametrize("stream", [False, True])
def test_tools(client, up, stream):
    tools = [tool("weather", WEATHER)]
    answer = streamed(client, up, "tools", tools=tools)[0] if stream else ask(client, up, "tools", tools=tools)
    [call] = calls_of(answer)
    assert (text_of(answer), answer.stop_reason) == ("I will look.", "tool_use")
    assert (call.name, call.input) == ("weather", {"city": "sample"})
    messages = [
        {"role": "user", "content": "Hi"},
        {"role": "assistant", "content": [block.model_dump(include={"type", "text", "id", "name", "input"}) for block in answer.content]},
        {"role": "user", "content": [{"type": "tool_result", "tool_use_id": call.id, "content": "21 degrees"}]},
    ]
    answer = ask(client, up, "tools", messages=messages, tools=tools)
    assert text_of(answer) == "The tool said: 21 degrees"


@both_upstreams
@pytest.mark.parametrize("scenario", ["parallel-tools", "interleaved-tools"])
def test_parallel_tools(client, up, scenario):
    tools = [tool("weather", WEATHER), tool("clock", CLOCK)]
    for answer in [ask(client, up, scenario, tools=tools), streamed(client, up, scenario, tools=tools)[0]]:
        calls = calls_of(answer)
        assert [(c.name, c.input) for c in calls] == [("weather", {"city": "sample"}), ("clock", {"zone": "UTC"})]
        assert len({c.id for c in calls}) == 2
    results = [{"type": "tool_result", "tool_use_id": c.id, "content": [{"type": "text", "text": f"from {c.name}"}]} for c in calls]
    uses = [{"type": "tool_use", "id": c.id, "name": c.name, "input": c.input} for c in calls]
    messages = [
        {"role": "user", "content": "Both"},
        {"role": "assistant", "content": uses},
        {"role": "user", "content": results},
    ]
    answer = ask(client, up, scenario, messages=messages, tools=tools)
    assert text_of(answer) == "The tool said: from weather | from clock"


@both_upstreams
def test_a_tool_without_arguments(client, up):
    tools = [tool("now", NOTHING)]
    for answer in [ask(client, up, "no-arg-tool", tools=tools), streamed(client, up, "no-arg-tool", tools=tools)[0]]:
        assert [call.input for call in calls_of(answer)] == [{}]


@both_upstreams
def test_images(client, up):
    source = {"type": "base64", "media_type": "image/png", "data": PIXEL}
    content = [{"type": "image", "source": source}, {"type": "text", "text": "What is this?"}]
    answer = ask(client, up, "image", messages=[{"role": "user", "content": content}])
    assert text_of(answer) == PIXEL_SEEN


@both_upstreams
def test_chinese(client, up):
    assert text_of(ask(client, up, "chinese")) == CHINESE
    assert text_of(streamed(client, up, "chinese")[0]) == CHINESE
    assert text_of(ask(client, up, "echo", CHINESE)) == CHINESE


@both_upstreams
def test_stop_reasons(client, up):
    assert ask(client, up, "length").stop_reason == "max_tokens"
    assert streamed(client, up, "length")[0].stop_reason == "max_tokens"
    if up == "up-anthropic":
        stopped = ask(client, up, "stop-sequence", stop_sequences=["STOP"])
        assert (stopped.stop_reason, stopped.stop_sequence) == ("stop_sequence", "STOP")
        assert ask(client, up, "refusal").stop_reason == "refusal"


@both_upstreams
def test_thinking(client, up):
    for answer in [ask(client, up, "thinking", thinking=THINK), streamed(client, up, "thinking", thinking=THINK)[0]]:
        thought, text = answer.content
        assert (thought.type, thought.thinking, text.text) == ("thinking", THOUGHT, "The answer is 42.")
        if up == "up-anthropic":
            assert thought.signature == "c2NyaXB0ZWQtc2lnbmF0dXJl"


def test_redacted_thinking(client):
    for answer in [ask(client, "up-anthropic", "redacted", thinking=THINK), streamed(client, "up-anthropic", "redacted", thinking=THINK)[0]]:
        assert [block.type for block in answer.content] == ["redacted_thinking", "text"]
        assert answer.content[0].data == "c2NyaXB0ZWQtc2lnbmF0dXJl"


@both_upstreams
def test_structured_output(client, up):
    class Place(BaseModel):
        name: str
        people: int
        tags: list[str]

    answer = client.messages.parse(**asked(up, "json-schema"), output_format=Place)
    assert answer.parsed_output == Place(name="sample", people=7, tags=["sample"])


@both_upstreams
@pytest.mark.parametrize("status, kind", [
    (400, anthropic.BadRequestError), (401, anthropic.AuthenticationError), (403, anthropic.PermissionDeniedError),
    (404, anthropic.NotFoundError), (409, anthropic.ConflictError), (422, anthropic.UnprocessableEntityError),
    (429, anthropic.RateLimitError), (500, anthropic.InternalServerError), (503, anthropic.InternalServerError),
    (529, anthropic.InternalServerError),
])
@pytest.mark.parametrize("stream", [False, True])
def test_errors(client, up, status, kind, stream):
    with pytest.raises(kind) as raised:
        ask(client, up, f"error-{status}", stream=stream)
    assert raised.value.status_code in ({503, 529} if status in (503, 529) else {status})
    assert raised.value.body["type"] == "error"
    assert f"scripted error {status}" in raised.value.body["error"]["message"]
    if status == 429:
        assert 1 <= float(raised.value.response.headers["retry-after"]) <= 7


@both_upstreams
@pytest.mark.parametrize("scenario", [
    "error-in-stream", "error-first-event", "cut", "cut-inside-event", "reset", "garbage",
    pytest.param("missing-end", marks=through_gateway),
])
def test_a_broken_stream_raises(client, up, scenario):
    with pytest.raises(anthropic.APIError if not DIRECT else Exception):
        streamed(client, up, scenario)


@through_gateway
@both_upstreams
@pytest.mark.parametrize("scenario", ["error-in-200", "html", "cut"])
def test_a_broken_answer_raises(client, up, scenario):
    with pytest.raises(anthropic.APIStatusError) as raised:
        ask(client, up, scenario)
    assert raised.value.status_code >= 500


@through_gateway
def test_a_wrong_key_and_an_unknown_model(client):
    with pytest.raises(anthropic.AuthenticationError):
        ask(client.with_options(api_key="wrong"), "up-anthropic", "text")
    with pytest.raises(anthropic.NotFoundError) as raised:
        ask(client, "up-anthropic", "nobody-offers-this")
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
        async with anthropic.AsyncAnthropic(**OPTIONS) as client:
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
        async for event in await ask(client, up, "echo-slow", long_text(number), stream=True):
            if event.type == "content_block_delta":
                text += event.delta.text
        return text

    async def all_of_them():
        async with anthropic.AsyncAnthropic(**OPTIONS) as client:
            return await asyncio.gather(*(one(client, number) for number in range(50)))

    assert asyncio.run(all_of_them()) == [long_text(number) for number in range(50)]


def test_models(client):
    names = [model.id for model in client.models.list()]
    assert any(name.rsplit("/", 1)[-1] == "text" for name in names)
    model = client.models.retrieve(names[0])
    assert (model.type, model.id) == ("model", names[0])


@both_upstreams
def test_count_tokens(client, up):
    def count(**more):
        messages = [{"role": "user", "content": "How many?"}]
        return client.messages.count_tokens(model=f"{up}/text", messages=messages, **more).input_tokens

    few = count()
    assert 0 < few < count(tools=[tool("weather", WEATHER)], system="Count each of these words.")
