import { drawBrewChart } from "./brew-chart.js";
import { byId } from "./dom.js";
import { StarRating } from "./star-rating.js";

customElements.define("star-rating", StarRating);

const canvas = /** @type {HTMLCanvasElement} */ (byId("brew-chart"));
const redraw = () => drawBrewChart(canvas);
new ResizeObserver(redraw).observe(canvas);
matchMedia("(prefers-color-scheme: dark)").addEventListener("change", redraw);

const stage = byId("glaze-stage");
byId("glaze").addEventListener("input", (event) => {
  const hue = /** @type {HTMLInputElement} */ (event.target).value;
  stage.style.setProperty("--hue", hue);
  byId("glaze-said").textContent = `${hue}°`;
});

byId("turn").addEventListener("click", () => {
  const turned = byId("flip").classList.toggle("turned");
  byId("turn").setAttribute("aria-pressed", String(turned));
  byId("flip-front").toggleAttribute("inert", turned);
  byId("flip-back").toggleAttribute("inert", !turned);
});
