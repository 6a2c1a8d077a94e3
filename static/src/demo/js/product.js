import { addToCart } from "./cart-store.js";
import { byId, el } from "./dom.js";
import { money } from "./money.js";
import { productCard } from "./product-card.js";
import { findProduct, PRODUCTS } from "./products.js";
import { stepper } from "./stepper.js";
import { toast } from "./toast.js";

/** @typedef {import("./products.js").Product} Product */

/** @param {Product} product */
function finishChoice(product) {
  if (product.finishes.length === 0) return [];
  const swatches = product.finishes.map((finish, index) =>
    el(
      "label",
      { class: "choice" },
      el("input", { type: "radio", name: "finish", value: finish, checked: index === 0 }),
      finish,
    ),
  );
  return [
    el(
      "fieldset",
      {},
      el("legend", { class: "field-label" }, "Choose yours"),
      el("div", { class: "swatches" }, ...swatches),
    ),
  ];
}

/** @param {Product} product */
function buyForm(product) {
  let quantity = 1;
  const form = /** @type {HTMLFormElement} */ (
    el(
      "form",
      { class: "stack" },
      ...finishChoice(product),
      el(
        "div",
        { class: "buy" },
        stepper({
          id: "quantity",
          label: product.name,
          value: 1,
          least: 1,
          changed: (value) => {
            quantity = value;
          },
        }),
        el("button", { type: "submit", class: "button" }, "Add to cart"),
      ),
    )
  );
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    addToCart(product.id, String(new FormData(form).get("finish") ?? ""), quantity);
    toast(`${quantity} × ${product.name} in your cart.`);
  });
  return form;
}

/** @type {(summary: string, text: string, open?: boolean) => HTMLElement} */
function fold(summary, text, open = false) {
  return el("details", { open }, el("summary", {}, summary), el("p", {}, text));
}

/** @param {Product} product */
function productView(product) {
  return el(
    "div",
    { class: "product" },
    el(
      "div",
      { class: "tile" },
      el("img", { src: `./img/${product.id}.svg`, alt: `Drawing: ${product.name}`, width: 320, height: 320 }),
    ),
    el(
      "div",
      { class: "stack" },
      ...(product.badge ? [el("p", {}, el("span", { class: "badge" }, product.badge))] : []),
      el("h1", {}, product.name),
      el("p", { class: "price" }, money(product.price)),
      el("p", { class: "lead" }, product.story),
      buyForm(product),
      fold("Details", product.details, true),
      fold("Care and repair", product.care),
      fold("Delivery", "Two to three working days. Free from £40. Send it back within 60 days, used or not."),
    ),
  );
}

/** @param {Product} product */
function related(product) {
  const others = PRODUCTS.filter((other) => other.category !== product.category);
  const start = PRODUCTS.indexOf(product) % others.length;
  const chosen = [0, 3, 6, 9]
    .map((step) => others[(start + step) % others.length])
    .filter((other) => other !== undefined);
  return el(
    "section",
    { class: "related", "aria-labelledby": "related" },
    el("h2", { id: "related" }, "Goes well with"),
    el("ul", { class: "product-grid" }, ...chosen.map(productCard)),
  );
}

function notFound() {
  return el(
    "div",
    { class: "empty" },
    el("img", { class: "picture", src: "./img/brew-basket.svg", alt: "", width: 320, height: 320 }),
    el("h1", {}, "That one has left the shelf"),
    el("p", { class: "soft" }, "We could not find this product. Perhaps something else will do?"),
    el("a", { class: "button", href: "./index.html" }, "See everything we make"),
  );
}

const product = findProduct(new URLSearchParams(location.search).get("id"));
if (product) {
  document.title = `${product.name} · Kettlewren`;
  byId("crumb").textContent = product.name;
  byId("product").replaceChildren(productView(product), related(product));
} else {
  document.title = "Not found · Kettlewren";
  byId("product").replaceChildren(notFound());
}
