import type { eventWithTime, mutationData } from "@rrweb/types";
import { arrange, type Built } from "./arrange";
import { FOCUS, MISSING, type PageMeta } from "./attributes";
import { deepestAt } from "./geometry";
import {
  canStyleScrollbars,
  kindOf,
  type Missing,
  markFrame,
  mirrorStyles,
  replaceImage,
  type Words,
} from "./missing";
import { Replayer, type StyleCache } from "./rrweb";
import { Sanitiser } from "./sanitise";

export interface PictureOptions {
  root: HTMLElement;
  words: Words;
  /** Adapted style sheets of the picture before: most are the same again. */
  cache: StyleCache | null;
  /** The width of the customer's scroll bar. */
  scrollbar: number;
  title: string;
  onViewport(width: number, height: number): void;
  /** There is more in `missing`. */
  onMissing(): void;
  /** The picture is no longer the page. */
  onLost(reason: string): void;
  onError(error: unknown): void;
}

type PageEvent = { type: number; data: Record<string, unknown> };

const FULL_SNAPSHOT = 2;
const INCREMENTAL = 3;
const META = 4;
const SOURCE = { mutation: 0, interaction: 2, resize: 4, selection: 14 } as const;
const FOCUSED = 5;
/** Longer than any sensible wait; the picture is shown without the style sheets that take this long. */
const STYLES_MS = 400;
const MOST_CACHED_STYLES = 400;
const MOST_MISSING = 200;
const HOVER_CLASS = ":hover";

/**
 * One page, built from a keyframe into a frame that runs no scripts, and kept
 * up to date by the events that follow. A next keyframe makes a next picture.
 */
export class Picture implements Built {
  /** What is not shown. */
  readonly missing = new Map<string, Missing>();
  readonly #options: PictureOptions;
  readonly #replayer: Replayer;
  readonly #sanitiser = new Sanitiser();
  readonly #rules: string[];
  #complete = false;
  #hovered: Element[] = [];
  #focused: Element | null = null;

  constructor(options: PictureOptions) {
    this.#options = options;
    this.#rules = mirrorStyles(options.words, options.scrollbar);
    const tell = (...args: unknown[]) => this.#warned(args);
    // The replayer reads the time of its first event when it meets a video.
    const first = { type: 5, data: { tag: "", payload: null }, timestamp: 0 } as unknown as eventWithTime;
    this.#replayer = new Replayer([first], {
      root: options.root,
      liveMode: true,
      useVirtualDom: false,
      UNSAFE_replayCanvas: false,
      mouseTail: false,
      triggerFocus: false,
      pauseAnimation: false,
      blockClass: "beside-none",
      insertStyleRules: this.#rules,
      showWarning: true,
      logger: { warn: tell, log: tell },
      plugins: [{ onBuild: (node) => this.#built(node) }],
    });
    if (options.cache) this.#replayer.cache = options.cache;
    const { wrapper, iframe } = this.#replayer;
    for (const child of wrapper.children) if (child !== iframe) child.remove();
    iframe.title = options.title;
    iframe.tabIndex = -1;
    if (options.scrollbar && canStyleScrollbars()) iframe.setAttribute("scrolling", "auto");
    // White is what a page without a background stands on. One that is dark by its scheme brings its own.
    Object.assign(iframe.style, { border: "0", background: "#fff", colorScheme: "light" });
  }

  get frame(): HTMLIFrameElement {
    return this.#replayer.iframe;
  }

  get document(): Document | null {
    return this.frame.contentDocument;
  }

  /** There is a page in it. */
  get complete(): boolean {
    return this.#complete;
  }

  get cache(): StyleCache {
    return this.#replayer.cache;
  }

