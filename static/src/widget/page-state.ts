import type { TabState } from "../wire/payload";

/** How often title and address are looked at: they change without an event in many pages. */
const lookEvery = 1000;
/** A window that is being resized is reported when it rests. */
const resizeRest = 150;
const maxTitle = 300;
const maxURL = 2048;

export interface PageStateOptions {
  publish(state: TabState): void;
  /** When the tab had the focus last, before this page. */
  since: number;
  onFocus(since: number): void;
  report(error: unknown): void;
}

/** Tells what the tab shows and whether the customer looks at it, whenever that changes. */
export class PageState {
  #options: PageStateOptions;
  #since: number;
  #last = "";
  #listening: AbortController | null = null;
  #timer: ReturnType<typeof setInterval> | undefined;
  #resting: ReturnType<typeof setTimeout> | undefined;

  constructor(options: PageStateOptions) {
    this.#options = options;
    this.#since = options.since;
  }

  start(): void {
    if (this.#listening) return;
    this.#listening = new AbortController();
    const listen = (target: EventTarget, types: string[], f: () => void) => {
      const options = { signal: this.#listening?.signal, capture: true, passive: true };
      for (const type of types) target.addEventListener(type, () => this.#safely(f), options);
    };
    const look = () => this.#look();
    listen(document, ["visibilitychange"], look);
    listen(window, ["focus"], () => this.#focused());
    // The focus is nowhere yet while it moves, as into a frame of the page.
    listen(window, ["blur"], () => setTimeout(look));
    listen(window, ["popstate", "hashchange"], look);
    // A proof that somebody looks, also where the browser tells nothing of the focus.
    listen(window, ["pointerdown"], () => this.#used());
    listen(window, ["resize"], () => {
      clearTimeout(this.#resting);
      this.#resting = setTimeout(() => this.#safely(look), resizeRest);
    });
    this.#timer = setInterval(() => this.#safely(look), lookEvery);
    if (document.hasFocus()) this.#focused();
    else look();
  }

  /** Tells everything again. */
  again(): void {
    this.#last = "";
    this.#safely(() => this.#look());
  }

  stop(): void {
    this.#listening?.abort();
    this.#listening = null;
    clearInterval(this.#timer);
    clearTimeout(this.#resting);
  }

  #focused(): void {
    this.#since = Date.now();
    this.#options.onFocus(this.#since);
    this.#look();
  }

  #used(): void {
    if (Date.now() - this.#since > lookEvery && document.visibilityState === "visible") this.#focused();
  }

  #look(): void {
    const state: TabState = {
      kind: "tab",
      url: pageAddress(location.href),
      title: document.title.slice(0, maxTitle),
      visible: document.visibilityState === "visible",
      focused: document.hasFocus(),
      since: this.#since,
      width: window.innerWidth,
      height: window.innerHeight,
    };
    const json = JSON.stringify(state);
    if (json === this.#last || !this.#listening) return;
    this.#last = json;
    this.#options.publish(state);
  }

  #safely(f: () => void): void {
    try {
      f();
    } catch (error) {
      this.#options.report(error);
    }
  }
}

/** An address without what may hold secrets: query, fragment and credentials. */
export function pageAddress(href: string): string {
  try {
    const url = new URL(href);
    const { origin, pathname, protocol } = url;
    return (origin === "null" ? `${protocol}//${pathname}` : origin + pathname).slice(0, maxURL);
  } catch {
    return "";
  }
}
