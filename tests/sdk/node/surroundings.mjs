// Where the gateway and its scripted upstream are, and what the upstream saw.
import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";

export const GATEWAY = process.env.PORTOLAN_URL.replace(/\/$/, "");
export const UPSTREAM = process.env.UPSTREAM_URL.replace(/\/$/, "");
export const KEY = process.env.PORTOLAN_KEY;
// What only a gateway can put right is not asked of the upstream itself.
export const DIRECT = GATEWAY === UPSTREAM;
export const UPSTREAMS = ["up-openai", "up-anthropic"];

export const TEXT = "Hello from the scripted upstream.";
export const CHINESE = "你好，世界！这是来自上游的消息：模型、网关与客户端。🚀";
export const THOUGHT = "First I look at the question, then I answer it.";
export const PIXEL =
  "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNkYPhfDwAChwGA60e6kgAAAABJRU5ErkJggg==";
export const PIXEL_SEEN = `image/png ${Buffer.from(PIXEL, "base64").length} bytes`;
export const WEATHER = { type: "object", properties: { city: { type: "string" } }, required: ["city"] };
export const CLOCK = { type: "object", properties: { zone: { enum: ["UTC", "CET"] } }, required: ["zone"] };
export const PLACE = {
  type: "object",
  properties: { name: { type: "string" }, people: { type: "integer" } },
  required: ["name", "people"],
  additionalProperties: false,
};
// The upstream is to be cut this soon after the client left; the gateway's own tests measure closer,
// without the pauses that three busy programs make.
export const CUT_WITHIN_MS = 2000;

/** A word by which a request is found again. */
export const marker = () => `mark${randomUUID().replaceAll("-", "")}`;

/** The present time in milliseconds, with fractions, as the upstream tells it. */
export const now = () => performance.timeOrigin + performance.now();

async function seen(word) {
  const answer = await fetch(`${UPSTREAM}/__requests?contains=${word}`, { signal: AbortSignal.timeout(10_000) });
  return answer.json();
}

/** Waits until the request with that word is at the upstream. */
export async function untilOpen(word) {
  for (let turn = 0; turn < 400; turn++) {
    if ((await seen(word)).length > 0) return;
    await sleep(20);
  }
  assert.fail("the request never reached the upstream");
}

/** How long after `left` the upstream's connection with that request was closed. */
export async function millisecondsUntilCut(word, left) {
  for (let turn = 0; turn < 400; turn++) {
    const requests = await seen(word);
    assert.equal(requests.length, 1);
    assert.notEqual(requests[0].ended, "finished");
    if (requests[0].ended === "peer_closed") return requests[0].ended_unix - left;
    await sleep(20);
  }
  assert.fail("the upstream's connection was not closed within 8 s");
}

/** A text of which no two are alike and no two parts either. */
export const longText = (number) =>
  `stream ${number}: ${Array.from({ length: 40 }, (_, word) => `${number}/${word}`).join(" ")}`;
