import type { eventWithTime, incrementalData, mutationData, serializedNodeWithId } from "@rrweb/types";
import type { PageMeta } from "./attributes";
import { schemed } from "./scheme";

type Attributes = Record<string, unknown>;

const NODE = { document: 0, element: 2, text: 3 } as const;
const MUTATION = 0;
const SCROLL = 3;
const RESIZE = 4;
/** Mutation, focus and blur, scroll, resize, input, style rule, style declaration, selection, adopted sheets. */
const SHOWN_SOURCES = new Set([0, 2, 3, 4, 5, 8, 13, 14, 15]);

/** Attributes that fetch, navigate or run something; not by content policy alone. */
const DROPPED =
  /^(on.*|ping|attributionsrc|nonce|integrity|autofocus|srcdoc|http-equiv|rr_dataurl|rr_media.*)$/i;
/** Elements whose source would be fetched and is never shown. */
const UNSHOWN_SOURCES = new Map([
  ["iframe", "src"],
  ["frame", "src"],
  ["embed", "src"],
  ["object", "data"],
  ["video", "src"],
  ["audio", "src"],
  ["source", "src"],
  ["track", "src"],
  ["base", "href"],
]);
const TAG_NAME = /^[a-z][a-z0-9:_.-]*$/i;
const CUSTOM_NAME =
  /^(?!(?:font-face|annotation-xml|color-profile|missing-glyph))[a-z][a-z0-9._]*-[a-z0-9._-]*$/;
const LARGEST_VIEWPORT = 16384;

/**
 * Makes an event safe to build. It comes from a customer's browser, and so
 * from anybody: the mirror's frame runs no scripts and its content policy
 * stops most fetches, but not a preconnect, say. Events are changed in place.
 * False: there is nothing to show in it.
 */
export class Sanitiser {
  #dark = false;

  /** `tagOf` tells the tag of an element that has been built. */
  sanitise(event: eventWithTime, tagOf: (id: number) => string): boolean {
    switch (event.type as number) {
      case 4:
        return this.#meta(event.data as PageMeta);
      case 2: {
        const { node, initialOffset } = event.data as {
          node: serializedNodeWithId;
          initialOffset: Attributes;
        };
        if ((node.type as number) !== NODE.document) return false;
        this.#node(node, "");
        return Number.isFinite(initialOffset.left) && Number.isFinite(initialOffset.top);
      }
      case 3:
        return this.#increment(event.data as incrementalData, tagOf);
      default:
        return false;
    }
  }

  #meta(data: PageMeta): boolean {
    this.#dark = data.dark === true;
    return isViewport(data);
  }

  #increment(data: incrementalData, tagOf: (id: number) => string): boolean {
    const source = data.source as number;
    if (!SHOWN_SOURCES.has(source)) return false;
    const plain = data as unknown as Record<string, unknown>;
    if (source === MUTATION) this.#mutation(data as mutationData, tagOf);
    else if (source === SCROLL) return Number.isFinite(plain.x) && Number.isFinite(plain.y);
    else if (source === RESIZE) return isViewport(plain);
    else this.#styles(plain);
    return true;
  }

  #mutation(data: mutationData, tagOf: (id: number) => string): void {
    for (const add of data.adds) this.#node(add.node, tagOf(add.parentId));
    for (const change of data.attributes) this.#attributes(tagOf(change.id), change.attributes as Attributes);
    for (const text of data.texts) text.value = this.#css(text.value ?? "");
  }

  #styles(data: Record<string, unknown>): void {
    const sheets = Array.isArray(data.styles) ? (data.styles as { rules: unknown }[]) : [];
    for (const rules of [data.adds, ...sheets.map(({ rules }) => rules)]) {
      if (!Array.isArray(rules)) continue;
      for (const rule of rules as { rule: string }[]) rule.rule = this.#css(rule.rule);
    }
    for (const whole of ["replace", "replaceSync"]) {
      if (typeof data[whole] === "string") data[whole] = this.#css(data[whole]);
    }
  }

  #node(node: serializedNodeWithId, parentTag: string): void {
    if ((node.type as number) === NODE.text) {
      const text = node as { textContent: string };
      text.textContent = String(text.textContent ?? "");
      if (parentTag === "style") text.textContent = this.#css(text.textContent);
      return;
    }
    let tag = "";
    if ((node.type as number) === NODE.element) {
      const element = node as Extract<serializedNodeWithId, { tagName: string }>;
      tag = this.#tag(element);
      if (!CUSTOM_NAME.test(tag)) delete element.isCustom;
      element.attributes ??= {};
      this.#attributes(tag, element.attributes as Attributes);
    }
    const parent = node as { childNodes?: unknown };
    if (!("childNodes" in parent)) return;
    if (!Array.isArray(parent.childNodes)) parent.childNodes = [];
    for (const child of parent.childNodes as serializedNodeWithId[]) this.#node(child, tag);
  }

  #tag(element: { tagName: string }): string {
    const tag = String(element.tagName).toLowerCase();
    if (tag === "script") element.tagName = "noscript";
    else if (!TAG_NAME.test(tag) || tag === "portal" || tag === "fencedframe") element.tagName = "div";
    return element.tagName.toLowerCase();
  }

  #attributes(tag: string, attributes: Attributes): void {
    const unshown = UNSHOWN_SOURCES.get(tag);
    for (const [name, value] of Object.entries(attributes)) {
      if (DROPPED.test(name) || name.toLowerCase() === unshown) delete attributes[name];
      else if (name === "_cssText" || name === "media") attributes[name] = this.#css(String(value));
      else if (isScriptUrl(name, value)) attributes[name] = "#";
    }
    if (tag === "link" && "rel" in attributes) keepStyleSheet(attributes);
    if (tag === "meta" && attributes.name === "color-scheme")
      attributes.content = this.#dark ? "dark" : "light";
  }

  #css(css: string): string {
    return schemed(css, this.#dark);
  }
}

/** A link may bring a style sheet; all else that links do, such as preconnecting, the mirror must not. */
function keepStyleSheet(attributes: Attributes): void {
  const tokens = String(attributes.rel).toLowerCase().split(/\s+/);
  if (!tokens.includes("stylesheet")) delete attributes.rel;
  else attributes.rel = tokens.includes("alternate") ? "alternate stylesheet" : "stylesheet";
}

function isScriptUrl(name: string, value: unknown): boolean {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: browsers skip them in front of a scheme
  return /href$|action$/i.test(name) && /^[\u0000-\u0020]*j[\s]*a[\s]*v[\s]*a[\s]*s/i.test(String(value));
}

function isViewport(data: { width?: unknown; height?: unknown }): boolean {
  return [data.width, data.height].every(
    (size) => typeof size === "number" && size > 0 && size <= LARGEST_VIEWPORT,
  );
}
