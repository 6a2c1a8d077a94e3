/** `desk`: the real program for one test. */

import { test as base } from "@playwright/test";
import { Desk, type DeskOptions } from "./desk";

export { expect } from "@playwright/test";

export const test = base.extend<{ options: DeskOptions; desk: Desk }>({
  options: [{}, { option: true }],
  desk: async ({ options, browser }, use) => {
    const desk = new Desk(options);
    try {
      await desk.start();
      await use(desk);
    } finally {
      // The browser serves many tests: what one has opened would slow the next.
      for (const context of browser.contexts()) await context.close();
      await desk.dispose();
    }
  },
});
