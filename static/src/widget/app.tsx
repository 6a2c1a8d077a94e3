import { effect } from "@preact/signals";
import { render } from "preact";
import { Api } from "./api";
import type { Host } from "./host";
import type { App } from "./loader";
import { parseSaved } from "./saved";
import { Slot } from "./slot";
import { parseTab, Tab } from "./tab";
import { parseMarks } from "./talk";
import { focusWatch } from "./ui/parts";
import { Root } from "./ui/root";
import { appStyle } from "./ui/style";
import { type LiveOptions, Visit } from "./visit";

/** Starts the widget's second part: the request, the queue, and the bar of a session. */
export function start(host: Host): App {
  const visit = new Visit({
    site: host.site,
    api: new Api(host.base),
    saved: new Slot(() => localStorage, host.key, parseSaved),
    marks: new Slot(() => localStorage, marksKey(host), parseMarks),
    tab: new Tab(new Slot(() => sessionStorage, host.key, parseTab), newID),
    join: (options) => joinSession(host, options),
    page: {
      url: () => location.origin + location.pathname,
      title: () => document.title,
      visible: () => document.visibilityState === "visible",
      focused: () => document.hasFocus(),
    },
    color: (color) => host.color(color),
    report: host.report,
    now: () => Date.now(),
    later: (ms, f) => {
      const timer = setTimeout(f, ms);
      return () => clearTimeout(timer);
    },
  });
  show(host, visit);
  follow(host, visit);
  visit.resume();
  return { open: () => visit.open() };
}

async function joinSession(host: Host, options: LiveOptions) {
  // Loaded at the same time, but only the session is needed to wait in the queue.
  const capture = import("./capture/capture");
  capture.catch(() => {}); // the session sees to it
  const { join } = await import("./session");
  return join({ ...options, base: host.base, root: host.root, report: host.report, capture });
}

function show(host: Host, visit: Visit): void {
  const style = new CSSStyleSheet();
  style.replaceSync(appStyle);
  host.root.adoptedStyleSheets.push(style);
  const place = document.createElement("div");
  host.root.append(place);
  render(<Root visit={visit} hasFocus={focusWatch(host.root)} report={host.report} />, place);

  effect(() => {
    const { kind } = visit.stage.value;
    host.launcher(kind === "idle" || kind === "form");
    if (kind === "active") keepInPage(host, visit);
  });
}

/** While the page is seen, nothing that the page does may take away the bar that says so. */
function keepInPage(host: Host, visit: Visit): void {
  const observer = new MutationObserver(() => {
    if (visit.stage.value.kind !== "active") observer.disconnect();
    else if (!host.element.isConnected) document.documentElement.append(host.element);
  });
  observer.observe(document.documentElement, { childList: true });
}

/** Passes on what the page and the site's other tabs do. */
function follow(host: Host, visit: Visit): void {
  const listen = (target: EventTarget, type: string, f: (event: Event) => void) => {
    target.addEventListener(type, (event) => {
      try {
        f(event);
      } catch (error) {
        host.report(error);
      }
    });
  };
  listen(window, "storage", (event) => {
    const { key } = event as StorageEvent;
    if (key === host.key || key === null) visit.sharedChanged();
    if (key === marksKey(host)) visit.talk.sharedChanged();
  });
  listen(document, "visibilitychange", () => visit.visibilityChanged());
  listen(window, "pagehide", () => visit.pageLeft());
  listen(window, "pageshow", (event) => {
    if ((event as PageTransitionEvent).persisted) visit.restored();
  });
}

/** The name of what the site's tabs have read. */
function marksKey(host: Host): string {
  return `${host.key}:read`;
}

function newID(): string {
  return Array.from(crypto.getRandomValues(new Uint8Array(12)), (byte) =>
    byte.toString(16).padStart(2, "0"),
  ).join("");
}
