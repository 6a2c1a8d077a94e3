const POUNDS = new Intl.NumberFormat("en-GB", { style: "currency", currency: "GBP" });

/** @param {number} pence */
export function money(pence) {
  return POUNDS.format(pence / 100);
}
