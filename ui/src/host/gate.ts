import type { AdminSession, ApiError } from "../api/contract";

/** Where a page stands with its gate; null until that is known. */
export type Standing = AdminSession | null;

/** Who guards the page in a browser. */
export interface Gate {
  standing(): Standing;
  /** Hears of each change of the standing, and of whether the password is asked for once more. */
  watch(changed: () => void): () => void;
  signIn(password: string): Promise<void>;
  /** Sets the first password with the token of a link. */
  claim(token: string, password: string): Promise<void>;
  change(current: string, password: string): Promise<void>;
  signOut(everywhere: boolean): Promise<void>;
  /** Whether something waits for the password. */
  isAsking(): boolean;
  /** Gives the password once more, and what waits goes on; null gives that up. */
  confirm(password: string | null): Promise<void>;
}

/** What a failed call says; a server that cannot be reached says nothing of ours. */
async function read(response: Response): Promise<unknown> {
  const answer: unknown = await response.json();
  if (!response.ok) throw answer;
  return answer;
}

const isCode = (error: unknown, code: ApiError["code"]) =>
  typeof error === "object" && error !== null && "code" in error && error.code === code;

/** The web admin's gate, over its own calls. */
export class WebGate implements Gate {
  private now: Standing = null;
  private readonly watchers = new Set<() => void>();
  private waiting: { go: () => void; giveUp: () => void }[] = [];

  standing = () => this.now;

  isAsking = () => this.waiting.length > 0;

  watch = (changed: () => void) => {
    this.watchers.add(changed);
    return () => void this.watchers.delete(changed);
  };

  private tell() {
    for (const changed of this.watchers) changed();
  }

  private set(standing: Standing) {
    this.now = standing;
    if (standing?.signed_in !== true) this.settle(false);
    this.tell();
  }

  /** Lets what waits go on, or gives it up. */
  private settle(go: boolean) {
    const waiting = this.waiting;
    this.waiting = [];
    for (const each of waiting) go ? each.go() : each.giveUp();
  }

  private post(method: string, params: unknown): Promise<unknown> {
    const headers: Record<string, string> = { "content-type": "application/json" };
    const csrf = this.now?.csrf;
    if (csrf) headers["x-portolan-csrf"] = csrf;
    return fetch(`/admin/api/${method}`, { method: "POST", headers, body: JSON.stringify(params) }).then(read);
  }

  /** Asks how it stands. */
  load = async () => this.set((await fetch("/admin/api/session").then(read)) as AdminSession);

  /** Calls a method; what stands in its way is done once, such as asking for the password, and it is tried again. */
  async call(method: string, params: unknown, done: ApiError["code"][] = []): Promise<unknown> {
    try {
      return await this.post(method, params);
    } catch (error) {
      const isNew = (code: ApiError["code"]) => isCode(error, code) && !done.includes(code);
      if (isCode(error, "admin-signed-out")) await this.load();
      // Another page of this browser gave the password: the field to repeat is another one since.
      else if (isNew("admin-foreign-request")) {
        await this.load();
        return this.call(method, params, [...done, "admin-foreign-request"]);
      } else if (isNew("admin-confirm")) {
        await new Promise<void>((go, refuse) => {
          this.waiting.push({ go, giveUp: () => refuse(error) });
          this.tell();
        });
        return this.call(method, params, [...done, "admin-confirm"]);
      }
      throw error;
    }
  }

  private async enter(method: string, params: unknown) {
    this.set((await this.post(`session.${method}`, params)) as AdminSession);
  }

  signIn = (password: string) => this.enter("sign_in", { password });

  claim = (token: string, password: string) => this.enter("claim", { token, password });

  change = (current: string, password: string) => this.enter("change", { current, password });

  signOut = async (everywhere: boolean) => {
    this.set((await this.call(everywhere ? "session.sign_out_everywhere" : "session.sign_out", {})) as AdminSession);
  };

  confirm = async (password: string | null) => {
    if (password !== null) this.now = (await this.call("session.confirm", { password })) as AdminSession;
    this.settle(password !== null);
    this.tell();
  };
}
