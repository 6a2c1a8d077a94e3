import { existsSync } from "node:fs";

/** Where Debian, Ubuntu, Fedora and macOS put Chromium and Chrome. */
const places = [
  "/usr/bin/chromium",
  "/usr/bin/chromium-browser",
  "/usr/bin/google-chrome",
  "/usr/bin/google-chrome-stable",
  "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
];

/** The machine's own browser, or the one that the variable CHROMIUM names. */
export function findChromium(): string {
  const found = [process.env.CHROMIUM ?? "", ...places].find((path) => path !== "" && existsSync(path));
  if (!found)
    throw new Error(
      "No Chrome or Chromium found: install Debian's package chromium, or set CHROMIUM to its path.",
    );
  return found;
}

/** Flags that keep a test browser from the network, and let it run as root. */
export const chromiumFlags = [
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
];
