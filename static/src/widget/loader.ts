import { createHost, type Host, type Launcher } from "./host";

/**
 * /widget.js: the launcher, and nothing else until somebody asks for support.
 * It depends on nothing and shares no module with what it loads, so that it
 * stays small and is never loaded twice.
 */

declare const __BESIDE_BUILD__: string | undefined;

/** What the widget adds to the page: its one global. */
export interface BesideGlobal {
  /** Opens the request for support, or what it has become. */
  open(): void;
  readonly version: string;
}

/** What a loaded widget can be asked for. */
export interface App {
  open(): void;
}

/** The launcher's own texts; all others are in text.ts, which this file must not load. */
const text = {
  support: "Support",
  unreachable: "Support can't be reached right now. Check your connection and try again.",
};

const version = typeof __BESIDE_BUILD__ === "string" ? __BESIDE_BUILD__ : "dev";

/** Runs f so that nothing it throws reaches the page. */
function safely(report: (error: unknown) => void, f: () => void): void {
  try {
    f();
  } catch (error) {
    report(error);
  }
}

/** Counts errors and says the first of them on the console. */
function reporter(): (error: unknown) => void {
  let count = 0;
  return (error) => {
    if (++count === 1) console.warn("Beside: something went wrong in the support widget.", error);
  };
}

/** The script tag that loaded this module. */
function ownScript(): HTMLScriptElement | undefined {
  const scripts = [...document.querySelectorAll<HTMLScriptElement>("script[data-site]")];
  const path = new URL(import.meta.url).pathname;
  return (
    scripts.find((script) => script.src === import.meta.url) ??
    scripts.find((script) => script.src.includes(path))
  );
}

/** A frame of the same site is part of the page around it, whose widget shows it. */
function isInnerFrame(): boolean {
  try {
    return window.parent !== window && window.frameElement !== null;
  } catch {
    return false; // the page around is another site's
  }
}

/** What the site's tabs share, as far as the launcher needs it. */
function shared(value: string | null): { color?: unknown; lead?: unknown } {
  try {
    return JSON.parse(value ?? "{}") ?? {};
  } catch {
    return {};
  }
}

function stored(key: string): string | null {
  try {
    return localStorage.getItem(key);
  } catch {
    return null; // storage is blocked
  }
}

/** Loads the rest of the widget, once; a failed load may be tried again. */
function appLoader(host: Host, launcher: Launcher): () => Promise<App> {
  let app: Promise<App> | undefined;
  return () => {
    app ??= import("./app").then(({ start }) => start(host));
    launcher.button.setAttribute("aria-busy", "true");
    launcher.failed("");
    app.then(
      () => launcher.button.removeAttribute("aria-busy"),
      () => {
        app = undefined;
        launcher.button.removeAttribute("aria-busy");
      },
    );
    return app;
  };
}

function opener(host: Host, launcher: Launcher, load: () => Promise<App>): () => void {
  return () => {
    load()
      .then((app) => app.open())
      .catch((error) => {
        host.report(error);
        launcher.failed(text.unreachable);
        setTimeout(() => launcher.failed(""), 8000);
      });
  };
}

/** Opens the widget for clicks on any element with data-beside-open, in shadow roots too. */
function delegateClicks(report: (error: unknown) => void, open: () => void): void {
  const handle = (event: MouseEvent) => {
    if (event.button !== 0 || event.metaKey || event.ctrlKey || event.shiftKey) return;
    const asks = (target: EventTarget) =>
      target instanceof Element && target.hasAttribute("data-beside-open");
    if (!event.composedPath().some(asks)) return;
    event.preventDefault();
    open();
  };
  window.addEventListener("click", (event) => safely(report, () => handle(event)), true);
}

/** Joins what another page of the site or another tab has begun, at once or later. */
function followOthers(key: string, join: () => void): void {
  const check = (value: string | null) => {
    if (shared(value).lead) join();
  };
  check(stored(key));
  window.addEventListener("storage", (event) => {
    if (event.key === key) check(event.newValue);
  });
  window.addEventListener("pageshow", (event) => {
    if (event.persisted) check(stored(key));
  });
}

function main(report: (error: unknown) => void): void {
  const script = ownScript();
  const site = script?.dataset.site;
  if ("Beside" in window || isInnerFrame()) return;
  if (!script || !site) throw new Error("the script tag has no data-site attribute");

  const key = `beside:${site}`;
  const cached = shared(stored(key)).color;
  const color = script.dataset.color ?? (typeof cached === "string" ? cached : "");
  const self = import.meta.url;
  const base = new URL("./", self).href;
  const { host, launcher } = createHost({ site, base, build: version, key, color, report }, text.support);

  const load = appLoader(host, launcher);
  const open = opener(host, launcher, load);
  const beside: BesideGlobal = Object.freeze({ open, version });
  Object.defineProperty(window, "Beside", { value: beside, configurable: true });
  launcher.button.addEventListener("click", open);
  delegateClicks(report, open);
  followOthers(key, () => load().catch(report));
}

const report = reporter();
safely(report, () => main(report));
