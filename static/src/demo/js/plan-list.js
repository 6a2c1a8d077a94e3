/**
 * Tea by post. A year costs ten months.
 *
 * @type {ReadonlyArray<{id: string, name: string, month: number}>}
 */
export const PLANS = [
  { id: "sip", name: "Sip", month: 900 },
  { id: "steep", name: "Steep", month: 1600 },
  { id: "pour", name: "Pour", month: 2800 },
];

/** @type {ReadonlyArray<{id: string, name: string, month: number}>} */
export const EXTRAS = [
  { id: "biscuits", name: "A tin of biscuits", month: 350 },
  { id: "wrap", name: "Gift wrapping", month: 150 },
  { id: "decaf", name: "Decaffeinated teas only", month: 0 },
];

/**
 * @param {number} month price of one month in pence
 * @param {string} billing "monthly" or "yearly"
 */
export function planPrice(month, billing) {
  return billing === "yearly" ? month * 10 : month;
}
