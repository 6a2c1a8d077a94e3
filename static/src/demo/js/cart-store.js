import { EXTRAS, PLANS, planPrice } from "./plan-list.js";
import { findProduct } from "./products.js";

/**
 * One kind of thing in the cart; `option` is a finish, a list of extras, or empty.
 *
 * @typedef {{id: string, option: string, quantity: number}} Line
 * @typedef {{name: string, price: number, image: string, href: string}} Item
 */

const KEY = "kettlewren.cart";
const FREE_DELIVERY_FROM = 4000;
const DELIVERY = 395;

export const MOST_OF_ONE = 20;

/**
 * What a line's id stands for: a product, a plan (`plan:steep:yearly:biscuits+wrap`) or a gift card
 * (`gift:2500`). Undefined for what the shop does not sell, such as an id from an older visit.
 *
 * @param {string} id
 * @returns {Item | undefined}
 */
export function findItem(id) {
  const [kind, first = "", billing = "", extras = ""] = id.split(":");
  if (kind === "plan") return planItem(first, billing, extras);
  if (kind === "gift") return giftItem(Number(first));
  const product = findProduct(id);
  if (!product) return undefined;
  return {
    name: product.name,
    price: product.price,
    image: `./img/${product.id}.svg`,
    href: `./product.html?id=${product.id}`,
  };
}

/**
 * @param {string} planId
 * @param {string} billing
 * @param {string} extraIds
 */
function planItem(planId, billing, extraIds) {
  const plan = PLANS.find((candidate) => candidate.id === planId);
  if (!plan) return undefined;
  const chosen = EXTRAS.filter((extra) => extraIds.split("+").includes(extra.id));
  const month = chosen.reduce((sum, extra) => sum + extra.month, plan.month);
  return {
    name: `${plan.name} plan, ${billing === "yearly" ? "one year" : "one month"}`,
    price: planPrice(month, billing),
    image: "./img/plan-box.svg",
    href: "./plans.html",
  };
}

/** @param {number} pence */
function giftItem(pence) {
  if (!Number.isInteger(pence) || pence < 500 || pence > 50000) return undefined;
  return { name: "Gift card", price: pence, image: "./img/gift-card.svg", href: "./strict.html" };
}

/**
 * The lines of this browser's cart. Storage that is blocked, or holds something else, is an empty cart.
 *
 * @returns {Line[]}
 */
export function readCart() {
  try {
    const stored = JSON.parse(localStorage.getItem(KEY) ?? "[]");
    return Array.isArray(stored) ? stored.filter(isLine) : [];
  } catch {
    return [];
  }
}

/** @param {unknown} value */
function isLine(value) {
  if (typeof value !== "object" || value === null) return false;
  const line = /** @type {Partial<Line>} */ (value);
  return (
    typeof line.id === "string" &&
    typeof line.option === "string" &&
    Number.isInteger(line.quantity) &&
    Number(line.quantity) > 0 &&
    findItem(line.id) !== undefined
  );
}

/**
 * Keeps the lines and tells this page by a `cartchange` event on the document; other tabs of the shop
 * get the browser's own `storage` event.
 *
 * @param {Line[]} lines
 */
function writeCart(lines) {
  try {
    localStorage.setItem(KEY, JSON.stringify(lines));
  } catch {
    // Storage is full or blocked: the page still shows what was asked for until it is left.
  }
  document.dispatchEvent(new CustomEvent("cartchange", { detail: lines }));
}

/**
 * @param {string} id
 * @param {string} [option]
 * @param {number} [quantity]
 */
export function addToCart(id, option = "", quantity = 1) {
  const lines = readCart();
  const line = lines.find((candidate) => candidate.id === id && candidate.option === option);
  if (line) line.quantity = Math.min(MOST_OF_ONE, line.quantity + quantity);
  else lines.push({ id, option, quantity: Math.min(MOST_OF_ONE, quantity) });
  writeCart(lines);
}

/**
 * @param {string} id
 * @param {string} option
 * @param {number} quantity 0 takes the line out
 */
export function setQuantity(id, option, quantity) {
  const lines = readCart().map((line) =>
    line.id === id && line.option === option ? { ...line, quantity: Math.min(MOST_OF_ONE, quantity) } : line,
  );
  writeCart(lines.filter((line) => line.quantity > 0));
}

export function clearCart() {
  writeCart([]);
}

/** @param {Line[]} lines */
export function totals(lines) {
  const subtotal = lines.reduce((sum, line) => sum + (findItem(line.id)?.price ?? 0) * line.quantity, 0);
  const delivery = subtotal === 0 || subtotal >= FREE_DELIVERY_FROM ? 0 : DELIVERY;
  const count = lines.reduce((sum, line) => sum + line.quantity, 0);
  return { subtotal, delivery, total: subtotal + delivery, count };
}

/**
 * Calls back whenever the cart changes, here or in another tab.
 *
 * @param {() => void} changed
 * @returns {() => void} stops it
 */
export function watchCart(changed) {
  /** @param {StorageEvent} event */
  const stored = (event) => {
    if (event.key === KEY || event.key === null) changed();
  };
  document.addEventListener("cartchange", changed);
  window.addEventListener("storage", stored);
  return () => {
    document.removeEventListener("cartchange", changed);
    window.removeEventListener("storage", stored);
  };
}
