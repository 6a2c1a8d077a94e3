/** `desk`: the real program for one test. */

import { test as base } from "@playwright/test";
import { Desk, type DeskOptions } from "./desk";

export { expect } from "@playwright/test";

export const test = base.extend<{ options: DeskOptions; desk: Desk }>({
  options: [{}, { option: true }],
  desk: async ({ options }, use) => {
    const desk = new Desk(options);
    try {
      await desk.start();
      await use(desk);
    } finally {
      await desk.dispose();
    }
  },
});
