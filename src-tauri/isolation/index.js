// What the window says passes through here before the program hears it: a frame of its own, which no
// script of the window reaches, and which alone has the key that the program believes.

/** All that the window has to say; the same as in src-tauri/capabilities/main.json. */
const SPOKEN = ["rpc", "plugin:event|listen", "plugin:event|unlisten"];

window.__TAURI_ISOLATION_HOOK__ = (message) =>
  // A name that the program does not know, so that whoever asked is answered.
  SPOKEN.includes(message.cmd) ? message : { ...message, cmd: "unspoken", payload: {} };
