import { type ReadonlySignal, signal } from "@preact/signals";
import type { LeadView } from "../../wire/messages";
import { type Api, sentence } from "../api";

export type PastState =
  | { kind: "loading" }
  | { kind: "failed"; message: string }
  | { kind: "ready"; leads: readonly LeadView[]; next: string; more: "idle" | "loading"; problem: string };

/** The list of requests that are over, page by page. */
export class Past {
  readonly state: ReadonlySignal<PastState>;
  #state;
  #api: Pick<Api, "history">;

  constructor(api: Pick<Api, "history">) {
    this.#api = api;
    this.#state = signal<PastState>({ kind: "loading" });
    this.state = this.#state;
  }

  /** Loads the newest page anew. */
  async load(): Promise<void> {
    this.#state.value = { kind: "loading" };
    try {
      const page = await this.#api.history();
      const next = page.next ?? "";
      this.#state.value = { kind: "ready", leads: page.leads, next, more: "idle", problem: "" };
    } catch (error) {
      this.#state.value = { kind: "failed", message: sentence(error) };
    }
  }

  /** Adds the next page; what is shown stays when that fails. */
  async loadMore(): Promise<void> {
    const before = this.#state.value;
    if (before.kind !== "ready" || before.more === "loading" || !before.next) return;
    this.#state.value = { ...before, more: "loading", problem: "" };
    try {
      const page = await this.#api.history(before.next);
      const known = new Set(before.leads.map((lead) => lead.id));
      const leads = [...before.leads, ...page.leads.filter((lead) => !known.has(lead.id))];
      this.#state.value = { kind: "ready", leads, next: page.next ?? "", more: "idle", problem: "" };
    } catch (error) {
      this.#state.value = { ...before, more: "idle", problem: sentence(error) };
    }
  }
}
