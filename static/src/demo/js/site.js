import { readCart, totals, watchCart } from "./cart-store.js";
import { byId } from "./dom.js";

// The part of every page that follows the cart: the count in the header.

function showCount() {
  byId("cart-count").textContent = String(totals(readCart()).count);
}

showCount();
watchCart(showCount);
