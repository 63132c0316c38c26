import { invoke } from "@tauri-apps/api/core";
import { listen } from "@tauri-apps/api/event";
import type { Changed, LogsChoice, Methods, Topic } from "../api/contract";
import type { Host, Updates } from "./host";

/** What only a desktop has; null where the system does not tell. */
interface Desktop {
  autostart: boolean | null;
}

/** The desktop's window: one command, one event channel. */
export const tauriHost: Host = {
  call<M extends keyof Methods>(method: M, params: Methods[M][0]) {
    return invoke<Methods[M][1]>("rpc", { method, params });
  },
  listen(changed: (topic: Topic) => void) {
    const stop = listen<Changed>("changed", (event) => changed(event.payload.topic));
    return () => void stop.then((stop) => stop());
  },
  openExternal(address: string) {
    // The shell keeps the window where it is and hands a foreign address to the system's browser.
    window.location.assign(address);
  },
  saveLog: async (choice: LogsChoice) =>
    (await invoke<{ file: string }>("rpc", { method: "desktop.save_log", params: choice })).file,
  autostart: {
    get: async () => (await invoke<Desktop>("rpc", { method: "desktop.get", params: null })).autostart,
    set: async (autostart) =>
      (await invoke<Desktop>("rpc", { method: "desktop.change", params: { autostart } })).autostart,
  },
  updates: {
    get: () => invoke<Updates | null>("rpc", { method: "updates.get", params: null }),
    check: () => invoke<Updates | null>("rpc", { method: "updates.check", params: null }),
    back: () => invoke<null>("rpc", { method: "updates.back", params: null }),
    install: () => invoke<null>("rpc", { method: "updates.install", params: null }),
  },
};
