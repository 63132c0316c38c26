// OpenAI's SDK against both kinds of upstream.
import assert from "node:assert/strict";
import { test } from "node:test";
import OpenAI from "openai";
import * as at from "./surroundings.mjs";

const client = new OpenAI({ baseURL: `${at.GATEWAY}/v1`, apiKey: at.KEY, maxRetries: 0, timeout: 20_000 });
const skip = at.DIRECT && "asked of the gateway only";
const tool = (name, parameters) => ({ type: "function", function: { name, description: name, parameters } });

function ask(up, scenario, { text = "Hi", ...more } = {}, options) {
  const messages = [{ role: "user", content: text }];
  return client.chat.completions.create({ model: `${up}/${scenario}`, messages, ...more }, options);
}

async function joined(stream) {
  const whole = { text: "", thought: "", calls: [], reason: null, usage: null };
  for await (const chunk of await stream) {
    whole.usage = chunk.usage ?? whole.usage;
    for (const { delta, finish_reason: reason } of chunk.choices) {
      whole.text += delta.content ?? "";
      whole.thought += delta.reasoning_content ?? "";
      whole.reason = reason ?? whole.reason;
      for (const call of delta.tool_calls ?? []) {
        const known = (whole.calls[call.index] ??= { id: call.id, name: call.function.name, arguments: "" });
        known.arguments += call.function.arguments ?? "";
      }
    }
  }
  return whole;
}

