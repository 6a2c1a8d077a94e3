import type {
  addedNodeMutation,
  attributeMutation,
  eventWithTime,
  incrementalData,
  inputData,
  mutationData,
  serializedNodeWithId,
} from "@rrweb/types";
import { BLOCKED as BLOCKED_MARK, HOST_CLASS, MASKED, MISSING, SIZE } from "../../mirror/attributes";
import { shownText, shownType, shownValue, type Treatment } from "./field";
import { BLOCKED, LOST, masksText, OPEN, type Page, STRICT, type Standing } from "./page";

type Attributes = Record<string, unknown>;
type ElementNode = Extract<serializedNodeWithId, { tagName: string }>;

// rrweb's numbers: its enums exist only as declarations here.
const FULL_SNAPSHOT = 2;
const INCREMENTAL = 3;
const META = 4;
const NODE = { document: 0, element: 2, text: 3, comment: 5 } as const;
const SOURCE = {
  mutation: 0,
  interaction: 2,
  scroll: 3,
  resize: 4,
  input: 5,
  styleRule: 8,
  styleDeclaration: 13,
  selection: 14,
  adoptedStyle: 15,
} as const;

/** An attribute longer than this is an embedded file: too much to send on each keyframe. */
const LONGEST_ATTRIBUTE = 256 * 1024;
/** Attributes in which scripts repeat what was typed, to style by it; a custom element's value is one more. */
const ECHOES_VALUE = /^(data-.*value|aria-value(now|text))$/;
/** Attributes of a masked field that hold its value or give it away. */
const HOLDS_VALUE = new Set(["value", "checked", "selected", "label", "pattern", "list"]);
/** Attributes by which the page styles a field: kept even if somebody types what they hold. */
const NEEDED_FOR_STYLE = new Set(["class", "id", "name", "style", "type"]);
const NEVER_SENT = /^(on.*|srcdoc|nonce|integrity|ping|attributionsrc)$/;

/**
 * The last gate before anything leaves the browser. The recorder is told what
 * to mask and block, but it does not see across shadow roots, forgets what is
 * around a node once it changes, and lets raw attributes through; so each
 * event is judged once more, against the live page.
 *
 * Events are changed in place. False: the event must not leave at all.
 */
