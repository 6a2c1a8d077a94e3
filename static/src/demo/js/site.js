import { readCart, totals, watchCart } from "./cart-store.js";
import { byId } from "./dom.js";

// What every page does: the header counts the cart, and its links are scrolled to the page they name where
// the window is too narrow for all of them.

function showCount() {
  byId("cart-count").textContent = String(totals(readCart()).count);
}

function showCurrentLink() {
  const link = document.querySelector(".site-nav [aria-current]");
  const nav = link?.closest(".site-nav");
  if (!link || !nav) return;
  const [inner, outer] = [link.getBoundingClientRect(), nav.getBoundingClientRect()];
  if (inner.right > outer.right - 40) nav.scrollLeft += inner.right - outer.right + 60;
}

showCount();
showCurrentLink();
watchCart(showCount);
