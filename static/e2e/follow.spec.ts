import { expect, test } from "./fixtures";
import { picture, session } from "./people";

test("scrolling, typing, changes, pointer and window size follow", async ({ browser, desk }) => {
  const { customer, agent } = await session(browser, desk.base, "/demo/checkout.html");
  const page = picture(agent);

  await customer.getByLabel("Name", { exact: false }).first().fill("Priya Nair");
  await expect(page.getByLabel("Name", { exact: false }).first()).toHaveValue("••••••••••");

  await customer.evaluate(() => {
    const p = document.createElement("p");
    p.id = "added";
    p.textContent = "Only two left";
    document.querySelector("main")?.prepend(p);
  });
  await expect(page.locator("#added")).toHaveText("Only two left");

  await customer.evaluate(() => window.scrollTo(0, 240));
  await expect.poll(() => page.locator("html").evaluate((html) => html.scrollTop)).toBe(240);

  await customer.mouse.move(200, 300);
  const mirror = agent.locator('iframe[src^="/console/mirror"]').contentFrame();
  await expect(mirror.locator(".beside-cursor, [data-cursor]").first()).toBeVisible();

  await customer.setViewportSize({ width: 700, height: 600 });
  await expect.poll(() => page.locator("html").evaluate((html) => html.clientWidth)).toBe(700);
});

test("a navigation keeps the last picture until the next is there", async ({ browser, desk }) => {
  const { customer, agent } = await session(browser, desk.base, "/demo/");
  for (const file of ["plans.html", "checkout.html", "showcase.html"]) {
    await customer.goto(`${desk.base}/demo/${file}`);
    const title = await customer.getByRole("heading", { level: 1 }).innerText();
    await expect(picture(agent).getByRole("heading", { level: 1 })).toHaveText(title);
    await expect(customer.getByText("Asha Rao can see this page")).toBeVisible();
  }
  await customer.reload();
  await expect(customer.getByText("Asha Rao can see this page")).toBeVisible();
  await customer.goBack();
  const title = await customer.getByRole("heading", { level: 1 }).innerText();
  await expect(picture(agent).getByRole("heading", { level: 1 })).toHaveText(title);
  await expect(agent.getByRole("tab")).toHaveCount(1);
});

test("shadow roots, frames and styles are in the picture; a canvas is named as missing", async ({
  browser,
  desk,
}) => {
  const { customer, agent } = await session(browser, desk.base, "/demo/showcase.html");
  const page = picture(agent);
  await expect(page.locator("iframe").first().contentFrame().locator("body")).not.toBeEmpty();
  const hosts = (html: HTMLElement | SVGElement) =>
    [...html.querySelectorAll("*")].filter((e) => e.shadowRoot && !e.classList.contains("beside-host"))
      .length;
  const there = await customer.locator("html").evaluate(hosts);
  expect(there).toBeGreaterThan(0);
  await expect.poll(() => page.locator("html").evaluate(hosts)).toBe(there);
  await agent.getByRole("button", { name: /not shown/ }).click();
  await expect(agent.getByText("Drawing (canvas)").first()).toBeVisible();
});

test("a stroke shows on both sides in the theme colour, and vanishes after two seconds", async ({
  browser,
  desk,
}) => {
  const { customer, agent } = await session(browser, desk.base, "/demo/");
  await agent.getByRole("button", { name: "Pen" }).click();
  const box = await agent.locator('iframe[src^="/console/mirror"]').boundingBox();
  if (!box) throw new Error("no mirror");
  await agent.mouse.move(box.x + 300, box.y + 250);
  await agent.mouse.down();
  await agent.mouse.move(box.x + 450, box.y + 320, { steps: 12 });
  await agent.mouse.up();
  const onCustomer = customer.locator(".beside-host path[stroke]").first();
  await expect(onCustomer).toBeVisible();
  await expect(onCustomer).toHaveAttribute("stroke", /#c2410c/i);
  await expect(onCustomer).toBeHidden({ timeout: 4_000 });
});

test("two tabs: dot, line and cross, and Follow", async ({ browser, desk }) => {
  const { customer, agent, contexts } = await session(browser, desk.base, "/demo/plans.html");
  await expect(agent.getByRole("tab")).toHaveCount(1);
  const second = await contexts[0]!.newPage();
  await second.goto(`${desk.base}/demo/cart.html`);
  await second.bringToFront();
  await expect(agent.getByRole("tab")).toHaveCount(2);
  await expect(second.getByText("Asha Rao can see this page")).toBeVisible();

  const plans = agent.getByRole("tab", { name: /^Plans/ });
  const cart = agent.getByRole("tab", { name: /^Cart/ });
  await expect(cart).toHaveAccessibleName(/the customer is looking here/);
  await expect(plans).toHaveAttribute("aria-selected", "true");
  await expect(agent.getByText("Priya N. is looking at “Cart · Kettlewren”.").first()).toBeVisible();
  await agent.getByRole("button", { name: "Follow" }).click();
  await expect(cart).toHaveAttribute("aria-selected", "true");

  await second.close();
  await expect(cart).toHaveAccessibleName(/closed by the customer/, { timeout: 10_000 });
  await expect(plans).toHaveAccessibleName(/the customer is looking here/);
  await expect(customer.getByText("Asha Rao can see this page")).toBeVisible();
});