export function filterEvent(event: eventWithTime, page: Page): boolean {
  switch (event.type as number) {
    case META: {
      const data = event.data as { href: string };
      data.href = data.href.replace(/[?#].*$/s, "");
      return true;
    }
    case FULL_SNAPSHOT:
      filterNode((event.data as { node: serializedNodeWithId }).node, 0, page, "");
      return true;
    case INCREMENTAL:
      return filterIncrement(event.data as incrementalData, page);
    default:
      return false;
  }
}

function filterIncrement(data: incrementalData, page: Page): boolean {
  switch (data.source as number) {
    case SOURCE.mutation:
      return filterMutation(data as mutationData, page);
    case SOURCE.input:
      return filterInput(data as inputData, page);
    case SOURCE.selection: {
      const selection = data as Extract<incrementalData, { ranges: unknown }>;
      selection.ranges = selection.ranges.filter(
        ({ start, end }) => visible(start, page) && visible(end, page),
      );
      return true;
    }
    case SOURCE.scroll:
    case SOURCE.adoptedStyle:
      return visible((data as { id: number }).id, page);
    case SOURCE.interaction: {
      const { type, id } = data as { type: number; id: number };
      for (const key of ["x", "y", "pointerType"]) delete (data as Attributes)[key];
      return (type === 5 || type === 6) && visible(id, page); // focus and blur
    }
    case SOURCE.resize:
    case SOURCE.styleRule:
    case SOURCE.styleDeclaration:
      return true;
    default:
      return false;
  }
}

/** The node is in the page, and neither is nor is inside a blocked region. */
function visible(id: number, page: Page): boolean {
  const node = page.node(id);
  return node !== null && (page.standing(node) & (BLOCKED | LOST)) === 0;
}

function filterMutation(data: mutationData, page: Page): boolean {
  data.adds = data.adds.filter((add) => filterAdd(add, page));
  data.removes = data.removes.filter(({ parentId }) => {
    const parent = page.node(parentId);
    return !parent || (page.standing(parent) & BLOCKED) === 0;
  });
  data.texts = data.texts.filter((text) => {
    const node = page.node(text.id);
    const standing = node ? page.standing(node) : LOST;
    if (!node || standing & (BLOCKED | LOST)) return false;
    const parent = node.parentNode as Element | null;
    text.value = shownContent(text.value ?? "", parent?.nodeName.toLowerCase() ?? "", parent, standing, page);
    return true;
  });
  data.attributes = data.attributes.filter((change) => filterAttributeChange(change, page));
  return data.adds.length + data.removes.length + data.texts.length + data.attributes.length > 0;
}

function filterAdd(add: addedNodeMutation, page: Page): boolean {
  const parent = page.node(add.parentId);
  if (!parent) return false;
  const inherited = page.standing(parent);
  if (inherited & (BLOCKED | LOST)) return false;
  filterNode(add.node, inherited, page, parent.nodeName.toLowerCase());
  return true;
}

function filterAttributeChange(change: attributeMutation, page: Page): boolean {
  const element = page.node(change.id) as Element | null;
  const standing = element ? page.standing(element) : LOST;
  if (!element || standing & (BLOCKED | LOST)) return false;
  const treatment = page.treatment(element, standing);
  const value = treatment ? page.value(element) : "";
  cleanAttributes(element.localName, change.attributes as Attributes, treatment, value, standing);
  if (element.localName === "iframe") markFrame(change.attributes as Attributes, element, page);
  return Object.keys(change.attributes).length > 0;
}

function filterInput(data: inputData, page: Page): boolean {
  const element = page.node(data.id) as Element | null;
  const standing = element ? page.standing(element) : LOST;
  if (!element || standing & (BLOCKED | LOST)) return false;
  const treatment = page.treatment(element, standing);
  if (!treatment || treatment === "empty" || (treatment !== "show" && element.localName === "select"))
    return false;
  data.text = shownValue(treatment, page.value(element));
  if (treatment !== "show") data.isChecked = false;
  return true;
}

/** Cleans a serialised node and all that is in it. */
function filterNode(node: serializedNodeWithId, inherited: Standing, page: Page, parentTag: string): void {
  const live = page.node(node.id);
  // What the page no longer knows cannot be judged: the strictest rule holds.
  const standing = live ? page.enter(inherited, live) : inherited | STRICT;
  switch (node.type as number) {
    case NODE.element:
      filterElement(node as ElementNode, standing, inherited, live as Element | null, page);
      return;
    case NODE.document:
      for (const child of childrenOf(node)) filterNode(child, standing, page, "");
      return;
    case NODE.text: {
      const text = node as { textContent: string };
      text.textContent = shownContent(text.textContent, parentTag, live?.parentNode ?? null, standing, page);
      return;
    }
    case NODE.comment:
      (node as { textContent: string }).textContent = "";
  }
}

function filterElement(
  node: ElementNode,
  standing: Standing,
  inherited: Standing,
  element: Element | null,
  page: Page,
): void {
  if (standing & BLOCKED) {
    blank(node, element, page);
    return;
  }
  const treatment = element ? page.treatment(element, standing) : null;
  const attributes = node.attributes as Attributes;
  const value = element && treatment ? page.value(element) : "";
  cleanAttributes(node.tagName, attributes, treatment, value, standing);
  if (treatment && treatment !== "empty") setValue(node, shownValue(treatment, value));
  if (treatment && treatment !== "show" && node.tagName !== "option") attributes[MASKED] = "field";
  if (masksText(standing) && !masksText(inherited) && !treatment) attributes[MASKED] = "text";
  if (element) note(node, element, treatment, page);
  if (node.tagName === "noscript") node.childNodes = [];
  for (const child of node.childNodes) filterNode(child, standing, page, node.tagName);
}

/** The value as it is now: the attribute still has the one that the page came with. */
function setValue(node: ElementNode, shown: string): void {
  if (node.tagName !== "input" && node.tagName !== "textarea") return;
  if (shown || "value" in node.attributes) node.attributes.value = shown;
}

/** What the mirror needs to know about an element whose content it does not get. */
function note(node: ElementNode, element: Element, treatment: Treatment | null, page: Page): void {
  const attributes = node.attributes as Attributes;
  if (node.tagName === "option" && treatment === "show") {
    if (page.selected(element)) attributes.selected = true; // the recorder leaves it out for any select it masks
  } else if (node.tagName === "img") {
    const size = page.naturalSize(element);
    if (size) attributes[SIZE] = `${size.width}x${size.height}`;
  } else if (node.tagName === "iframe") {
    markFrame(attributes, element, page);
  } else if (node.isCustom && !node.isShadowHost && !node.childNodes.length) {
    const size = page.closedComponent(element);
    if (size) {
      attributes[MISSING] = "component";
      attributes.rr_width = `${size.width}px`;
      attributes.rr_height = `${size.height}px`;
    }
  }
}

function markFrame(attributes: Attributes, frame: Element, page: Page): void {
  delete attributes.src;
  delete attributes.rr_src;
  const origin = page.foreignOrigin(frame);
  if (origin) attributes[MISSING] = `frame ${origin}`;
}

/** Leaves of a blocked region nothing but its place. */
function blank(node: ElementNode, element: Element | null, page: Page): void {
  node.childNodes = [];
  delete node.isShadowHost;
  delete node.isCustom;
  const old = node.attributes as Attributes;
  if (!element || page.isHost(element)) {
    node.attributes = { class: HOST_CLASS, rr_width: "0px", rr_height: "0px" };
    return;
  }
  node.attributes = { [BLOCKED_MARK]: page.isInline(element) ? "inline" : "block" };
  for (const kept of ["class", "rr_width", "rr_height"]) {
    if (typeof old[kept] === "string") node.attributes[kept] = old[kept];
  }
  if (["input", "textarea", "select", "iframe", "img", "video", "canvas"].includes(node.tagName)) {
    node.tagName = "span";
    node.attributes[BLOCKED_MARK] = "inline";
  }
}

function cleanAttributes(
  tag: string,
  attributes: Attributes,
  treatment: Treatment | null,
  value: string,
  standing: Standing,
): void {
  const masked = treatment !== null && treatment !== "show";
  for (const name of Object.keys(attributes)) {
    const held = attributes[name];
    const echo = ECHOES_VALUE.test(name) || (name === "value" && tag.includes("-"));
    if (NEVER_SENT.test(name) || (echo && !shows(treatment, standing))) {
      delete attributes[name];
    } else if (masked && holdsValue(name, held, value)) {
      if (name === "value" && treatment !== "empty" && (tag === "input" || tag === "textarea")) {
        attributes.value = shownValue(treatment, typeof held === "string" ? held : "");
      } else {
        delete attributes[name];
      }
    } else if (masked && name === "type" && typeof held === "string") {
      attributes.type = shownType(held.toLowerCase());
    } else if (typeof held === "string" && held.length > LONGEST_ATTRIBUTE && name !== "_cssText") {
      delete attributes[name];
    }
  }
}

function shows(treatment: Treatment | null, standing: Standing): boolean {
  return treatment === "show" || (standing & (STRICT | OPEN)) === OPEN;
}

/** The attribute is the value, its state, or a copy that a script made of it. */
function holdsValue(name: string, held: unknown, value: string): boolean {
  if (HOLDS_VALUE.has(name)) return true;
  if (NEEDED_FOR_STYLE.has(name) || value.length < 3 || typeof held !== "string") return false;
  return held.includes(value) || (name.startsWith("data-") && held.length > 2 && value.includes(held));
}

/** Text as it may leave, by what it stands in. */
function shownContent(
  text: string,
  tag: string,
  parent: Node | null,
  standing: Standing,
  page: Page,
): string {
  if (tag === "style") return text;
  if (tag === "script") return "";
  if (tag === "textarea" || tag === "option") {
    const treatment = parent && page.treatment(parent as Element, standing);
    if (tag === "textarea" && parent && page.value(parent as Element) === "") return "";
    if (treatment !== "show") return shownValue(treatment === "fixed" ? "fixed" : "bullets", text);
  }
  return masksText(standing) ? shownText(text) : text;
}

function childrenOf(node: serializedNodeWithId): serializedNodeWithId[] {
  return (node as { childNodes?: serializedNodeWithId[] }).childNodes ?? [];
}
