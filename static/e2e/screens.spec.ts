/** Every screen in light and dark: looked over by axe, and kept as a picture in screens/. */

import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import type { Page } from "@playwright/test";
import { expect, test } from "./fixtures";
import { connect, logIn, picture, requestSupport } from "./people";

const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

/** Takes the screen's picture and fails on anything that axe finds wrong. */
async function look(page: Page, name: string) {
  await page.screenshot({ path: `screens/${name}.png` });
  await page.evaluate(axe);
  const violations = await page.evaluate(async () => {
    // The mirrored page is the customer's: what is wrong with it is not ours.
    const context = { exclude: ['iframe[src^="/console/mirror"]'] };
    const { axe } = window as unknown as {
      axe: { run(context: object): Promise<{ violations: unknown[] }> };
    };
    return (await axe.run(context)).violations.map((v) => {
      const { id, nodes } = v as { id: string; nodes: { target: string[]; failureSummary: string }[] };
      return `${id}: ${nodes.map((n) => `${n.target.join(" ")} (${n.failureSummary})`).join("; ")}`;
    });
  });
  expect(violations, name).toEqual([]);
}

for (const scheme of ["light", "dark"] as const) {
  for (const size of ["wide", "phone"] as const) {
    test(`screens, ${scheme}, ${size}`, async ({ browser, desk }) => {
      const options = { colorScheme: scheme, reducedMotion: "reduce" as const };
      const viewport = size === "wide" ? { width: 1280, height: 800 } : { width: 390, height: 844 };
      const customer = await (await browser.newContext({ ...options, viewport })).newPage();
      const desktop = size === "wide" ? { width: 1440, height: 900 } : { width: 768, height: 1024 };
      const agent = await (await browser.newContext({ ...options, viewport: desktop })).newPage();
      const shot = (page: Page, name: string) => look(page, `${name}-${scheme}-${size}`);

      await agent.goto(`${desk.base}/console/`);
      await expect(agent.getByLabel("Login")).toBeVisible();
      await shot(agent, "console-1-login");
      await customer.goto(`${desk.base}/demo/plans.html`);
      await customer.getByRole("button", { name: "Support", exact: true }).click();
      await expect(customer.getByRole("dialog", { name: "Request for support" })).toBeVisible();
      await shot(customer, "widget-1-form");
      await requestSupport(customer, `${desk.base}/demo/plans.html`, {
        name: "Priya N.",
        message: "Which plan suits two people?",
      });
      await expect(customer.getByText("No agent is available right now").first()).toBeVisible();
      await shot(customer, "widget-2-nobody");
      await logIn(agent, desk.base);
      await expect(agent.getByRole("row").filter({ hasText: "Priya N." })).toBeVisible();
      await expect(customer.getByText("Asha Rao will be with you in a moment.").first()).toBeVisible();
      await shot(customer, "widget-3-waiting");
      await shot(agent, "console-2-active");
      await connect(agent, "Priya N.");
      await expect(customer.getByText("Asha Rao can see this page")).toBeVisible();
      await shot(customer, "widget-4-bar");
      const chat = agent.getByRole("button", { name: "Chat", exact: true });
      if ((await chat.getAttribute("aria-expanded")) === "false") await chat.click();
      await agent
        .getByRole("textbox", { name: "Message" })
        .fill("Hello Priya! The yearly plan saves two months.");
      await agent.getByRole("button", { name: "Send" }).click();
      await customer.getByRole("button", { name: /^Chat/ }).click();
      await expect(customer.getByText("The yearly plan saves two months.")).toBeVisible();
      await customer.getByRole("textbox", { name: "Message" }).fill("Can I change it later?");
      await customer.getByRole("textbox", { name: "Message" }).press("Enter");
      await expect(agent.getByText("Can I change it later?")).toBeVisible();
      await shot(customer, "widget-5-chat");
      await expect(picture(agent).getByRole("heading", { level: 1 })).toBeVisible();
      await shot(agent, "console-3-session");
      if (size === "phone") await chat.click();
      await agent.getByRole("button", { name: "End session" }).click();
      await expect(agent.getByRole("dialog")).toBeVisible();
      await agent.getByLabel("Remarks").fill("Explained the plans.");
      await shot(agent, "console-4-end");
      await agent.getByRole("button", { name: "End", exact: true }).click();
      await expect(customer.getByRole("dialog", { name: /has ended the session/ })).toBeVisible();
      await shot(customer, "widget-6-remarks");
      await agent.goto(`${desk.base}/console/#/history`);
      await expect(agent.getByRole("row").filter({ hasText: "Priya N." })).toBeVisible();
      await shot(agent, "console-5-history");
      await agent.getByRole("row").filter({ hasText: "Priya N." }).getByRole("link").first().click();
      await expect(agent.getByText("Can I change it later?")).toBeVisible();
      await shot(agent, "console-6-lead");
    });
  }
}

test("the picture in the README", async ({ browser, desk }) => {
  const customer = await (await browser.newContext({ viewport: { width: 1180, height: 760 } })).newPage();
  const agent = await (await browser.newContext({ viewport: { width: 1440, height: 900 } })).newPage();
  await logIn(agent, desk.base);
  await requestSupport(customer, `${desk.base}/demo/`, {
    name: "Priya N.",
    message: "Which kettle do you recommend?",
  });
  await connect(agent, "Priya N.");
  await agent.getByRole("textbox", { name: "Message" }).fill("Hello Priya! I see the shop, too. Look here:");
  await agent.getByRole("button", { name: "Send" }).click();
  await expect(agent.locator(".session-bar .path")).toContainText("direct");
  await agent.getByRole("button", { name: "Pen" }).click();
  const box = await agent.locator('iframe[src^="/console/mirror"]').boundingBox();
  if (!box) throw new Error("no mirror");
  const [x, y] = [box.x + box.width * 0.137, box.y + box.height * 0.578];
  await agent.mouse.move(x + 105, y);
  await agent.mouse.down();
  for (let i = 0; i <= 36; i++) {
    await agent.mouse.move(x + 105 * Math.cos(i / 5.5), y + 36 * Math.sin(i / 5.5));
  }
  await agent.screenshot({ path: "screens/readme.png" });
  await agent.mouse.up();
});
