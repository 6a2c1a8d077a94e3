import { type ReadonlySignal, signal } from "@preact/signals";

/** The time, renewed every second while it runs: what ticks on the screen reads `now`. */
export class Clock {
  readonly now: ReadonlySignal<number>;
  #now;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor() {
    this.#now = signal(Date.now());
    this.now = this.#now;
  }

  start(): void {
    this.stop();
    this.#tick();
  }

  stop(): void {
    clearTimeout(this.#timer);
  }

  #tick = (): void => {
    const now = Date.now();
    this.#now.value = now;
    this.#timer = setTimeout(this.#tick, 1000 - (now % 1000));
  };
}