  /** Applies an event, now. Throws if it cannot be. */
  apply(event: eventWithTime): void {
    if (!this.#sanitiser.sanitise(event, (id) => this.#tagOf(id))) return;
    const { type, data } = event as unknown as PageEvent;
    if (type === INCREMENTAL && data.source === SOURCE.interaction) {
      this.#focus(data.type === FOCUSED ? Number(data.id) : 0);
      return;
    }
    if (type === INCREMENTAL && data.source === SOURCE.mutation) {
      const lost = arrange(event.data as mutationData, this);
      if (lost) this.#options.onLost("a change of nodes that are not in the picture");
    }
    // What is applied "in sync" neither scrolls smoothly nor waits for style
    // sheets, but a selection would be put off until a flush that never comes.
    this.#replayer.getCastFn(event, !(type === INCREMENTAL && data.source === SOURCE.selection))();
    if (type === META || (type === INCREMENTAL && data.source === SOURCE.resize)) this.#resized(data);
    if (type === FULL_SNAPSHOT) {
      this.#complete = true;
      this.document?.documentElement.classList.remove("rrweb-paused");
    }
    if (this.cache.stylesWithHoverClass.size > MOST_CACHED_STYLES) this.cache.stylesWithHoverClass.clear();
  }

  has(id: number): boolean {
    return this.#replayer.getMirror().has(id);
  }

  within(id: number): number[] {
    const node = this.node(id);
    return node ? this.#idsIn(node) : [];
  }

  node(id: number): Node | null {
    return this.#replayer.getMirror().getNode(id);
  }

  /** 0 for a node that the customer's page does not have. */
  idOf(node: Node): number {
    return Math.max(0, this.#replayer.getMirror().getId(node));
  }

  /** Calls back once the style sheets that are still loading have come, or take too long. */
  whenStyled(done: () => void): void {
    const links = this.document?.querySelectorAll<HTMLLinkElement>('link[rel~="stylesheet"]') ?? [];
    const waiting = new Set([...links].filter((link) => link.href && !link.sheet));
    if (!waiting.size) {
      done();
      return;
    }
    const timer = setTimeout(done, STYLES_MS);
    const settle = (link: HTMLLinkElement) => {
      if (!waiting.delete(link) || waiting.size) return;
      clearTimeout(timer);
      done();
    };
    for (const link of waiting) {
      link.addEventListener("load", () => settle(link), { once: true });
      link.addEventListener("error", () => settle(link), { once: true });
    }
  }

  /** Lets the page look as with the pointer there: menus that open under it open here too. */
  hover(x: number, y: number): void {
    const doc = this.document;
    const hovered: Element[] = [];
    for (let at = doc && x >= 0 && y >= 0 ? deepestAt(doc, x, y) : null; at; at = parentOf(at))
      hovered.push(at);
    for (const old of this.#hovered) if (!hovered.includes(old)) old.classList.remove(HOVER_CLASS);
    for (const now of hovered) now.classList.add(HOVER_CLASS);
    this.#hovered = hovered;
  }

  destroy(): void {
    this.#hovered = [];
    this.#focused = null;
    this.#replayer.destroy();
  }

  #resized(data: unknown): void {
    const { width, height } = data as PageMeta;
    this.#options.onViewport(width, height);
  }

  #tagOf(id: number): string {
    return this.node(id)?.nodeName.toLowerCase() ?? "";
  }

  #idsIn(node: Node): number[] {
    const ids = [this.idOf(node)];
    for (const child of node.childNodes) ids.push(...this.#idsIn(child));
    return ids;
  }

  #focus(id: number): void {
    this.#focused?.removeAttribute(FOCUS);
    const node = id ? this.node(id) : null;
    this.#focused = node?.nodeType === Node.ELEMENT_NODE ? (node as Element) : null;
    this.#focused?.setAttribute(FOCUS, "");
  }

  /** Called by the replayer for each node when it is in its place. */
  #built(node: Node): void {
    if (node.nodeType === Node.DOCUMENT_NODE) {
      this.#listen(node as Document);
    } else if (node.nodeType === Node.ELEMENT_NODE) {
      if (node.parentNode?.nodeType === Node.DOCUMENT_FRAGMENT_NODE)
        this.#style(node.parentNode as ShadowRoot);
      this.#note(node as Element);
    }
  }

  /** Tells of an element that is there but shows nothing. */
  #note(element: Element): void {
    const missing = element.getAttribute(MISSING);
    if (missing?.startsWith("frame ")) {
      const origin = missing.slice(6);
      markFrame(element as HTMLIFrameElement, origin.replace(/^\w+:\/\//, ""), this.#options.words);
      this.#miss({ url: origin, kind: "frame" });
    } else if (missing === "component" || element.localName === "canvas") {
      this.#miss({ url: "", kind: missing === "component" ? "component" : "canvas" });
    } else if (element.localName === "video" || element.localName === "audio") {
      this.#miss({ url: "", kind: "media" });
    }
  }

  #miss(missing: Missing): void {
    const key = `${missing.kind} ${missing.url}`;
    if (this.missing.has(key) || this.missing.size >= MOST_MISSING) return;
    this.missing.set(key, missing);
    this.#options.onMissing();
  }

  /** Hears of what did not load. Building a document takes all listeners from it, so this comes after. */
  #listen(doc: Document): void {
    doc.addEventListener(
      "error",
      ({ target }) => {
        const element = target as HTMLImageElement;
        const url = element.currentSrc || element.src || element.getAttribute("href") || "";
        if (!url || url.startsWith("data:")) return;
        this.#miss({ url, kind: kindOf(element.localName) });
        if (element.localName === "img") replaceImage(element);
      },
      true,
    );
    doc.addEventListener("securitypolicyviolation", ({ blockedURI, effectiveDirective }) => {
      this.#miss({ url: blockedURI, kind: kindOf(effectiveDirective) });
    });
  }

  /** The mirror's own rules, inside a shadow root too. */
  #style(root: ShadowRoot): void {
    if (root.querySelector(":scope > style[data-beside-mirror]")) return;
    const style = root.ownerDocument.createElement("style");
    style.dataset.besideMirror = "";
    style.textContent = this.#rules.join("\n");
    root.prepend(style);
  }

  #warned(args: unknown[]): void {
    const text = args.map((arg) => (typeof arg === "object" ? "" : String(arg))).join(" ");
    this.#options.onError(new Error(text.trim()));
  }
}

function parentOf(element: Element): Element | null {
  if (element.parentElement) return element.parentElement;
  const root = element.getRootNode();
  if (root.nodeType === Node.DOCUMENT_NODE) return null;
  return (root as ShadowRoot).host ?? null;
}
