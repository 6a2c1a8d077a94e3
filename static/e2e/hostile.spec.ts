import { startAttacker, startShop } from "./desk";
import { expect, test } from "./fixtures";
import { connect, customerRow, logIn, picture, requestSupport, session } from "./people";

const attack = '<img src=x onerror="window.pwned=1">';

test("hostile names, titles and lines of chat are shown as text", async ({ browser, desk }) => {
  const customer = await (await browser.newContext()).newPage();
  const agent = await (await browser.newContext()).newPage();
  await customer.addInitScript((title) => {
    addEventListener("DOMContentLoaded", () => {
      document.title = title;
    });
  }, attack);
  await logIn(agent, desk.base);
  await requestSupport(customer, `${desk.base}/demo/`, { name: attack, message: attack });
  await expect(customerRow(agent, attack)).toBeVisible();
  await connect(agent, attack);
  await expect(agent.getByRole("tab", { name: attack })).toBeVisible();
  await customer.getByRole("button", { name: /^Chat/ }).click();
  await customer.getByRole("textbox", { name: "Message" }).fill(attack);
  await customer.getByRole("textbox", { name: "Message" }).press("Enter");
  await expect(agent.getByRole("log").getByText(attack).last()).toBeVisible();
  await agent.getByRole("textbox", { name: "Message" }).fill(attack);
  await agent.getByRole("button", { name: "Send" }).click();
  await expect(customer.getByText(attack).last()).toBeVisible();
  for (const page of [customer, agent]) {
    expect(await page.evaluate(() => "pwned" in window)).toBe(false);
  }
});

test("a hostile page runs no script at the agent's and fetches nothing", async ({ browser, desk }) => {
  // The customer's browser may fetch what it likes; whoever else asks is the agent's.
  const attacker = await startAttacker("the customer's");
  const customer = await (await browser.newContext({ userAgent: "the customer's" })).newPage();
  const agent = await (await browser.newContext({ viewport: { width: 1440, height: 900 } })).newPage();
  await logIn(agent, desk.base);
  await requestSupport(customer, `${desk.base}/demo/`, { name: "Priya N." });
  await connect(agent, "Priya N.");
  await customer.evaluate((base) => {
    const add = (tag: string, attributes: Record<string, string>) => {
      const element = document.createElement(tag);
      for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
      document.body.append(element);
    };
    add("img", { src: `${base}/img`, onerror: "top.pwned=1" });
    add("link", { rel: "stylesheet", href: `${base}/css` });
    add("link", { rel: "prefetch", href: `${base}/prefetch` });
    add("iframe", { src: `${base}/frame` });
    add("iframe", { srcdoc: `<script>top.pwned=1</script><img src="${base}/srcdoc">` });
    add("object", { data: `${base}/object` });
    add("embed", { src: `${base}/embed` });
    add("video", { src: `${base}/video`, poster: `${base}/poster` });
    add("form", { action: "javascript:top.pwned=1" });
    add("a", { href: "javascript:top.pwned=1", id: "bad-link" });
    const style = document.createElement("style");
    style.textContent = `body { background: url(${base}/background) } @import url(${base}/import);`;
    document.head.append(style);
    const marker = document.createElement("p");
    marker.id = "sent";
    marker.textContent = "sent";
    document.body.append(marker);
  }, attacker.origin);
  await expect(picture(agent).locator("#sent")).toHaveText("sent");
  await customer.setViewportSize({ width: 900, height: 700 });
  await expect
    .poll(() =>
      picture(agent)
        .locator("html")
        .evaluate((html) => html.clientWidth),
    )
    .toBe(900);
  attacker.close();
  expect(attacker.asked).toEqual([]);
  expect(await agent.evaluate(() => "pwned" in window)).toBe(false);
  await expect(agent.getByRole("button", { name: /not shown/ })).toBeVisible();
});