for (const up of at.UPSTREAMS) {
  test(`openai on ${up}: text and stream`, async () => {
    const answer = await ask(up, "text");
    assert.equal(answer.choices[0].message.content, at.TEXT);
    assert.equal(answer.usage.total_tokens, 18);
    const whole = await joined(ask(up, "text", { stream: true, stream_options: { include_usage: true } }));
    assert.deepEqual([whole.text, whole.reason, whole.usage.total_tokens], [at.TEXT, "stop", 18]);
  });

  for (const stream of [false, true]) {
    test(`openai on ${up}: tools, stream ${stream}`, async () => {
      const tools = [tool("weather", at.WEATHER)];
      let call;
      if (stream) {
        const whole = await joined(ask(up, "tools", { tools, stream }));
        assert.equal(whole.reason, "tool_calls");
        [call] = whole.calls;
      } else {
        const [choice] = (await ask(up, "tools", { tools })).choices;
        assert.equal(choice.finish_reason, "tool_calls");
        const [made] = choice.message.tool_calls;
        call = { id: made.id, ...made.function };
      }
      assert.equal(call.name, "weather");
      assert.deepEqual(JSON.parse(call.arguments), { city: "sample" });
      const made = { id: call.id, type: "function", function: { name: call.name, arguments: call.arguments } };
      const messages = [
        { role: "user", content: "Weather?" },
        { role: "assistant", content: null, tool_calls: [made] },
        { role: "tool", tool_call_id: call.id, content: "21 degrees" },
      ];
      const answer = await ask(up, "tools", { tools, messages });
      assert.equal(answer.choices[0].message.content, "The tool said: 21 degrees");
    });
  }

  for (const scenario of ["parallel-tools", "interleaved-tools"]) {
    test(`openai on ${up}: ${scenario}`, async () => {
      const tools = [tool("weather", at.WEATHER), tool("clock", at.CLOCK)];
      const whole = await joined(ask(up, scenario, { tools, stream: true }));
      const calls = whole.calls.map((call) => [call.name, JSON.parse(call.arguments)]);
      assert.deepEqual(calls, [["weather", { city: "sample" }], ["clock", { zone: "UTC" }]]);
    });
  }

  test(`openai on ${up}: the tool runner of the SDK`, async () => {
    const asked = [];
    const run = (input) => { asked.push(input); return "21 degrees"; };
    const weather = { type: "function", function: { name: "weather", description: "weather", parameters: at.WEATHER, parse: JSON.parse, function: run } };
    const runner = client.chat.completions.runTools({
      model: `${up}/tools`, messages: [{ role: "user", content: "Weather?" }], tools: [weather], stream: true });
    assert.equal(await runner.finalContent(), "The tool said: 21 degrees");
    assert.deepEqual(asked, [{ city: "sample" }]);
  });

  test(`openai on ${up}: images`, async () => {
    const image = { type: "image_url", image_url: { url: `data:image/png;base64,${at.PIXEL}` } };
    const answer = await ask(up, "image", { text: [{ type: "text", text: "What?" }, image] });
    assert.equal(answer.choices[0].message.content, at.PIXEL_SEEN);
  });

  test(`openai on ${up}: Chinese`, async () => {
    assert.equal((await ask(up, "chinese")).choices[0].message.content, at.CHINESE);
    assert.equal((await joined(ask(up, "chinese", { stream: true }))).text, at.CHINESE);
    assert.equal((await joined(ask(up, "echo", { text: at.CHINESE, stream: true }))).text, at.CHINESE);
  });

  test(`openai on ${up}: thinking`, async () => {
    const whole = await joined(ask(up, "thinking", { stream: true, reasoning_effort: "low" }));
    assert.deepEqual([whole.thought, whole.text], [at.THOUGHT, "The answer is 42."]);
  });

  test(`openai on ${up}: structured output`, async () => {
    const format = { type: "json_schema", json_schema: { name: "place", schema: at.PLACE, strict: true } };
    const answer = await ask(up, "json-schema", { response_format: format });
    assert.deepEqual(JSON.parse(answer.choices[0].message.content), { name: "sample", people: 7 });
  });

  for (const [status, kind] of [
    [400, OpenAI.BadRequestError], [401, OpenAI.AuthenticationError], [403, OpenAI.PermissionDeniedError],
    [404, OpenAI.NotFoundError], [429, OpenAI.RateLimitError], [500, OpenAI.InternalServerError],
    [503, OpenAI.InternalServerError], [529, OpenAI.InternalServerError],
  ]) {
    test(`openai on ${up}: error ${status}`, async () => {
      for (const stream of [false, true]) {
        const error = await ask(up, `error-${status}`, { stream }).then(() => assert.fail("no error"), (e) => e);
        assert.ok(error instanceof kind, String(error));
        assert.match(error.message, new RegExp(`scripted error ${status}`));
        if (status === 429) {
          const wait = Number(error.headers.get("retry-after"));
          assert.ok(wait >= 1 && wait <= 7, `retry-after ${wait}`);
        }
      }
    });
  }

  for (const scenario of ["error-in-stream", "error-first-event", "cut", "cut-inside-event", "reset", "missing-end"]) {
    test(`openai on ${up}: ${scenario} raises`, { skip: scenario === "missing-end" && skip }, async () => {
      await assert.rejects(joined(ask(up, scenario, { stream: true })));
    });
  }

  test(`openai on ${up}: leaving a stream cuts the upstream`, async () => {
    const text = at.marker();
    const stream = await ask(up, "endless", { text, stream: true });
    let left;
    let count = 0;
    for await (const _ of stream) {
      if (++count < 4) continue;
      left = at.now();
      stream.controller.abort();
      break;
    }
    assert.ok((await at.millisecondsUntilCut(text, left)) < at.CUT_WITHIN_MS);
  });

  test(`openai on ${up}: leaving before the first byte cuts the upstream`, async () => {
    const text = at.marker();
    const leaving = new AbortController();
    const answer = ask(up, "silent", { text }, { signal: leaving.signal }).then(() => assert.fail("an answer"), (e) => e);
    await at.untilOpen(text);
    const left = at.now();
    leaving.abort();
    assert.ok((await answer) instanceof OpenAI.APIUserAbortError);
    assert.ok((await at.millisecondsUntilCut(text, left)) < at.CUT_WITHIN_MS);
  });

  test(`openai on ${up}: fifty streams at once`, async () => {
    const texts = Array.from({ length: 50 }, (_, number) => at.longText(number));
    const wholes = await Promise.all(texts.map((text) => joined(ask(up, "echo-slow", { text, stream: true }))));
    assert.deepEqual(wholes.map((whole) => whole.text), texts);
  });
}

test("openai: models", async () => {
  const names = (await client.models.list()).data.map((model) => model.id);
  assert.ok(names.some((name) => name.split("/").at(-1) === "text"));
  assert.equal((await client.models.retrieve(names[0])).id, names[0]);
});

test("openai: embeddings", async () => {
  const answer = await client.embeddings.create({ model: "up-openai/embedding", input: ["a", "b"] });
  assert.deepEqual(answer.data.map((item) => [...item.embedding]), [[0, 0.5, -1], [1, 0.5, -1]]);
});
