const FIRST_PAUSE_MS = 500;
const LONGEST_PAUSE_MS = 30_000;

/**
 * Calls for a keyframe, again and again while the trouble lasts but at growing
 * distances: a stream that cannot be shown must not keep its sender busy.
 */
export class Distress {
  readonly #call: (reason: string) => void;
  #pause = FIRST_PAUSE_MS;
  #called = Number.NEGATIVE_INFINITY;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(call: (reason: string) => void) {
    this.#call = call;
  }

  /** The picture is wrong: calls now or, soon after the last call, later. */
  raise(reason: string): void {
    if (this.#timer !== undefined) return;
    const since = performance.now() - this.#called;
    if (since > 2 * LONGEST_PAUSE_MS) this.#pause = FIRST_PAUSE_MS;
    if (since >= this.#pause) this.#shout(reason);
    else this.#timer = setTimeout(() => this.#shout(reason), this.#pause - since);
  }

  /** A picture has been built since: what was wrong with the one before is past. */
  settle(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
  }

  #shout(reason: string): void {
    this.settle();
    const again = Number.isFinite(this.#called);
    this.#called = performance.now();
    if (again) this.#pause = Math.min(this.#pause * 2, LONGEST_PAUSE_MS);
    this.#call(reason);
  }
}
