/** The two people of a session, doing what people do. Names are those of docs and screen readers. */

import { type Browser, type BrowserContext, expect, type FrameLocator, type Page } from "@playwright/test";

export const agents = {
  asha: { login: "asha", password: "demo-asha", name: "Asha Rao" },
  ben: { login: "ben", password: "demo-ben", name: "Ben Okafor" },
  sara: { login: "sara", password: "demo-sara", name: "Sara Lind" },
};

/** Opens a page of the shop and asks for support there. */
export async function requestSupport(
  page: Page,
  url: string,
  details: { name?: string; message?: string } = {},
) {
  await page.goto(url);
  await page.getByRole("button", { name: "Support", exact: true }).click();
  const dialog = page.getByRole("dialog", { name: "Request for support" });
  if (details.name) await dialog.getByLabel("Name").fill(details.name);
  if (details.message) await dialog.getByLabel("Message").fill(details.message);
  await dialog.getByRole("button", { name: "Connect" }).click();
}

export async function logIn(page: Page, base: string, who = agents.asha) {
  await page.goto(`${base}/console/`);
  await page.getByLabel("Login").fill(who.login);
  await page.getByLabel("Password").fill(who.password);
  await page.getByRole("button", { name: "Log in" }).click();
  await expect(page.getByRole("heading", { name: "Active customers" })).toBeVisible();
}

/** The row of a customer in Active customers. */
export function customerRow(agent: Page, name: string) {
  return agent.getByRole("row").filter({ hasText: name });
}

/** Connects to a customer's request and waits for the first picture. */
export async function connect(agent: Page, name: string) {
  await customerRow(agent, name)
    .getByRole("button", { name: /^Connect/ })
    .click();
  await expect(picture(agent).locator("body")).toBeVisible();
}

/** The customer's page as the agent sees it. */
export function picture(agent: Page): FrameLocator {
  const mirror = agent.locator('iframe[src^="/console/mirror"]').contentFrame();
  return mirror.locator("iframe").last().contentFrame();
}

/** What the console says of the path. */
export function path(agent: Page) {
  return agent.locator(".session-bar .path");
}

export interface Session {
  customer: Page;
  agent: Page;
  contexts: BrowserContext[];
  close(): Promise<void>;
}

/** A customer on a page of the shop, and an agent who has connected. */
export async function session(
  browser: Browser,
  base: string,
  page = "/demo/",
  name = "Priya N.",
): Promise<Session> {
  const contexts = await Promise.all([
    browser.newContext(),
    browser.newContext({ viewport: { width: 1440, height: 900 } }),
  ]);
  const [customer, agent] = (await Promise.all(contexts.map((context) => context.newPage()))) as [Page, Page];
  await logIn(agent, base);
  await requestSupport(customer, page.startsWith("http") ? page : base + page, { name });
  await connect(agent, name);
  return {
    customer,
    agent,
    contexts,
    close: async () => {
      for (const context of contexts) await context.close();
    },
  };
}
