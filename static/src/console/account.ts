import { type ReadonlySignal, signal } from "@preact/signals";
import { type Api, ApiError, sentence, type UserView } from "./api";

export type AccountState =
  | { kind: "loading" }
  | { kind: "unreachable"; message: string }
  /** `ended` says that a login was there and is not good any more. */
  | { kind: "out"; ended: boolean }
  | { kind: "in"; me: UserView };

/** Who is logged in at this browser. */
export class Account {
  readonly state: ReadonlySignal<AccountState>;
  #state;
  #api: Api;

  constructor(api: Api) {
    this.#api = api;
    this.#state = signal<AccountState>({ kind: "loading" });
    this.state = this.#state;
  }

  /** The logged-in user; null when there is none. */
  get me(): UserView | null {
    const state = this.#state.value;
    return state.kind === "in" ? state.me : null;
  }

  /** Finds out whether the browser is logged in. */
  async load(): Promise<void> {
    this.#state.value = { kind: "loading" };
    try {
      this.update(await this.#api.me());
    } catch (error) {
      const out = error instanceof ApiError && error.trouble === "unauthorized";
      this.#state.value = out
        ? { kind: "out", ended: false }
        : { kind: "unreachable", message: sentence(error) };
    }
  }

  /** Rejects with an ApiError when the server refuses. */
  async login(login: string, password: string): Promise<void> {
    this.update(await this.#api.login(login, password));
  }

  async logout(): Promise<void> {
    await this.#api.logout();
    this.#state.value = { kind: "out", ended: false };
  }

  async setOnline(online: boolean): Promise<void> {
    const me = await this.#api.setOnline(online);
    if (this.me) this.update(me);
  }

  /** The server told what is true of the user now. */
  update(me: UserView): void {
    this.#state.value = { kind: "in", me };
  }

  /** The server no longer takes the login. */
  expire(): void {
    if (this.#state.value.kind === "in") this.#state.value = { kind: "out", ended: true };
  }
}
