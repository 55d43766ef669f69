import { defineConfig } from "@playwright/test";

import { chromium, pictures } from "./support/environment.ts";

export default defineConfig({
  testDir: "tests",
  outputDir: "test-results",
  globalSetup: "./support/global-setup.ts",
  fullyParallel: true,
  // Every worker has a server, a simulated Telegram and a browser of its own.
  workers: 2,
  // A test that passes at the second attempt is not reliable.
  retries: 0,
  forbidOnly: Boolean(process.env.CI),
  // Where this many fail, something is wrong with all of them.
  maxFailures: process.env.CI ? 20 : 0,
  timeout: 45_000,
  expect: { timeout: 10_000 },
  reporter: [["list"]],
  use: {
    browserName: "chromium",
    locale: "en-US",
    timezoneId: "UTC",
    viewport: { width: 390, height: 844 },
    trace: "off",
    screenshot: "only-on-failure",
    launchOptions: {
      executablePath: chromium(),
      args: [
        "--no-sandbox",
        "--disable-gpu",
        "--disable-quic",
        "--no-first-run",
        "--disable-background-networking",
        "--disable-component-update",
        "--disable-sync",
      ],
    },
  },
  projects: [
    { name: "podium", testIgnore: ["privacy.spec.ts", ...(pictures() ? [] : ["pictures.spec.ts"])] },
    // It reads what all the others have left behind.
    { name: "privacy", testMatch: "privacy.spec.ts", dependencies: ["podium"] },
  ],
});
