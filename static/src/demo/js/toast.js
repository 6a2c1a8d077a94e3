import { byId } from "./dom.js";

const SHOWN_FOR = 3500;

/**
 * Says something in the page's status region, aloud and in sight, and takes it away again.
 *
 * @param {string} text
 */
export function toast(text) {
  const region = byId("toast");
  region.textContent = text;
  setTimeout(() => {
    if (region.textContent === text) region.textContent = "";
  }, SHOWN_FOR);
}