test("masked and blocked data reach neither frames nor the agent", async ({ browser, desk }) => {
  const canary = "XyCanary7391";
  const { customer, agent, contexts } = await session(browser, desk.base, "/demo/checkout.html");
  const frames: Buffer[] = [];
  const devtools = await contexts[0]!.newCDPSession(customer);
  await devtools.send("Network.enable");
  devtools.on("Network.webSocketFrameSent", ({ response }) => {
    frames.push(
      response.opcode === 2 ? Buffer.from(response.payloadData, "base64") : Buffer.from(response.payloadData),
    );
  });

  const fields = customer.locator("input:visible, textarea:visible");
  for (const field of await fields.all()) {
    const type = (await field.getAttribute("type")) ?? "text";
    const unmasked = await field.evaluate((e) => e.closest("[data-beside-unmask]") !== null);
    if (
      unmasked ||
      ["checkbox", "radio", "submit", "button", "range", "color", "date", "number", "file"].includes(type)
    )
      continue;
    await field.pressSequentially(type === "email" ? `${canary}@x.io` : canary);
  }
  await customer.evaluate((secret) => {
    const main = document.querySelector("main");
    const block = document.createElement("div");
    block.setAttribute("data-beside-block", "");
    block.textContent = secret;
    const hidden = Object.assign(document.createElement("input"), { type: "hidden", value: secret });
    const preset = Object.assign(document.createElement("input"), { value: secret });
    preset.setAttribute("value", secret);
    const editable = document.createElement("div");
    editable.contentEditable = "true";
    editable.textContent = secret;
    const area = document.createElement("textarea");
    area.append(secret);
    const allowed = document.createElement("input");
    allowed.setAttribute("data-beside-unmask", "");
    allowed.value = "seen-by-the-agent";
    const password = Object.assign(document.createElement("input"), { type: "password", value: secret });
    password.setAttribute("data-beside-unmask", "");
    main?.append(block, hidden, preset, editable, area, allowed, password);
    password.type = "text";
    main?.append(Object.assign(document.createElement("p"), { id: "sent", textContent: "sent" }));
  }, canary);
  await expect(picture(agent).locator("#sent")).toHaveText("sent");
  // And in a keyframe, too.
  await customer.reload();
  await expect(customer.getByText("Asha Rao can see this page")).toBeVisible();

  const html = await picture(agent)
    .locator("html")
    .evaluate((e) => {
      const values = [...e.querySelectorAll("input, textarea, select")].map(
        (f) => (f as HTMLInputElement).value,
      );
      return e.outerHTML + values.join("\n");
    });
  expect(html).not.toContain(canary);
  expect(html).not.toContain(canary.toLowerCase());
  const { Inflater } = await import("./inflate");
  const inflater = new Inflater();
  expect(frames.length).toBeGreaterThan(5);
  for (const frame of frames) expect(inflater.texts(frame).join("\n")).not.toContain(canary);
  expect(inflater.all.join("\n")).toContain("[");
});

test("a strict Content-Security-Policy on another origin", async ({ browser }) => {
  const { Desk } = await import("./desk");
  let widget = "";
  const shop = await startShop(
    () => widget,
    "shop",
    () =>
      `default-src 'none'; script-src 'self' ${widget}; style-src 'self'; img-src 'self'; font-src 'self'; ` +
      `connect-src ${widget} ${widget.replace("http", "ws")}; frame-src 'self'; require-trusted-types-for 'script'; trusted-types 'none'`,
  );
  const desk = new Desk({ sites: [["shop", "--origin", shop.origin]] });
  try {
    await desk.start();
    widget = desk.base;
    const violations: string[] = [];
    const customer = await (await browser.newContext()).newPage();
    customer.on("console", (message) => {
      if (/Content Security Policy|Trusted/.test(message.text())) violations.push(message.text());
    });
    const agent = await (await browser.newContext()).newPage();
    await logIn(agent, desk.base);
    await requestSupport(customer, `${shop.origin}/demo/strict.html`, { name: "Priya N." });
    await connect(agent, "Priya N.");
    await expect(picture(agent).getByRole("heading", { level: 1 })).toHaveText(
      await customer.getByRole("heading", { level: 1 }).innerText(),
    );
    await customer.evaluate(() => {
      const h1 = document.querySelector("h1");
      if (h1) h1.style.color = "rgb(1, 2, 3)";
    });
    await expect(picture(agent).getByRole("heading", { level: 1 })).toHaveCSS("color", "rgb(1, 2, 3)");
    expect(violations).toEqual([]);
  } finally {
    for (const context of browser.contexts()) await context.close();
    await desk.dispose();
    shop.close();
  }
});

test("a site that is not allowed says so", async ({ browser, desk }) => {
  const shop = await startShop(() => desk.base, "demo");
  try {
    const customer = await (await browser.newContext()).newPage();
    await customer.goto(`${shop.origin}/demo/`);
    await customer.getByRole("button", { name: "Support", exact: true }).click();
    await expect(customer.getByText("Support is not set up for this web").first()).toBeVisible();
  } finally {
    shop.close();
  }
});
