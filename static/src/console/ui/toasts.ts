import { type ReadonlySignal, signal } from "@preact/signals";

/** A short message over the screen. */
export interface Toast {
  /** A newer toast of the same key takes the older one's place. */
  key: string;
  message: string;
  tone?: "plain" | "bad";
  action?: { label: string; run(): void };
  /** Stays until it is dismissed, instead of leaving by itself. */
  stays?: boolean;
}

const life = 7000;
const most = 3;

/** The toasts that are shown. */
export class Toasts {
  readonly shown: ReadonlySignal<readonly Toast[]>;
  #shown;
  #timers = new Map<string, ReturnType<typeof setTimeout>>();

  constructor() {
    this.#shown = signal<readonly Toast[]>([]);
    this.shown = this.#shown;
  }

  show(toast: Toast): void {
    const others = this.#shown.value.filter((other) => other.key !== toast.key);
    for (const old of others.splice(0, Math.max(0, others.length + 1 - most))) this.#stopTimer(old.key);
    this.#shown.value = [...others, toast];
    this.resume(toast.key);
  }

  dismiss(key: string): void {
    this.#stopTimer(key);
    if (this.#shown.value.some((toast) => toast.key === key)) {
      this.#shown.value = this.#shown.value.filter((toast) => toast.key !== key);
    }
  }

  /** Keeps a toast while somebody points at it or has the focus in it. */
  hold(key: string): void {
    this.#stopTimer(key);
  }

  /** Lets a toast leave by itself again. */
  resume(key: string): void {
    this.#stopTimer(key);
    const toast = this.#shown.value.find((one) => one.key === key);
    if (!toast || toast.stays) return;
    this.#timers.set(
      key,
      setTimeout(() => this.dismiss(key), life),
    );
  }

  clear(): void {
    for (const { key } of this.#shown.value) this.dismiss(key);
  }

  #stopTimer(key: string): void {
    clearTimeout(this.#timers.get(key));
    this.#timers.delete(key);
  }
}
