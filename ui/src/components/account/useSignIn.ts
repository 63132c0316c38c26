import { useState } from "react";
import { useAction, useMethod, useOpen } from "../../api/client";
import type { SignInStart, SignInTurn } from "../../api/contract";

/** While somebody is awaited, so often it is looked at, in milliseconds. */
const OFTEN = 1000;

/** A sign-in at a provider: it opens the address, waits, and tells how it stands. */
export function useSignIn() {
  const open = useOpen();
  const start = useAction("sign_in.start");
  const answer = useAction("sign_in.answer");
  const cancel = useAction("sign_in.cancel");
  const [left, setLeft] = useState<string | null>(null);
  const id = start.data !== undefined && start.data.id !== left ? start.data.id : null;
  const [over, setOver] = useState<string | null>(null);
  const seen = useMethod("sign_in.get", { id: id ?? "" }, over === id ? undefined : OFTEN, id !== null);
  const turn: SignInTurn | undefined = id === null ? undefined : (seen.data ?? start.data);
  const ended = turn?.state.state === "done" || turn?.state.state === "failed";
  if (ended && over !== id) setOver(id);
  return {
    turn,
    starting: start.isPending,
    error: start.error ?? (id === null ? null : seen.error),
    answering: answer,
    start(what: SignInStart) {
      setOver(null);
      answer.reset();
      start.mutate(what, { onSuccess: (begun) => open(begun.address) });
    },
    again: () => turn && open(turn.address),
    answer: (text: string) => id !== null && answer.mutate({ id, answer: text }),
    /** Gives up what is awaited; what is over is only forgotten. */
    leave() {
      if (id !== null && !ended) cancel.mutate({ id });
      setLeft(id);
      start.reset();
    },
  };
}

export type SigningIn = ReturnType<typeof useSignIn>;
