import type { Stroke } from "./page";

/** What is drawn on: positions are in its pixels. */
export interface Surface {
  /** What to anchor a stroke to that begins there. */
  anchorAt(left: number, top: number): { node: number; left: number; top: number; x: number; y: number };
  /** Its pixels for one CSS pixel of the customer's page. */
  readonly scale: number;
}

export interface PenOptions {
  surface: Surface;
  newID(): string;
  /** Shows a piece of a stroke here, at once. */
  draw(piece: Stroke): void;
  /** Sends a piece of a stroke, seldom enough. */
  publish(piece: Stroke): void;
}

/** Least time between two pieces that are sent, in milliseconds. */
const pace = 33;
/** Closer points than this, in CSS pixels of the customer's page, are one. */
const grain = 0.5;

interface Current {
  /** The anchor's corner in the surface's pixels. */
  left: number;
  top: number;
  piece: Omit<Stroke, "points" | "done">;
  last: [number, number] | null;
  unsent: [number, number][];
}

/** Makes strokes of a mouse's movements: shown at once, sent in pieces. */
export class Pen {
  #options: PenOptions;
  #current: Current | null = null;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(options: PenOptions) {
    this.#options = options;
  }

  get drawing(): boolean {
    return this.#current !== null;
  }

  begin(left: number, top: number): void {
    this.end();
    const anchor = this.#options.surface.anchorAt(left, top);
    const { node, x, y } = anchor;
    this.#current = {
      left: anchor.left,
      top: anchor.top,
      piece: { id: this.#options.newID(), tool: "pen", node, x, y },
      last: null,
      unsent: [],
    };
    this.move(left, top);
  }

  move(left: number, top: number): void {
    const current = this.#current;
    if (!current) return;
    const { scale } = this.#options.surface;
    const point: [number, number] = [
      tenths((left - current.left) / scale),
      tenths((top - current.top) / scale),
    ];
    if (!point.every(Number.isFinite) || isNear(point, current.last)) return;
    current.last = point;
    current.unsent.push(point);
    this.#options.draw({ ...current.piece, points: [point] });
    this.#timer ??= setTimeout(() => this.#send(false), pace);
  }

  end(): void {
    if (!this.#current) return;
    this.#send(true);
    this.#current = null;
  }

  #send(done: boolean): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    const current = this.#current;
    if (!current) return;
    this.#options.publish({ ...current.piece, points: current.unsent, done });
    current.unsent = [];
  }
}

function isNear(a: [number, number], b: [number, number] | null): boolean {
  return b !== null && Math.hypot(a[0] - b[0], a[1] - b[1]) < grain;
}

function tenths(value: number): number {
  return Math.round(value * 10) / 10;
}
