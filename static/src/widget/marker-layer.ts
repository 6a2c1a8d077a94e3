import { type Point, rectWithin } from "../mirror/geometry";
import { Markers } from "../mirror/markers";

/** Where the agent's strokes appear on the customer's page. It lets every click through. */
export class MarkerLayer {
  readonly #element = document.createElement("div");
  readonly #markers: Markers;
  readonly #node: (id: number) => Element | null;
  #latest = "";

  /** `node` finds an anchor by the id that the agent's picture knows it by; null when there is none to be used. */
  constructor(root: ShadowRoot, color: string, node: (id: number) => Element | null) {
    this.#node = node;
    this.#element.className = "markers";
    this.#element.popover = "manual";
    root.append(this.#element);
    this.#markers = new Markers(this.#element, { color, resolve: (anchor) => this.#resolve(anchor) });
  }

  /** Draws a piece of a stroke that a console published, if it is for this tab. */
  draw(from: number, tab: number, payload: unknown): void {
    const stroke = payload as { on?: unknown; id?: unknown } | null;
    if (stroke?.on !== tab || typeof stroke.id !== "string") return;
    const id = `${from}:${stroke.id}`.slice(0, 64);
    if (this.#markers.add({ ...stroke, id }) && id !== this.#latest) this.#raise();
    this.#latest = id;
  }

  stop(): void {
    this.#markers.destroy();
    this.#element.remove();
  }

  /** Comes before everything, also before a dialog that the page has opened meanwhile. */
  #raise(): void {
    if (typeof this.#element.showPopover !== "function") return;
    if (this.#element.matches(":popover-open")) this.#element.hidePopover();
    this.#element.showPopover();
  }

  #resolve({ node, x, y }: { node: number; x: number; y: number }): Point | null {
    const element = node > 0 ? this.#node(node) : null;
    if (!element) return { left: x - window.scrollX, top: y - window.scrollY };
    return element.getClientRects().length > 0 ? rectWithin(element, document) : null;
  }
}
