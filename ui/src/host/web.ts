import type { Changed, Methods, Topic } from "../api/contract";
import { WebGate } from "./gate";
import type { Host } from "./host";

/** How long a page whose events were refused waits before it looks whether it is signed in. */
const PAUSE = 1000;

const gate = new WebGate();

/** A browser on the admin page. */
export const webHost: Host = {
  gate,
  call<M extends keyof Methods>(method: M, params: Methods[M][0]) {
    return gate.call(method, params) as Promise<Methods[M][1]>;
  },
  listen(changed: (topic: Topic) => void) {
    let events: EventSource;
    let timer: ReturnType<typeof setTimeout> | undefined;
    const open = () => {
      events = new EventSource("/admin/api/events");
      events.onmessage = (event: MessageEvent<string>) => changed((JSON.parse(event.data) as Changed).topic);
      // It opens itself anew where the stream ended, but not where it was refused.
      events.onerror = () => {
        if (events.readyState !== EventSource.CLOSED) {
          // Whoever cannot be asked either is shown as such.
          changed("status");
          return;
        }
        timer = setTimeout(() => void gate.load().catch(() => {}).finally(open), PAUSE);
      };
    };
    open();
    return () => {
      clearTimeout(timer);
      events.onerror = null;
      events.close();
    };
  },
};

await gate.load().catch(() => {});
