import type { Page } from "@playwright/test";
import { startNetwork } from "./desk";
import { expect, test } from "./fixtures";
import { connect, logIn, path, picture, requestSupport, session } from "./people";

/** Lets a test kill direct paths as a network does: silently. */
async function breakableDirect(page: Page) {
  await page.addInitScript(() => {
    const Original = RTCPeerConnection;
    const all: RTCPeerConnection[] = [];
    const send = RTCDataChannel.prototype.send;
    let broken = false;
    RTCDataChannel.prototype.send = function (this: RTCDataChannel, data: never) {
      if (!broken) send.call(this, data);
    };
    class Breakable extends Original {
      constructor(configuration?: RTCConfiguration) {
        super(configuration);
        all.push(this);
      }
    }
    Object.assign(window, {
      RTCPeerConnection: Breakable,
      breakDirect: () => {
        broken = true;
      },
    });
  });
}

test("direct dies mid-typing, and every character arrives in order", async ({ browser, desk }) => {
  const contexts = [
    await browser.newContext(),
    await browser.newContext({ viewport: { width: 1440, height: 900 } }),
  ];
  const customer = await contexts[0]!.newPage();
  const agent = await contexts[1]!.newPage();
  await breakableDirect(customer);
  await breakableDirect(agent);
  await logIn(agent, desk.base);
  await requestSupport(customer, `${desk.base}/demo/checkout.html`, { name: "Priya N." });
  await connect(agent, "Priya N.");
  await expect(path(agent)).toContainText("direct");

  // A field whose text is no secret, and a log of every state that the agent's picture went through.
  const text = "The quick brown fox jumps over the lazy dog, twice: 0123456789.";
  await customer.evaluate(() => {
    const p = document.createElement("p");
    p.id = "typed";
    document.querySelector("main")?.prepend(p);
  });
  const typed = picture(agent).locator("#typed");
  await expect(typed).toBeAttached();
  await typed.evaluate((p) => {
    const states: string[] = [];
    new MutationObserver(() => states.push(p.textContent ?? "")).observe(p, {
      childList: true,
      characterData: true,
      subtree: true,
    });
    Object.assign(p.ownerDocument.defaultView as Window, { states });
  });
  for (const [i, character] of [...text].entries()) {
    if (i === 20) {
      await customer.evaluate(() => (window as unknown as { breakDirect(): void }).breakDirect());
      await agent.evaluate(() => (window as unknown as { breakDirect(): void }).breakDirect());
    }
    await customer.evaluate((c) => {
      const p = document.querySelector("#typed");
      if (p) p.textContent += c;
    }, character);
  }
  await expect(typed).toHaveText(text, { timeout: 4_000 });
  await expect(path(agent)).toContainText("WebSocket");
  const states = (await typed.evaluate(
    (p) => (p.ownerDocument.defaultView as unknown as { states: string[] }).states,
  )) as string[];
  const seen = states.filter((s) => s !== "");
  for (const [i, state] of seen.entries()) {
    expect(text.startsWith(state)).toBe(true);
    expect(state.length).toBeGreaterThan(seen[i - 1]?.length ?? 0);
  }

  // Both ways: a stroke and a line of chat still arrive.
  await agent.getByRole("textbox", { name: "Message" }).fill("Still here");
  await agent.getByRole("button", { name: "Send" }).click();
  await customer.getByRole("button", { name: /^Chat/ }).click();
  await expect(customer.getByRole("log").getByText("Still here")).toHaveCount(1);
});

test.describe("without direct paths", () => {
  test.use({ options: { env: { BESIDE_DIRECT_ENABLED: "false" } } });

  test("everything goes over the WebSocket", async ({ browser, desk }) => {
    const { customer, agent } = await session(browser, desk.base, "/demo/");
    await expect(path(agent)).toContainText("WebSocket");
    await customer.evaluate(() => {
      document.title = "Changed";
      document.querySelector("h1")!.textContent = "Changed heading";
    });
    await expect(picture(agent).getByRole("heading", { level: 1 })).toHaveText("Changed heading");
    expect(await desk.metric("beside_signals_total")).toBe(0);
  });
});

test("the server restarts in mid-session, and both resume within ten seconds", async ({ browser, desk }) => {
  const { customer, agent } = await session(browser, desk.base, "/demo/checkout.html");
  await agent.getByRole("textbox", { name: "Message" }).fill("Before");
  await agent.getByRole("button", { name: "Send" }).click();
  await expect(customer.getByRole("button", { name: /^Chat.*1/ })).toBeVisible();
  expect(await desk.stop()).toBe(0);
  await expect(agent.getByText(/Connection lost/).first()).toBeVisible();
  await customer.evaluate(() => {
    const h1 = document.querySelector("h1");
    if (h1) h1.textContent = "Meanwhile";
  });
  await desk.start();
  const started = Date.now();
  await expect(agent.getByText(/Connection lost/)).toHaveCount(0, { timeout: 10_000 });
  await agent.getByRole("textbox", { name: "Message" }).fill("After");
  await agent.getByRole("button", { name: "Send" }).click();
  await customer.getByRole("button", { name: /^Chat/ }).click();
  await expect(customer.getByRole("log").getByText("After")).toHaveCount(1, { timeout: 10_000 });
  await expect(customer.getByRole("log").getByText("Before")).toHaveCount(1);
  await expect(picture(agent).getByRole("heading", { level: 1 })).toHaveText("Meanwhile");
  expect(Date.now() - started).toBeLessThan(10_000);
});

test("the agent loses the network, is told so, and resumes", async ({ browser, desk }) => {
  const network = await startNetwork(desk);
  const customer = await (await browser.newContext()).newPage();
  const agent = await (await browser.newContext({ viewport: { width: 1440, height: 900 } })).newPage();
  try {
    await logIn(agent, network.base);
    await requestSupport(customer, `${desk.base}/demo/`, { name: "Priya N." });
    await connect(agent, "Priya N.");
    network.lose();
    await expect(agent.getByText(/Connection lost/).first()).toBeVisible({ timeout: 15_000 });
    await agent.getByRole("textbox", { name: "Message" }).fill("Written meanwhile");
    await agent.getByRole("button", { name: "Send" }).click();
    network.restore();
    await expect(agent.getByText(/Connection lost/)).toHaveCount(0);
    await customer.evaluate(() => {
      const h1 = document.querySelector("h1");
      if (h1) h1.textContent = "Back again";
    });
    await expect(picture(agent).getByRole("heading", { level: 1 })).toHaveText("Back again");
    await customer.getByRole("button", { name: /^Chat/ }).click();
    await expect(customer.getByRole("log").getByText("Written meanwhile")).toHaveCount(1);
  } finally {
    network.close();
  }
});

test.describe("with a short grace", () => {
  test.use({ options: { env: { BESIDE_GRACE_CUSTOMER: "2s", BESIDE_GRACE_AWAY: "1s" } } });

  test("the customer closes all tabs: the agent is told, and the session ends", async ({ browser, desk }) => {
    const { customer, agent } = await session(browser, desk.base, "/demo/");
    await customer.close();
    await expect(agent.getByRole("dialog", { name: /Priya N\. has left/ })).toBeVisible();
    await agent.getByRole("button", { name: "Not now" }).click();
    await agent.getByRole("link", { name: "History" }).click();
    await expect(agent.getByRole("row").filter({ hasText: "Priya N." })).toContainText("Ended");
  });
});
