const SVG = "http://www.w3.org/2000/svg";
/** A pointer's report comes about this often; gliding between them looks steady. */
const GLIDE_MS = 50;

/** The customer's mouse pointer, drawn in a layer over the mirror. */
export class Cursor {
  readonly #element: SVGSVGElement;
  readonly #press: SVGElement;
  #shown = false;

  constructor(layer: HTMLElement) {
    const still = matchMedia("(prefers-reduced-motion: reduce)").matches;
    this.#element = make("svg", {
      width: "40",
      height: "40",
      viewBox: "-12 -12 40 40",
      class: "beside-cursor",
      "aria-hidden": "true",
    });
    this.#press = make("circle", { r: "11", fill: "#2563eb", "fill-opacity": ".25", visibility: "hidden" });
    const arrow = make("path", {
      d: "M0 0v16.5l4.2-4 2.8 6.3 2.7-1.2-2.8-6.1h5.6z",
      fill: "#1e293b",
      stroke: "#fff",
      "stroke-width": "1.4",
      "stroke-linejoin": "round",
    });
    this.#element.append(this.#press, arrow);
    Object.assign(this.#element.style, {
      position: "absolute",
      left: "-12px",
      top: "-12px",
      visibility: "hidden",
      pointerEvents: "none",
      willChange: "transform",
      transition: still ? "none" : `transform ${GLIDE_MS}ms linear`,
    });
    layer.append(this.#element);
  }

  /** Shows it at a point of the layer. */
  move(left: number, top: number, down: boolean): void {
    if (!this.#shown) this.#jump();
    this.#element.style.transform = `translate(${left}px, ${top}px)`;
    this.#element.style.visibility = "visible";
    this.#press.setAttribute("visibility", down ? "visible" : "hidden");
    this.#shown = true;
  }

  hide(): void {
    this.#shown = false;
    this.#element.style.visibility = "hidden";
    this.#press.setAttribute("visibility", "hidden");
  }

  /** The next move is no glide from wherever it was last. */
  #jump(): void {
    const { transition } = this.#element.style;
    this.#element.style.transition = "none";
    requestAnimationFrame(() => {
      this.#element.style.transition = transition;
    });
  }
}

function make<Name extends keyof SVGElementTagNameMap>(
  name: Name,
  attributes: Record<string, string>,
): SVGElementTagNameMap[Name] {
  const element = document.createElementNS(SVG, name);
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
  return element;
}
