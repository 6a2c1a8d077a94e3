/**
 * Speed in real browsers, over loopback: two separate Chromium processes and
 * the real program. `make bench` prints the table; docs/PERFORMANCE.md keeps it.
 */

import { type Browser, chromium, type Page, test } from "@playwright/test";
import { chromiumFlags, findChromium } from "./browser";
import { Desk } from "./desk";
import { Inflater } from "./inflate";
import { connect, customerRow, logIn, requestSupport } from "./people";

interface Row {
  what: string;
  values: number[];
  unit: string;
  goal: string;
}

const rows: Row[] = [];

function quantile(values: number[], q: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(q * sorted.length))] ?? Number.NaN;
}

function launch(): Promise<Browser> {
  return chromium.launch({ executablePath: findChromium(), args: chromiumFlags });
}

/** Two browsers and a desk. */
async function stage(env: Record<string, string> = {}) {
  const desk = await new Desk({ env }).start();
  const browsers = [await launch(), await launch()];
  const customer = await (
    await browsers[0]!.newContext({ viewport: { width: 1280, height: 800 } })
  ).newPage();
  const agent = await (await browsers[1]!.newContext({ viewport: { width: 1440, height: 900 } })).newPage();
  await logIn(agent, desk.base);
  return {
    desk,
    customer,
    agent,
    close: async () => {
      for (const browser of browsers) await browser.close();
      await desk.dispose();
    },
  };
}

/** What a complete picture has: at least so many elements, or a title that starts so. */
interface Complete {
  elements?: number;
  title?: string;
}

/** The moment, by the wall clock of the agent's page, at which the newest picture is complete. */
function whenPicture(agent: Page, complete: Complete): Promise<number> {
  return agent.evaluate(async ({ elements = 1, title = "" }) => {
    for (;;) {
      const mirror = document.querySelector<HTMLIFrameElement>(
        'iframe[src^="/console/mirror"]',
      )?.contentDocument;
      const shown = [...(mirror?.querySelectorAll("iframe") ?? [])].findLast(
        (p) => p.getBoundingClientRect().width > 0 && getComputedStyle(p).visibility !== "hidden",
      )?.contentDocument;
      const enough = shown && shown.querySelectorAll("*").length >= elements && shown.body !== null;
      if (enough && shown.title.startsWith(title)) return performance.timeOrigin + performance.now();
      await new Promise(requestAnimationFrame);
    }
  }, complete);
}

test("click to complete picture of 7,000 elements", async () => {
  const { desk, customer, agent, close } = await stage();
  const values: number[] = [];
  for (let i = 0; i < 12; i++) {
    await customer.context().clearCookies();
    await customer.evaluate(() => localStorage.clear()).catch(() => {});
    await requestSupport(customer, `${desk.base}/demo/large.html`, { name: `Customer ${i}` });
    const button = customerRow(agent, `Customer ${i}`).getByRole("button", { name: /^Connect/ });
    await button.waitFor();
    const ready = whenPicture(agent, { elements: 7000 });
    const clicked = await button.evaluate((b: HTMLElement) => {
      const now = performance.timeOrigin + performance.now();
      b.click();
      return now;
    });
    values.push((await ready) - clicked);
    await agent.getByRole("button", { name: "End session" }).click();
    await agent.getByRole("button", { name: "End", exact: true }).click();
    await customer.getByRole("button", { name: "Skip" }).click();
    await agent.getByRole("heading", { name: "Active customers" }).waitFor();
  }
  rows.push({
    what: "click to picture, 7,000 elements, first",
    values: values.slice(0, 1),
    unit: "ms",
    goal: "",
  });
  rows.push({
    what: "click to picture, 7,000 elements",
    values: values.slice(1),
    unit: "ms",
    goal: "p50 ≤ 500",
  });
  await close();
});

for (const kind of ["WebSocket", "direct"] as const) {
  test(`mutation to the agent's DOM, ${kind}`, async () => {
    const { desk, customer, agent, close } = await stage(
      kind === "direct" ? {} : { BESIDE_DIRECT_ENABLED: "false" },
    );
    await requestSupport(customer, `${desk.base}/demo/large.html`, { name: "Priya N." });
    await connect(agent, "Priya N.");
    await agent.locator(".session-bar .path", { hasText: kind }).waitFor();
    await whenPicture(agent, { elements: 7000 });
    await agent.evaluate(() => {
      const mirror = document.querySelector<HTMLIFrameElement>(
        'iframe[src^="/console/mirror"]',
      )?.contentDocument;
      const picture = [...(mirror?.querySelectorAll("iframe") ?? [])].at(-1)?.contentDocument;
      const tick = picture?.querySelector("#tick");
      const delays: number[] = [];
      const note = () => delays.push(performance.timeOrigin + performance.now() - Number(tick?.textContent));
      if (tick)
        new MutationObserver(note).observe(tick, { childList: true, characterData: true, subtree: true });
      Object.assign(window, { delays });
    });
    await customer.evaluate(async () => {
      const tick = document.querySelector("#tick");
      for (let i = 0; i < 400; i++) {
        if (tick) tick.textContent = String(performance.timeOrigin + performance.now());
        await new Promise((resolve) => setTimeout(resolve, 20 + Math.random() * 40));
      }
    });
    await agent.waitForFunction(() => (window as unknown as { delays: number[] }).delays.length >= 390);
    const values = await agent.evaluate(() => (window as unknown as { delays: number[] }).delays);
    rows.push({
      what: `mutation to the agent's DOM, ${kind}`,
      values,
      unit: "ms",
      goal: "p50 ≤ 30, p99 ≤ 100",
    });
    await close();
  });
}

