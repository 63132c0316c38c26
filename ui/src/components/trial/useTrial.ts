import { useState } from "react";
import { useAction, useMethod } from "../../api/client";

/** While an answer comes, so often it is looked at, in milliseconds. */
const OFTEN = 150;

/** A real request, sent as a program would send it, and its answer as it comes. */
export function useTrial() {
  const send = useAction("trial.send");
  const id = send.data?.id;
  const [over, setOver] = useState<string | null>(null);
  const trial = useMethod("trial.get", { id: id ?? "" }, over === id ? undefined : OFTEN, id !== undefined);
  const now = id === undefined ? undefined : trial.data;
  if (now?.done && over !== id) setOver(id ?? null);
  return {
    send: (model: string, prompt: string) => send.mutate({ model, prompt }),
    /** What there is of the answer; none before the first request. */
    now,
    /** Whether an answer is awaited. */
    busy: send.isPending || (id !== undefined && now?.done !== true && trial.error === null),
    error: send.error ?? (id === undefined ? null : trial.error),
  };
}
