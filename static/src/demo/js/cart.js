import { findItem, readCart, setQuantity, totals, watchCart } from "./cart-store.js";
import { byId, el } from "./dom.js";
import { money } from "./money.js";
import { stepper } from "./stepper.js";

/** @typedef {import("./cart-store.js").Line} Line */

const list = byId("cart-lines");

/** @param {Line} line */
function keyOf(line) {
  return `${line.id}|${line.option}`;
}

/** @param {Line} line */
function lineView(line) {
  const item = findItem(line.id);
  if (!item) return el("li", { "data-line": keyOf(line) });
  const remove = el(
    "button",
    { type: "button", class: "link-button", "aria-label": `Remove ${item.name}` },
    "Remove",
  );
  remove.addEventListener("click", () => {
    setQuantity(line.id, line.option, 0);
    byId("cart-title").focus();
  });
  return el(
    "li",
    { class: "cart-line", "data-line": keyOf(line) },
    el("div", { class: "tile" }, el("img", { src: item.image, alt: "", width: 320, height: 320 })),
    el(
      "div",
      { class: "about" },
      el("h2", {}, el("a", { href: item.href }, item.name)),
      ...(line.option ? [el("p", { class: "soft" }, line.option)] : []),
      remove,
    ),
    stepper({
      label: item.name,
      value: line.quantity,
      least: 1,
      changed: (value) => setQuantity(line.id, line.option, value),
    }),
    el("p", { class: "price" }, money(item.price * line.quantity)),
  );
}

/**
 * Brings the list in step with the cart by the smallest change: a line that stays keeps its element, so
 * that focus stays where it is while a quantity is changed.
 *
 * @param {Line[]} lines
 */
function showLines(lines) {
  const known = new Map([...list.children].map((child) => [child.getAttribute("data-line"), child]));
  for (const line of lines) {
    const view = known.get(keyOf(line));
    known.delete(keyOf(line));
    if (view) updateLine(view, line);
    else list.append(lineView(line));
  }
  for (const gone of known.values()) gone.remove();
}

/** @type {(view: Element, line: Line) => void} */
function updateLine(view, line) {
  const input = view.querySelector("input");
  const price = view.querySelector(".price");
  if (input) input.value = String(line.quantity);
  if (price) price.textContent = money((findItem(line.id)?.price ?? 0) * line.quantity);
}

function show() {
  const lines = readCart();
  const { subtotal, delivery, total } = totals(lines);
  showLines(lines);
  byId("cart-empty").hidden = lines.length > 0;
  byId("cart-full").hidden = lines.length === 0;
  byId("subtotal").textContent = money(subtotal);
  byId("delivery").textContent = delivery === 0 ? "Free" : money(delivery);
  byId("total").textContent = money(total);
}

show();
watchCart(show);
