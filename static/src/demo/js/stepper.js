import { MOST_OF_ONE } from "./cart-store.js";
import { el } from "./dom.js";

/**
 * A quantity field with buttons for one less and one more.
 *
 * @param {{label: string, value: number, least: number, changed: (value: number) => void, id?: string}} options
 */
export function stepper({ label, value, least, changed, id }) {
  const input = /** @type {HTMLInputElement} */ (
    el("input", {
      id,
      type: "number",
      min: least,
      max: MOST_OF_ONE,
      value,
      "aria-label": `Quantity of ${label}`,
    })
  );
  /** @param {number} wanted */
  const set = (wanted) => {
    const next = Math.max(least, Math.min(MOST_OF_ONE, Math.round(wanted) || least));
    input.value = String(next);
    changed(next);
  };
  /** @type {(name: string, sign: string, by: number) => HTMLElement} */
  const button = (name, sign, by) => {
    const element = el("button", { type: "button", "aria-label": `${name} ${label}` }, sign);
    element.addEventListener("click", () => set(Number(input.value) + by));
    return element;
  };
  input.addEventListener("change", () => set(Number(input.value)));
  return el("div", { class: "stepper" }, button("One less", "−", -1), input, button("One more", "+", 1));
}
