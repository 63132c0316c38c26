import { createContext, type ReactNode, use, useEffect, useRef, useState } from "react";
import { useWords } from "../l10n/words";
import { faultWords } from "./Fault";
import { Icon } from "./Icon";

/** For so long something that was taken away can be taken back, in milliseconds. */
const UNDO = 10_000;

type Act = () => Promise<string | null>;

interface Removals {
  /** Whether it is being taken away, and so not to be shown. */
  leaving(key: string): boolean;
  /** Takes away after a while, unless it is undone; at once when the toast or the page is closed. What `act` says is told after it. */
  remove(key: string, words: string, act: Act): void;
}

interface Waiting {
  words: string;
  /** None where only a failure is told. */
  act: Act | null;
}

const RemovalsContext = createContext<Removals>({ leaving: () => false, remove: () => {} });

export function useRemovals(): Removals {
  return use(RemovalsContext);
}

/** What was done, with the way back from it; it stays while it is pointed at or has the focus. */
export function Toasts({ children }: { children: ReactNode }) {
  const say = useWords();
  const [waiting, setWaiting] = useState<ReadonlyMap<string, Waiting>>(new Map());
  const now = useRef(waiting);
  useEffect(() => {
    now.current = waiting;
  });
  const drop = (key: string) => setWaiting((all) => new Map([...all].filter(([each]) => each !== key)));
  const add = (key: string, toast: Waiting) => setWaiting((all) => new Map([...all, [key, toast]]));
  async function commit(key: string) {
    const act = waiting.get(key)?.act;
    try {
      const more = (await act?.()) ?? null;
      if (more === null) drop(key);
      else add(key, { words: more, act: null });
    } catch (error) {
      add(key, { words: faultWords(error, say), act: null });
    }
  }
  useEffect(() => {
    const leave = () => now.current.forEach(({ act }) => void act?.());
    window.addEventListener("pagehide", leave);
    return () => window.removeEventListener("pagehide", leave);
  }, []);
  const removals: Removals = {
    leaving: (key) => waiting.get(key)?.act != null,
    remove: (key, words, act) => add(key, { words, act }),
  };
  return (
    <RemovalsContext value={removals}>
      {children}
      <div className="toasts" role="region" aria-label={say("window-notices")} aria-live="polite">
        {[...waiting].map(([key, { words, act }]) => (
          <Shown key={key} words={words} over={() => void commit(key)} undo={act === null ? null : () => drop(key)} />
        ))}
      </div>
    </RemovalsContext>
  );
}

function Shown({ words, over, undo }: { words: string; over: () => void; undo: (() => void) | null }) {
  const say = useWords();
  const [held, setHeld] = useState(false);
  const end = useRef(over);
  useEffect(() => {
    end.current = over;
  });
  useEffect(() => {
    if (held) return;
    const timer = setTimeout(() => end.current(), UNDO);
    return () => clearTimeout(timer);
  }, [held]);
  const hold = { onMouseEnter: () => setHeld(true), onMouseLeave: () => setHeld(false), onFocus: () => setHeld(true), onBlur: () => setHeld(false) };
  return (
    <div className="toast" {...hold}>
      <p>{words}</p>
      {undo !== null && (
        <button type="button" className="btn" onClick={undo}>
          {say("window-undo")}
        </button>
      )}
      <button type="button" className="btn btn--icon btn--bare" aria-label={say("window-close")} onClick={over}>
        <Icon name="cross" />
      </button>
    </div>
  );
}
