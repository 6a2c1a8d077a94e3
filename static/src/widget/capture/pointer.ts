import { frameOffset } from "../../mirror/geometry";

export interface PointerPosition {
  x: number;
  y: number;
  down: boolean;
}

/** Outside of the page. */
const AWAY: PointerPosition = { x: -1, y: -1, down: false };

/** Follows the pointer over the page and the frames that it is told of; x and y are of the page's viewport. */
export class Pointer {
  readonly #report: (position: PointerPosition) => void;
  readonly #every: number;
  readonly #listening = new AbortController();
  #latest = AWAY;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(report: (position: PointerPosition) => void, every = 33) {
    this.#report = report;
    this.#every = every;
  }

  watch(page: Document): void {
    const options = { capture: true, passive: true, signal: this.#listening.signal };
    for (const name of ["pointermove", "pointerdown", "pointerup", "pointercancel"] as const) {
      page.addEventListener(name, (event) => this.#follow(event, page), options);
    }
    if (page !== document) return;
    page.documentElement.addEventListener("pointerleave", () => this.#set(AWAY, false), options);
  }

  stop(): void {
    this.#listening.abort();
    clearTimeout(this.#timer);
  }

  #follow(event: PointerEvent, page: Document): void {
    const offset = frameOffset(page, document);
    if (!offset || !event.isPrimary) return;
    const position = {
      x: Math.round(event.clientX + offset.left),
      y: Math.round(event.clientY + offset.top),
      down: event.buttons !== 0,
    };
    this.#set(position, position.down !== this.#latest.down);
  }

  /** Reports at once after a rest or when urgent, else together with what comes until the next turn. */
  #set(position: PointerPosition, urgent: boolean): void {
    this.#latest = position;
    if (this.#timer !== undefined && !urgent) return;
    clearTimeout(this.#timer);
    this.#turn(position);
  }

  #turn(position: PointerPosition): void {
    this.#report(position);
    this.#timer = setTimeout(() => {
      this.#timer = undefined;
      if (this.#latest !== position) this.#turn(this.#latest);
    }, this.#every);
  }
}
