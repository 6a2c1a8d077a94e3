import type { Point } from "./geometry";
import {
  acceptUpdate,
  MOST_POINTS,
  opacityAt,
  type StrokePoint,
  type StrokeUpdate,
  smoothPath,
} from "./strokes";

export type { StrokeUpdate } from "./strokes";

export interface MarkersOptions {
  color: string;
  /** Where the anchor's top left corner is now, in pixels of the host; null: it cannot be seen now. */
  resolve(anchor: { node: number; x: number; y: number }): Point | null;
  /** Pixels of the host for one unit of a stroke's points; 1 if not given. */
  scale?(): number;
  /** In pixels of the host. */
  width?: number;
  /** How long a stroke stays after its last point, in ms. */
  life?: number;
}

interface Stroke {
  readonly anchor: StrokeUpdate;
  readonly element: SVGPathElement;
  readonly points: StrokePoint[];
  touched: number;
}

const SVG = "http://www.w3.org/2000/svg";
const MOST_STROKES = 64;

/**
 * A layer of marker strokes over a page: each follows its anchor while it
 * lives, and vanishes two seconds after its last point. It works only while
 * there are strokes, sets no style attribute (a page's policy may forbid
 * that), and depends on nothing, for the widget uses it as the console does.
 */
export class Markers {
  readonly #options: MarkersOptions;
  readonly #svg = document.createElementNS(SVG, "svg");
  readonly #still = matchMedia("(prefers-reduced-motion: reduce)");
  readonly #strokes = new Map<string, Stroke>();
  #color: string;
  #frame = 0;
  #sweep: ReturnType<typeof setTimeout> | undefined;

  /** `host` must be positioned; the layer fills it. */
  constructor(host: Element | ShadowRoot, options: MarkersOptions) {
    this.#options = options;
    this.#color = options.color;
    this.#svg.setAttribute("aria-hidden", "true");
    Object.assign(this.#svg.style, {
      position: "absolute",
      inset: "0",
      width: "100%",
      height: "100%",
      overflow: "hidden",
      pointerEvents: "none",
      // A light edge and a dark one, so that a stroke shows on any page.
      filter: "drop-shadow(0 0 1px #fff) drop-shadow(0 0 1px #fff) drop-shadow(0 0 1px rgb(0 0 0 / .4))",
    });
    host.append(this.#svg);
  }

  /** The color of strokes that begin from now on. */
  set color(color: string) {
    this.#color = color;
  }

  /** Draws one more piece of a stroke. False: it is none, and was ignored. */
  add(update: unknown): boolean {
    const piece = acceptUpdate(update);
    if (!piece) return false;
    const stroke = this.#strokes.get(piece.id) ?? (piece.points.length ? this.#begin(piece) : null);
    if (!stroke) return true; // the end of a stroke that has vanished already
    stroke.points.push(...piece.points.slice(0, MOST_POINTS - stroke.points.length));
    if (piece.points.length) stroke.touched = performance.now();
    stroke.element.setAttribute("d", smoothPath(stroke.points));
    this.#draw();
    return true;
  }

  clear(): void {
    for (const stroke of this.#strokes.values()) stroke.element.remove();
    this.#strokes.clear();
    this.#rest();
  }

  destroy(): void {
    this.clear();
    this.#svg.remove();
  }

  #begin(piece: StrokeUpdate): Stroke {
    const [oldest] = this.#strokes;
    if (oldest && this.#strokes.size >= MOST_STROKES) this.#remove(...oldest);
    const element = document.createElementNS(SVG, "path");
    const attributes = {
      fill: "none",
      stroke: this.#color,
      "stroke-width": String(this.#options.width ?? 4),
      "stroke-linecap": "round",
      "stroke-linejoin": "round",
      "vector-effect": "non-scaling-stroke",
    };
    for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
    this.#svg.append(element);
    const stroke = { anchor: piece, element, points: [], touched: performance.now() };
    this.#strokes.set(piece.id, stroke);
    return stroke;
  }

  #remove(id: string, stroke: Stroke): void {
    stroke.element.remove();
    this.#strokes.delete(id);
  }

  /** Places all strokes now, and on each frame while there are any. */
  #draw(): void {
    const now = performance.now();
    const life = this.#options.life ?? 2000;
    let next = Number.POSITIVE_INFINITY;
    for (const [id, stroke] of this.#strokes) {
      const age = now - stroke.touched;
      const opacity = opacityAt(age, life, this.#still.matches);
      if (opacity === 0) {
        this.#remove(id, stroke);
        continue;
      }
      next = Math.min(next, life - age);
      this.#place(stroke, opacity);
    }
    this.#rest();
    if (!this.#strokes.size) return;
    this.#frame = requestAnimationFrame(() => this.#draw());
    // A hidden page gets no frames, and yet strokes must not stay.
    this.#sweep = setTimeout(() => this.#draw(), next + 1);
  }

  #place(stroke: Stroke, opacity: number): void {
    const corner = this.#options.resolve(stroke.anchor);
    const { element } = stroke;
    element.setAttribute("visibility", corner ? "visible" : "hidden");
    element.setAttribute("opacity", opacity.toFixed(2));
    if (!corner) return;
    const scale = this.#options.scale?.() ?? 1;
    element.setAttribute("transform", `translate(${corner.left} ${corner.top}) scale(${scale})`);
  }

  #rest(): void {
    cancelAnimationFrame(this.#frame);
    clearTimeout(this.#sweep);
  }
}
