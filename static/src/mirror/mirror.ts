import type { eventWithTime } from "@rrweb/types";
import { BLOCKED, MASKED, type PageMeta } from "./attributes";
import { Cursor } from "./cursor";
import { Distress } from "./distress";
import { deepestAt, type Fit, fitInto, type Point, type Rect, rectWithin } from "./geometry";
import { ENGLISH, type Missing, type Words } from "./missing";
import { Picture } from "./picture";

export type { Missing, Words } from "./missing";

export interface MirrorOptions {
  /** The size of the customer's viewport, when it is first known and whenever it changes. */
  onViewport(width: number, height: number): void;
  /** All that the picture lacks, whenever that grows. */
  onBlocked(missing: Missing[]): void;
  /** The picture is no longer the page: a keyframe is needed. Comes at growing distances while it lasts. */
  onLost(reason: string): void;
  onError(error: unknown): void;
  /** A new picture has taken the place of the one before, if any. */
  onShown?(): void;
  /** What stands on things that are not shown; English if not given. */
  words?: Words;
  /** The accessible name of the mirrored page. */
  title?: string;
  /** How much a small page may be enlarged; 1, not at all, if not given. */
  mostScale?: number;
}

/** A place on the page that both sides find again: an element, and a point relative to the page. */
export interface Anchor extends Point {
  /** The element's id; 0 if there is none that the customer's side would accept. */
  node: number;
  /** The element's corner in page coordinates, with the page's scroll position added. */
  x: number;
  y: number;
}

const META = 4;

/**
 * Shows a page from its captured events, scaled to fit into `root`: live,
 * rewound or recorded alike. `root` must be in the document. Points and
 * rectangles are in pixels of `overlay`, if not said otherwise.
 */
export class Mirror {
  /** Lies exactly over the shown page: for what is drawn on it and for the agent's own mouse. */
  readonly overlay = document.createElement("div");
  readonly #options: MirrorOptions;
  readonly #box = document.createElement("div");
  readonly #page = document.createElement("div");
  readonly #cursor: Cursor;
  readonly #resized: ResizeObserver;
  #viewport = { width: 0, height: 0 };
  #fit: Fit = { scale: 1, left: 0, top: 0, width: 0, height: 0 };
  #shown: Picture | null = null;
  #coming: { picture: Picture; layer: HTMLElement } | null = null;
  #missingTimer: ReturnType<typeof setTimeout> | undefined;
  readonly #distress: Distress;

