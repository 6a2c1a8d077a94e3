import { addToCart } from "./cart-store.js";
import { el } from "./dom.js";
import { money } from "./money.js";
import { toast } from "./toast.js";

/**
 * One product in a grid: a list item with a link to its page and a button that puts one in the cart.
 *
 * @param {import("./products.js").Product} product
 */
export function productCard(product) {
  const href = `./product.html?id=${product.id}`;
  const add = el(
    "button",
    { type: "button", class: "button small", "aria-label": `Add ${product.name} to cart` },
    "Add",
  );
  add.addEventListener("click", () => {
    addToCart(product.id, product.finishes[0] ?? "");
    toast(`${product.name} is in your cart.`);
  });
  return el(
    "li",
    { class: "product-card", "data-product": product.id },
    el(
      "a",
      { class: "tile", href, tabindex: -1, "aria-hidden": "true" },
      el("img", { src: `./img/${product.id}.svg`, alt: "", width: 320, height: 320 }),
    ),
    el("h3", {}, el("a", { href }, product.name)),
    el("p", { class: "soft" }, product.short),
    el("div", { class: "product-foot" }, el("span", { class: "price" }, money(product.price)), add),
  );
}
