import { byId } from "./dom.js";
import { productCard } from "./product-card.js";
import { PRODUCTS } from "./products.js";

const ORDERS = {
  ours: () => 0,
  cheap: (/** @type {{price: number}} */ a, /** @type {{price: number}} */ b) => a.price - b.price,
  name: (/** @type {{name: string}} */ a, /** @type {{name: string}} */ b) =>
    a.name.localeCompare(b.name, "en"),
};

const sort = /** @type {HTMLSelectElement} */ (byId("sort"));
const chips = [...document.querySelectorAll("[data-category]")];

function show() {
  const category = chips
    .find((chip) => chip.getAttribute("aria-pressed") === "true")
    ?.getAttribute("data-category");
  const order = ORDERS[/** @type {keyof typeof ORDERS} */ (sort.value)] ?? ORDERS.ours;
  const chosen = PRODUCTS.filter((product) => category === "all" || product.category === category).sort(
    order,
  );
  byId("products").replaceChildren(...chosen.map(productCard));
  byId("found").textContent = chosen.length === 1 ? "1 thing" : `${chosen.length} things`;
}

for (const chip of chips) {
  chip.addEventListener("click", () => {
    for (const other of chips) other.setAttribute("aria-pressed", String(other === chip));
    show();
  });
}
sort.addEventListener("change", show);
show();
