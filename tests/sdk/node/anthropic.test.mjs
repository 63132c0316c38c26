// Anthropic's SDK against both kinds of upstream.
import assert from "node:assert/strict";
import { test } from "node:test";
import Anthropic from "@anthropic-ai/sdk";
import * as at from "./surroundings.mjs";

const client = new Anthropic({ baseURL: at.GATEWAY, apiKey: at.KEY, maxRetries: 0, timeout: 20_000 });
const skip = at.DIRECT && "asked of the gateway only";
const tool = (name, schema) => ({ name, description: name, input_schema: schema });
const textOf = (message) => message.content.filter((b) => b.type === "text").map((b) => b.text).join("");
const callsOf = (message) => message.content.filter((b) => b.type === "tool_use");

function asked(up, scenario, { text = "Hi", ...more } = {}) {
  return { model: `${up}/${scenario}`, max_tokens: 2000, messages: [{ role: "user", content: text }], ...more };
}
const ask = (up, scenario, more, options) => client.messages.create(asked(up, scenario, more), options);
const streamed = (up, scenario, more) => client.messages.stream(asked(up, scenario, more)).finalMessage();

for (const up of at.UPSTREAMS) {
  test(`anthropic on ${up}: text and stream`, async () => {
    for (const answer of [await ask(up, "text"), await streamed(up, "text")]) {
      assert.deepEqual([textOf(answer), answer.stop_reason], [at.TEXT, "end_turn"]);
      assert.equal(answer.usage.output_tokens, 7);
    }
  });

  for (const way of [ask, streamed]) {
    test(`anthropic on ${up}: tools, ${way.name}`, async () => {
      const tools = [tool("weather", at.WEATHER)];
      const answer = await way(up, "tools", { tools });
      const [call] = callsOf(answer);
      assert.deepEqual([answer.stop_reason, call.name, call.input], ["tool_use", "weather", { city: "sample" }]);
      const messages = [
        { role: "user", content: "Weather?" },
        { role: "assistant", content: [{ type: "tool_use", id: call.id, name: call.name, input: call.input }] },
        { role: "user", content: [{ type: "tool_result", tool_use_id: call.id, content: "21 degrees" }] },
      ];
      assert.equal(textOf(await way(up, "tools", { tools, messages })), "The tool said: 21 degrees");
    });
  }

  for (const scenario of ["parallel-tools", "interleaved-tools"]) {
    test(`anthropic on ${up}: ${scenario}`, async () => {
      const tools = [tool("weather", at.WEATHER), tool("clock", at.CLOCK)];
      const calls = callsOf(await streamed(up, scenario, { tools })).map((call) => [call.name, call.input]);
      assert.deepEqual(calls, [["weather", { city: "sample" }], ["clock", { zone: "UTC" }]]);
    });
  }

  test(`anthropic on ${up}: images`, async () => {
    const image = { type: "image", source: { type: "base64", media_type: "image/png", data: at.PIXEL } };
    assert.equal(textOf(await ask(up, "image", { text: [image, { type: "text", text: "What?" }] })), at.PIXEL_SEEN);
  });

  test(`anthropic on ${up}: Chinese`, async () => {
    assert.equal(textOf(await ask(up, "chinese")), at.CHINESE);
    assert.equal(textOf(await streamed(up, "chinese")), at.CHINESE);
    assert.equal(textOf(await streamed(up, "echo", { text: at.CHINESE })), at.CHINESE);
  });

  test(`anthropic on ${up}: thinking`, async () => {
    const thinking = { type: "enabled", budget_tokens: 1024 };
    for (const answer of [await ask(up, "thinking", { thinking }), await streamed(up, "thinking", { thinking })]) {
      assert.deepEqual(answer.content.map((b) => b.thinking ?? b.text), [at.THOUGHT, "The answer is 42."]);
      if (up === "up-anthropic") assert.equal(answer.content[0].signature, "c2NyaXB0ZWQtc2lnbmF0dXJl");
    }
  });

  test(`anthropic on ${up}: structured output`, async () => {
    const answer = await ask(up, "json-schema", { output_config: { format: { type: "json_schema", schema: at.PLACE } } });
    assert.deepEqual(JSON.parse(textOf(answer)), { name: "sample", people: 7 });
  });

  for (const [status, kind] of [
    [400, Anthropic.BadRequestError], [401, Anthropic.AuthenticationError], [403, Anthropic.PermissionDeniedError],
    [404, Anthropic.NotFoundError], [429, Anthropic.RateLimitError], [500, Anthropic.InternalServerError],
    [503, Anthropic.InternalServerError], [529, Anthropic.InternalServerError],
  ]) {
    test(`anthropic on ${up}: error ${status}`, async () => {
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
    test(`anthropic on ${up}: ${scenario} raises`, { skip: scenario === "missing-end" && skip }, async () => {
      await assert.rejects(streamed(up, scenario));
    });
  }

  test(`anthropic on ${up}: leaving a stream cuts the upstream`, async () => {
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

  test(`anthropic on ${up}: leaving before the first byte cuts the upstream`, async () => {
    const text = at.marker();
    const leaving = new AbortController();
    const answer = ask(up, "silent", { text }, { signal: leaving.signal }).then(() => assert.fail("an answer"), (e) => e);
    await at.untilOpen(text);
    const left = at.now();
    leaving.abort();
    assert.ok((await answer) instanceof Anthropic.APIUserAbortError);
    assert.ok((await at.millisecondsUntilCut(text, left)) < at.CUT_WITHIN_MS);
  });

  test(`anthropic on ${up}: fifty streams at once`, async () => {
    const texts = Array.from({ length: 50 }, (_, number) => at.longText(number));
    const answers = await Promise.all(texts.map((text) => streamed(up, "echo-slow", { text })));
    assert.deepEqual(answers.map(textOf), texts);
  });

  test(`anthropic on ${up}: count_tokens`, async () => {
    const count = async (more) => {
      const messages = [{ role: "user", content: "How many?" }];
      return (await client.messages.countTokens({ model: `${up}/text`, messages, ...more })).input_tokens;
    };
    const few = await count({});
    assert.ok(few > 0 && (await count({ system: "Count each of these words, please.", tools: [tool("weather", at.WEATHER)] })) > few);
  });
}

test("anthropic: models", async () => {
  const names = (await client.models.list()).data.map((model) => model.id);
  assert.ok(names.some((name) => name.split("/").at(-1) === "text"));
  assert.equal((await client.models.retrieve(names[0])).id, names[0]);
});