test("navigation gap", async () => {
  const { desk, customer, agent, close } = await stage();
  await requestSupport(customer, `${desk.base}/demo/plans.html`, { name: "Priya N." });
  await connect(agent, "Priya N.");
  const pages = [
    ["cart", "Cart"],
    ["checkout", "Checkout"],
    ["showcase", "Workshop"],
    ["plans", "Plans"],
  ];
  const values: number[] = [];
  for (let i = 0; i < 16; i++) {
    const [file, title] = pages[i % pages.length] ?? ["", ""];
    const ready = whenPicture(agent, { title });
    const left = await customer.evaluate((url) => {
      location.href = url;
      return performance.timeOrigin + performance.now();
    }, `${desk.base}/demo/${file}.html`);
    values.push((await ready) - left);
  }
  rows.push({ what: "navigation gap", values, unit: "ms", goal: "p50 ≤ 700" });
  await close();
});

test("bytes on the wire against their JSON", async () => {
  const { desk, customer, agent, close } = await stage({ BESIDE_DIRECT_ENABLED: "false" });
  const inflater = new Inflater();
  const devtools = await customer.context().newCDPSession(customer);
  await devtools.send("Network.enable");
  devtools.on("Network.webSocketFrameSent", ({ response }) => {
    if (response.opcode === 2) inflater.texts(Buffer.from(response.payloadData, "base64"));
  });
  await requestSupport(customer, `${desk.base}/demo/large.html`, { name: "Priya N." });
  await connect(agent, "Priya N.");
  await whenPicture(agent, { elements: 7000 });
  await browse(customer, desk.base);
  await agent.waitForTimeout(500);
  const { keyframes, payloads, frames } = inflater.ratios();
  rows.push({
    what: "snapshot of 7,000 elements of its JSON",
    values: keyframes.slice(0, 1),
    unit: "%",
    goal: "≤ 10",
  });
  rows.push({
    what: "snapshots of small pages of their JSON",
    values: keyframes.slice(1),
    unit: "%",
    goal: "",
  });
  rows.push({ what: "increments of their JSON", values: [payloads], unit: "%", goal: "≤ 25" });
  rows.push({ what: "the same with the frames' headers", values: [frames], unit: "%", goal: "" });
  await close();
});

/** What customers do: change things, type, scroll, click. */
async function browse(customer: Page, base: string) {
  for (let i = 0; i < 20; i++) {
    await customer.evaluate((n) => {
      const tick = document.querySelector("#tick");
      if (tick) tick.textContent = `${n}`;
      window.scrollTo(0, n * 100);
    }, i);
    await customer.waitForTimeout(60);
  }
  await customer.goto(`${base}/demo/checkout.html`);
  await customer.getByText("can see this page").waitFor();
  for (const field of (await customer.locator("main input:visible").all()).slice(0, 5)) {
    await field.click();
    if (["text", "email", "tel"].includes((await field.getAttribute("type")) ?? "text"))
      await field.pressSequentially("Priya Nair", { delay: 40 });
  }
  await customer.goto(`${base}/demo/plans.html`);
  await customer.getByText("can see this page").waitFor();
  for (const input of await customer.locator("main label:visible").all()) {
    await input.click({ timeout: 1_000 }).catch(() => {});
    await customer.mouse.wheel(0, 80);
    await customer.waitForTimeout(60);
  }
}

test.afterAll(() => {
  const table = rows.map(({ what, values, unit, goal }) => {
    const show = (q: number) => quantile(values, q).toFixed(1);
    return `| ${what} | ${values.length} | ${show(0.5)} | ${show(0.99)} | ${unit} | ${goal} |`;
  });
  console.log(
    ["", "| measured | n | p50 | p99 | unit | goal |", "|---|---|---|---|---|---|", ...table, ""].join("\n"),
  );
});
