import type { Changed, Methods, Topic } from "../api/contract";
import type { Host } from "./host";

/** A browser on the admin page. */
export const webHost: Host = {
  async call<M extends keyof Methods>(method: M, params: Methods[M][0]) {
    const response = await fetch(`/admin/api/${method}`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify(params),
    });
    const answer: unknown = await response.json();
    if (!response.ok) throw answer;
    return answer as Methods[M][1];
  },
  listen(changed: (topic: Topic) => void) {
    const events = new EventSource("/admin/api/events");
    events.onmessage = (event: MessageEvent<string>) => changed((JSON.parse(event.data) as Changed).topic);
    return () => events.close();
  },
};
