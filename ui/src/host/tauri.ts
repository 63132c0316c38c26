import { invoke } from "@tauri-apps/api/core";
import { listen } from "@tauri-apps/api/event";
import type { Changed, Methods, Topic } from "../api/contract";
import type { Host } from "./host";

/** The desktop's window: one command, one event channel. */
export const tauriHost: Host = {
  call<M extends keyof Methods>(method: M, params: Methods[M][0]) {
    return invoke<Methods[M][1]>("rpc", { method, params });
  },
  listen(changed: (topic: Topic) => void) {
    const stop = listen<Changed>("changed", (event) => changed(event.payload.topic));
    return () => void stop.then((stop) => stop());
  },
};
