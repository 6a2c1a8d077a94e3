import { addToCart } from "./cart-store.js";
import { byId } from "./dom.js";
import { money } from "./money.js";
import { toast } from "./toast.js";

// The gift card page: it is served under a strict content security policy, so its look changes by
// attributes and text only.

const form = /** @type {HTMLFormElement} */ (byId("gift-form"));

function show() {
  const data = new FormData(form);
  const to = String(data.get("to") ?? "").trim();
  byId("preview-amount").textContent = money(Number(data.get("amount")));
  byId("preview-to").textContent = to ? `For ${to}` : "For someone you like";
  byId("preview-message").textContent = String(data.get("message") ?? "").trim() || "Put the kettle on.";
  byId("gift-preview").dataset.paper = String(data.get("paper"));
}

form.addEventListener("input", show);
form.addEventListener("submit", (event) => {
  event.preventDefault();
  addToCart(`gift:${new FormData(form).get("amount")}`);
  toast("The gift card is in your cart.");
});
show();
