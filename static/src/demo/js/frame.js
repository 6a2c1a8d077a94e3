import { byId } from "./dom.js";

/** Grams of leaf for a litre, degrees and seconds for each kind of tea. */
const KINDS = {
  black: { grams: 12, degrees: 100, seconds: 210 },
  green: { grams: 10, degrees: 70, seconds: 90 },
  oolong: { grams: 14, degrees: 88, seconds: 150 },
};

const form = /** @type {HTMLFormElement} */ (byId("steep-form"));

function show() {
  const data = new FormData(form);
  const kind = KINDS[/** @type {keyof typeof KINDS} */ (data.get("kind"))] ?? KINDS.black;
  const cups = Number(data.get("cups"));
  const grams = Math.round(kind.grams * cups * 0.2 * 10) / 10;
  byId("cups-said").textContent = cups === 1 ? "1 cup" : `${cups} cups`;
  const time = `${Math.floor(kind.seconds / 60)}:${String(kind.seconds % 60).padStart(2, "0")} min`;
  byId("recipe").textContent = `${grams} g of leaf, ${kind.degrees} °C, ${time}`;
}

form.addEventListener("input", show);
show();
