import { type ReadonlySignal, signal } from "@preact/signals";
import type { LinkState } from "../link/link";

/** A connection that is back within this time was never lost, as far as people are concerned. */
const patience = 700;

/** What people are told of a connection that mends itself. */
export class Connection {
  readonly state: ReadonlySignal<LinkState>;
  /** While the connection is lost: when it is tried again; 0 while it is being tried. */
  readonly lost: ReadonlySignal<number | null>;
  #state = signal<LinkState>({ kind: "connecting" });
  #lost = signal<number | null>(null);
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor() {
    this.state = this.#state;
    this.lost = this.#lost;
  }

  set(state: LinkState): void {
    this.#state.value = state;
    if (state.kind === "open" || state.kind === "closed") this.reset();
    else if (this.#lost.value !== null) this.#lost.value = retryAt(state);
    else if (state.kind === "retrying") this.#timer ??= setTimeout(() => this.#tell(), patience);
  }

  /** Forgets what is being waited for. */
  reset(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#lost.value = null;
  }

  #tell(): void {
    this.#timer = undefined;
    this.#lost.value = retryAt(this.#state.value);
  }
}

function retryAt(state: LinkState): number {
  return state.kind === "retrying" ? state.at : 0;
}
