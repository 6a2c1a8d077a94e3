import { addToCart } from "./cart-store.js";
import { byId, el } from "./dom.js";
import { money } from "./money.js";
import { EXTRAS, PLANS, planPrice } from "./plan-list.js";
import { toast } from "./toast.js";

const form = /** @type {HTMLFormElement} */ (byId("plan-form"));

function choice() {
  const data = new FormData(form);
  const billing = String(data.get("billing"));
  const plan = PLANS.find((candidate) => candidate.id === data.get("plan"));
  const extras = EXTRAS.filter((extra) => data.getAll("extra").includes(extra.id));
  return { billing, plan, extras };
}

/** @type {(name: string, amount: string, total?: boolean) => HTMLElement[]} */
function row(name, amount, total = false) {
  const attributes = total ? { class: "total" } : {};
  return [el("dt", attributes, name), el("dd", attributes, amount)];
}

function show() {
  const { billing, plan, extras } = choice();
  const per = billing === "yearly" ? "a year" : "a month";
  for (const { id, month } of PLANS) {
    byId(`price-${id}`).textContent = money(planPrice(month, billing));
    byId(`per-${id}`).textContent = per;
  }
  byId("saving").hidden = billing !== "yearly";
  if (!plan) return;
  const month = extras.reduce((sum, extra) => sum + extra.month, plan.month);
  byId("plan-sum").replaceChildren(
    ...row(`${plan.name} plan`, money(planPrice(plan.month, billing))),
    ...extras.flatMap((extra) =>
      row(extra.name, extra.month ? money(planPrice(extra.month, billing)) : "Free"),
    ),
    ...row(`Total ${per}`, money(planPrice(month, billing)), true),
  );
}

form.addEventListener("change", show);
form.addEventListener("submit", (event) => {
  event.preventDefault();
  const { billing, plan, extras } = choice();
  if (!plan) return;
  const ids = extras.map((extra) => extra.id).join("+");
  addToCart(`plan:${plan.id}:${billing}:${ids}`, extras.map((extra) => extra.name).join(", "));
  toast(`The ${plan.name} plan is in your cart.`);
});
show();
