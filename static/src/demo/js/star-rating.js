import { el } from "./dom.js";

const STARS = 5;

const STYLE = `
  :host { display: block; }
  .stars { display: flex; gap: 2px; }
  button {
    width: 44px;
    height: 44px;
    padding: 0;
    border: 0;
    border-radius: 8px;
    background: none;
    color: var(--star-empty, #8f8a7e);
    font-size: 30px;
    line-height: 1;
    cursor: pointer;
    transition: transform 120ms;
  }
  button:hover { transform: scale(1.12); }
  button:focus-visible { outline: 3px solid var(--accent, #1f6f5c); outline-offset: -3px; }
  button.lit { color: var(--copper, #9f4f1d); }
  p { margin: 6px 0 0; }
  ::slotted(h3) { margin-bottom: 6px; }
  @media (prefers-reduced-motion: reduce) { button { transition: none; } }
`;

/**
 * `<star-rating value="3">`: five stars in an open shadow root, styled by an adopted style sheet.
 * The chosen number is reflected in `value` and told by a `change` event; the slot holds a heading.
 */
export class StarRating extends HTMLElement {
  static observedAttributes = ["value"];

  /** @type {HTMLElement[]} */
  #buttons = [];
  #said = el("p", { role: "status", part: "said" });

  constructor() {
    super();
    const root = this.attachShadow({ mode: "open" });
    const sheet = new CSSStyleSheet();
    sheet.replaceSync(STYLE);
    root.adoptedStyleSheets = [sheet];
    this.#buttons = Array.from({ length: STARS }, (_, index) => this.#star(index + 1));
    root.append(
      el("slot"),
      el("div", { class: "stars", role: "group", "aria-label": "Rating" }, ...this.#buttons),
      this.#said,
    );
  }

  connectedCallback() {
    this.#show();
  }

  attributeChangedCallback() {
    this.#show();
  }

  get value() {
    return Math.max(0, Math.min(STARS, Number(this.getAttribute("value")) || 0));
  }

  set value(value) {
    this.setAttribute("value", String(value));
  }

  /** @param {number} number */
  #star(number) {
    const name = number === 1 ? "1 star" : `${number} stars`;
    const button = el("button", { type: "button", "aria-label": name }, "★");
    button.addEventListener("click", () => {
      this.value = number;
      this.dispatchEvent(new Event("change", { bubbles: true }));
    });
    return button;
  }

  #show() {
    const { value } = this;
    this.#buttons.forEach((button, index) => {
      button.classList.toggle("lit", index < value);
      button.setAttribute("aria-pressed", String(index + 1 === value));
    });
    this.#said.textContent = value === 0 ? "Not rated yet" : `${value} of ${STARS} stars`;
  }
}
