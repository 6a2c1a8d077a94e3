import { expect, test } from "./fixtures";
import { agents, connect, customerRow, logIn, path, picture, requestSupport } from "./people";

test("from Connect to remarks, over a restart", async ({ browser, desk }) => {
  const customer = await (await browser.newContext()).newPage();
  const agent = await (await browser.newContext({ viewport: { width: 1440, height: 900 } })).newPage();

  // The customer asks before anybody is there.
  await requestSupport(customer, `${desk.base}/demo/plans.html`, {
    name: "Priya N.",
    message: "Which plan?",
  });
  await expect(customer.getByRole("button", { name: "Cancel" })).toBeVisible();

  await logIn(agent, desk.base);
  const row = customerRow(agent, "Priya N.");
  await expect(row).toBeVisible({ timeout: 1_000 });
  await expect(row.locator("time").first()).toHaveAttribute("datetime", /^\d{4}-\d\d-\d\dT/);
  await connect(agent, "Priya N.");
  await expect(customer.getByText("Asha Rao can see this page")).toBeVisible();
  await expect(picture(agent).getByRole("heading", { level: 1 })).toHaveText(
    await customer.getByRole("heading", { level: 1 }).innerText(),
  );
  await expect(path(agent)).toContainText(/direct/);
  await expect(path(agent)).toContainText(/\d+ ms/);

  // Chat, both ways.
  await agent.getByRole("textbox", { name: "Message" }).fill("Hello Priya, I am looking at your page.");
  await agent.getByRole("button", { name: "Send" }).click();
  await customer.getByRole("button", { name: /^Chat.*1/ }).click();
  await expect(customer.getByText("Hello Priya, I am looking at your page.")).toBeVisible();
  await customer.getByRole("textbox", { name: "Message" }).pressSequentially("Thank you");
  await expect(agent.getByText("Priya N. is typing")).toBeVisible();
  await customer.getByRole("textbox", { name: "Message" }).press("Enter");
  await expect(agent.getByRole("log").getByText("Thank you")).toBeVisible();

  // The agent ends with remarks; the customer adds some.
  await agent.getByRole("button", { name: "End session" }).click();
  await agent.getByLabel("Remarks").fill("Chose the yearly plan.");
  await agent.getByRole("button", { name: "End", exact: true }).click();
  const farewell = customer.getByRole("dialog", { name: /Asha Rao has ended the session/ });
  await farewell.getByRole("radio", { name: /5 of 5/ }).check({ force: true });
  await farewell.getByLabel("Remarks").fill("Very helpful.");
  await farewell.getByRole("button", { name: "Send" }).click();
  await expect(customer.getByText("Thank you", { exact: true })).toBeVisible();

  await desk.stop();
  await desk.start();

  await agent.goto(`${desk.base}/console/#/history`);
  const past = customerRow(agent, "Priya N.");
  await expect(past).toContainText("Ended");
  await expect(past).toContainText("Chose the yearly plan.");
  await expect(past).toContainText("Very helpful.");
  await past.getByRole("link").first().click();
  await expect(agent.getByText("Hello Priya, I am looking at your page.")).toBeVisible();
  await expect(agent.getByText("Thank you")).toBeVisible();
});

test("the customer ends, and the agent may still write remarks", async ({ browser, desk }) => {
  const customer = await (await browser.newContext()).newPage();
  const agent = await (await browser.newContext()).newPage();
  await logIn(agent, desk.base, agents.ben);
  await requestSupport(customer, `${desk.base}/demo/`, { name: "Tomás" });
  await connect(agent, "Tomás");
  await customer.getByRole("button", { name: "End", exact: true }).click();
  await customer.getByRole("button", { name: "End session" }).click();
  const dialog = agent.getByRole("dialog", { name: /Tomás has ended the session/ });
  await dialog.getByLabel("Remarks").fill("Hung up early.");
  await dialog.getByRole("button", { name: "Save and close" }).click();
  await agent.getByRole("link", { name: "History" }).click();
  await expect(customerRow(agent, "Tomás")).toContainText("Hung up early.");
});

test("a request can be cancelled, and a message left instead", async ({ browser, desk }) => {
  const customer = await (await browser.newContext()).newPage();
  await requestSupport(customer, `${desk.base}/demo/`, { name: "Ana" });
  await expect(customer.getByText("No agent is available right now").first()).toBeVisible();
  await customer.getByRole("button", { name: "Leave a message" }).click();
  await customer.getByRole("textbox", { name: "Message" }).fill("Call me about my order.");
  await customer.getByRole("button", { name: "Send" }).click();
  await expect(customer.getByText("Your message has been sent")).toBeVisible();

  const second = await (await browser.newContext()).newPage();
  await requestSupport(second, `${desk.base}/demo/`, { name: "Bo" });
  await second.getByRole("button", { name: "Cancel" }).click();
  await expect(second.getByRole("button", { name: "Support", exact: true })).toBeVisible();

  const agent = await (await browser.newContext()).newPage();
  await logIn(agent, desk.base, agents.sara);
  await agent.getByRole("link", { name: "History" }).click();
  await expect(customerRow(agent, "Ana")).toContainText("Missed");
  await expect(customerRow(agent, "Bo")).toContainText("Cancelled");
});

test("a wrong login is told in a sentence, and too many are slowed down", async ({ page, desk }) => {
  await page.goto(`${desk.base}/console/`);
  const attempt = async (password: string) => {
    await page.getByLabel("Login").fill("asha");
    await page.getByLabel("Password").fill(password);
    await page.getByRole("button", { name: "Log in" }).click();
  };
  await attempt("wrong-0");
  await expect(page.getByRole("alert")).toHaveText("This login and password don't match.");
  for (let i = 1; i < 6; i++) {
    const answered = page.waitForResponse(/\/api\/login/);
    await attempt(`wrong-${i}`);
    await answered;
  }
  await expect(page.getByRole("alert")).toHaveText(/Too many attempts/);
});
