import { defineConfig } from "@playwright/test";
import { chromiumFlags, findChromium } from "./e2e/browser";

export default defineConfig({
  testDir: "e2e",
  outputDir: "test-results",
  fullyParallel: true,
  workers: 2,
  retries: 0,
  timeout: 120_000,
  expect: { timeout: 10_000 },
  forbidOnly: !!process.env.CI,
  reporter: [["list"]],
  use: {
    browserName: "chromium",
    headless: true,
    launchOptions: { executablePath: findChromium(), args: chromiumFlags },
    viewport: { width: 1280, height: 800 },
    screenshot: "only-on-failure",
    actionTimeout: 30_000,
  },
  projects: [
    { name: "e2e", testMatch: /.*\.spec\.ts/ },
    {
      name: "bench",
      testMatch: /.*\.bench\.ts/,
      fullyParallel: false,
      workers: 1,
      timeout: 300_000,
    },
  ],
});
