import { effect, type ReadonlySignal, signal, untracked } from "@preact/signals";
import type { SessionModel } from "./model";

export interface SessionsOptions {
  create(session: string, lead: string): SessionModel;
  /** A session was ended by somebody else. */
  onOver(session: SessionModel): void;
}

/** The sessions that are open in this window; one stays open while the agent looks at other screens. */
export class Sessions {
  readonly open: ReadonlySignal<readonly SessionModel[]>;
  #open;
  #options: SessionsOptions;
  #watches = new Map<SessionModel, () => void>();

  constructor(options: SessionsOptions) {
    this.#options = options;
    this.#open = signal<readonly SessionModel[]>([]);
    this.open = this.#open;
  }

  find(session: string): SessionModel | null {
    return this.#open.value.find((model) => model.id === session) ?? null;
  }

  /** Enters a session, or returns the one that is open already. */
  enter(session: string, lead: string): SessionModel {
    const known = this.find(session);
    if (known) return known;
    const model = this.#options.create(session, lead);
    this.#open.value = [...this.#open.value, model];
    const stop = effect(() => {
      if (model.over.value) untracked(() => this.#options.onOver(model));
    });
    this.#watches.set(model, stop);
    model.connect();
    return model;
  }

  /** Closes a session in this window. */
  leave(model: SessionModel): void {
    if (!this.#open.value.includes(model)) return;
    this.#watches.get(model)?.();
    this.#watches.delete(model);
    this.#open.value = this.#open.value.filter((other) => other !== model);
    model.close();
  }

  leaveAll(): void {
    for (const model of this.#open.value) this.leave(model);
  }
}
