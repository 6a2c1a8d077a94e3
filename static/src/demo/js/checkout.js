import { clearCart, findItem, readCart, totals, watchCart } from "./cart-store.js";
import { byId, el } from "./dom.js";
import { money } from "./money.js";

/** @typedef {HTMLInputElement | HTMLSelectElement | HTMLTextAreaElement} Field */

const form = /** @type {HTMLFormElement} */ (byId("checkout-form"));

function showSummary() {
  const lines = readCart();
  const { delivery, total } = totals(lines);
  const views = lines.map((line) => {
    const item = findItem(line.id);
    return el(
      "li",
      {},
      el("span", {}, `${line.quantity} × ${item?.name ?? line.id}`),
      el("span", { class: "price" }, money((item?.price ?? 0) * line.quantity)),
    );
  });
  byId("summary-lines").replaceChildren(...views);
  byId("summary-empty").hidden = lines.length > 0;
  byId("summary-delivery").textContent = delivery === 0 ? "Free" : money(delivery);
  byId("summary-total").textContent = money(total);
}

/** @param {Field} field */
function complaint(field) {
  const name = field.labels?.[0]?.textContent?.replace("(optional)", "").trim() ?? "This field";
  if (field.validity.valueMissing) return `${name} is needed.`;
  if (field.validity.typeMismatch) return `${name} should look like name@example.com.`;
  if (field.validity.tooShort)
    return `${name} needs at least ${/** @type {HTMLInputElement} */ (field).minLength} characters.`;
  if (field.validity.patternMismatch) return field.title;
  return "";
}

/**
 * Shows what is wrong with a field right below it.
 *
 * @param {Field} field
 * @returns {boolean} whether it is all right
 */
function check(field) {
  const text = complaint(field);
  const note = document.getElementById(`${field.id}-error`);
  if (note) note.textContent = text;
  if (text) field.setAttribute("aria-invalid", "true");
  else field.removeAttribute("aria-invalid");
  return text === "";
}

/** @returns {Field[]} */
function fields() {
  return [...form.querySelectorAll("input[id]:enabled, select[id], textarea[id]")].map(
    (field) => /** @type {Field} */ (field),
  );
}

/** A saved card needs no other: its fields go away, and are not asked for. */
function showNewCard() {
  const wanted = new FormData(form).get("saved-card") === "new";
  byId("new-card").hidden = !wanted;
  for (const field of byId("new-card").querySelectorAll("input")) field.disabled = !wanted;
}

/** @param {HTMLInputElement} card */
function groupDigits(card) {
  const digits = card.value.replace(/\D/g, "").slice(0, 19);
  card.value = digits.replace(/(.{4})(?=.)/g, "$1 ");
}

/** The last digits of the moment: enough to tell one order of a demonstration from the next. */
function orderNumber() {
  return `KW-${String(Date.now()).slice(-6)}`;
}

function confirmOrder() {
  byId("order-number").textContent = orderNumber();
  byId("checkout").hidden = true;
  byId("confirmation").hidden = false;
  document.title = "Thank you · Kettlewren";
  clearCart();
  form.reset();
  window.scrollTo(0, 0);
  byId("thanks").focus({ preventScroll: true });
}

form.addEventListener("focusout", (event) => {
  const field = /** @type {Field} */ (event.target);
  if (field.id && (field.value !== "" || field.hasAttribute("aria-invalid"))) check(field);
});
form.addEventListener("submit", (event) => {
  event.preventDefault();
  const wrong = fields().filter((field) => !check(field));
  const first = wrong[0];
  if (first) first.focus();
  else confirmOrder();
});
byId("card").addEventListener("change", (event) =>
  groupDigits(/** @type {HTMLInputElement} */ (event.target)),
);
byId("saved-cards").addEventListener("change", showNewCard);
showNewCard();
showSummary();
watchCart(showSummary);