  constructor(root: HTMLElement, options: MirrorOptions) {
    this.#options = options;
    this.#distress = new Distress((reason) => options.onLost(reason));
    Object.assign(this.#box.style, {
      position: "relative",
      width: "100%",
      height: "100%",
      overflow: "hidden",
    });
    Object.assign(this.#page.style, { position: "absolute", overflow: "hidden" });
    Object.assign(this.overlay.style, { position: "absolute", overflow: "hidden" });
    this.#box.append(this.#page, this.overlay);
    root.append(this.#box);
    this.#cursor = new Cursor(this.overlay);
    this.#resized = new ResizeObserver(() => this.#place());
    this.#resized.observe(this.#box);
  }

  /** The document of the picture that is shown. */
  get document(): Document | null {
    return this.#shown?.document ?? null;
  }

  /** Pixels of the overlay for one CSS pixel of the customer's page. */
  get scale(): number {
    return this.#fit.scale;
  }

  get viewport(): Readonly<{ width: number; height: number }> {
    return this.#viewport;
  }

  /**
   * Applies events, at once. A keyframe builds a new picture beside the one
   * that is shown, which stays until the new one is complete. Events before
   * the first keyframe are nothing to go by, and ignored.
   */
  apply(events: eventWithTime[], keyframe: boolean): void {
    if (keyframe) this.#build(events);
    else this.#change(this.#coming?.picture ?? this.#shown, events);
  }

  /** Shows the customer's pointer at a point of their viewport; outside of it, hides it. */
  pointer({ x, y, down = false }: { x: number; y: number; down?: boolean }): void {
    const inside = x >= 0 && y >= 0 && x <= this.#viewport.width && y <= this.#viewport.height;
    if (inside) this.#cursor.move(x * this.scale, y * this.scale, down);
    else this.#cursor.hide();
    this.#shown?.hover(inside ? x : -1, inside ? y : -1);
  }

  clearPointer(): void {
    this.pointer({ x: -1, y: -1 });
  }

  /** The customer's id of an element of the mirror's document; 0 if it has none. */
  idOf(element: Element): number {
    return this.#shown?.idOf(element) ?? 0;
  }

  elementAt(left: number, top: number): Element | null {
    const doc = this.document;
    return doc && deepestAt(doc, left / this.scale, top / this.scale);
  }

  /** Where the element of this id is; null if it is not in the picture. */
  nodeRect(id: number): Rect | null {
    const node = this.#shown?.node(id);
    const doc = this.document;
    if (!doc || node?.nodeType !== Node.ELEMENT_NODE) return null;
    const rect = rectWithin(node as Element, doc);
    return rect && this.#scaled(rect);
  }

  /** What to anchor to at a point: the innermost element that the customer's side accepts. */
  anchorAt(left: number, top: number): Anchor {
    const { x: scrollX, y: scrollY } = this.#scroll();
    for (let at = this.elementAt(left, top); at; at = at.parentElement) {
      if (!this.idOf(at) || at.closest(`[${BLOCKED}],[${MASKED}]`)) continue;
      const rect = this.document && rectWithin(at, this.document);
      if (!rect) break;
      const { left: x, top: y } = rect;
      return {
        node: this.idOf(at),
        left: x * this.scale,
        top: y * this.scale,
        x: x + scrollX,
        y: y + scrollY,
      };
    }
    return { node: 0, left: 0, top: 0, x: scrollX, y: scrollY };
  }

  /** Where an anchor is now: by its element, else by its place on the page. */
  locate({ node, x, y }: { node: number; x: number; y: number }): Point | null {
    if (!this.#shown) return null;
    const rect = node ? this.nodeRect(node) : null;
    if (rect) return rect;
    const scroll = this.#scroll();
    return { left: (x - scroll.x) * this.scale, top: (y - scroll.y) * this.scale };
  }

  destroy(): void {
    this.#resized.disconnect();
    clearTimeout(this.#missingTimer);
    this.#distress.settle();
    this.#coming?.picture.destroy();
    this.#shown?.destroy();
    this.#coming = null;
    this.#shown = null;
    this.#box.remove();
  }

  #build(events: eventWithTime[]): void {
    this.#dropComing();
    this.#distress.settle();
    const layer = document.createElement("div");
    Object.assign(layer.style, {
      position: "absolute",
      left: "0",
      top: "0",
      transformOrigin: "0 0",
      transform: `scale(${this.scale})`,
      visibility: "hidden",
    });
    this.#page.append(layer);
    try {
      const picture = this.#newPicture(layer, events[0]);
      this.#coming = { picture, layer };
      this.#change(picture, events);
      if (!picture.complete) throw new Error("a keyframe without a page");
      picture.whenStyled(() => this.#swap(picture));
    } catch (error) {
      this.#dropComing();
      layer.remove();
      this.#options.onError(error);
      this.#distress.raise("a keyframe that cannot be shown");
    }
  }

  #newPicture(layer: HTMLElement, first: eventWithTime | undefined): Picture {
    const meta = (first?.type as number) === META ? (first?.data as PageMeta) : null;
    return new Picture({
      root: layer,
      words: this.#options.words ?? ENGLISH,
      title: this.#options.title ?? "Customer's page",
      cache: this.#shown?.cache ?? null,
      scrollbar: Math.min(Math.max(Number(meta?.scrollbar) || 0, 0), 40),
      onViewport: (width, height) => this.#follow(width, height),
      onMissing: () => this.#tellMissing(),
      onLost: (reason) => this.#distress.raise(reason),
      onError: (error) => this.#options.onError(error),
    });
  }

  #swap(picture: Picture): void {
    const coming = this.#coming;
    if (coming?.picture !== picture) return;
    this.#coming = null;
    coming.layer.style.visibility = "visible";
    const old = this.#shown;
    this.#shown = picture;
    const oldLayer = old?.frame.parentElement?.parentElement;
    old?.destroy();
    oldLayer?.remove();
    this.#place();
    this.#tellMissing();
    this.#options.onShown?.();
  }

  #dropComing(): void {
    this.#coming?.picture.destroy();
    this.#coming?.layer.remove();
    this.#coming = null;
  }

  #change(picture: Picture | null, events: eventWithTime[]): void {
    if (!picture) return;
    for (const event of events) {
      try {
        picture.apply(event);
      } catch (error) {
        this.#options.onError(error);
        this.#distress.raise("a change that cannot be shown");
      }
    }
  }

  #follow(width: number, height: number): void {
    if (width === this.#viewport.width && height === this.#viewport.height) return;
    this.#viewport = { width, height };
    this.#place();
    this.#options.onViewport(width, height);
  }

  #place(): void {
    const { width, height } = this.#viewport;
    if (!width || !height) return;
    const box = { width: this.#box.clientWidth, height: this.#box.clientHeight };
    this.#fit = fitInto(box, width, height, this.#options.mostScale);
    for (const { style } of [this.#page, this.overlay]) {
      style.left = `${this.#fit.left}px`;
      style.top = `${this.#fit.top}px`;
      style.width = `${this.#fit.width}px`;
      style.height = `${this.#fit.height}px`;
    }
    for (const layer of this.#page.children) {
      (layer as HTMLElement).style.transform = `scale(${this.#fit.scale})`;
    }
  }

  #scaled({ left, top, width, height }: Rect): Rect {
    const { scale } = this;
    return { left: left * scale, top: top * scale, width: width * scale, height: height * scale };
  }

  #scroll(): { x: number; y: number } {
    const view = this.document?.defaultView;
    return { x: view?.scrollX ?? 0, y: view?.scrollY ?? 0 };
  }

  #tellMissing(): void {
    this.#missingTimer ??= setTimeout(() => {
      this.#missingTimer = undefined;
      const picture = this.#coming?.picture ?? this.#shown;
      if (picture) this.#options.onBlocked([...picture.missing.values()]);
    }, 100);
  }
}
